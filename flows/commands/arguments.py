"""The flags that commands share, and the store and files those flags open.

It imports nothing heavy: the parsers of all commands are built from it.
"""

from __future__ import annotations

import argparse
import datetime
import os
from typing import TYPE_CHECKING

from warehouse.england_time import LONDON
from warehouse.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.store.evidence_store import EvidenceStore


def add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--store", metavar="S", help="the evidence store: a folder, or s3://bucket/prefix (or DAYTWO_STORE)"
    )


def add_restricted(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--restricted", action="store_true", help="use the restricted file, which holds everything")


def add_rows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=40, help="rows to show (default: 40)")


def add_authority_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--authority-name", help="name of the council on the pages (or DAYTWO_AUTHORITY_NAME)")


def add_prefect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prefect", action="store_true", help="run as a Prefect flow")


SHARED = (add_store, add_restricted, add_rows, add_authority_name, add_prefect)
"""Each adds one flag that several commands share."""


def runs_in_prefect(given: argparse.Namespace) -> bool:
    """Whether a command runs as a Prefect flow: `--prefect` is given, or a Prefect server is set."""
    return bool(given.prefect or os.environ.get("PREFECT_API_URL"))


def now() -> datetime.datetime:
    """The current time, aware."""
    return datetime.datetime.now(tz=LONDON)


def store_of(given: argparse.Namespace) -> EvidenceStore:
    """The store that `--store` or the setting names."""
    from flows.settings import Settings
    from flows.stores import open_store

    return open_store(Settings.read(store=given.store))


def published(given: argparse.Namespace, *, restricted: bool) -> Path:
    """The path on this machine of the published warehouse.

    Raises:
        Problem: nothing has been published.
    """
    from flows.settings import Settings
    from warehouse.store.keys import GENERAL, RESTRICTED

    path = store_of(given).local_copy(RESTRICTED if restricted else GENERAL)
    if path is None:
        raise Problem(
            "Nothing has been published yet.",
            where=str(Settings.read(store=given.store).store),
            why="There is no warehouse to read.",
            fix="Run: daytwo nightly --drop D --store S",
        )
    return path
