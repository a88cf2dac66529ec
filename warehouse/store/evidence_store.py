"""Where evidence is kept: one small interface, over a folder (`local_folder`) or a bucket (`bucket_store`).
What lies where is said in `keys`.
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
    """A file that should be in a store and is not; `key` names it."""

    def __init__(self, key: str, store: str) -> None:
        super().__init__(
            "a file that should be kept is not in the store",
            where=f"{key} in {store}",
            why="what was made from it cannot be made or checked again",
            fix="see `disposed` entries of the ledger; if there is none, restore the file from a backup",
        )
        self.key = key


class NotAllowed(Problem):
    """The store understood a request and refuses it to this account."""


@dataclass(frozen=True)
class Stored:
    """One file kept under its own hash. `size` in bytes; `written` is False when the same bytes were there already."""

    key: str
    sha256: str
    size: int
    written: bool


@dataclass(frozen=True, slots=True)
class Protection:
    """Whether the store itself refuses to lose files until a moment, and the sentence that says so to people."""

    is_locked: bool
    said: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: its name, since when (as the store's clock has it), and which process of which host."""

    lock: str
    since: datetime
    host: str
    process: int


class EvidenceStore(Protocol):
    """What a store does, wherever it is. Keys are relative, `/` between parts, checked by `check_key`.

    Every method raises Problem for a key that is not allowed, and for a key that should be there and is not.
    """

    def put_if_absent(self, key: str, source: Path | bytes) -> bool:
        """Write `key` unless it exists; True when written now. Of many callers at once exactly one writes."""
        ...

    def put_by_hash(self, room: Literal["extracts", "builds"], source: Path, *, move: bool = False) -> Stored:
        """Keep a file under the SHA-256 of its bytes, put-if-absent; `sha256` is that of the bytes kept.

        With `move` the finished file is handed over: it is gone afterwards, and on the same disk nothing is copied.
        """
        ...

    def replace(self, key: str, source: Path | bytes) -> None:
        """Put a copy of `source` at a key of `published/` or `runs/`; a reader sees the old or the new, never a mix."""
        ...

    def replace_with(self, key: str, kept: str) -> None:
        """Put a copy of the kept file `kept` (a build) at a key of `published/`, as `replace` does."""
        ...

    def remove(self, key: str) -> None:
        """Delete a key of `extracts/`, `builds/`, `runs/` or `packs/` (pruning, disposal); absent is no error."""
        ...

    def read(self, key: str) -> bytes:
        """The bytes of a small file, as they are in the store now."""
        ...

    def read_many(self, keys: Sequence[str], *, fresh: bool = False) -> list[bytes]:
        """The bytes of small files that never change (`ledger/`), in order; copies do unless `fresh`."""
        ...

    def fetch(self, key: str, destination: Path) -> None:
        """Copy a file out of the store; `destination` appears whole or not at all."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the store has a file of this key."""
        ...

    def keys(self, folder: str, after: str = "") -> list[str]:
        """The sorted keys below a folder (`ledger`, `packs/slac_2009`), at any depth; those that follow `after`."""
        ...

    def rewritten(self, folder: str) -> list[str]:
        """Keys of files that are written once which the store knows to have been deleted or written again since."""
        ...

    def sha256(self, key: str) -> str:
        """The SHA-256 of the bytes as they are now, read in full."""
        ...

    def recorded_sha256(self, key: str) -> str | None:
        """The SHA-256 the store holds the file to have: recorded as it was put, or read in full where none is."""
        ...

    def local_copy(self, key: str) -> Path | None:
        """A file of this machine with these bytes, never to be written to; None when the key is absent.

        In a folder it is the kept file itself; of a bucket a copy, proved by its hash, that later calls find again.
        """
        ...

    def place(self, key: str) -> str:
        """Where a person finds a key: a path, or the address in a bucket. It need not exist."""
        ...

    def protect(self, keys: Sequence[str], until: datetime) -> Protection:
        """Have the store itself refuse to lose these files, as far as it can. Again is no error."""
        ...

    def is_protected(self, key: str) -> bool:
        """Whether the store itself refuses to lose the file."""
        ...

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold a lock; raises Problem at once when somebody else holds it. Freed when its holder ends, however."""
        ...

    def holders(self) -> list[Holder]:
        """Who holds a lock now, without trying it."""
        ...

    def workspace(self, name: str) -> AbstractContextManager[Path]:
        """An empty local folder, on the store's own disk where it has one, for whoever holds the lock of that work."""
        ...

    def remove_leftovers(self) -> list[str]:
        """Remove half-written files of processes that have ended; what was removed."""
        ...


def proved_extract(store: EvidenceStore, sha256: str) -> Path | None:
    """An extract as a file of this machine, read and found to be the bytes received; None where it is absent.

    What is built from must be what was received: a file cut short by a full disk would be read as a shorter delivery.

    Raises:
        Problem: its bytes are no longer those received.
    """
    path = store.local_copy(extract_key(sha256))
    if path is not None and sha256_of(path) != sha256:
        raise Problem(
            "A file that was received no longer has the bytes it had.",
            where=str(path),
            why="Figures made from it would not be those of what was delivered.",
            fix="In a folder: restore it from a backup. Of a bucket, remove this machine's copy: it is fetched again.",
        )
    return path


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def said_of(holder: Holder) -> str:
    """Since when a lock is held and by whom, in words."""
    return f"{holder.since:%Y-%m-%d %H:%M:%S} UTC (process {holder.process} on {holder.host})"


def held_by_another(since: str, where: str) -> Busy:
    """What is raised where somebody else holds a lock."""
    return Busy(
        f"another run has been writing since {since}",
        where=where,
        why="two runs at once would each publish without the other's evidence; this one has changed nothing",
        fix="wait until it has ended and start again; the lock frees itself when that process ends",
    )


def damaged(key: str) -> Problem:
    """The Problem of a file whose bytes are not those its name is the hash of."""
    return Problem(
        "a kept file is no longer as it was received",
        where=key,
        why="its bytes do not match the hash that is its name, so nothing made from it can be proved",
        fix="restore the file from a backup of the store; do not receive it again under this name",
    )
