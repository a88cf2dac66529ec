"""What may be told of a fault: never a value of a record, which DuckDB's and Python's own texts may quote."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

from warehouse.problem import Busy, Problem, TransientFault

ROOT = Path(__file__).resolve().parents[1]
Result = TypeVar("Result")


def without_values(work: Callable[[], Result]) -> Result:
    """Do the work; whatever it raises leaves as a Problem without what led to it.

    A fault of DuckDB or Python may quote a value ("Could not convert string '...'"), in its own text or in that of
    the fault that caused it, and Prefect would log both. Only the kind of fault and the place in the program are told.

    Raises:
        TransientFault: the system or DuckDB could not read or write.
        Busy: somebody else is writing.
        Problem: as the work raised it, or for any other fault its kind and place.
    """
    try:
        return work()
    except BrokenPipeError:
        raise  # nobody reads any more: no fault, and nothing to tell
    except Problem as problem:
        kind = next((kind for kind in (TransientFault, Busy) if isinstance(problem, kind)), Problem)
        told = kind(problem.what, where=problem.where, why=problem.why, fix=problem.fix)
    except (OSError, duckdb.IOException) as error:
        said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
        told = TransientFault(
            f"A file could not be read or written: {said}.",
            where=_place(error),
            why="What was published before stays as it was.",
            fix="It is tried again by itself; if it stays, see that drop and store can be reached and have room.",
        )
    except Exception as error:
        told = _interrupted(error) or Problem(
            f"The run met a fault nobody foresaw ({type(error).__name__}).",
            where=_place(error),
            why="What was published before stays as it was.",
            fix="Report the place and the command; nothing of the data is needed to find it.",
        )
    # Raised outside the handler: the original, with its text, is not chained to it.
    raise told


def _interrupted(error: Exception) -> Problem | None:
    """DuckDB, stopped in a query by a time limit's signal, raises its own error in place of the signal's."""
    if not isinstance(error, duckdb.InterruptException) and str(error) != "Query interrupted":
        return None
    return Problem(
        "The work was interrupted: it took longer than its time limit, or was stopped.",
        where=_place(error),
        why="What was published before stays as it was.",
        fix="Start it again; it puts right what was left. If it ends so again, look at what slows the machine.",
    )


def _place(error: BaseException) -> str:
    """The innermost line of this program, without the code or values on it."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(ROOT) and ".venv" not in path.parts and path != Path(__file__):
            return f"{path.relative_to(ROOT).as_posix()}, line {frame.lineno}"
    return "outside this program"
