"""Where evidence is kept: one small interface, to a folder (`local_folder`) or a bucket (`bucket_store`).
`keys` defines where each file is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from warehouse.problem import Busy, Problem
from warehouse.store.keys import extract_key


class Missing(Problem):
    """A file that should be in a store is missing; `key` names it."""

    def __init__(self, key: str, store: str) -> None:
        super().__init__(
            "A file that should be kept is not in the store.",
            where=f"{key} in {store}",
            why="What was built from it cannot be built or checked again.",
            fix="Look for a `disposed` entry in the ledger. If there is none, restore the file from a backup.",
        )
        self.key = key


class NotAllowed(Problem):
    """The store understood a request and refused it to this account."""


@dataclass(frozen=True)
class Stored:
    """One file kept under its own hash. `size` in bytes; `written` is False if the same bytes were kept already."""

    key: str
    sha256: str
    size: int
    written: bool


@dataclass(frozen=True, slots=True)
class Protection:
    """Whether the store itself refuses to delete files until a moment, and the sentence that tells people so."""

    is_locked: bool
    said: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: its name, since when (by the store's clock), and which process on which host."""

    lock: str
    since: datetime
    host: str
    process: int


class EvidenceStore(Protocol):
    """The interface of a store, wherever it is. Keys are relative, with `/` between parts, checked by `check_key`.

    Every method raises Problem for a key that is not allowed, and for a missing key that should exist.
    """

    def put_if_absent(self, key: str, source: Path | bytes) -> bool:
        """Write `key` unless it exists; True if written now. If many callers try at once, exactly one writes."""
        ...

    def put_by_hash(self, room: Literal["extracts", "builds"], source: Path, *, move: bool = False) -> Stored:
        """Keep a file under the SHA-256 of its bytes, if absent; `sha256` is that of the bytes kept.

        With `move` the finished file is handed over: it is gone afterwards; on the same disk it is not copied.
        """
        ...

    def replace(self, key: str, source: Path | bytes) -> None:
        """Put a copy of `source` at a key of `published/` or `runs/`; a reader sees the old or the new, never a mix."""
        ...

    def replace_with(self, key: str, kept: str) -> None:
        """Put a copy of the kept file `kept` (a build) at a key of `published/`, as `replace` does."""
        ...

    def remove(self, key: str) -> None:
        """Delete a key of `extracts/`, `builds/`, `runs/` or `packs/` (pruning, disposal); no error if absent."""
        ...

    def read(self, key: str) -> bytes:
        """The bytes of a small file, as in the store now."""
        ...

    def read_many(self, keys: Sequence[str], *, fresh: bool = False) -> list[bytes]:
        """The bytes of small files that never change (`ledger/`), in order; from local copies unless `fresh`."""
        ...

    def fetch(self, key: str, destination: Path) -> None:
        """Copy a file out of the store; `destination` appears whole or not at all."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the store has a file with this key."""
        ...

    def keys(self, folder: str, after: str = "") -> list[str]:
        """The sorted keys below a folder (`ledger`, `packs/slac_2009`), at any depth, that follow `after`."""
        ...

    def rewritten(self, folder: str) -> list[str]:
        """Keys of write-once files that, according to the store, were deleted or written again."""
        ...

    def sha256(self, key: str) -> str:
        """The SHA-256 of the current bytes, read in full."""
        ...

    def recorded_sha256(self, key: str) -> str | None:
        """The SHA-256 recorded in the store when the file was put; if none is recorded, read in full."""
        ...

    def local_copy(self, key: str) -> Path | None:
        """A file on this machine with these bytes, which must not be written to; None if the key is absent.

        In a folder, the kept file itself; from a bucket, a copy, proved by its hash and reused by later calls.
        """
        ...

    def place(self, key: str) -> str:
        """Where a person can find a key: a path, or the address in a bucket. It need not exist."""
        ...

    def protect(self, keys: Sequence[str], until: datetime) -> Protection:
        """Make the store itself refuse to delete these files, as far as it can. May be repeated."""
        ...

    def is_protected(self, key: str) -> bool:
        """Whether the store itself refuses to delete the file."""
        ...

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold a lock; raises Problem at once if another process holds it. Freed whenever its holder ends."""
        ...

    def holders(self) -> list[Holder]:
        """Who holds a lock now, without trying to take it."""
        ...

    def workspace(self, name: str) -> AbstractContextManager[Path]:
        """An empty local folder, on the store's own disk if it has one, for the process that holds the work's lock."""
        ...

    def remove_leftovers(self) -> list[str]:
        """Remove half-written files of processes that have ended; returns what was removed."""
        ...


def proved_extract(store: EvidenceStore, sha256: str) -> Path | None:
    """An extract as a file on this machine, read and checked to be the bytes received; None if it is absent.

    A build must use what was received: a file cut short by a full disk would be read as a shorter delivery.

    Raises:
        Problem: its bytes are no longer those received.
    """
    path = store.local_copy(extract_key(sha256))
    if path is not None and sha256_of(path) != sha256:
        raise Problem(
            "A received file no longer has the bytes received.",
            where=str(path),
            why="Figures from it would not match what was delivered.",
            fix="In a folder, restore it from a backup. With a bucket, remove this machine's copy to fetch it again.",
        )
    return path


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def said_of(holder: Holder) -> str:
    """Since when a lock is held, and by whom, in words."""
    return f"{holder.since:%Y-%m-%d %H:%M:%S} UTC (process {holder.process} on {holder.host})"


def held_by_another(since: str, where: str) -> Busy:
    """The Problem raised if another process holds a lock."""
    return Busy(
        f"Another run has been writing since {since}.",
        where=where,
        why="Two runs at once would each publish without the other's evidence. This one has changed nothing.",
        fix="Wait until the other run has ended, then start again. The lock is freed when that process ends.",
    )


def damaged(key: str) -> Problem:
    """The Problem for a file with bytes that do not match the hash in its name."""
    return Problem(
        "A kept file is no longer as it was received.",
        where=key,
        why="Its bytes do not match the hash in its name, so nothing built from it can be proved.",
        fix="Restore the file from a backup of the store. Do not receive it again under this name.",
    )
