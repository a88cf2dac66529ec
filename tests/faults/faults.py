"""A fault: what goes wrong, and at which numbered call of an attempt."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass

# A level is a kind of place, numbered on its own.
STEP = "step"  # a step that a run reports
CALL = "call"  # a method of the evidence store
SYSTEM = "system call"  # a call of the operating system that changes the folder of a store
REQUEST = "request"  # an HTTP request to the S3 service
LEVELS = (STEP, CALL, SYSTEM, REQUEST)

KILLED = "killed before"
KILLED_AFTER = "killed after"
ERROR = "error"
TIMEOUT = "timeout before"
TIMEOUT_AFTER = "timeout after success"
SHORT_READ = "short read"
DISK_FULL = "disk full"
DISK_FULL_HALF_WAY = "disk full half-way"
PRECONDITION_FAILED = "412"
CONFLICT = "409"
UNAVAILABLE = "503"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `number` counts from 1; `times` is how often the same request fails, its retries among them."""

    level: str
    number: int
    kind: str
    times: int = 1

    def __str__(self) -> str:
        again = f", {self.times} times" if self.times > 1 else ""
        return f"{self.kind} at {self.level} {self.number}{again}"


class Numbered:
    """Numbers the calls of one attempt by level, and says at which the fault is due. For any number of threads."""

    def __init__(self, fault: Fault | None) -> None:
        self.fault = fault
        self.calls: dict[str, list[str]] = {}
        self.is_met = False
        self._lock = threading.Lock()

    def due(self, level: str, name: str) -> str | None:
        """Number this call; the kind of the fault, if it is due here. A kill that comes before does not return."""
        with self._lock:
            calls = self.calls.setdefault(level, [])
            calls.append(name)
            fault = self.fault
            if fault is None or fault.level != level or fault.number != len(calls):
                return None
            self.is_met = True
        if fault.kind == KILLED:
            kill()
        return fault.kind


def kill() -> None:
    """End this process as the kernel would: no handler, no clean-up."""
    os.kill(os.getpid(), signal.SIGKILL)
