"""The requests a store makes to a bucket, through boto3: below one prefix, with our own errors.

A file that is written once is put with `If-None-Match: *`. Not every service respects it: Ceph's gateway 16.2 ignores
it in a bucket with versioning. So for ledger entries and lock claims the **first version** is the file (every service
orders versions), and the store reads back who wrote it.

If an answer is lost, the store looks: every put carries a mark of its own, and the mark found shows who wrote.
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
    """The key, version or configuration does not exist."""


class _Exists(Exception):
    """The condition of a put was not met: the key exists."""


class _Conflict(Exception):
    """Another process is putting the same key at this moment."""


class Refused(NotAllowed):
    """The service understood the request and refused it, mostly for lack of rights. `code` is the service's code."""

    def __init__(self, code: str, operation: str, bucket: str) -> None:
        super().__init__(
            f"The bucket refused a request ({code}).",
            where=f"{operation} in {bucket}",
            why="This run could not do its work. What was published before is unchanged.",
            fix="Compare this account's rights with docs/s3.md, or run: python -m deployments.s3.set_up --check.",
        )
        self.code = code


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object: its id ("null" if the bucket has no versioning), its tag, when it was written."""

    id: str
    etag: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """A service's facts about an object: `at` and `age` (seconds) by its own clock, `metadata` as it was put."""

    size: int
    etag: str
    at: datetime
    age: float
    metadata: Mapping[str, str]
    is_held: bool

    @property
    def sha256(self) -> str | None:
        """The SHA-256 recorded when it was put."""
        return self.metadata.get(SHA256)


class S3Requests:
    """One prefix of one bucket; keys are those of the store.

    Args:
        client: a boto3 S3 client; shared between threads.
        part_bytes: larger files are sent in parts of this size, in parallel.
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
        """The service's facts about a key; None if it is absent."""
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
        """The whole body of a key in blocks; if an answer breaks off, the rest is requested again.

        Raises:
            Missing: it is absent.
        """
        position, etag = 0, ""
        for attempt in range(ATTEMPTS):
            # IfMatch: a file that is replaced meanwhile must not be joined to what was read before.
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
        """Download a key, in parallel parts; `destination` appears whole, proved by its hash, or not at all.

        Raises:
            Missing: it is absent.
            Problem: its bytes do not match the hash.
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
        """The keys of objects below a folder (with its slash), from the first that follows `after`."""
        begin = {"StartAfter": self._prefix + after} if after else {}
        pages = self._pages("list_objects_v2", Prefix=self._prefix + folder, **begin)
        return [one["Key"].removeprefix(self._prefix) for page in pages for one in page.get("Contents", ())]

    def versions(self, folder: str, after: str = "") -> tuple[dict[str, list[Version]], set[str]]:
        """The versions of each key below a folder, first to last, and the keys that were ever deleted."""
        found: dict[str, list[Version]] = defaultdict(list)
        deleted: set[str] = set()
        begin = {"KeyMarker": self._prefix + after} if after else {}
        for page in self._pages("list_object_versions", Prefix=self._prefix + folder, **begin):
            for one in page.get("Versions", ()):
                # Services list the newest version first.
                version = Version(one.get("VersionId") or "null", one["ETag"].strip('"'), one["LastModified"])
                found[one["Key"].removeprefix(self._prefix)].insert(0, version)
            deleted |= {one["Key"].removeprefix(self._prefix) for one in page.get("DeleteMarkers", ())}
        self._first.update({key: versions[0] for key, versions in found.items()})
        return found, deleted

    def first(self, key: str) -> Version | None:
        """The first version of a key, if it has been listed so far."""
        return self._first.get(key)

    # ---- writing

    def put_if_absent(self, key: str, source: Path | bytes) -> bool:
        """Put a key unless it exists; True if this call wrote it. If many callers try at once, exactly one writes."""
        mark = secrets.token_hex(16)
        for attempt in range(ATTEMPTS):
            try:
                version = self.put(key, source, mark=mark, absent=True)
                # Without versioning, every service that knows the condition respects it.
                if version is None or not _first_counts(key):
                    return True
                self.versions(key)
                if self._first[key].id == version:
                    return True
                # An earlier one may be ours too: boto3 retries by itself if an answer is lost.
            except (_Exists, _Conflict):
                pass
            except TransientFault:
                # Did it arrive? The mark found shows it. No mark: it did not arrive, or not yet.
                if self.head(key) is None:
                    raise
            there = self.head(key)
            if there is not None:
                return there.metadata.get(WRITTEN_BY) == mark
            time.sleep(_PAUSE_SECONDS * 2**attempt)
        raise TransientFault(
            "The store did not accept a file and does not have it.",
            where=self.address(key),
            why="Nothing of the file was kept.",
            fix="This is retried automatically. If it continues, ask who runs the S3 service about conflicting writes.",
        )

    def put(self, key: str, source: Path | bytes, *, mark: str | None = None, absent: bool = False) -> str | None:
        """Put a key; with `absent`, only if it does not exist, provided that the service knows conditions.

        Returns:
            The id of the version written; None if the bucket has no versioning, or a large file was sent in parts.
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
        """Send a file, in parts if it is large, without a condition: look first, or name the file after its bytes."""
        self._call(
            "upload_file",
            **self._named(key),
            Filename=str(path),
            Config=self._transfer,
            ExtraArgs={"Metadata": _metadata(sha256, mark)},
        )

    def copy(self, kept: str, key: str) -> None:
        """Copy the file at the key `kept` to `key`, within the service.

        Raises:
            Missing: there is no file at `kept`.
        """
        there = self.head(kept)
        if there is None:
            raise Missing(kept, str(self))
        self._call(
            "copy",
            **self._named(key),
            CopySource={"Bucket": self._bucket, "Key": self._prefix + kept},
            # Up to 5 GiB in one request.
            Config=TransferConfig(multipart_threshold=5 * _GIB - 1, multipart_chunksize=_GIB),
            ExtraArgs={"MetadataDirective": "REPLACE", "Metadata": _metadata(there.sha256 or "", None)},
        )

    def delete(self, key: str) -> None:
        """Delete a key; in a bucket with versioning its versions stay. An absent key is not an error."""
        self._call("delete_object", **self._named(key))

    def abort_uploads(self, older_than: timedelta) -> list[str]:
        """Abort incomplete uploads below the prefix that are at least this old by the service's clock; their keys."""
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
        """Whether objects of the bucket can be locked, as far as this account can see."""
        try:
            said = self._call("get_object_lock_configuration", Bucket=self._bucket)
        except (Absent, Refused):
            return False
        return bool(said.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled")

    def retain(self, key: str, until: datetime) -> None:
        """Set GOVERNANCE retention until a moment (whole seconds), and a legal hold."""
        retention = {"Mode": "GOVERNANCE", "RetainUntilDate": until}
        self._call("put_object_retention", **self._named(key), Retention=retention)
        self._call("put_object_legal_hold", **self._named(key), LegalHold={"Status": "ON"})

    # ---- one request

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    def _counted(self, key: str) -> dict[str, str]:
        """Bucket, key and, if only the first version counts, that version."""
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
        """The service's answer; its errors and boto3's become our own, without what was sent."""
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
                "The bucket does not exist.",
                where=f"s3://{self._bucket}",
                why="Nothing can be kept or read without it.",
                fix="Correct DAYTWO_STORE, or create the bucket: python -m deployments.s3.set_up.",
            )
        if status == 404:
            return Absent(code)
        if is_conditional and status in (409, 412):
            return _Exists(code) if status == 412 else _Conflict(code)
        # A condition that we did not set, or a file replaced while it was read: passes in a moment.
        if status >= 500 or status in (409, 412, 429) or code in ("SlowDown", "RequestTimeout"):
            return self._unreachable(code or str(status))
        return Refused(code or str(status), operation, str(self))

    def _unreachable(self, kind: str) -> TransientFault:
        return TransientFault(
            f"The S3 service could not be reached, or did not answer as it should ({kind}).",
            where=str(self),
            why="What was published before is unchanged; nothing new can be kept or read.",
            fix="This is retried automatically. If it continues, check that this machine can reach the service.",
        )


def _now(answer: Mapping[str, Any]) -> datetime:
    """The service's own clock."""
    return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])


def settle(path: Path) -> None:
    """Write to the disk and make read-only, before the file gets its name: a power cut must not leave half a copy."""
    with path.open("rb") as file:
        os.fchmod(file.fileno(), 0o440)
        os.fsync(file.fileno())


def _metadata(sha256: str, mark: str | None) -> dict[str, str]:
    return {SHA256: sha256, WRITTEN_BY: mark or secrets.token_hex(16)}


def _answer_in(error: BaseException) -> ClientError | None:
    """The service's answer in an error: boto3's transfers wrap it in errors of their own."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ClientError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def _first_counts(key: str) -> bool:
    return _FIRST_VERSION_COUNTS.match(key) is not None
