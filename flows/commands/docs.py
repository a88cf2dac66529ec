"""`daytwo docs`: writes docs/reference from the files the program runs on."""

from __future__ import annotations

import argparse
from pathlib import Path

from flows.commands.printing import show

HELP = "write the generated reference pages"
PLACE = 190


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only check whether they are up to date")


def run(given: argparse.Namespace) -> int:
    from flows.commands.reference.reference_pages import stale_pages, write_pages

    folder = Path("docs")
    pages = stale_pages(folder) if given.check else write_pages(folder)
    word = "stale: " if given.check else ""
    show(given, lambda: {"pages": [str(page) for page in pages]}, lambda: [f"{word}{page}" for page in pages])
    return 1 if given.check and pages else 0
