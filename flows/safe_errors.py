"""Turns every error of a run into a Problem without values: the texts of DuckDB and Python may quote a record."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

from warehouse.problem import Problem, TransientFault

ROOT = Path(__file__).resolve().parents[1]
Result = TypeVar("Result")


def without_values(work: Callable[[], Result]) -> Result:
    """Do the work; any error is raised as a Problem, without the errors that caused it.

    An error of DuckDB or Python may quote a value ("Could not convert string '...'"), in its own text or in that of
    the error that caused it, and Prefect would log both. Only the kind of error and the program line are reported.

    Raises:
        Problem: the one the work raised, of its own class (`Busy`, `Missing`, ...) and with its attributes; for any
            other error, its kind and place.
        TransientFault: the system or DuckDB could not read or write.
    """
    try:
        return work()
    except BrokenPipeError:
        raise  # the reader has gone: not a fault, nothing to report
    except Problem as problem:
        safe = _alone(problem)
    except (OSError, duckdb.IOException) as error:
        said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
        safe = TransientFault(
            f"A file could not be read or written: {said}.",
            where=_place(error),
            why="What was published before is unchanged.",
            fix="Daytwo tries again automatically. If it keeps failing, check that drop and store can be reached and"
            " have room.",
        )
    except Exception as error:
        safe = _interrupted(error) or Problem(
            f"The run stopped because of an unexpected error ({type(error).__name__}).",
            where=_place(error),
            why="What was published before is unchanged.",
            fix="Report the place in the program and the command you gave; no data is needed to find the cause.",
        )
    # Raised outside the handler: the original, with its text, is not chained to it.
    raise safe


def _alone(problem: Problem) -> Problem:
    """The same problem, of the same class and with the same attributes, without traceback, causes or notes.

    Made without calling the class: its constructor may take other arguments, and another holder of the original keeps
    its traceback.
    """
    alone = type(problem).__new__(type(problem), *problem.args)
    alone.__dict__.update({name: value for name, value in vars(problem).items() if name != "__notes__"})
    return alone


def _interrupted(error: Exception) -> Problem | None:
    """When a time limit's signal stops a query, DuckDB raises its own error instead of the signal's."""
    if not isinstance(error, duckdb.InterruptException) and str(error) != "Query interrupted":
        return None
    return Problem(
        "The work was interrupted: it took longer than its time limit, or was stopped.",
        where=_place(error),
        why="What was published before is unchanged.",
        fix="Start it again; it repairs what was left. If it happens again, find out what slows the machine.",
    )


def _place(error: BaseException) -> str:
    """The innermost line of this program, without the code or values on it."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(ROOT) and ".venv" not in path.parts and path != Path(__file__):
            return f"{path.relative_to(ROOT).as_posix()}, line {frame.lineno}"
    return "outside this program"
