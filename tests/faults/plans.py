"""Which trials a flow gets: every step, every call, many moments; all kinds of fault, or one kind for each call."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.faults.faults import KILLED, KILLED_AFTER, STEP, Fault
from tests.faults.trials import Prepared, Verdict, trial

Job = Callable[[], Verdict]
Kinds = Callable[[str], tuple[str, ...]]
# Two runs at once on two processors take longer than the one that was measured.
SLOWER = 1.2
# A moment that came after the run's end is drawn again, this often at most.
MOST_DRAWS = 3


def kills_at_steps(prepared: Prepared, scratch: Path, *, is_built_again: bool = True) -> Iterator[Job]:
    """SIGKILL at each step a run reports, at the moment it reports it."""
    for number in range(1, len(prepared.undisturbed.calls[STEP]) + 1):
        yield partial(trial, prepared, scratch, fault=Fault(STEP, number, KILLED), is_built_again=is_built_again)


def kills_at_moments(
    prepared: Prepared, scratch: Path, count: int, seed: int, *, built_again: int | None = None
) -> Iterator[Job]:
    """SIGKILL at times drawn over the length of an undisturbed run; the same seed draws the same parts of it.

    Args:
        built_again: after this many of them, spread over the run, the next run really builds; None: after all.
    """
    chance = random.Random(f"{seed} {prepared.flow} {prepared.place.name}")
    # One in each part of the run, so that none is left out by chance.
    for part in range(count):
        done = (part + chance.random()) / count
        is_built_again = built_again is None or (part + 1) * built_again // count > part * built_again // count
        yield partial(_killed_when, done, prepared, scratch, is_built_again=is_built_again)


def _killed_when(done: float, prepared: Prepared, scratch: Path, *, is_built_again: bool) -> Verdict:
    """SIGKILL after this fraction of a run; drawn again by its own length if a run was quicker and had ended."""
    longest = prepared.undisturbed.seconds * SLOWER
    for _ in range(MOST_DRAWS):
        verdict = trial(prepared, scratch, kill_after=done * longest, is_built_again=is_built_again)
        if verdict.wrong or verdict.end == "killed":
            break
        longest = verdict.seconds
    return verdict


def kills_at_calls(prepared: Prepared, scratch: Path, level: str, *, every: int = 1, first: int = 0) -> Iterator[Job]:
    """SIGKILL before and after each call of a level; or at every `every`th call, before and after in turn.

    The run is handed what it would build: only the calls around building are killed here.
    """
    kinds = [
        (number, kind)
        for number in range(1, len(prepared.handed_over.calls[level]) + 1)
        for kind in (KILLED, KILLED_AFTER)
    ]
    for number, kind in kinds[first % every :: every]:
        yield partial(trial, prepared, scratch, fault=Fault(level, number, kind), is_built=False, is_built_again=False)


def faults_at_calls(
    prepared: Prepared,
    scratch: Path,
    level: str,
    kinds_of: Kinds,
    *,
    rotate: int | None,
    times: tuple[int, ...] = (1,),
    is_built: bool = False,
) -> Iterator[Job]:
    """Each call of a level fails once.

    Args:
        rotate: one kind of fault for each call, the next call the next kind, beginning with this one; None: all kinds.
        times: how often the request fails, including its retries; rotated likewise.
        is_built: whether runs really build.
    """
    turn = rotate or 0
    for number, name in enumerate((prepared.undisturbed if is_built else prepared.handed_over).calls[level], start=1):
        every = [(kind, often) for often in times for kind in kinds_of(name)]
        if not every:
            continue
        chosen = every if rotate is None else [every[turn % len(every)]]
        turn += 1
        for kind, often in chosen:
            yield partial(
                trial,
                prepared,
                scratch,
                fault=Fault(level, number, kind, often),
                is_built=is_built,
                is_built_again=is_built,
            )


def one_of_each(prepared: Prepared, level: str, jobs: Iterator[Job]) -> Iterator[Job]:
    """The first and last of the jobs at calls of the same name: a pack's thirty files are kept in the same way."""
    calls = prepared.handed_over.calls[level]
    first = {name: number for number, name in reversed(list(enumerate(calls, start=1)))}
    last = {name: number for number, name in enumerate(calls, start=1)}
    for job in jobs:
        fault = job.keywords["fault"]  # type: ignore[attr-defined]
        if fault.number in (first[calls[fault.number - 1]], last[calls[fault.number - 1]]):
            yield job
