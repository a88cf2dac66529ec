"""Where evidence is kept: one small interface, over a folder (`local_folder`) or a bucket (`bucket_store`).

Six rooms, and nothing is written outside them:
`extracts/<sha256>`, `ledger/<12 digits>.json`, `builds/<sha256>.duckdb`, `runs/...`, `published/<file>`, `packs/...`.
Files of `published/` and `runs/` may be replaced; every other file is written once and never changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from warehouse.problem import Busy, Problem

ROOMS = ("extracts", "ledger", "builds", "runs", "published", "packs")
REPLACEABLE = ("published", "runs")
REMOVABLE = ("extracts", "builds", "runs", "packs")

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,149}", re.ASCII)
_SHAPE = {
    "extracts": re.compile(r"extracts/[0-9a-f]{64}"),
    "ledger": re.compile(r"ledger/[0-9]{12}\.json"),
    "builds": re.compile(r"builds/[0-9a-f]{64}\.duckdb"),
    "published": re.compile(r"published/[^/]+"),
}
_LONGEST_KEY = 700  # S3 allows 1,024 bytes in all; the rest is left for a bucket's prefix


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


def extract_key(sha256: str) -> str:
    """The key of an extract, from the hash of its bytes."""
    return check_key(f"extracts/{sha256}")


def build_key(sha256: str) -> str:
    """The key of a build, from the hash of its bytes."""
    return check_key(f"builds/{sha256}.duckdb")


def name_of_run(started_at: datetime) -> str:
    """The name of a run, by when it began (aware): the folder of its reports in `runs/`, in the order of time."""
    return started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def put_extract(store: EvidenceStore, path: Path) -> Stored:
    """Keep a received file exactly as it is. Same bytes again: nothing is written."""
    return store.put_by_hash("extracts", path)


def verify_extract(store: EvidenceStore, sha256: str) -> None:
    """Read an extract again and compare it with its name.

    Raises:
        Problem: it is absent, or its bytes are no longer those received.
    """
    key = extract_key(sha256)
    if store.sha256(key) != sha256:
        raise damaged(key)


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


def check_key(key: str) -> str:
    """The key, if the store may use it: a known room, plain characters, no way out of the folder.

    Raises:
        Problem: it is not such a key. The message repeats no more of it than the room.
    """
    parts = key.split("/") if isinstance(key, str) else []
    plain = (
        len(parts) > 1
        and parts[0] in ROOMS
        and len(key) <= _LONGEST_KEY
        and all(_PART.fullmatch(part) and not part.endswith(".") for part in parts)
    )
    shape = _SHAPE.get(parts[0]) if plain else None
    if not plain or (shape is not None and not shape.fullmatch(key)):
        raise _not_a_key(parts)
    return key


def check_folder(folder: str) -> str:
    """The folder, if it is a room or lies in one.

    Raises:
        Problem: it is not.
    """
    parts = folder.split("/")
    if parts[0] not in ROOMS or not all(_PART.fullmatch(part) and not part.endswith(".") for part in parts):
        raise _not_a_key(parts)
    return folder


def check_lock(name: str) -> str:
    """The name, if a lock may have it.

    Raises:
        Problem: it may not.
    """
    if not re.fullmatch(r"[a-z][a-z_]{0,39}", name):
        raise Problem("this is not a name for a lock", fix="use lower-case letters and underscores")
    return name


def allow(key: str, rooms: tuple[str, ...], done: str) -> None:
    """Nothing, where files of the key's room may be `done` (replaced, removed).

    Raises:
        Problem: they may not.
    """
    if key.split("/", 1)[0] not in rooms:
        raise Problem(
            f"this file may not be {done}",
            where=key,
            why="evidence that can be changed is not evidence",
            fix=f"only files of {', '.join(rooms)} may be {done}",
        )


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


def _not_a_key(parts: list[str]) -> Problem:
    return Problem(
        "this is not a name under which the store keeps anything",
        where=f"a key of {parts[0]}/" if parts and parts[0] in ROOMS else "a key outside the store's folders",
        why="a name from outside must never decide where a file is written",
        fix=f"keys begin with one of {', '.join(ROOMS)}; parts are letters, digits, `_`, `-` and `.`",
    )
