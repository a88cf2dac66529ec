"""`daytwo pull`: fetches the extracts that sources have ready, or lists the state of each source."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flows.commands.arguments import add_prefect, add_store, now, runs_in_prefect
from flows.commands.printing import Progress, show, warn
from warehouse.england_time import day

if TYPE_CHECKING:
    from flows.receiving.pull_extracts import Pulled
    from flows.receiving.sources import Sources
    from flows.settings import Settings

HELP = "fetch the extracts that sources have ready in folders, buckets, SFTP servers and databases"
PLACE = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument(
        "source", metavar="SOURCE", nargs="*", help="such as health (default: every source that is pulled)"
    )
    parser.add_argument(
        "--as-at",
        type=day,
        metavar="DATE",
        help="as-at date of a database's tables (default: today); for other sources, the delivery to fetch",
    )
    parser.add_argument("--sources", metavar="FILE", help="the file of sources (or DAYTWO_SOURCES)")
    parser.add_argument(
        "--list", action="store_true", help="only list the sources, when each is due and which are late"
    )
    add_prefect(parser)


def run(given: argparse.Namespace) -> int:
    from flows.receiving.sources import read_sources, sources_file
    from flows.settings import Settings

    settings = Settings.read(store=given.store, sources=given.sources)
    sources = read_sources(sources_file(settings.sources))
    if given.list:
        return _list(given, settings, sources)
    pulled = _in_prefect(given, settings) if runs_in_prefect(given) else _here(given, settings, sources)
    show(given, pulled.as_json, lambda: [*pulled.lines(), pulled.said])
    return 1 if pulled.failed else 0


def _list(given: argparse.Namespace, settings: Settings, sources: Sources) -> int:
    from flows.receiving.pull_extracts import how_sources_stand
    from flows.stores import open_store
    from warehouse.store.ledger import Ledger

    states = how_sources_stand(sources, Ledger(open_store(settings)), now())
    show(given, lambda: [one.as_json() for one in states], lambda: [one.line() for one in states])
    return 0


def _in_prefect(given: argparse.Namespace, settings: Settings) -> Pulled:
    from flows.weekly_pull import as_flow

    return as_flow(settings, given.source, given.as_at)


def _here(given: argparse.Namespace, settings: Settings, sources: Sources) -> Pulled:
    from flows.alerts.send import run_and_send
    from flows.receiving.alerts_of_a_pull import send_alerts_of_pull
    from flows.receiving.pull_extracts import pull_extracts
    from flows.stores import open_store

    return run_and_send(
        lambda: pull_extracts(
            open_store(settings),
            sources,
            given.source,
            settings=settings,
            now=now,
            as_at=given.as_at,
            say=Progress(given.json),
        ),
        lambda result: send_alerts_of_pull(result, settings, now(), warn=warn),
    )
