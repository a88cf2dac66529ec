"""`daytwo nightly`: one nightly run, by hand, by a timer, or as a Prefect flow."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flows.commands.arguments import add_prefect, add_store, now, runs_in_prefect
from flows.commands.printing import Progress, show, warn
from warehouse.england_time import day, known_on, moment

if TYPE_CHECKING:
    from flows.publishing.run_nightly import Outcome
    from flows.publishing.run_report import Report
    from flows.settings import Settings

HELP = "receive a drop, build the warehouse, check it and publish it"
PLACE = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument(
        "--drop", metavar="D", help="where the sources deliver: a folder, or s3://bucket/prefix (or DAYTWO_DROP)"
    )
    parser.add_argument(
        "--as-at", type=day, metavar="DATE", help="as-at date of the figures (default: that of the newest extract)"
    )
    parser.add_argument(
        "--as-known-on",
        type=known_on,
        metavar="DATE",
        help="use only what had been received by then: a day, a moment or a ledger number",
    )
    parser.add_argument(
        "--received-at", type=moment, metavar="MOMENT", help="when loading history: the moment the files were received"
    )
    parser.add_argument("--authority", help="nine-character code of the council (or DAYTWO_AUTHORITY)")
    parser.add_argument("--no-publish", action="store_true", help="build in the store without publishing")
    add_prefect(parser)


def run(given: argparse.Namespace) -> int:
    from flows.settings import Settings

    settings = Settings.read(drop=given.drop, store=given.store, authority=given.authority)
    arguments: dict[str, Any] = {
        "as_at": given.as_at,
        "as_known_on": given.as_known_on,
        "received_at": given.received_at,
        "publishing": not given.no_publish,
    }
    outcome = _in_prefect(settings, arguments) if runs_in_prefect(given) else _here(given, settings, arguments)
    show(given, outcome.as_json, lambda: _lines(outcome, settings))
    return 3 if outcome.state == "stopped" else 0


def _in_prefect(settings: Settings, arguments: dict[str, Any]) -> Outcome:
    from flows.nightly import as_flow

    return as_flow(settings, drop=settings.drop or None, **arguments)


def _here(given: argparse.Namespace, settings: Settings, arguments: dict[str, Any]) -> Outcome:
    from flows.publishing.run_nightly import run_nightly
    from flows.publishing.send_alerts_of_a_night import is_tonights, sending_alerts
    from flows.receiving.places import open_drop
    from flows.stores import open_store

    for_tonight = is_tonights(
        as_known_on=given.as_known_on, received_at=given.received_at, publishing=not given.no_publish
    )
    with sending_alerts(settings, clock=now, warn=warn, is_tonights=for_tonight) as night:
        return night.came_to(
            run_nightly(
                open_store(settings),
                drop=open_drop(settings.drop) if settings.drop else None,
                settings=settings,
                started_at=now(),
                say=Progress(given.json),
                **arguments,
            )
        )


def _lines(outcome: Outcome, settings: Settings) -> Iterator[str]:
    """Lines for a terminal: what was repaired, received, loaded and found, and how the run ended."""
    from flows.stores import open_store

    for sentence in outcome.healed:
        yield f"Repaired: {sentence}"
    if outcome.receipt is not None:
        yield f"{len(outcome.receipt.received)} files received, {outcome.receipt.known} already known."
        for place in outcome.receipt.left_alone:
            yield f"  not received: {place}"
    if outcome.report is not None:
        yield ""
        yield from _arrivals(outcome.report)
        yield from _findings(outcome.report)
        yield f"Report: {open_store(settings).place(f'runs/{outcome.run_id}/report.md')}"
        yield ""
    yield outcome.said


def _arrivals(report: Report) -> Iterator[str]:
    """The rows of each file, the totals, and the files that were refused or have a note."""
    yield f"{'table':<28}{'received':>10}{'loaded':>10}{'set aside':>11}  status"
    for row in report.arrivals:
        if row.received or row.status not in ("loaded", "empty", "kept"):
            yield (
                f"{row.table or row.file_name:<28}{row.received or 0:>10,}{row.loaded or 0:>10,}"
                f"{row.set_aside or 0:>11,}  {row.status}"
            )
    received, loaded, set_aside = (
        sum(count or 0 for count in counts)
        for counts in zip(*((row.received, row.loaded, row.set_aside) for row in report.arrivals), strict=True)
    )
    yield f"{'all':<28}{received:>10,}{loaded:>10,}{set_aside:>11,}  received = loaded + set aside"
    for row in report.arrivals:
        if row.status == "refused":
            yield f"Refused: {row.file_name}: {row.refused_because}"
        elif row.notes:
            yield f"{row.file_name}: {row.notes}"


def _findings(report: Report) -> Iterator[str]:
    for table, rows in report.unmatched:
        yield f"Waiting for a match: {rows:,} rows of {table}"
    for source, as_at, is_stale, days in report.sources:
        if is_stale:
            yield f"Stale: {source} is as at {as_at}, {days} days older"
    for name, number, broken in report.checks:
        yield f"Checks: {number:,} {name}" + (f" ({broken:,} rows)" if broken else "")
