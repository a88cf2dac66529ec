"""The requests a store makes of a bucket, through boto3: below one prefix, in this house's words.

A file that is written once is put with `If-None-Match: *`. Not every service keeps that promise: Ceph's gateway 16.2
takes no notice of it in a bucket with versioning. So of the ledger's entries and the claims of locks the **first
version** is the file (every service orders versions), and who wrote it is read back.

A lost answer is settled by looking: every put carries a mark of its own, and whose mark lies there says who wrote.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError

from warehouse.problem import Problem, TransientFault
from warehouse.store.evidence_store import Missing, NotAllowed, damaged, sha256_of

SHA256 = "sha256"
WRITTEN_BY = "written-by"
ATTEMPTS = 4
SIDE_BY_SIDE = 8
_FIRST_VERSION_COUNTS = re.compile(r"ledger/|locks/[a-z_]+/[0-9]{12}\.json")
_BLOCK = 1 << 20
_GIB = 1 << 30
_PAUSE_SECONDS = 0.05


class Absent(Exception):
    """The key, version or configuration is not there."""


class _Exists(Exception):
    """The condition of a put was not met: the key is there."""


class _Conflict(Exception):
    """Somebody else is putting the same key just now."""


class Refused(NotAllowed):
    """The service understood and will not: rights, mostly. `code` is the service's word for it."""

    def __init__(self, code: str, operation: str, bucket: str) -> None:
        super().__init__(
            f"The bucket refused a request ({code}).",
            where=f"{operation} in {bucket}",
            why="What this run was doing could not be done; what was published before stays as it was.",
            fix="Compare this account's rights with docs/s3.md, or check it: python -m deployments.s3.set_up --check",
        )
        self.code = code


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object: its id ("null" where the bucket has no versioning), its tag, when it was written."""

    id: str
    etag: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """What a service says of an object: `at` and `age` (seconds) by its own clock, `metadata` as it was put."""

    size: int
    etag: str
    at: datetime
    age: float
    metadata: Mapping[str, str]
    is_held: bool

    @property
    def sha256(self) -> str | None:
        """The SHA-256 recorded as it was put."""
        return self.metadata.get(SHA256)


class S3Requests:
    """One prefix of one bucket; keys are those of the store.

    Args:
        client: a boto3 S3 client; shared between threads.
        part_bytes: files larger than this travel in parts of this size, side by side.
    """

    def __init__(self, client: Any, bucket: str, prefix: str, part_bytes: int) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._transfer = TransferConfig(
            multipart_threshold=part_bytes, multipart_chunksize=part_bytes, max_concurrency=SIDE_BY_SIDE
        )
        self._first: dict[str, Version] = {}

    def __str__(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    @property
    def service(self) -> str:
        """The address of the service."""
        return str(self._client.meta.endpoint_url)

    def address(self, key: str) -> str:
        """`s3://bucket/prefix/key`."""
        return f"s3://{self._bucket}/{self._prefix}{key}"

    # ---- reading

    def head(self, key: str) -> ObjectHead | None:
        """What the service says of a key; None where it is absent."""
        try:
            said = self._call("head_object", **self._counted(key))
        except Absent:
            return None
        return ObjectHead(
            size=said["ContentLength"],
            etag=said["ETag"],
            at=said["LastModified"],
            age=max(0.0, (_now(said) - said["LastModified"]).total_seconds()),
            metadata=said["Metadata"],
            is_held=said.get("ObjectLockLegalHoldStatus") == "ON",
        )

    def blocks(self, key: str) -> Iterator[bytes]:
        """The whole body of a key in blocks; where an answer breaks off, the rest is asked for again.

        Raises:
            Missing: it is absent.
        """
        position, etag = 0, ""
        for attempt in range(ATTEMPTS):
            # What was begun is read to its end, also where somebody replaces it meanwhile.
            rest = {"Range": f"bytes={position}-", "IfMatch": etag} if position else {}
            try:
                answer = self._call("get_object", **self._counted(key), **rest)
            except Absent:
                raise Missing(key, str(self)) from None
            etag = answer["ETag"].strip('"')
            try:
                for block in answer["Body"].iter_chunks(_BLOCK):
                    position += len(block)
                    yield block
                return
            except (IncompleteReadError, HTTPClientError) as error:
                if attempt == ATTEMPTS - 1:
                    raise self._unreachable(type(error).__name__) from None

    def download(self, key: str, destination: Path, sha256: str | None) -> None:
        """Bring a key's bytes, in parts side by side; `destination` appears whole, proved by its hash, or not at all.

        Raises:
            Missing: it is absent.
            Problem: its bytes are not those of the hash.
        """
        partial = destination.with_name(f".partial-{secrets.token_hex(8)}")
        try:
            self._call("download_file", **self._named(key), Filename=str(partial), Config=self._transfer)
            if sha256 is not None and sha256_of(partial) != sha256:
                raise damaged(key)
            settle(partial)
            os.replace(partial, destination)
        except Absent:
            raise Missing(key, str(self)) from None
        finally:
            partial.unlink(missing_ok=True)

    def keys(self, folder: str, after: str = "") -> list[str]:
        """The keys of objects below a folder (with its slash), those that follow `after`."""
        begin = {"StartAfter": self._prefix + after} if after else {}
        pages = self._pages("list_objects_v2", Prefix=self._prefix + folder, **begin)
        return [one["Key"].removeprefix(self._prefix) for page in pages for one in page.get("Contents", ())]

    def versions(self, folder: str, after: str = "") -> tuple[dict[str, list[Version]], set[str]]:
        """The versions of each key below a folder, first to last, and the keys with a delete among them."""
        found: dict[str, list[Version]] = defaultdict(list)
        deleted: set[str] = set()
        begin = {"KeyMarker": self._prefix + after} if after else {}
        for page in self._pages("list_object_versions", Prefix=self._prefix + folder, **begin):
            for one in page.get("Versions", ()):
                # A service lists the newest first.
                version = Version(one.get("VersionId") or "null", one["ETag"].strip('"'), one["LastModified"])
                found[one["Key"].removeprefix(self._prefix)].insert(0, version)
            deleted |= {one["Key"].removeprefix(self._prefix) for one in page.get("DeleteMarkers", ())}
        self._first.update({key: versions[0] for key, versions in found.items()})
        return found, deleted

    def first(self, key: str) -> Version | None:
        """The first version of a key, of those listed so far."""
        return self._first.get(key)

    # ---- writing

    def put_if_absent(self, key: str, source: Path | bytes) -> bool:
        """Put a key unless it exists; True when this call wrote it. Of many callers at once exactly one does."""
        mark = secrets.token_hex(16)
        for attempt in range(ATTEMPTS):
            try:
                version = self.put(key, source, mark=mark, absent=True)
                # Without versioning the condition is kept by every service that knows it.
                if version is None or not _first_counts(key):
                    return True
                self.versions(key)
                if self._first[key].id == version:
                    return True
                # An earlier one may be ours too: boto3 asks again by itself where an answer was lost.
            except (_Exists, _Conflict):
                pass
            except TransientFault:
                # Did it arrive? Whose mark lies there says so; nobody's: it did not, or not yet.
                if self.head(key) is None:
                    raise
            there = self.head(key)
            if there is not None:
                return there.metadata.get(WRITTEN_BY) == mark
            time.sleep(_PAUSE_SECONDS * 2**attempt)
        raise TransientFault(
            "The store did not take a file, and does not have it.",
            where=self.address(key),
            why="Nothing was kept of it.",
            fix="It is tried again by itself; if it stays, ask who runs the S3 service about conflicting writes.",
        )

    def put(self, key: str, source: Path | bytes, *, mark: str | None = None, absent: bool = False) -> str | None:
        """Put a key; with `absent` on the condition that it is not there, where the service knows conditions.

        Returns:
            The id of the version written; None where the bucket has no versioning, or a large file went in parts.
        """
        if isinstance(source, Path) and source.stat().st_size > self._transfer.multipart_threshold:
            self.upload(key, source, sha256_of(source), mark)
            return None
        content = source.read_bytes() if isinstance(source, Path) else source
        answer = self._call(
            "put_object",
            **self._named(key),
            **({"IfNoneMatch": "*"} if absent else {}),
            Body=content,
            Metadata=_metadata(hashlib.sha256(content).hexdigest(), mark),
        )
        version = answer.get("VersionId")
        return None if version == "null" else version

    def upload(self, key: str, path: Path, sha256: str, mark: str | None = None) -> None:
        """Send a file, in parts where it is large, without a condition: look first, or let its bytes be its name."""
        self._call(
            "upload_file",
            **self._named(key),
            Filename=str(path),
            Config=self._transfer,
            ExtraArgs={"Metadata": _metadata(sha256, mark)},
        )

    def copy(self, kept: str, key: str) -> None:
        """Put at `key` what is kept at another, within the service.

        Raises:
            Missing: nothing is kept there.
        """
        there = self.head(kept)
        if there is None:
            raise Missing(kept, str(self))
        self._call(
            "copy",
            **self._named(key),
            CopySource={"Bucket": self._bucket, "Key": self._prefix + kept},
            # Up to 5 GiB it is one request.
            Config=TransferConfig(multipart_threshold=5 * _GIB - 1, multipart_chunksize=_GIB),
            ExtraArgs={"MetadataDirective": "REPLACE", "Metadata": _metadata(there.sha256 or "", None)},
        )

    def delete(self, key: str) -> None:
        """Delete a key; in a bucket with versioning its versions stay. Absent is no error."""
        self._call("delete_object", **self._named(key))

    def abort_uploads(self, older_than: timedelta) -> list[str]:
        """Take back what was half-sent below the prefix so long ago, by the service's clock; the keys."""
        aborted = []
        for page in self._pages("list_multipart_uploads", Prefix=self._prefix):
            now = _now(page)
            for upload in page.get("Uploads", ()):
                if now - upload["Initiated"] < older_than:
                    continue
                key = upload["Key"].removeprefix(self._prefix)
                try:
                    self._call("abort_multipart_upload", **self._named(key), UploadId=upload["UploadId"])
                except Absent:
                    continue
                aborted.append(key)
        return aborted

    # ---- keeping

    def has_object_lock(self) -> bool:
        """Whether objects of the bucket can be locked, as far as this account may know."""
        try:
            said = self._call("get_object_lock_configuration", Bucket=self._bucket)
        except (Absent, Refused):
            return False
        return bool(said.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled")

    def retain(self, key: str, until: datetime) -> None:
        """GOVERNANCE until a moment (whole seconds), and a legal hold."""
        retention = {"Mode": "GOVERNANCE", "RetainUntilDate": until}
        self._call("put_object_retention", **self._named(key), Retention=retention)
        self._call("put_object_legal_hold", **self._named(key), LegalHold={"Status": "ON"})

    # ---- one request

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    def _counted(self, key: str) -> dict[str, str]:
        """Bucket, key and, where only the first version counts, that version."""
        if not _first_counts(key):
            return self._named(key)
        if key not in self._first:
            self.versions(key)
        if key not in self._first:
            raise Absent(key)
        version = self._first[key].id
        return self._named(key) if version == "null" else {**self._named(key), "VersionId": version}

    def _pages(self, operation: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        pages = iter(self._client.get_paginator(operation).paginate(Bucket=self._bucket, **arguments))
        while (page := self._told(lambda: next(pages, None), operation)) is not None:
            yield page

    def _call(self, operation: str, **arguments: Any) -> Any:
        is_conditional = "IfNoneMatch" in arguments
        return self._told(lambda: getattr(self._client, operation)(**arguments), operation, is_conditional)

    def _told(self, work: Callable[[], Any], operation: str, is_conditional: bool = False) -> Any:
        """The service's answer; what it and boto3 raise in this house's words, without what was sent."""
        try:
            return work()
        except Exception as error:
            answer = _answer_in(error)
            if answer is not None:
                told = self._explained(answer, operation, is_conditional)
            elif isinstance(error, BotoCoreError) or type(error).__module__.startswith(("boto3", "s3transfer")):
                told = self._unreachable(type(error).__name__)
            else:
                raise
        raise told

    def _explained(self, error: ClientError, operation: str, is_conditional: bool) -> Exception:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code == "NoSuchBucket":
            return Problem(
                "There is no such bucket.",
                where=f"s3://{self._bucket}",
                why="Nothing can be kept or read without it.",
                fix="Correct DAYTWO_STORE, or make the bucket: python -m deployments.s3.set_up",
            )
        if status == 404:
            return Absent(code)
        if is_conditional and status in (409, 412):
            return _Exists(code) if status == 412 else _Conflict(code)
        # A condition nobody set, or a file replaced while it was read: over in a moment.
        if status >= 500 or status in (409, 412, 429) or code in ("SlowDown", "RequestTimeout"):
            return self._unreachable(code or str(status))
        return Refused(code or str(status), operation, str(self))

    def _unreachable(self, kind: str) -> TransientFault:
        return TransientFault(
            f"The S3 service could not be reached, or did not answer as it should ({kind}).",
            where=str(self),
            why="What was published before stays as it was.",
            fix="It is tried again by itself; if it stays, see that the service runs and this machine reaches it.",
        )


def _now(answer: Mapping[str, Any]) -> datetime:
    """The service's own clock."""
    return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])


def settle(path: Path) -> None:
    """On the disk, and read-only: a copy cut short by a power cut must not have a copy's name."""
    with path.open("rb") as file:
        os.fchmod(file.fileno(), 0o440)
        os.fsync(file.fileno())


def _metadata(sha256: str, mark: str | None) -> dict[str, str]:
    return {SHA256: sha256, WRITTEN_BY: mark or secrets.token_hex(16)}


def _answer_in(error: BaseException) -> ClientError | None:
    """boto3's transfers wrap the service's answer in errors of their own."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ClientError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def _first_counts(key: str) -> bool:
    return _FIRST_VERSION_COUNTS.match(key) is not None
