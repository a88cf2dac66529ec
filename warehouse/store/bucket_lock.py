"""A lock in a bucket: numbered claims, each put if absent, kept alive by a mark that the holder renews.

`locks/<name>/<12 digits>.json` is a claim: who holds the lock, and since when. The holder puts `....alive` again every
`BEAT_SECONDS`, and `....ended` when it releases the lock. The next claim is allowed if the last one has ended, if its
holder was a process of this machine that is gone (this machine's own file lock proves that), or if its mark is older
than `LOCK_SECONDS` by the service's own clock. Numbers are never reused, so no two processes can hold the same one.

A holder must stop writing when another has made the next claim, or when it could not renew its mark for that long.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from warehouse.problem import Problem
from warehouse.store.evidence_store import Holder, held_by_another, said_of

BEAT_SECONDS = 15.0
LOCK_SECONDS = 120.0
MOST_OLD = 30
"""How many keys of earlier claims may stay: each deletion is a request, and a run without news makes few others."""
_CLAIM = re.compile(r"locks/[a-z_]+/([0-9]{12})\.json")
_NUMBER = re.compile(r"locks/[a-z_]+/([0-9]{12})\.")


class Claims(Protocol):
    """The requests that a lock needs from a bucket."""

    def claim(self, key: str, content: bytes) -> bool:
        """Put a key if absent; True if this call wrote it."""
        ...

    def mark(self, key: str, content: bytes) -> None:
        """Put or replace a key."""
        ...

    def unclaim(self, keys: Iterable[str]) -> None:
        """Delete keys."""
        ...

    def claims(self, folder: str) -> list[str]:
        """The keys below a folder."""
        ...

    def look(self, key: str) -> tuple[bytes, datetime, float] | None:
        """Content, when it was written and seconds since, by the service's clock; None if absent."""
        ...


class BucketLock:
    """One lock of a store in a bucket, for one process.

    Args:
        local: folder of this machine, for the file lock between processes of this machine.
    """

    def __init__(self, store: Claims, name: str, local: Path) -> None:
        self._store = store
        self._name = name
        self._local = local
        self._number = 0
        self._renewed = 0.0
        self._is_lost = False
        self._ended = threading.Event()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock.

        Raises:
            Problem: another process holds it.
        """
        local = FileLock(self._local / f"{self._name}.lock", timeout=0)
        try:
            local.acquire()
        except Timeout:
            holder = self.holder()
            raise held_by_another(said_of(holder) if holder else "just now", str(self._store)) from None
        try:
            self._claim()
            beating = threading.Thread(target=self._beat, name=f"lock {self._name}", daemon=True)
            beating.start()
            try:
                yield
            finally:
                self._ended.set()
                beating.join()
                # If it cannot be released, the next holder waits until the mark is old; nothing is lost.
                with suppress(Problem):
                    self._release()
        finally:
            local.release()

    def check_held(self) -> None:
        """Check, before a write, that the lock is still held.

        Raises:
            Problem: it is lost: another run may be writing.
        """
        if self._is_lost or time.monotonic() - self._renewed > LOCK_SECONDS:
            raise Problem(
                "This run lost the store's lock and stopped.",
                where=f"{self._store}, lock {self._name}",
                why="Another run may have the lock. Two runs at once would each publish without the other's evidence.",
                fix="Start it again. If it stops again, find out why this machine cannot reach the store for minutes.",
            )

    def holder(self) -> Holder | None:
        """Who holds the lock now; None if it is free."""
        number, is_free = self._last(self._keys())
        found = None if is_free else self._store.look(self._key(number, "json"))
        return None if found is None else self._read(found[0], found[1])

    def _claim(self) -> None:
        keys = self._keys()
        number, is_free = self._last(keys)
        if not is_free:
            found = self._store.look(self._key(number, "json"))
            # We hold this machine's own lock, so the process that made a claim of this machine is gone.
            if found is not None and _machine_in(found[0]) != self._machine():
                raise held_by_another(said_of(self._read(found[0], found[1])), str(self._store))
        note = {"host": socket.gethostname(), "machine": self._machine(), "process": os.getpid()}
        self._renewed = time.monotonic()
        if not self._store.claim(self._key(number + 1, "json"), json.dumps(note, sort_keys=True).encode()):
            raise held_by_another("just now", str(self._store))
        self._number = number + 1
        old = [key for key in keys if (match := _NUMBER.match(key)) and int(match[1]) <= number]
        if len(old) > MOST_OLD:
            self._store.unclaim(old)

    def _keys(self) -> set[str]:
        return set(self._store.claims(self._folder()))

    def _last(self, keys: set[str]) -> tuple[int, bool]:
        """From the existing keys: the number of the last claim (0 if none), and whether the next claim is allowed."""
        number = max((int(match[1]) for key in keys if (match := _CLAIM.fullmatch(key))), default=0)
        if number == 0 or self._key(number, "ended") in keys:
            return number, True
        ages = [found[2] for kind in ("alive", "json") if (found := self._store.look(self._key(number, kind)))]
        return number, not ages or min(ages) > LOCK_SECONDS

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            begun = time.monotonic()
            with suppress(Problem):
                if self._store.look(self._key(self._number + 1, "json")) is not None:
                    self._is_lost = True
                    return
                self._store.mark(self._key(self._number, "alive"), b"")
                self._renewed = begun

    def _release(self) -> None:
        self._store.mark(self._key(self._number, "ended"), b"")

    def _folder(self) -> str:
        return f"locks/{self._name}/"

    def _key(self, number: int, kind: str) -> str:
        return f"{self._folder()}{number:012d}.{kind}"

    def _read(self, content: bytes, since: datetime) -> Holder:
        try:
            note = json.loads(content)
            host, process = str(note["host"]), int(note["process"])
        except (ValueError, KeyError, TypeError):
            host, process = "an unknown host", 0
        return Holder(self._name, since.astimezone(UTC), host, process)

    def _machine(self) -> str:
        """A unique name for this folder of copies, and so for this machine's own lock."""
        path = self._local / "machine"
        with suppress(FileExistsError), path.open("x", encoding="ascii") as file:
            file.write(secrets.token_hex(16))
        return path.read_text(encoding="ascii")


def _machine_in(content: bytes) -> str | None:
    try:
        return str(json.loads(content)["machine"])
    except (ValueError, KeyError, TypeError):
        return None
