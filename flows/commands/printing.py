"""How every command prints its answer (as lines or JSON), progress, warnings and problems."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable

from warehouse.problem import Problem


def show(given: argparse.Namespace, as_json: Callable[[], object], lines: Callable[[], Iterable[str]]) -> None:
    """Print a command's answer on standard output: JSON if `--json` was given, otherwise lines for people.

    Only the form that is printed is worked out.
    """
    if given.json:
        print(json.dumps(as_json(), indent=2, default=str, ensure_ascii=False))
    else:
        for line in lines():
            print(line)


def show_problem(given: argparse.Namespace, problem: Problem) -> None:
    """Print a problem on standard error and, if `--json` was given, as JSON on standard output."""
    if given.json:
        said = {"problem": problem.what, "where": problem.where, "why": problem.why, "fix": problem.fix}
        show(given, lambda: said, tuple)
    print(f"daytwo: {problem}", file=sys.stderr)


def warn(said: str) -> None:
    """Print a warning on standard error about something other than the command's own work."""
    print(f"daytwo: warning: {said}", file=sys.stderr)


class Progress:
    """Prints each step of a long command on standard error, with the seconds since it started.

    Args:
        quiet: print nothing.
    """

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._begun = time.monotonic()

    def __call__(self, step: str) -> None:
        if not self._quiet:
            print(f"  {time.monotonic() - self._begun:6.1f} s  {step}", file=sys.stderr, flush=True)
