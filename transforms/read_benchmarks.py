"""DfE's published tables, as people download them, to figures beside ours.

Which published column is an indicator's twin is data: `transforms/benchmarks/*.toml`. A mark in place of a number (c,
x, z, a colon) stays "withheld"; it is never 0.
"""

from __future__ import annotations

import csv
import datetime
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import duckdb

from warehouse import catalogue
from warehouse.database import create, literal, quoted

ENGLAND = "E92000001"


class Release(Protocol):
    """What is read of a received file."""

    @property
    def release(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def sha256(self) -> str: ...


def read_benchmarks(
    connection: duckdb.DuckDBPyConnection,
    released: Sequence[tuple[Release, Path]],
    *,
    authority_code: str | None,
    as_at: datetime.date,
) -> None:
    """Fill profile.comparators with England's and the council's published values, for years ended by `as_at`.

    Args:
        released: files of one release with where they lie.
        authority_code: the council's nine-character code; None: England alone.
    """
    create(connection, catalogue.by_name()["profile.comparators"])
    for mapping in sorted(files("transforms.benchmarks").iterdir(), key=lambda entry: entry.name):
        if not mapping.name.endswith(".toml"):
            continue
        for twin in tomllib.loads(mapping.read_text(encoding="utf-8"))["twin"]:
            for file, path in released:
                if file.file_name.lower().startswith(twin["file"]):
                    _read(connection, twin, file, path, authority_code, as_at)


def _read(
    connection: duckdb.DuckDBPyConnection,
    twin: dict[str, object],
    file: Release,
    path: Path,
    authority_code: str | None,
    as_at: datetime.date,
) -> None:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        headings = next(csv.reader(opened), [])
    numerator, denominator, value = (_names(twin.get(part)) for part in ("numerator", "denominator", "value"))
    needed = {"time_period", "geographic_level", "country_name", *numerator, *denominator, *value}
    if not needed <= set(headings):
        # A release whose columns were renamed gives no comparator; it must not give a wrong one.
        return
    columns = ", ".join(f"{literal(heading)}: 'VARCHAR'" for heading in headings)
    local = "new_la_code" in headings
    area = (
        f"(geographic_level = 'Local authority' AND new_la_code = {literal(authority_code)})"
        if local and authority_code
        else "false"
    )
    code = "new_la_code" if local else "NULL"
    name = "la_name" if local else "NULL"
    shown = value or numerator
    value_sql = _sum(value) if value else f"100 * ({_sum(numerator)}) / nullif({_sum(denominator)}, 0)"
    marks = " || ".join(
        f"CASE WHEN try_cast({quoted(one)} AS DOUBLE) IS NULL THEN {quoted(one)} ELSE '' END"
        for one in (*numerator, *denominator, *value)
    )
    connection.execute(
        f"""
        INSERT OR REPLACE INTO profile.comparators
        SELECT {literal(str(twin["indicator"]))},
               CASE geographic_level WHEN 'National' THEN 'england' ELSE 'council' END,
               CASE geographic_level WHEN 'National' THEN '{ENGLAND}' ELSE {code} END,
               CASE geographic_level WHEN 'National' THEN country_name ELSE {name} END,
               time_period::BIGINT, {_sum(numerator)}, {_sum(denominator)}, {value_sql},
               CASE WHEN {value_sql} IS NULL THEN 'withheld' ELSE 'published' END,
               CASE WHEN {value_sql} IS NULL THEN nullif(substr({marks}, 1, 1), '') END,
               {literal(file.release)}, {literal(file.file_name + ": " + " + ".join(shown))}, {literal(file.sha256)}
        FROM read_csv({literal(str(path))}, auto_detect=false, header=true, delim=',', quote='"', escape='"',
                      columns={{{columns}}})
        WHERE (geographic_level = 'National' OR {area})
          AND try_cast(time_period AS BIGINT) IS NOT NULL AND make_date(time_period::INT, 3, 31) <= DATE '{as_at}'
        ORDER BY ALL
        """
    )


def _names(part: object) -> tuple[str, ...]:
    if part is None:
        return ()
    return (part,) if isinstance(part, str) else tuple(part)  # type: ignore[arg-type]


def _sum(columns: Sequence[str]) -> str:
    """The sum of published columns; NULL as soon as one is withheld."""
    return " + ".join(f"try_cast({quoted(column)} AS DOUBLE)" for column in columns) or "NULL::DOUBLE"
