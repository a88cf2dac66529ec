"""How the demo shows its progress: a bar on a terminal, a line for each step elsewhere."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple, TextIO

BAR_WIDTH = 30


class Stage(NamedTuple):
    """A part of the demo: its percentage of the time, and about how many steps it has."""

    share: int
    steps: int


FIRST_DROP, FIRST_NIGHT = Stage(10, 1), Stage(40, 9)
SECOND_DROP, SECOND_NIGHT, INSPECTION = Stage(5, 1), Stage(37, 9), Stage(8, 11)
"""Shares as measured with 2,000 children."""


class DemoProgress:
    """Called with each step as it begins; leaving the context clears the bar.

    Args:
        stream: where to show it; a bar only on a terminal.
        clock: seconds, from any start.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._begun = clock()
        self._is_terminal = stream.isatty()
        self._stage, self._done_before, self._steps = Stage(0, 1), 0, 0

    def begin(self, stage: Stage) -> None:
        """Enter the next stage: the ones before are complete."""
        self._done_before += self._stage.share
        self._stage, self._steps = stage, 0

    def __call__(self, step: str) -> None:
        seconds = self._clock() - self._begun
        if not self._is_terminal:
            print(f"  {seconds:6.1f} s  {step}", file=self._stream, flush=True)
            return
        done = self._done_before + self._stage.share * min(self._steps / self._stage.steps, 1)
        self._steps += 1
        filled = int(BAR_WIDTH * done / 100)
        self._draw(f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done:3.0f}%  {seconds:4.1f} s  {step}")

    def __enter__(self) -> DemoProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_terminal:
            self._draw("")
            self._stream.write("\r")
            self._stream.flush()

    def _draw(self, line: str) -> None:
        # One column short of the edge: a full line would wrap, and the next one would not cover it.
        width = shutil.get_terminal_size().columns - 1
        self._stream.write("\r" + line[:width].ljust(width))
        self._stream.flush()
