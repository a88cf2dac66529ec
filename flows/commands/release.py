"""`daytwo release`: records in the ledger that two people released a pack."""

from __future__ import annotations

import argparse
from pathlib import Path

from flows.commands.arguments import add_store, now
from flows.commands.printing import show

HELP = "record in the ledger that two people released a pack"
PLACE = 170


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("pack", metavar="PACK", help="folder or zip of the pack")
    parser.add_argument("--prepared-by", required=True, metavar="NAME", help="who prepared it")
    parser.add_argument("--approved-by", required=True, metavar="NAME", help="who approved it: another person")
    parser.add_argument("--route", required=True, metavar="TEXT", help="how it is sent, such as Ofsted's portal")


def run(given: argparse.Namespace) -> int:
    from flows.packing.verify_and_release import release_pack, store_around
    from flows.settings import Settings
    from flows.stores import open_store
    from warehouse.store.ledger import Ledger
    from warehouse.store.local_folder import LocalFolder

    pack = Path(given.pack)
    settings = Settings.read(store=given.store)
    store = open_store(settings) if settings.store else LocalFolder(store_around(pack))
    released = release_pack(
        pack,
        Ledger(store),
        prepared_by=given.prepared_by,
        approved_by=given.approved_by,
        route=given.route,
        at=now(),
    )
    show(
        given,
        lambda: released,
        lambda: [
            f"Released {released['pack_id']}: ledger entry {released['ledger_entry']}. It may now be sent by:"
            f" {given.route}. It must not be edited; a correction is a new version."
        ],
    )
    return 0
