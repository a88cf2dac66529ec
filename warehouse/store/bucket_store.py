"""A store in a bucket of an S3 service: the same interface and behaviour as a folder.

DuckDB reads local files. Copies are kept in a folder, named by the hash that proves them and readable only by their
owner; copies that the bucket no longer has, or that were not used for a month, are removed at the start of a run.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from warehouse.problem import Problem
from warehouse.store.bucket import ATTEMPTS, SIDE_BY_SIDE, Refused, S3Requests, settle
from warehouse.store.bucket_lock import BucketLock
from warehouse.store.evidence_store import Holder, Missing, Protection, Stored, damaged, sha256_of
from warehouse.store.keys import (
    REMOVABLE,
    REPLACEABLE,
    allow,
    build_key,
    check_folder,
    check_key,
    check_lock,
    extract_key,
)

_BLOCK = 1 << 20
# If a service lets two writers of one ledger number both write in the same moment, the later one is not tampering.
_SAME_MOMENT = timedelta(minutes=1)
_DAY_SECONDS = 24 * 60 * 60
_UNUSED_SECONDS = 30 * _DAY_SECONDS


class BucketStore:
    """A store below a prefix of a bucket.

    Args:
        client: a boto3 S3 client (`flows.stores.s3_client`); shared between threads.
        cache: folder of this machine's copies, created for its owner only. Several stores may share it.
        part_bytes: larger files are sent in parts of this size, in parallel.
    """

    def __init__(self, client: Any, bucket: str, prefix: str, cache: Path, *, part_bytes: int = 16 << 20) -> None:
        self._bucket = S3Requests(client, bucket, prefix, part_bytes)
        named = hashlib.sha256(f"{self._bucket.service} {self._bucket}".encode()).hexdigest()[:16]
        self._cache = cache.absolute() / named
        self._held_locks: list[BucketLock] = []

    def __str__(self) -> str:
        return str(self._bucket)

    # ---- writing

    def put_if_absent(self, key: str, source: Path | bytes) -> bool:
        check_key(key)
        self._may_write()
        # A service may ignore the condition, so never ask it to overwrite an existing file. In the ledger the first
        # version counts, whatever is written over it.
        if not key.startswith("ledger/") and self._bucket.head(key) is not None:
            return False
        return self._bucket.put_if_absent(key, source)

    def put_by_hash(self, room: Literal["extracts", "builds"], source: Path, *, move: bool = False) -> Stored:
        self._may_write()
        make_key = {"extracts": extract_key, "builds": build_key}[room]
        sha256 = sha256_of(source)
        size = source.stat().st_size
        there = self._bucket.head(make_key(sha256))
        if there is None:
            # Hashed while it is copied: the bytes sent match the name, even if the source is being written to.
            copy, kept, size = self._keep_copy(make_key, source, sha256 if move else None)
            there = None if kept == sha256 else self._bucket.head(make_key(kept))
            sha256 = kept
            if there is None:
                self._bucket.upload(make_key(sha256), copy, sha256)
                return Stored(make_key(sha256), sha256, size, True)
        if there.size != size:
            raise damaged(make_key(sha256))
        if move:
            source.unlink(missing_ok=True)
        return Stored(make_key(sha256), sha256, size, False)

    def replace(self, key: str, source: Path | bytes) -> None:
        check_key(key)
        allow(key, REPLACEABLE, "replaced")
        if isinstance(source, Path) and not source.is_file():
            raise Problem("The file to put in the store is missing.", where=str(source), fix="Write the file first.")
        self._may_write()
        self._bucket.put(key, source)

    def replace_with(self, key: str, kept: str) -> None:
        check_key(key)
        allow(key, REPLACEABLE, "replaced")
        self._may_write()
        self._bucket.copy(check_key(kept), key)

    def remove(self, key: str) -> None:
        check_key(key)
        allow(key, REMOVABLE, "removed")
        self._may_write()
        self._bucket.delete(key)
        if _hash_in(key) is not None:
            (self._cache / key).unlink(missing_ok=True)

    # ---- reading

    def read(self, key: str) -> bytes:
        return b"".join(self._bucket.blocks(check_key(key)))

    def read_many(self, keys: Sequence[str], *, fresh: bool = False) -> list[bytes]:
        def one(key: str) -> bytes:
            version = self._bucket.first(check_key(key))
            if version is None:
                return self.read(key)
            # Named with the tag that the service lists now: a file it no longer has is never read from here.
            copy = self._cache / f"{key}.{version.etag}"
            if not fresh and copy.is_file():
                return copy.read_bytes()
            content = self.read(key)
            self._place_copy(copy, content)
            return content

        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            return list(threads.map(one, keys))

    def fetch(self, key: str, destination: Path) -> None:
        if self._fetch(check_key(key), lambda sha256: destination) is None:
            raise Missing(key, str(self))

    def exists(self, key: str) -> bool:
        return self._bucket.head(check_key(key)) is not None

    def keys(self, folder: str, after: str = "") -> list[str]:
        inside = f"{check_folder(folder)}/"
        # A deleted entry is still an entry: its first version exists, and `rewritten` names it.
        found = self._bucket.versions(inside, after)[0] if inside == "ledger/" else self._bucket.keys(inside, after)
        # Ceph's gateway starts a listing of versions with the key that it should start after.
        return sorted(key for key in found if key > after)

    def rewritten(self, folder: str) -> list[str]:
        versions, deleted = self._bucket.versions(f"{check_folder(folder)}/")
        again = {
            key
            for key, known in versions.items()
            if any(one.etag != known[0].etag and one.at - known[0].at > _SAME_MOMENT for one in known)
        }
        return sorted(again | deleted)

    def sha256(self, key: str) -> str:
        digest = hashlib.sha256()
        for block in self._bucket.blocks(check_key(key)):
            digest.update(block)
        return digest.hexdigest()

    def recorded_sha256(self, key: str) -> str | None:
        there = self._bucket.head(check_key(key))
        if there is None:
            raise Missing(key, str(self))
        return there.sha256 or self.sha256(key)

    def local_copy(self, key: str) -> Path | None:
        known = _hash_in(check_key(key))
        if known is not None and (self._cache / key).is_file():
            with suppress(OSError):
                os.utime(self._cache / key)
            return self._cache / key

        def home(sha256: str | None) -> Path:
            if known is not None:
                copy = self._cache / key
            elif sha256 and key.startswith("published/") and key.endswith(".duckdb"):
                copy = self._cache / build_key(sha256)
            else:
                copy = self._cache / "copies" / (sha256 or secrets.token_hex(32)) / key.rsplit("/", 1)[1]
            self._make_folder(copy.parent)
            return copy

        return self._fetch(key, home, is_kept=True)

    def place(self, key: str) -> str:
        return self._bucket.address(check_key(key))

    # ---- keeping

    def protect(self, keys: Sequence[str], until: datetime) -> Protection:
        if not self._bucket.has_object_lock():
            return Protection(
                False,
                "Not locked: the bucket has no Object Lock, so anyone who may delete in it may delete this."
                " Object Lock is switched on when a bucket is created; see docs/s3.md.",
            )
        retained = until.astimezone(UTC).replace(microsecond=0)
        try:
            for key in keys:
                self._bucket.retain(check_key(key), retained)
        except Refused as refused:
            return Protection(False, f"Not locked: the bucket refused it ({refused.code}); see docs/s3.md.")
        return Protection(
            True, f"Locked in the bucket: retained until {retained:%Y-%m-%d} (GOVERNANCE) and under a legal hold."
        )

    def is_protected(self, key: str) -> bool:
        there = self._bucket.head(check_key(key))
        return there is not None and there.is_held

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        lock = self._lock(check_lock(name))
        with lock.held():
            self._held_locks.append(lock)
            try:
                yield
            finally:
                self._held_locks.remove(lock)

    def holders(self) -> list[Holder]:
        names = {key.split("/")[1] for key in self._bucket.keys("locks/")}
        found = (self._lock(name).holder() for name in sorted(names))
        return [holder for holder in found if holder is not None]

    @contextmanager
    def workspace(self, name: str) -> Iterator[Path]:
        folder = self._cache / ".work" / name
        shutil.rmtree(folder, ignore_errors=True)  # left by a killed run
        self._make_folder(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove_leftovers(self) -> list[str]:
        # Younger ones may belong to a run that is still going, here or on another machine.
        removed = self._bucket.abort_uploads(timedelta(seconds=_DAY_SECONDS))
        self._make_folder(self._cache)
        clock = self._cache / ".clock"
        clock.touch()
        now = clock.stat().st_mtime  # the clock of the disk that dated the other files
        for path in [*self._cache.glob("*/.partial-*"), *self._cache.glob("copies/*/*")]:
            if now - path.stat().st_mtime > _DAY_SECONDS:
                path.unlink(missing_ok=True)
        for room in ("extracts", "builds"):
            copies = sorted((self._cache / room).glob("[!.]*"))
            kept = set(self._bucket.keys(f"{room}/")) if copies else set()
            for path in copies:
                if f"{room}/{path.name}" not in kept or now - path.stat().st_mtime > _UNUSED_SECONDS:
                    path.unlink(missing_ok=True)
        return removed

    # ---- what a lock needs (warehouse.store.bucket_lock.Claims)

    def claim(self, key: str, content: bytes) -> bool:
        """Put a key of `locks/` if absent; True if this call wrote it."""
        return self._bucket.put_if_absent(key, content)

    def mark(self, key: str, content: bytes) -> None:
        """Put or replace a key of `locks/`."""
        self._bucket.put(key, content)

    def unclaim(self, keys: Iterable[str]) -> None:
        """Delete keys of `locks/`."""
        for key in keys:
            self._bucket.delete(key)

    def claims(self, folder: str) -> list[str]:
        """The keys below a folder of `locks/`."""
        return self._bucket.keys(folder)

    def look(self, key: str) -> tuple[bytes, datetime, float] | None:
        """A key of `locks/`: content, when it was written and seconds since, by the service's clock; None if absent."""
        there = self._bucket.head(key)
        return None if there is None else (b"".join(self._bucket.blocks(key)), there.at, there.age)

    def _lock(self, name: str) -> BucketLock:
        self._make_folder(self._cache / ".locks")
        return BucketLock(self, name, self._cache / ".locks")

    def _may_write(self) -> None:
        for lock in self._held_locks:
            lock.check_held()

    # ---- this machine's copies

    def _fetch(self, key: str, destination: Callable[[str | None], Path], *, is_kept: bool = False) -> Path | None:
        """Download a key, proved by its hash, to the place its hash gives; None if it is absent."""
        for attempt in range(ATTEMPTS):
            there = self._bucket.head(key)
            if there is None:
                return None
            sha256 = _hash_in(key) or there.sha256
            path = destination(sha256)
            if is_kept and path.is_file():
                return path
            try:
                self._bucket.download(key, path, sha256)
                return path
            except Problem:
                # It may have been replaced between the two requests: then its hash is different now.
                now = self._bucket.head(key)
                if attempt == ATTEMPTS - 1 or now is None or now.etag == there.etag:
                    raise
        raise AssertionError

    def _keep_copy(
        self, make_key: Callable[[str], str], source: Path, handed_over: str | None
    ) -> tuple[Path, str, int]:
        """A copy of `source` named by its hash; if its hash is `handed_over`, the file itself, if possible."""
        folder = (self._cache / make_key("0" * 64)).parent
        self._make_folder(folder)
        if handed_over is not None:
            copy = self._cache / make_key(handed_over)
            with suppress(OSError):
                settle(source)
                os.replace(source, copy)
                return copy, handed_over, copy.stat().st_size
        partial = folder / f".partial-{secrets.token_hex(8)}"
        digest = hashlib.sha256()
        try:
            with source.open("rb") as original, partial.open("xb") as file:
                while block := original.read(_BLOCK):
                    digest.update(block)
                    file.write(block)
            settle(partial)
            copy = self._cache / make_key(digest.hexdigest())
            os.replace(partial, copy)
        finally:
            partial.unlink(missing_ok=True)
        if handed_over is not None:
            source.unlink(missing_ok=True)
        return copy, digest.hexdigest(), copy.stat().st_size

    def _place_copy(self, copy: Path, content: bytes) -> None:
        self._make_folder(copy.parent)
        partial = copy.with_name(f".partial-{secrets.token_hex(8)}")
        try:
            partial.write_bytes(content)
            os.replace(partial, copy)
        finally:
            partial.unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        missing = [folder]
        while not missing[-1].parent.exists():
            missing.append(missing[-1].parent)
        try:
            for place in reversed(missing):
                place.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Problem(
                f"The folder for this machine's copies cannot be created: {os.strerror(error.errno or 0)}.",
                where=str(folder),
                why="DuckDB reads only files of this machine.",
                fix="Set DAYTWO_CACHE to a folder that this account may write to.",
            ) from error


def _hash_in(key: str) -> str | None:
    """The SHA-256 in the key's own name."""
    room, _, name = key.partition("/")
    return name.removesuffix(".duckdb") if room in ("extracts", "builds") else None
