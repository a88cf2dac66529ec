"""`daytwo template`: writes a fill-in workbook for a log kept by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from flows.commands.printing import show
from warehouse.problem import Problem

HELP = "write a fill-in workbook, with drop-down lists, for a log kept by hand"
PLACE = 70

LOGS = ("lado", "private_fostering", "complaints", "audits", "action_plan")
"""The logs of transforms.landing.log_templates.TEMPLATES (a test compares them): the help must not load xlsxwriter."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("log", choices=LOGS, metavar="LOG", help=f"one of: {', '.join(LOGS)}")
    parser.add_argument(
        "--to", metavar="FILE", help="where to write it (default: the current folder, under its name in a drop)"
    )


def run(given: argparse.Namespace) -> int:
    from transforms.landing.log_templates import TEMPLATES, file_name, write_template

    path = Path(given.to or file_name(given.log))
    if path.exists():
        raise Problem(
            "A file of this name already exists.",
            where=str(path),
            why="It may be a log that somebody has filled in.",
            fix="Give another name with --to, or move the file.",
        )
    if not path.parent.is_dir():
        raise Problem("There is no such folder.", where=str(path.parent), fix="Create it, or give another with --to.")
    write_template(path, given.log)
    sheets = list(TEMPLATES[given.log])
    filled_in = f"sheet{'s' * (len(sheets) > 1)} {' and '.join(sheets)}"
    show(
        given,
        lambda: {"file": str(path), "sheets": sheets},
        lambda: [f"{path}: fill in the {filled_in}; the other sheets explain."],
    )
    return 0
