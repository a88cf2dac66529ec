"""`daytwo watch`: checks, without Prefect, for a missing nightly run and late sources, and alerts people."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flows.commands.arguments import add_store, now
from flows.commands.printing import show, warn

if TYPE_CHECKING:
    from flows.settings import Settings

HELP = "alert people when a nightly run is missing or a source is late"
PLACE = 120


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("--test", action="store_true", help="only send a test message to every channel")


def run(given: argparse.Namespace) -> int:
    from flows.settings import Settings
    from flows.stores import open_store
    from flows.watch import watch

    settings = Settings.read(store=given.store)
    if given.test:
        return _test_channels(given, settings)
    watched = watch(open_store(settings), settings, now())
    for said in watched.warnings:
        warn(said)
    show(given, watched.as_json, watched.lines)
    return 5 if watched.is_urgent else 0


def _test_channels(given: argparse.Namespace, settings: Settings) -> int:
    from flows.alerts.send import send_test

    tried = send_test(settings, now())
    show(
        given,
        lambda: [{"channel": name, "problem": problem, "said": said} for name, problem, said in tried],
        lambda: [f"{name}: {problem or said or 'a test message was sent'}" for name, problem, said in tried],
    )
    return 1 if any(problem for _, problem, _ in tried) else 0
