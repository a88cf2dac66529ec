"""Runs the worked example at the foot of an indicator's file against its own SELECT, without the measuring machine.

`python -m tests.oracle.run_example [CODE ...]` prints a line for each.
"""

from __future__ import annotations

import calendar
import datetime
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from transforms.working_days import build_calendar
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import create

FOLDER = Path(__file__).resolve().parents[2] / "transforms" / "indicators"
TRUST_TABLES = (
    "trust_health_assessments", "trust_dental_checks", "camhs_referrals", "trust_immunisations", "trust_sdq_scores",
    "emergency_attendances", "health_registrations",
)  # fmt: skip


@dataclass(frozen=True)
class Indicator:
    """One file: its facts, its SELECT, its worked example."""

    path: Path
    facts: dict[str, Any]
    select: str
    example: dict[str, Any]


def read(path: Path) -> Indicator:
    """The first comment is the facts and the last the example, both TOML; what lies between is the SELECT."""
    text = path.read_text(encoding="utf-8")
    comments = re.findall(r"/\*(.*?)\*/", text, re.S)
    select = text[text.index("*/") + 2 : text.rindex("/*")].strip()
    return Indicator(path, tomllib.loads(comments[0]), select, tomllib.loads(comments[-1]))


def indicators() -> Iterator[Indicator]:
    """Every indicator file, by name."""
    for path in sorted(FOLDER.glob("*.sql")):
        yield read(path)


def back(day: datetime.date, months: int) -> datetime.date:
    """Calendar months earlier: same day number, else the last of the month (choices G5)."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def period(kind: str, as_at: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First and last day of the current period of a kind (choices G4)."""
    one = datetime.timedelta(days=1)
    match kind:
        case "snapshot":
            return as_at, as_at
        case "rolling_12_months":
            return back(as_at, 12) + one, as_at
        case "last_6_months":
            return back(as_at, 6) + one, as_at
        case "financial_year":
            year = as_at.year if as_at >= datetime.date(as_at.year, 3, 31) else as_at.year - 1
            return datetime.date(year - 1, 4, 1), datetime.date(year, 3, 31)
        case "month":
            ends = (as_at + one).replace(day=1) - one
            return ends.replace(day=1), ends
        case "week":
            ends = as_at - datetime.timedelta(days=(as_at.weekday() + 1) % 7)
            return ends - datetime.timedelta(days=6), ends
    raise ValueError(kind)


def rows_of(text: str) -> list[dict[str, str | None]]:
    """A table drawn with bars: headings, then rows; a blank cell is None."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    for line in lines[1:]:
        if len(line) != len(lines[0]):
            raise ValueError(f"{len(line)} cells under {len(lines[0])} headings: {line[0]}")
    return [{name: cell or None for name, cell in zip(lines[0], line, strict=True)} for line in lines[1:]]


def empty_warehouse(as_at: datetime.date) -> duckdb.DuckDBPyConnection:
    """Every records table as its contract declares it, empty, and the calendar."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA records; CREATE SCHEMA profile")
    build_calendar(connection, as_at)
    for table in catalogue.tables("records"):
        if table.file:
            create(connection, table)
            if table.short_name in TRUST_TABLES and not _has(table, "matched_child_id"):
                connection.execute(f"ALTER TABLE {table.name} ADD COLUMN matched_child_id VARCHAR")
    connection.execute(
        "CREATE TABLE profile.periods (period_id INTEGER, period_kind VARCHAR, starts_on DATE, ends_on DATE,"
        " is_current BOOLEAN)"
    )
    return connection


def _has(table: Table, name: str) -> bool:
    return any(column.name == name for column in table.columns)


def run(indicator: Indicator) -> list[str]:
    """What the example says against what the SELECT does; empty where all of it holds."""
    example = indicator.example
    as_at: datetime.date = example["as_at"]
    starts_on, ends_on = period(example["period_kind"], as_at)
    connection = empty_warehouse(as_at)
    connection.execute(
        "INSERT INTO profile.periods VALUES (1, ?, ?, ?, TRUE)", [example["period_kind"], starts_on, ends_on]
    )
    verdicts: dict[str, str] = {}
    for given in example["given"]:
        for row in rows_of(given["rows"]):
            verdict = row.pop("verdict", None)
            row.pop("because", None)
            if verdict:
                verdicts[next(iter(row.values())) or ""] = verdict
            names = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            connection.execute(f"INSERT INTO {given['table']} ({names}) VALUES ({marks})", list(row.values()))
    cases = connection.execute(f"SELECT * FROM ({indicator.select})").fetchall()
    columns = [column[0] for column in connection.execute(f"SELECT * FROM ({indicator.select})").description or []]
    found = [dict(zip(columns, case, strict=True)) for case in cases]
    wrong: list[str] = []
    for case in found:
        case.setdefault("numerator_part", float(case["counts"]))
        case.setdefault("denominator_part", 1.0)
        if case["counts"] is None or case["case_id"] is None:
            wrong.append(f"{case['case_id']}: counts is {case['counts']}")
    verdict_found = {case["case_id"]: "counts" if case["counts"] else "does not count" for case in found}
    if len(verdict_found) != len(found):
        wrong.append("a case is there twice")
    numerator = sum(case["numerator_part"] for case in found)
    denominator: float | None = sum(case["denominator_part"] for case in found)
    if indicator.facts["unit"] == "rate_per_10000":
        population = connection.execute(
            "SELECT sum(persons) FROM records.population WHERE age BETWEEN 0 AND 17"
            " AND year = (SELECT max(year) FROM records.population WHERE year <= ?)",
            [ends_on.year],
        ).fetchone()
        denominator = population[0] if population else None
    said_to_be = (example["numerator"], example["denominator"])
    if (numerator, denominator) != said_to_be:
        wrong.append(f"{numerator} of {denominator}, the example says {said_to_be[0]} of {said_to_be[1]}")
    for case_id in sorted(verdicts.keys() | verdict_found.keys()):
        is_so = verdict_found.get(case_id, "left out")
        said = verdicts.get(case_id, "nothing")
        if is_so != said:
            wrong.append(f"{case_id}: {is_so}, the example says {said}")
    connection.close()
    return wrong


def main(codes: list[str]) -> int:
    """Prints a line for each example; returns how many do not hold."""
    broken = 0
    for indicator in indicators():
        if codes and indicator.facts["code"] not in codes:
            continue
        wrong = run(indicator)
        broken += bool(wrong)
        print(indicator.facts["code"], "holds" if not wrong else "; ".join(wrong))
    return broken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
