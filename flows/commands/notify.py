"""`daytwo notify`: answers an inspectorate's notification with a sealed draft pack."""

from __future__ import annotations

import argparse
from typing import Any

from flows.commands.arguments import add_authority_name, add_prefect, add_store, now, runs_in_prefect
from flows.commands.printing import Progress, show
from warehouse.england_time import known_on, moment

HELP = "answer a notification: freeze the evidence and seal a draft pack"
PLACE = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("--framework", required=True, help="such as slac_2009")
    parser.add_argument(
        "--received",
        required=True,
        type=moment,
        metavar="MOMENT",
        help="when the notification arrived, such as 2026-11-02T09:14 (Europe/London)",
    )
    parser.add_argument("--as-known-on", type=known_on, metavar="DATE", help="rebuild a pack from what was known then")
    add_authority_name(parser)
    add_prefect(parser)


def run(given: argparse.Namespace) -> int:
    from flows.settings import Settings

    settings = Settings.read(store=given.store, authority_name=given.authority_name)
    arguments: dict[str, Any] = {
        "framework": given.framework,
        "received_at": given.received,
        "as_known_on": given.as_known_on,
    }
    if runs_in_prefect(given):
        from flows.notification_received import as_flow

        outcome = as_flow(settings, **arguments)
    else:
        from flows.packing.answer_notification import answer_notification
        from flows.stores import open_store

        outcome = answer_notification(
            open_store(settings), settings=settings, started_at=now(), say=Progress(given.json), **arguments
        )
    show(given, outcome.as_json, outcome.lines)
    return 0
