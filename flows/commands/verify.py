"""`daytwo verify`: proves that a pack is complete and unaltered, or names what is wrong with it."""

from __future__ import annotations

import argparse
from pathlib import Path

from flows.commands.arguments import add_store, store_of
from flows.commands.printing import show

HELP = "prove that a pack is complete and unaltered, or name each altered, missing or added file"
PLACE = 160


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("pack", metavar="PACK", help="folder or zip of the pack")


def run(given: argparse.Namespace) -> int:
    from flows.packing.verify_and_release import verify_pack
    from warehouse.store.ledger import Ledger

    verified = verify_pack(Path(given.pack), Ledger(store_of(given)) if given.store else None)
    show(given, verified.as_json, verified.lines)
    return 0 if verified.good else 4
