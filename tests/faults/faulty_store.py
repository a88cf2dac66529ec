"""An evidence store with one call, by its number, that goes wrong: wraps any store, wherever it is kept."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.faults import (
    CALL,
    DISK_FULL,
    ERROR,
    KILLED_AFTER,
    SHORT_READ,
    TIMEOUT,
    TIMEOUT_AFTER,
    Numbered,
    kill,
)
from warehouse.store.evidence_store import EvidenceStore

READS_BYTES = ("read", "read_many", "fetch", "local_copy", "sha256", "recorded_sha256")
WRITES = ("put_if_absent", "put_by_hash", "replace", "replace_with", "protect", "lock", "workspace")
KINDS = (ERROR, TIMEOUT, TIMEOUT_AFTER, SHORT_READ, DISK_FULL)
_NUMBERS = {ERROR: errno.EIO, TIMEOUT: errno.ETIMEDOUT, TIMEOUT_AFTER: errno.ETIMEDOUT, DISK_FULL: errno.ENOSPC}


def kinds_of(call: str) -> tuple[str, ...]:
    """The ways a call of this name can fail, in a fixed order. A kill is none of them: it can come at any."""
    method = call.split(" ", 1)[0]
    if call.endswith(" left"):
        return ()
    return tuple(
        kind
        for kind in KINDS
        if (kind != SHORT_READ or method in READS_BYTES) and (kind != DISK_FULL or method in WRITES)
    )


class FaultyStore:
    """Passes every call on to a store, and numbers it."""

    def __init__(self, inner: EvidenceStore, numbered: Numbered) -> None:
        self._inner = inner
        self._numbered = numbered

    def __str__(self) -> str:
        return str(self._inner)

    def __getattr__(self, name: str) -> Any:
        there = getattr(self._inner, name)
        if name in ("lock", "workspace"):
            return partial(self._held, name, there)
        return partial(self._call, name, there) if callable(there) else there

    def _call(self, name: str, method: Callable[..., Any], *args: Any, **named: Any) -> Any:
        kind = self._numbered.due(CALL, f"{name} {_key(args)}".rstrip())
        if kind in (ERROR, TIMEOUT, DISK_FULL):
            raise _fault(kind)
        answer = method(*args, **named)
        if kind == KILLED_AFTER:
            kill()
        if kind == TIMEOUT_AFTER:
            raise _fault(kind)
        return _shortened(name, args, answer) if kind == SHORT_READ else answer

    @contextmanager
    def _held(self, name: str, method: Callable[..., AbstractContextManager[Any]], *args: Any) -> Iterator[Any]:
        kind = self._numbered.due(CALL, f"{name} {_key(args)}")
        if kind in (ERROR, TIMEOUT, DISK_FULL):
            raise _fault(kind)
        with method(*args) as held:
            if kind == KILLED_AFTER:
                kill()
            if kind == TIMEOUT_AFTER:
                raise _fault(kind)
            yield held
        if self._numbered.due(CALL, f"{name} {_key(args)} left") == KILLED_AFTER:
            kill()


def _key(args: tuple[Any, ...]) -> str:
    """What a call refers to, without hashes: the same call of two runs has the same name."""
    first = args[0] if args else ""
    return first.split("/", 1)[0] if isinstance(first, str) else ""


def _fault(kind: str) -> OSError:
    number = _NUMBERS[kind]
    return OSError(number, os.strerror(number))


def _shortened(name: str, args: tuple[Any, ...], answer: Any) -> Any:
    """The result of a read that ended half-way without an error."""
    if name == "read":
        return answer[: len(answer) // 2]
    if name == "read_many":
        return [content[: len(content) // 2] for content in answer]
    if name in ("sha256", "recorded_sha256"):
        return "0" * 64
    if name == "fetch":
        _halve(args[1])
    elif name == "local_copy" and answer is not None:
        copy = Path(tempfile.mkdtemp()) / Path(answer).name
        shutil.copyfile(answer, copy)
        _halve(copy)
        return copy
    return answer


def _halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)
