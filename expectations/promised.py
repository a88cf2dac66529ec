"""The checks a contract promises: present, readable, coded, pointing somewhere, not ahead of its time.

Each is SQL that finds the offending rows; nothing here sets a row aside (choices G21 does, when records are built). An
outcome is met, broken, or could not be checked: a check that could not run is never passed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from warehouse import catalogue
from warehouse.clean import trimmed, value
from warehouse.codes import code_list
from warehouse.contract import Column, Severity, Table
from warehouse.database import column_names, has_table, literal, quoted

SET_ASIDE_BY = {
    "key": ("key is missing", "key is repeated"),
    "about": ("whom it is about is missing", "whom it is about is not there"),
    "event date": ("event date is blank", "event date cannot be read"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of one column: rows for which `offends` holds break it."""

    code: str
    title: str
    severity: Severity
    column: Column
    offends: str
    message: str
    points_at: str | None = None


def checks(table: Table, as_at: datetime.date) -> Iterator[Check]:
    """What a table's contract promises of rows that are not set aside for breaking it.

    Args:
        as_at: of the extract; a day after it lies ahead (warned of unless declared a due or target date).
    """
    for column in table.columns:
        if column.heading is None:
            continue
        cell = f"received.{quoted(column.heading)}"
        read = f"({value(column, table)})"
        heading = column.heading
        if column.required and not (column.name in table.key or column.about or column.event_date):
            yield Check(
                f"present:{column.name}",
                f"{heading} is filled",
                "warning",
                column,
                f"{cell} IS NULL",
                f"{heading} is blank where a value is expected",
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
                f"{cell} IS NOT NULL AND {read} IS NULL",
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
                f"{cell} IS NOT NULL AND {cell} NOT IN ({known})",
                f"{heading} holds a code that the list {column.codes} does not know; the row stays",
            )
        if column.kind == "json":
            yield Check(
                f"json:{column.name}",
                f"{heading} is JSON",
                "warning",
                column,
                f"{cell} IS NOT NULL AND NOT json_valid({cell})",
                f"{heading} cannot be read as JSON",
            )
        if column.kind in ("date", "moment") and not column.may_lie_ahead:
            yield Check(
                f"not_ahead:{column.name}",
                f"{heading} is not after the extract's date",
                "warning",
                column,
                f"{read}::DATE > DATE {literal(as_at.isoformat())}",
                f"{heading} lies after the day the extract is true for; it has not happened yet for every figure",
            )
        if column.refers_to and not column.about:
            yield Check(
                f"points:{column.name}",
                f"{heading} leads to a row of {column.refers_to.rsplit('.', 1)[0]}",
                "warning",
                column,
                f"{cell} IS NOT NULL AND pointed.value IS NULL",
                f"{heading} leads to no loaded row of {_file(column.refers_to)}; it is empty in records",
                column.refers_to,
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
    for table in catalogue.tables("records") if only is None else only:
        if table.file is None:
            continue
        as_at = as_at_by_table.get(table.file)
        if as_at is None or not has_table(connection, table.landing_name):
            connection.execute(
                "INSERT INTO quality.checks VALUES ('contract', ?, 'info', ?, 'could not be checked', 0, 0, ?, ?)",
                [f"{table.file} keeps its contract", table.file, "the table did not arrive", table.team],
            )
            continue
        _judge_what_sets_aside(connection, table)
        _judge_table(connection, table, list(checks(table, as_at)))


def _judge_what_sets_aside(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    received = set(column_names(connection, table.landing_name))
    for code, rules in SET_ASIDE_BY.items():
        columns = [
            column
            for column in table.columns
            if (column.name in table.key if code == "key" else column.about if code == "about" else column.event_date)
        ]
        if not columns:
            continue
        headings = ", ".join(column.heading or "" for column in columns)
        because = None
        for column in columns:
            if column.heading not in received:
                because = f"column {column.heading} is absent"
            elif code == "about" and column.refers_to and not _filled(connection, column.refers_to):
                because = f"{_file(column.refers_to)} did not arrive or is empty"
        connection.execute(
            """
            INSERT INTO quality.checks
            SELECT ?, ?, 'critical', ?, CASE WHEN ?::VARCHAR IS NOT NULL THEN 'could not be checked'
                   WHEN broken > 0 THEN 'broken' ELSE 'met' END, checked, broken, ?, ?
            FROM (SELECT (SELECT count(*) FROM quality.rejected_rows
                          WHERE source_table = ? AND list_contains(?, rule)) AS broken,
                         (SELECT rows_received FROM quality.arrivals WHERE source_table = ? AND status <> 'refused'
                          LIMIT 1) AS checked)
            """,
            [
                f"set aside:{code}",
                f"{headings}: the {code} stands",
                table.file,
                because,
                because,
                table.team,
                table.file,
                list(rules),
                table.file,
            ],
        )


def _judge_table(connection: duckdb.DuckDBPyConnection, table: Table, promised: list[Check]) -> None:
    received = set(column_names(connection, table.landing_name))
    runnable: list[Check] = []
    for check in promised:
        because = None
        if check.column.heading not in received:
            because = f"column {check.column.heading} is absent"
        elif check.points_at and not _filled(connection, check.points_at):
            because = f"{_file(check.points_at)} did not arrive or is empty"
        if because is None:
            runnable.append(check)
        else:
            connection.execute(
                "INSERT INTO quality.checks VALUES (?, ?, ?, ?, 'could not be checked', 0, 0, ?, ?)",
                [check.code, check.title, check.severity, table.file, because, table.team],
            )
    if not runnable:
        return
    kept = (
        f"_row NOT IN (SELECT row_number FROM quality.rejected_rows WHERE source_table = {literal(table.file or '')})"
    )
    wanted = {check.column.heading or "" for check in runnable}
    cells = "".join(f", {trimmed(heading)} AS {quoted(heading)}" for heading in sorted(wanted))
    rows = f"(SELECT _row, _sheet, _extract_id{cells} FROM {table.landing_name} WHERE {kept}) AS received"
    # One look over the rows counts every broken promise; only those broken are then listed.
    plain = [check for check in runnable if not check.points_at]
    pointing = [check for check in runnable if check.points_at]
    counted = dict.fromkeys((check.code for check in runnable), 0)
    filters = "".join(f", count(*) FILTER ({check.offends})" for check in plain)
    found = connection.execute(f"SELECT count(*){filters} FROM {rows}").fetchone()
    assert found is not None
    counted.update(zip((check.code for check in plain), found[1:], strict=True))
    for check in pointing:
        number = connection.execute(
            f"SELECT count(*) FROM {rows} {_join_pointed(check)} WHERE {check.offends}"
        ).fetchone()
        assert number is not None
        counted[check.code] = number[0]
    keys = [table.column(name) for name in table.key]
    key = (
        " || ' | ' || ".join(
            f"coalesce(whole.{quoted(column.heading or '')}, '')" for column in keys if column.heading in received
        )
        or "''"
    )
    for check in runnable:
        broken = counted[check.code]
        connection.execute(
            "INSERT INTO quality.checks VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            [
                check.code,
                check.title,
                check.severity,
                table.file,
                "broken" if broken else "met",
                found[0],
                broken,
                table.team,
            ],
        )
        if broken:
            connection.execute(
                f"""
                INSERT INTO quality.issues
                SELECT {literal(check.code)}, {literal(check.severity)}, {literal(table.file or "")},
                       received._extract_id, received._sheet, received._row, {key}, {literal(check.column.name)},
                       {literal(check.message)}
                FROM {rows} {_join_pointed(check)} JOIN {table.landing_name} AS whole ON whole._row = received._row
                WHERE {check.offends} ORDER BY received._row
                """
            )


def _join_pointed(check: Check) -> str:
    if not check.points_at:
        return ""
    parent, column = check.points_at.rsplit(".", 1)
    return (
        f"LEFT JOIN (SELECT DISTINCT {quoted(column)} AS value FROM {parent}) AS pointed"
        f" ON pointed.value = received.{quoted(check.column.heading or '')}"
    )


def _filled(connection: duckdb.DuckDBPyConnection, reference: str) -> bool:
    """Whether the landing table behind "records.<table>.<column>" has a row."""
    parent = catalogue.by_name()[reference.rsplit(".", 1)[0]]
    if not has_table(connection, parent.landing_name):
        return False
    return connection.execute(f"SELECT 1 FROM {parent.landing_name} LIMIT 1").fetchone() is not None


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
