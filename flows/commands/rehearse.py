"""`daytwo rehearse`: builds the packs as if the notification came now, to find what would go wrong."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from flows.commands.arguments import add_authority_name, add_prefect, add_store, now, runs_in_prefect
from flows.commands.printing import Progress, show, warn

if TYPE_CHECKING:
    from flows.packing.rehearsal_report import Rehearsals
    from flows.settings import Settings
    from warehouse.problem import Problem

HELP = "build each pack as if the notification came now, list what would go wrong, and discard the pack"
PLACE = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument(
        "--framework", metavar="F", help="only this framework (default: those of DAYTWO_REHEARSE, otherwise all)"
    )
    add_authority_name(parser)
    add_prefect(parser)


def run(given: argparse.Namespace) -> int:
    from flows.settings import Settings

    settings = Settings.read(store=given.store, rehearse=given.framework, authority_name=given.authority_name)
    rehearsals = _in_prefect(settings) if runs_in_prefect(given) else _here(given, settings)
    show(given, rehearsals.as_json, lambda: "\n\n".join("\n".join(lines) for lines in rehearsals.lines()).splitlines())
    for one in rehearsals.failed:
        print(f"daytwo: {one.said}", file=sys.stderr)
    return 1 if rehearsals.failed else 0


def _in_prefect(settings: Settings) -> Rehearsals:
    from flows.nightly_rehearsal import as_flow

    return as_flow(settings)


def _here(given: argparse.Namespace, settings: Settings) -> Rehearsals:
    from flows.alerts.send import run_and_send
    from flows.packing.alerts_of_a_rehearsal import send_alerts_of_rehearsals
    from flows.packing.rehearse import rehearse_all
    from flows.stores import open_store

    def send_alerts(result: Rehearsals | Problem) -> None:
        # A person who names a framework reads the answer on the screen.
        if given.framework is None:
            send_alerts_of_rehearsals(result, settings, now(), warn=warn)

    return run_and_send(
        lambda: rehearse_all(open_store(settings), settings=settings, now=now(), say=Progress(given.json)), send_alerts
    )
