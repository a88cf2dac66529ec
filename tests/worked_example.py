"""Plays an indicator's worked example through the real machine."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import duckdb

from transforms.profile.indicator import Indicator
from transforms.profile.measure_indicators import build_periods, measure_indicators
from transforms.records.derived_tables import derive
from transforms.records.working_days import build_calendar
from warehouse import catalogue
from warehouse.database import create


@dataclass(frozen=True)
class Played:
    """What the machine made of an example: the figure, and each case's verdict."""

    numerator: float
    denominator: float
    value: float | None
    verdicts: dict[str, str]
    numerator_beside: float | None
    value_beside: float | None
    longest: float | None
    open_and_late: frozenset[str]
    breakdown: dict[str, tuple[float, float]]


def rows_of(drawn: str) -> list[dict[str, str | None]]:
    """A table drawn with bars: headings, then rows; a blank cell is None."""
    lines = [[cell.strip() for cell in line.split("|")] for line in drawn.strip().splitlines()]
    return [{name: cell or None for name, cell in zip(lines[0], line, strict=True)} for line in lines[1:]]


def said_verdicts(example: dict[str, Any]) -> dict[str, str]:
    """Verdict by case id, as the example's author wrote it; the case id is the first column of the row."""
    said: dict[str, str] = {}
    for given in example["given"]:
        for row in rows_of(given["rows"]):
            if verdict := row.get("verdict"):
                said[next(iter(row.values())) or ""] = verdict
    return said


def empty_warehouse(as_at: datetime.date) -> duckdb.DuckDBPyConnection:
    """An in-memory warehouse with every table of a drop empty, calendar and periods filled."""
    connection = duckdb.connect()
    for room in ("landing", "records", "profile", "quality"):
        connection.execute(f"CREATE SCHEMA {room}")
    for table in (*catalogue.tables("records"), *catalogue.tables("quality")):
        if table.file or table.name.startswith("quality."):
            create(connection, table)
    build_calendar(connection, as_at)
    build_periods(connection, as_at)
    return connection


def play(indicator: Indicator) -> Played:
    """Fill an empty warehouse with the example's rows and measure the one indicator."""
    example: dict[str, Any] = indicator.example
    connection = empty_warehouse(example["as_at"])
    for given in example["given"]:
        for row in rows_of(given["rows"]):
            values = {name: cell for name, cell in row.items() if name not in ("verdict", "because")}
            connection.execute(
                f"INSERT INTO {given['table']} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                list(values.values()),
            )
    derive(connection, "records")
    measure_indicators(connection, {}, authority_code=None, only=[indicator])
    figure = connection.execute(
        "SELECT numerator, denominator, value, numerator_beside, value_beside, longest, open_and_late"
        " FROM profile.indicator_results"
        " WHERE is_current AND period_kind = ?",
        [example["period_kind"]],
    ).fetchone()
    cases = connection.execute(
        "SELECT case_id, counts FROM profile.indicator_cases WHERE period_kind = ?", [example["period_kind"]]
    ).fetchall()
    late = [
        case
        for (case,) in connection.execute(
            "SELECT case_id FROM profile.open_and_late WHERE period_kind = ?", [example["period_kind"]]
        ).fetchall()
    ]
    groups = connection.execute(
        "SELECT breakdown, numerator, denominator FROM profile.indicator_breakdowns"
        " WHERE is_current AND period_kind = ?",
        [example["period_kind"]],
    ).fetchall()
    connection.close()
    assert figure is not None
    assert len(set(late)) == len(late), "a case is open and late twice"
    assert figure[6] == (len(late) if indicator.late_query else None)
    assert len({case for case, _ in cases}) == len(cases), "a case is there twice"
    verdicts = {case: "counts" if counts else "does not count" for case, counts in cases}
    unseen = {case: "open and late" if case in late else "left out" for case in (*said_verdicts(example), *late)}
    return Played(
        *figure[:3],
        verdicts=unseen | verdicts,
        numerator_beside=figure[3],
        value_beside=figure[4],
        longest=figure[5],
        open_and_late=frozenset(late),
        breakdown={group: (numerator, denominator) for group, numerator, denominator in groups},
    )
