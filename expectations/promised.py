"""The checks a contract promises: present, readable, coded, pointing somewhere, not ahead of its time.

Each is SQL that finds the offending rows; nothing here sets a row aside (choices G21 does, when records are built). An
outcome is met, broken, or could not be checked: a check that could not run is never passed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import duckdb

from warehouse import catalogue
from warehouse.clean import trimmed
from warehouse.codes import code_list
from warehouse.contract import Column, Severity, Table
from warehouse.database import keep_in_order, landing_columns, literal, quoted, side_by_side

SET_ASIDE_BY = {
    "key": ("key is missing", "key is repeated"),
    "about": ("whom it is about is missing", "whom it is about is not there"),
    "event date": ("event date is blank", "event date cannot be read"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of one column.

    Attributes:
        offends: SQL over `record`, a row of records; None: a filled cell whose record is empty breaks it.
        wants_filled: a blank cell breaks it.
        points_at: "records.<table>.<column>" the value must lead to.
    """

    code: str
    title: str
    severity: Severity
    column: Column
    message: str
    offends: str | None = None
    wants_filled: bool = False
    points_at: str | None = None


def checks(table: Table, as_at: datetime.date) -> Iterator[Check]:
    """What a table's contract promises of rows that are not set aside for breaking it.

    Args:
        as_at: of the extract; a day after it lies ahead (warned of unless declared a due or target date).
    """
    for column in table.columns:
        if column.heading is None:
            continue
        heading = column.heading
        record = f"record.{quoted(column.name)}"
        if column.required and not (column.name in table.key or column.about or column.event_date):
            yield Check(
                f"present:{column.name}",
                f"{heading} is filled",
                "warning",
                column,
                f"{heading} is blank where a value is expected",
                wants_filled=True,
            )
        if column.kind not in ("text", "code", "json") or column.is_nhs_number:
            what = (
                "passes the NHS number's check digit" if column.is_nhs_number else f"can be read as a {_words(column)}"
            )
            yield Check(
                f"readable:{column.name}",
                f"{heading} {what}",
                "warning",
                column,
                f"{heading} is filled but cannot be used: it is not one that {what}"
                f"{', or lies before 1900' if column.kind in ('date', 'moment') else ''}",
            )
        if column.kind == "code" and column.codes:
            known = ", ".join(literal(known) for known in code_list(column.codes).values)
            yield Check(
                f"coded:{column.name}",
                f"{heading} is a code of the list {column.codes}",
                "warning",
                column,
                f"{heading} holds a code that the list {column.codes} does not know; the row stays",
                offends=f"{record} NOT IN ({known})",
            )
        if column.kind == "json":
            yield Check(
                f"json:{column.name}",
                f"{heading} is JSON",
                "warning",
                column,
                f"{heading} cannot be read as JSON",
                offends=f"NOT json_valid({record})",
            )
        if column.kind in ("date", "moment") and not column.may_lie_ahead:
            yield Check(
                f"not_ahead:{column.name}",
                f"{heading} is not after the extract's date",
                "warning",
                column,
                f"{heading} lies after the day the extract is true for; it has not happened yet for every figure",
                offends=f"{record}::DATE > DATE {literal(as_at.isoformat())}",
            )
        if column.refers_to and not column.about:
            yield Check(
                f"points:{column.name}",
                f"{heading} leads to a row of {column.refers_to.rsplit('.', 1)[0]}",
                "warning",
                column,
                f"{heading} leads to no loaded row of {_file(column.refers_to)}; it is empty in records",
                points_at=column.refers_to,
            )


def judge(
    connection: duckdb.DuckDBPyConnection,
    as_at_by_table: Mapping[str, datetime.date],
    only: Sequence[Table] | None = None,
) -> None:
    """Run every promised check over what arrived; fill quality.checks and quality.issues.

    Args:
        only: these tables alone; every table of a drop by default.
        as_at_by_table: the extract's as-at date by the table's name in the drop; a table not named did not arrive.
    """
    landed = landing_columns(connection)
    filled = {name for name in landed if connection.execute(f"SELECT 1 FROM landing.{name} LIMIT 1").fetchall()}
    reachable = {
        f"{table.name}.{column.name}"
        for table in catalogue.tables("records")
        if table.file in filled
        for column in table.columns
        if column.heading in landed[table.file]
    }

    def judged(connection: duckdb.DuckDBPyConnection, table: Table) -> list[list[object]]:
        as_at = as_at_by_table.get(table.file or "")
        received = set(landed.get(table.file or "", ())) if as_at else set()
        if as_at is None or not received:
            because = "the table did not arrive"
            return [_not_checked("contract", f"{table.file} keeps its contract", "info", table, because)]
        return [
            *_judge_what_sets_aside(connection, table, received, reachable),
            *_judge_table(connection, table, received, list(checks(table, as_at)), reachable),
        ]

    tables = [table for table in (catalogue.tables("records") if only is None else only) if table.file]
    outcomes = side_by_side(connection, [partial(judged, table=table) for table in tables])
    connection.executemany(
        f"INSERT INTO quality.checks VALUES ({', '.join('?' * 9)})", [row for rows in outcomes for row in rows]
    )
    keep_in_order(connection, "quality.issues", "source_table, check_code, row_number")


def _not_checked(code: str, title: str, severity: str, table: Table, because: str) -> list[object]:
    return [code, title, severity, table.file, "could not be checked", 0, 0, because, table.team]


def _checked(code: str, title: str, severity: str, table: Table, rows: int, broken: int) -> list[object]:
    return [code, title, severity, table.file, "broken" if broken else "met", rows, broken, None, table.team]


def _one(connection: duckdb.DuckDBPyConnection, query: str, arguments: Sequence[object] = ()) -> tuple[int, ...]:
    found = connection.execute(query, list(arguments)).fetchone()
    assert found is not None
    return found


def _judge_what_sets_aside(
    connection: duckdb.DuckDBPyConnection, table: Table, received: set[str], reachable: set[str]
) -> Iterator[list[object]]:
    """The critical promises: rows that broke them were set aside when records were built."""
    rows = _one(connection, f"SELECT count(*) FROM {table.landing_name}")[0]
    aside = dict(
        connection.execute(
            "SELECT rule, count(*) FROM quality.rejected_rows WHERE source_table = ? GROUP BY rule", [table.file]
        ).fetchall()
    )
    for what, rules in SET_ASIDE_BY.items():
        columns = [
            column
            for column in table.columns
            if (column.name in table.key if what == "key" else column.about if what == "about" else column.event_date)
        ]
        if not columns:
            continue
        code, title = f"set aside:{what}", f"{', '.join(column.heading or '' for column in columns)}: the {what} stands"
        because = None
        for column in columns:
            if column.heading not in received:
                because = f"column {column.heading} is absent"
            elif what == "about" and column.refers_to not in reachable:
                because = _unreachable(column.refers_to or "")
        if because:
            yield _not_checked(code, title, "critical", table, because)
        else:
            yield _checked(code, title, "critical", table, rows, sum(aside.get(rule, 0) for rule in rules))


def _judge_table(
    connection: duckdb.DuckDBPyConnection, table: Table, received: set[str], promised: list[Check], reachable: set[str]
) -> Iterator[list[object]]:
    runnable: list[Check] = []
    for check in promised:
        because = None
        if check.column.heading not in received:
            because = f"column {check.column.heading} is absent"
        elif check.points_at and check.points_at not in reachable:
            because = _unreachable(check.points_at)
        if because is None:
            runnable.append(check)
        else:
            yield _not_checked(check.code, check.title, check.severity, table, because)
    if not runnable:
        return
    # Records are empty where a cell was blank, unreadable or led nowhere, so counting filled cells on both sides finds
    # what was lost in reading without reading anything again.
    columns = list({check.column.name: check.column for check in runnable}.values())
    in_landing = ", ".join(f"count({trimmed(column.heading or '')})" for column in columns)
    in_records = ", ".join(f"count(record.{quoted(column.name)})" for column in columns)
    cells = _one(connection, f"SELECT {in_landing} FROM {table.landing_name} WHERE {_kept(table)}")
    rows, *values = _one(connection, f"SELECT count(*), {in_records} FROM {table.name} AS record")
    filled = dict(zip((column.name for column in columns), zip(cells, values, strict=True), strict=True))
    conditions = [check for check in runnable if check.offends]
    offending: dict[str, int] = {}
    if conditions:
        filters = ", ".join(f"count(*) FILTER ({check.offends})" for check in conditions)
        found = _one(connection, f"SELECT {filters} FROM {table.name} AS record")
        offending = dict(zip((check.code for check in conditions), found, strict=True))
    for check in runnable:
        in_cells, in_values = filled[check.column.name]
        if check.offends:
            broken = offending[check.code]
        elif check.wants_filled:
            broken = rows - in_cells
        else:
            broken = in_cells - in_values
        yield _checked(check.code, check.title, check.severity, table, rows, broken)
        if broken:
            _list_offenders(connection, table, received, check)


def _list_offenders(connection: duckdb.DuckDBPyConnection, table: Table, received: set[str], check: Check) -> None:
    heading = check.column.heading or ""
    cell = trimmed(heading, "received")
    if check.offends:
        condition = check.offends
    elif check.wants_filled:
        condition = f"{cell} IS NULL"
    else:
        condition = f"{cell} IS NOT NULL AND record.{quoted(check.column.name)} IS NULL"
    keys = [table.column(name).heading or "" for name in table.key if table.column(name).heading in received]
    key = " || ' | ' || ".join(f"coalesce(received.{quoted(part)}, '')" for part in keys) or "''"
    connection.execute(
        f"""
        INSERT INTO quality.issues
        SELECT {literal(check.code)}, {literal(check.severity)}, {literal(table.file or "")}, _extract_id, _sheet, _row,
               {key}, {literal(check.column.name)}, {literal(check.message)}
        FROM {table.landing_name} AS received JOIN {table.name} AS record ON record.received_row = received._row
        WHERE {condition} ORDER BY _row
        """
    )


def _kept(table: Table) -> str:
    return (
        f"_row NOT IN (SELECT row_number FROM quality.rejected_rows WHERE source_table = {literal(table.file or '')})"
    )


def _unreachable(reference: str) -> str:
    parent, name = reference.rsplit(".", 1)
    return f"{_file(reference)} did not arrive, is empty or lacks {catalogue.by_name()[parent].column(name).heading}"


def _file(reference: str) -> str:
    return catalogue.by_name()[reference.rsplit(".", 1)[0]].file or ""


def _words(column: Column) -> str:
    return {
        "date": "day",
        "moment": "moment",
        "whole_number": "whole number",
        "number": "number",
        "yes_no": "yes or no",
    }[column.kind]
