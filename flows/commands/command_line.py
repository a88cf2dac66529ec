"""The command line that operators, analysts and inspection coordinators use.

Every module of this folder that has a HELP is a command, named after its file: a new file is a new command. The help
loads all of them, so none imports anything heavy before it runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from flows.commands.printing import show_problem
from warehouse.problem import Problem

EXIT_CODES = {
    0: "done",
    1: "a problem, explained on standard error; nothing was changed unless the explanation says so",
    2: "the command was not understood",
    3: "stopped before publishing: too many rows of a needed table were set aside",
    4: "the pack is damaged, or is not the one that was sealed",
    5: "(watch) something needs attention",
    130: "stopped from the keyboard; the next run repairs anything left unfinished",
}


class Command(Protocol):
    """What the file of a command holds.

    Attributes:
        HELP: what it does, as one sentence without its capital letter and full stop.
        PLACE: its position in the help; the smallest comes first.
    """

    HELP: str
    PLACE: int

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add its flags and arguments. Every command already has `--json`."""

    def run(self, given: argparse.Namespace) -> int:
        """Run the command, print the answer, and return the exit code."""


@cache
def commands() -> Mapping[str, Command]:
    """Every command by name, in the order of the help."""
    names = [file.stem for file in Path(__file__).parent.glob("[a-z]*.py")]
    modules = {name: import_module(f"flows.commands.{name}") for name in names}
    found = {name: cast(Command, module) for name, module in modules.items() if hasattr(module, "HELP")}
    return dict(sorted(found.items(), key=lambda command: command[1].PLACE))


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, by name."""
    choices = next(action.choices for action in parser()._actions if action.dest == "command")
    return dict(cast(Mapping[str, argparse.ArgumentParser], choices))


def parser() -> argparse.ArgumentParser:
    """The whole command line; docs/reference/commands.md is written from it."""
    top = argparse.ArgumentParser(
        prog="daytwo",
        description="Inspection evidence for children's services: weekly extracts in, a checked warehouse and a sealed"
        " Day-2 pack out.",
        epilog="exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()),
    )
    added = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in commands().items():
        one = added.add_parser(name, help=command.HELP, description=command.HELP[0].upper() + command.HELP[1:] + ".")
        command.add_arguments(one)
        one.add_argument("--json", action="store_true", help="print JSON for a machine")
        one.set_defaults(run=command.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = parser().parse_args(arguments)
    try:
        from flows.safe_errors import without_values

        return without_values(lambda: int(given.run(given)))
    except Problem as problem:
        show_problem(given, problem)
        return 1
    except KeyboardInterrupt:
        print("daytwo: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
