"""Where everything is kept in an evidence store: the only place that defines its rooms and keys.

There are six rooms, and nothing is written outside them:
`extracts/<sha256>`, `ledger/<12 digits>.json`, `builds/<sha256>.duckdb`, `runs/...`, `published/<file>`, `packs/...`.
Files of `published/` and `runs/` may be replaced; every other file is written once and never changed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from warehouse.problem import Problem

ROOMS = ("extracts", "ledger", "builds", "runs", "published", "packs")
REPLACEABLE = ("published", "runs")
REMOVABLE = ("extracts", "builds", "runs", "packs")

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,149}", re.ASCII)
_SHAPE = {
    "extracts": re.compile(r"extracts/[0-9a-f]{64}"),
    "ledger": re.compile(r"ledger/[0-9]{12}\.json"),
    "builds": re.compile(r"builds/[0-9a-f]{64}\.duckdb"),
    "published": re.compile(r"published/[^/]+"),
}
_LONGEST_KEY = 700  # S3 allows 1,024 bytes in all; the rest is for a bucket's prefix

GENERAL = "published/warehouse.duckdb"
"""The file for analysts: without the rows of LADO, private fostering, staff and complaints."""

RESTRICTED = "published/warehouse_restricted.duckdb"
"""The file with everything, for named readers."""

STATUS = "published/status.json"
"""Whether the published files are current, and which ledger entry published them."""

WRITER = "writer"
"""The name of the lock that whoever receives, builds and publishes holds."""

ALERTS = "runs/alerts.json"
"""Which alerts are open, and who they were sent to."""


def extract_key(sha256: str) -> str:
    """The key of an extract, from the hash of its bytes."""
    return check_key(f"extracts/{sha256}")


def build_key(sha256: str) -> str:
    """The key of a build, from the hash of its bytes."""
    return check_key(f"builds/{sha256}.duckdb")


def report_key(run_id: str, file_name: str) -> str:
    """The key of a file of a run's report."""
    return f"runs/{run_id}/{file_name}"


def pack_key(framework: str, pack_id: str) -> str:
    """The folder of a pack; its zip is next to it (`zip_of`)."""
    return f"packs/{framework}/{pack_id}"


def zip_of(pack: str) -> str:
    """The key of the zip of a pack, from the key of its folder."""
    return f"{pack}.zip"


def name_of_run(started_at: datetime) -> str:
    """The name of a run, from when it began (aware): the folder of its reports in `runs/`; names sort by time."""
    return started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def check_key(key: str) -> str:
    """The key, if the store may use it: a known room, plain characters, inside the folder.

    Raises:
        Problem: the store may not use it. The message repeats only its room.
    """
    parts = key.split("/") if isinstance(key, str) else []
    plain = (
        len(parts) > 1
        and parts[0] in ROOMS
        and len(key) <= _LONGEST_KEY
        and all(_PART.fullmatch(part) and not part.endswith(".") for part in parts)
    )
    shape = _SHAPE.get(parts[0]) if plain else None
    if not plain or (shape is not None and not shape.fullmatch(key)):
        raise _not_a_key(parts)
    return key


def check_folder(folder: str) -> str:
    """The folder, if it is a room or in one.

    Raises:
        Problem: it is neither.
    """
    parts = folder.split("/")
    if parts[0] not in ROOMS or not all(_PART.fullmatch(part) and not part.endswith(".") for part in parts):
        raise _not_a_key(parts)
    return folder


def check_lock(name: str) -> str:
    """The name, if it is allowed for a lock.

    Raises:
        Problem: it is not allowed.
    """
    if not re.fullmatch(r"[a-z][a-z_]{0,39}", name):
        raise Problem("This is not a name for a lock.", fix="Use lower-case letters and underscores.")
    return name


def allow(key: str, rooms: tuple[str, ...], done: str) -> None:
    """Check that files of the key's room may be `done` (replaced, removed).

    Raises:
        Problem: they may not.
    """
    if key.split("/", 1)[0] not in rooms:
        raise Problem(
            f"This file may not be {done}.",
            where=key,
            why="Evidence that can be changed is not evidence.",
            fix=f"Only files of {', '.join(rooms)} may be {done}.",
        )


def _not_a_key(parts: list[str]) -> Problem:
    return Problem(
        "This is not a name that the store can use for a file.",
        where=f"a key of {parts[0]}/" if parts and parts[0] in ROOMS else "a key outside the store's folders",
        why="A name from outside must never decide where a file is written.",
        fix=f"Begin the key with one of {', '.join(ROOMS)}. Use only letters, digits, `_`, `-` and `.` in its parts.",
    )
