"""Where evidence is kept: one small interface, here over a local folder (design.md section 5).

Six rooms, and nothing is written outside them:
`extracts/<sha256>`, `ledger/<12 digits>.json`, `builds/<sha256>.duckdb`, `runs/...`, `published/<file>`, `packs/...`.
Files of `published/` and `runs/` may be replaced; every other file is written once and never changed.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from filelock import FileLock, Timeout

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
_PARTIAL = ".partial-"
_WORK = ".work"
_LOCKS = ".locks"
_BLOCK = 1 << 20
# What file systems without hard links answer (FAT, some SMB and FUSE mounts), and one whose link count is used up.
_LINKS_REFUSED = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK})
_CANNOT_WRITE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})


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


class LocalFolder:
    """A store in a folder of one machine (POSIX; the rooms may be mounts or links to other disks).

    Files are read-only, for their owner and group; a replaced file of `published/` keeps the mode, group and access
    list that the operator gave it. Nothing is created before the first write.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def __str__(self) -> str:
        return str(self.root)

    def put_if_absent(self, key: str, source: Path | bytes) -> bool:
        target = self._path(key)
        if target.exists():
            return False
        if isinstance(source, bytes):
            with self._partial(key) as (partial, file):
                file.write(source)
                return self._place_if_absent(partial, file, target)
        with source.open("rb") as original, self._partial(key) as (partial, file):
            shutil.copyfileobj(original, file, _BLOCK)
            return self._place_if_absent(partial, file, target)

    def put_by_hash(self, room: Literal["extracts", "builds"], source: Path, *, move: bool = False) -> Stored:
        make_key = {"extracts": extract_key, "builds": build_key}[room]
        # Six nights of seven bring last week's files again: looking first costs a third of copying.
        sha256 = sha256_of(source)
        size = source.stat().st_size
        key = make_key(sha256)
        if self._path(key).exists():
            stored = self._same(Stored(key, sha256, size, False))
        elif move and self._hand_over(source, self._path(key)):
            stored = Stored(key, sha256, size, True)
        else:
            stored = self._copy_by_hash(make_key, source)
        if move:
            source.unlink(missing_ok=True)
        return stored

    def replace(self, key: str, source: Path | bytes) -> None:
        target = self._path(key)
        allow(key, REPLACEABLE, "replaced")
        if isinstance(source, Path) and not source.is_file():
            raise Problem("the file to put in the store is not there", where=str(source), fix="make it first")
        with self._partial(key) as (partial, file):
            if isinstance(source, bytes):
                file.write(source)
            else:
                shutil.copyfile(source, partial)  # in the kernel, and always an inode of its own
            _settle(file)
            _keep_permissions(target, partial)
            _make_folder(target.parent)
            os.replace(partial, target)
            _sync_folder(target.parent)

    def replace_with(self, key: str, kept: str) -> None:
        check_key(key)
        allow(key, REPLACEABLE, "replaced")
        self.replace(key, self._present(kept))

    def remove(self, key: str) -> None:
        target = self._path(key)
        allow(key, REMOVABLE, "removed")
        with suppress(FileNotFoundError):
            target.unlink()
            _sync_folder(target.parent)

    def read(self, key: str) -> bytes:
        return self._present(key).read_bytes()

    def read_many(self, keys: Sequence[str], *, fresh: bool = False) -> list[bytes]:
        return [self.read(key) for key in keys]

    def fetch(self, key: str, destination: Path) -> None:
        source = self._present(key)
        partial = destination.with_name(f".{destination.name}{_PARTIAL}{secrets.token_hex(8)}")
        try:
            shutil.copyfile(source, partial)
            os.replace(partial, destination)
        finally:
            partial.unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def keys(self, folder: str, after: str = "") -> list[str]:
        keys: list[str] = []
        for place, folders, files in os.walk(self.root / check_folder(folder)):
            folders[:] = [name for name in folders if not name.startswith(".")]
            inside = Path(place).relative_to(self.root).as_posix()
            keys.extend(f"{inside}/{name}" for name in files if not name.startswith("."))
        return sorted(key for key in keys if key > after)

    def rewritten(self, folder: str) -> list[str]:
        check_folder(folder)
        return []  # a file system keeps no history; the chain of the ledger finds it

    def sha256(self, key: str) -> str:
        return sha256_of(self._present(key))

    def recorded_sha256(self, key: str) -> str | None:
        return self.sha256(key)

    def local_copy(self, key: str) -> Path | None:
        path = self._path(key)
        return path if path.is_file() else None

    def place(self, key: str) -> str:
        return str(self._path(key))

    def protect(self, keys: Sequence[str], until: datetime) -> Protection:
        return Protection(
            False,
            "Not locked: the store is a folder, where files are read-only and nothing more. A backup keeps them.",
        )

    def is_protected(self, key: str) -> bool:
        check_key(key)
        return False

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        folder = self.root / _LOCKS
        held = FileLock(folder / f"{check_lock(name)}.lock", timeout=0)
        # A file of its own: nobody who only tries the lock can empty it.
        note = folder / f"{name}.json"
        try:
            with _explained(folder):
                _make_folder(folder)
                held.acquire()
        except Timeout:
            raise held_by_another(_since(note), str(self.root)) from None
        try:
            note.write_text(json.dumps({"host": socket.gethostname(), "process": os.getpid()}), encoding="utf-8")
            yield
        finally:
            note.unlink(missing_ok=True)
            held.release()

    def holders(self) -> list[Holder]:
        holders = []
        for note in sorted((self.root / _LOCKS).glob("*.json")):
            holder = _read_note(note)
            # What a process that was killed left is no holder: the lock itself is free.
            if holder and (holder.host != socket.gethostname() or _is_held(note.with_suffix(".lock"), holder.process)):
                holders.append(holder)
        return holders

    @contextmanager
    def workspace(self, name: str) -> Iterator[Path]:
        folder = self.root / _WORK / name
        shutil.rmtree(folder, ignore_errors=True)  # what a killed run left
        with _explained(folder):
            _make_folder(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove_leftovers(self) -> list[str]:
        removed = []
        for room in ROOMS:
            for path in sorted((self.root / room).glob(f"{_PARTIAL}*")):
                if _remove_if_abandoned(path):
                    removed.append(f"{room}/{path.name}")
        return removed

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _copy_by_hash(self, make_key: Callable[[str], str], source: Path) -> Stored:
        # Hashed while it is copied: the name is that of the bytes kept even if the source is being written to.
        with source.open("rb", buffering=0) as original, self._partial(make_key("0" * 64)) as (partial, file):
            digest = hashlib.sha256()
            size = 0
            block = bytearray(_BLOCK)
            view = memoryview(block)
            while count := original.readinto(block):
                digest.update(view[:count])
                file.write(view[:count])
                size += count
            key = make_key(digest.hexdigest())
            written = self._place_if_absent(partial, file, self._path(key))
        stored = Stored(key, digest.hexdigest(), size, written)
        return stored if written else self._same(stored)

    def _hand_over(self, source: Path, target: Path) -> bool:
        """Make the source itself the kept file; False where it lies on another disk or links are refused."""
        with source.open("rb") as file, _explained(target.parent):
            _settle(file)
            _make_folder(target.parent)
            try:
                os.link(source, target)
            except OSError as error:
                if error.errno in _LINKS_REFUSED | {errno.EXDEV, errno.EEXIST}:
                    return False
                raise
            _sync_folder(target.parent)
        return True

    def _same(self, stored: Stored) -> Stored:
        """What was there already, after the one check that costs nothing."""
        if self._path(stored.key).stat().st_size != stored.size:
            raise damaged(stored.key)
        return stored

    def _present(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise Missing(key, str(self))
        return path

    @contextmanager
    def _partial(self, key: str) -> Iterator[tuple[Path, BinaryIO]]:
        """A new file beside its target's room (same file system), gone afterwards unless it was moved into place."""
        room = self.root / key.split("/", 1)[0]
        with _explained(room):
            _make_folder(room)
            path, descriptor = _open_partial(room)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    yield path, file
            finally:
                path.unlink(missing_ok=True)

    def _place_if_absent(self, partial: Path, file: BinaryIO, target: Path) -> bool:
        _settle(file)
        _make_folder(target.parent)
        try:
            os.link(partial, target)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _LINKS_REFUSED:
                raise
            if not self._rename_if_absent(partial, target):
                return False
        _sync_folder(target.parent)
        return True

    def _rename_if_absent(self, partial: Path, target: Path) -> bool:
        """Where links are refused: look and rename under a lock that every writer of this store takes."""
        folder = self.root / _LOCKS
        _make_folder(folder)
        with FileLock(folder / "placing.lock", timeout=60):
            if os.path.lexists(target):
                return False
            os.rename(partial, target)
        return True


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _CANNOT_WRITE:
            raise
        raise Problem(
            f"the store cannot be written: {os.strerror(error.errno)}",
            where=str(folder),
            why="nothing of this file was kept",
            fix="make room or give this account the right to write there, then start again",
        ) from error


def _open_partial(room: Path) -> tuple[Path, int]:
    while True:
        path = room / f"{_PARTIAL}{secrets.token_hex(8)}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        # The lock says "my writer lives": remove_leftovers takes only what it can lock.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink:
            return path, descriptor
        os.close(descriptor)  # swept away in the instant before it was locked


def _remove_if_abandoned(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _settle(file: BinaryIO) -> None:
    """Everything on the disk, and nobody may write to it any more."""
    file.flush()
    os.fchmod(file.fileno(), os.fstat(file.fileno()).st_mode & 0o440)
    os.fsync(file.fileno())


def _keep_permissions(old: Path, new: Path) -> None:
    """Give `new` the group, access list and read bits of `old`, as far as this account may."""
    try:
        status = old.stat()
    except FileNotFoundError:
        return
    with suppress(OSError):
        os.chown(new, -1, status.st_gid)
    os.chmod(new, status.st_mode & 0o444)
    with suppress(OSError, AttributeError):
        for name in os.listxattr(old):
            os.setxattr(new, name, os.getxattr(old, name))


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o750)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that cannot sync a folder
            raise
    finally:
        os.close(descriptor)


def _read_note(note: Path) -> Holder | None:
    """What the holder of a lock has written down; None where it cannot be read."""
    try:
        since = datetime.fromtimestamp(note.stat().st_mtime, UTC)
        holder = json.loads(note.read_text(encoding="utf-8"))
        return Holder(note.stem, since, str(holder["host"]), int(holder["process"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _since(note: Path) -> str:
    holder = _read_note(note)
    return said_of(holder) if holder else "just now"


def said_of(holder: Holder) -> str:
    """Since when a lock is held and by whom, in words."""
    return f"{holder.since:%Y-%m-%d %H:%M:%S} UTC (process {holder.process} on {holder.host})"


def _is_held(lock: Path, process: int) -> bool:
    """Whether this machine's kernel lists the lock as held; where it keeps no list, whether the process is there."""
    with suppress(OSError):
        inode = str(lock.stat().st_ino)
        held = [line.split() for line in Path("/proc/locks").read_text(encoding="ascii").splitlines()]
        return any("FLOCK" in words and words[-3].rsplit(":", 1)[-1] == inode for words in held)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


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
