"""A store in a folder of one machine (POSIX): files are linked into place complete and read-only."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from filelock import FileLock, Timeout

from warehouse.problem import Problem
from warehouse.store.evidence_store import (
    Holder,
    Missing,
    Protection,
    Stored,
    damaged,
    held_by_another,
    said_of,
    sha256_of,
)
from warehouse.store.keys import (
    REMOVABLE,
    REPLACEABLE,
    ROOMS,
    allow,
    build_key,
    check_folder,
    check_key,
    check_lock,
    extract_key,
)

_PARTIAL = ".partial-"
_WORK = ".work"
_LOCKS = ".locks"
_BLOCK = 1 << 20
# Answers of file systems without hard links (FAT, some SMB and FUSE mounts) or with no more links left.
_LINKS_REFUSED = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK})
_CANNOT_WRITE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})


class LocalFolder:
    """A store in a folder of one machine (POSIX; the rooms may be mounts or links to other disks).

    Files are readable by their owner and group and cannot be written to; a replaced file of `published/` keeps the
    mode, group and access list that the operator gave it. Nothing is created before the first write.
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
        # On six nights of seven last week's files arrive again: looking first takes a third of the time of copying.
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
            raise Problem("The file to put in the store is missing.", where=str(source), fix="Write the file first.")
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
        return []  # a file system keeps no history; the ledger's chain shows a change

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
            "Not locked: the store is a folder, where files are only read-only. A backup protects them.",
        )

    def is_protected(self, key: str) -> bool:
        check_key(key)
        return False

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        folder = self.root / _LOCKS
        held = FileLock(folder / f"{check_lock(name)}.lock", timeout=0)
        # A file of its own: a process that only tries the lock cannot empty it.
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
            # A killed process may leave its note, but its lock is free.
            if holder and (holder.host != socket.gethostname() or _is_held(note.with_suffix(".lock"), holder.process)):
                holders.append(holder)
        return holders

    @contextmanager
    def workspace(self, name: str) -> Iterator[Path]:
        folder = self.root / _WORK / name
        shutil.rmtree(folder, ignore_errors=True)  # left by a killed run
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
        # Hashed while it is copied: the name matches the bytes kept, even if the source is being written to.
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
        """Make the source itself the kept file; False if it is on another disk or links are refused."""
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
        """The file that was kept already, after the only check that costs nothing: its size."""
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
        """A new file in its target's room (same file system), removed afterwards unless it was moved into place."""
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
        """If links are refused: look and rename under a lock that every writer of this store takes."""
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
            f"The store cannot be written to: {os.strerror(error.errno)}.",
            where=str(folder),
            why="Nothing of this file was kept.",
            fix="Make room, or give this account the right to write there. Then start again.",
        ) from error


def _open_partial(room: Path) -> tuple[Path, int]:
    while True:
        path = room / f"{_PARTIAL}{secrets.token_hex(8)}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        # The lock shows that the writer is alive: remove_leftovers removes only files that it can lock.
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
    """Write everything to the disk and make the file read-only."""
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
    """The note of a lock's holder; None if it cannot be read."""
    try:
        since = datetime.fromtimestamp(note.stat().st_mtime, UTC)
        holder = json.loads(note.read_text(encoding="utf-8"))
        return Holder(note.stem, since, str(holder["host"]), int(holder["process"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _since(note: Path) -> str:
    holder = _read_note(note)
    return said_of(holder) if holder else "just now"


def _is_held(lock: Path, process: int) -> bool:
    """Whether this machine's kernel lists the lock as held; if it keeps no list, whether the process exists."""
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
