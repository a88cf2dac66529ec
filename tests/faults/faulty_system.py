"""Calls of the operating system that change the folder of a store, numbered; one of them goes wrong.

Finer than the methods of the store: a disk fills up half-way through a file, a rename fails after the file was written.
What DuckDB does in its workspace is not among them.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.faults.faults import DISK_FULL, DISK_FULL_HALF_WAY, ERROR, KILLED_AFTER, SYSTEM, Numbered, kill

CALLS = ("link", "replace", "rename", "unlink", "mkdir", "fsync", "fchmod", "chmod")
TAKES_ROOM = ("open", "link", "mkdir", "write", "copyfile", "fsync", "replace")
WRITES = ("write", "copyfile")
# A call may also report a failure although it succeeded, such as on a disk behind a network that was lost.
ERROR_AFTER = "error after success"


def kinds_of(call: str) -> tuple[str, ...]:
    """The ways a call of this name can fail, in a fixed order."""
    name = call.split(" ", 1)[0]
    kinds = [ERROR, ERROR_AFTER]
    if name in TAKES_ROOM:
        kinds.append(DISK_FULL)
    if name in WRITES:
        kinds.append(DISK_FULL_HALF_WAY)
    return tuple(kinds)


@contextmanager
def numbering(root: Path, numbered: Numbered) -> Iterator[None]:
    """Number what changes the folder at `root`, for the whole process."""
    root = root.absolute()

    def room(place: Any) -> str | None:
        """The room of a path or descriptor; None if it is not in the store."""
        if isinstance(place, int):
            place = os.readlink(f"/proc/self/fd/{place}")
        path = Path(place).absolute()
        if not path.is_relative_to(root):
            return None
        parts = path.relative_to(root).parts
        return None if parts[:1] == (".work",) else (parts[0] if parts else ".")

    def wrapped(name: str, real: Callable[..., Any], position: int = 0) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            there = room(args[position])
            if there is None:
                return real(*args, **named)
            kind = numbered.due(SYSTEM, f"{name} {there}")
            if kind == DISK_FULL_HALF_WAY and name == "copyfile":
                _copy_half(args[0], args[1])
            _fail_before(kind)
            answer = real(*args, **named)
            _fail_after(kind)
            return answer

        return call

    class NumberedFile(io.FileIO):
        """A file whose writes are numbered as they reach the disk."""

        def write(self, data: Any) -> int:
            there = room(self.fileno())
            kind = numbered.due(SYSTEM, f"write {there}")
            if kind == DISK_FULL_HALF_WAY:
                super().write(bytes(data)[: len(data) // 2])
            _fail_before(kind)
            count = super().write(data)
            _fail_after(kind)
            return count

    real_open, real_fdopen = os.open, os.fdopen

    def numbered_open(path: Any, flags: int, *args: Any, **named: Any) -> int:
        there = room(path) if flags & os.O_CREAT else None
        if there is None:
            return real_open(path, flags, *args, **named)
        kind = numbered.due(SYSTEM, f"open {there}")
        _fail_before(kind)
        descriptor = real_open(path, flags, *args, **named)
        if kind == ERROR_AFTER:
            os.close(descriptor)
        _fail_after(kind)
        return descriptor

    def numbered_fdopen(descriptor: int, mode: str = "r", *args: Any, **named: Any) -> Any:
        if mode != "wb" or room(descriptor) is None:
            return real_fdopen(descriptor, mode, *args, **named)
        return io.BufferedWriter(NumberedFile(descriptor, "wb"))

    with ExitStack() as stack:
        for name in CALLS:
            # For a rename, the place it ends at.
            position = 1 if name in ("link", "replace", "rename") else 0
            stack.enter_context(patch.object(os, name, wrapped(name, getattr(os, name), position)))
        stack.enter_context(patch.object(os, "open", numbered_open))
        stack.enter_context(patch.object(os, "fdopen", numbered_fdopen))
        stack.enter_context(patch.object(shutil, "copyfile", wrapped("copyfile", shutil.copyfile, 1)))
        yield


def _copy_half(source: Any, target: Any) -> None:
    with open(source, "rb") as whole, open(target, "wb") as half:
        half.write(whole.read(os.fstat(whole.fileno()).st_size // 2))


def _fail_before(kind: str | None) -> None:
    if kind == ERROR:
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    if kind in (DISK_FULL, DISK_FULL_HALF_WAY):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _fail_after(kind: str | None) -> None:
    if kind == KILLED_AFTER:
        kill()
    if kind == ERROR_AFTER:
        raise OSError(errno.EIO, os.strerror(errno.EIO))
