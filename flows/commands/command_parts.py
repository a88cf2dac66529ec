"""What the commands share: the moment, the store they name, how they print."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from pathlib import Path

from flows.settings import Settings
from flows.stores import open_store
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import GENERAL, RESTRICTED


def now() -> datetime.datetime:
    """The moment of a command, aware."""
    return datetime.datetime.now(tz=LONDON)


def store_of(given: argparse.Namespace) -> EvidenceStore:
    """The store a command names."""
    return open_store(Settings.read(store=given.store))


def published(given: argparse.Namespace, *, restricted: bool) -> Path:
    """A file of this machine with the published warehouse.

    Raises:
        Problem: nothing is published.
    """
    store = store_of(given)
    path = store.local_copy(RESTRICTED if restricted else GENERAL)
    if path is None:
        raise Problem(
            "Nothing has been published yet.",
            where=str(Settings.read(store=given.store).store),
            why="There is no warehouse to read.",
            fix="Run: daytwo nightly --drop D --store S",
        )
    return path


def print_json(said: object) -> None:
    """For `--json`."""
    print(json.dumps(said, indent=2, default=str, ensure_ascii=False))


def warn(said: str) -> None:
    """Tell a person what went wrong beside the command."""
    print(f"daytwo: warning: {said}", file=sys.stderr)
