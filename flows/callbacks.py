"""What a run is given by whoever starts it: how to show its steps, how to warn, what time it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

Result = TypeVar("Result")

Say = Callable[[str], None]
"""Called with each step as it begins; a step carries no personal data. It may be a `ShownSteps`."""

Warn = Callable[[str], None]
"""Called with what could not be done apart from the work itself; the text holds no secrets."""

Clock = Callable[[], datetime.datetime]
"""The moment now, aware."""


def silent(step: str) -> None:
    """Says nothing."""


@runtime_checkable
class ShownSteps(Protocol):
    """A `Say` that also carries out each step, and so can show when it began and how it ended: as tasks, in Prefect."""

    def __call__(self, step: str) -> None: ...

    def do(self, step: str, work: Callable[[], Result]) -> Result:
        """Do one step's work in this thread and return what it returns; raises what it raises."""
        ...


def carry_out(say: Say, step: str, work: Callable[[], Result]) -> Result:
    """Do one step of a run: say it as it begins, or have it carried out by a `say` that shows steps.

    Args:
        step: what the run does, for people: the same at every run, without personal data.

    Returns:
        What the work returns; raises what it raises.
    """
    if isinstance(say, ShownSteps):
        return say.do(step, work)
    say(step)
    return work()
