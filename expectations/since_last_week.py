"""Checks what changed since the previous delivery: our own rules X007, X008 and X009, and open rows that are missing.

A missing row has no place in the new file, so its issue names the file, sheet and row of the previous delivery, which
the store keeps. At the first run there is nothing to compare with: the checks say so, and nothing is reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse import catalogue
from warehouse.contract import Column, Table
from warehouse.database import insert, keep_in_order, literal
from warehouse.quality.changes import EVENT_DATE_CHANGED, GONE, GONE_WHILE_OPEN
from warehouse.quality.comparisons import COMPARED, FAILED, FIRST_RUN, SAME_FILE

ROW_COUNT_LIMIT = 10.0
"""Percent by which the number of rows received may change between deliveries. Rule X007: "10% (or the local limit)"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCheck:
    """One check of the newest delivery against the previous one.

    Attributes:
        title: what it finds.
        message: of an issue; never a value.
        changes: kinds of quality.changes that break it; none: it compares the number of rows.
    """

    code: str
    rule: str
    title: str
    severity: str
    fix: str
    message: str = ""
    changes: tuple[str, ...] = ()


ROWS_MOVED = DeliveryCheck(
    code="x007",
    rule="X007",
    title=f"The number of rows changed by more than {ROW_COUNT_LIMIT:g}% (or the local limit) between deliveries",
    severity="info",
    fix="Find out why; if the extract is incomplete, send the whole extract again.",
)
KEY_GONE = DeliveryCheck(
    code="x008",
    rule="X008",
    title="A row of the previous delivery is missing",
    severity="info",
    fix="Explain why it is missing (merged, deleted, too old for the extract), or restore it.",
    message="the row is missing; file and row are those of the previous delivery",
    changes=(GONE, GONE_WHILE_OPEN),
)
GONE_OPEN = DeliveryCheck(
    code="x008_open",
    rule="X008",
    title="A row that was open in the previous delivery is missing, without a closing date",
    severity="warning",
    fix="Restore it; if it was closed, keep the row and record its closing date.",
    message="the row was open and is missing, without a closing date; file and row are those of the previous delivery",
    changes=(GONE_WHILE_OPEN,),
)
EVENT_REDATED = DeliveryCheck(
    code="x009",
    rule="X009",
    title="The date of an event that had happened by the previous delivery has changed",
    severity="info",
    fix="Explain why the date was changed after the event, or restore it.",
    message="the date of a past event was changed or blanked since the previous delivery",
    changes=(EVENT_DATE_CHANGED,),
)
COMPARISONS = (ROWS_MOVED, KEY_GONE, GONE_OPEN, EVENT_REDATED)


def judge_since_last_week(connection: duckdb.DuckDBPyConnection, *, row_count_limit: float = ROW_COUNT_LIMIT) -> None:
    """Add the outcomes of these checks to quality.checks, and what breaks them to quality.issues.

    quality.comparisons and quality.changes are filled. A check of an event or closing date needs a table that has one.

    Args:
        row_count_limit: percent; a larger change breaks X007.
    """
    found = connection.execute("SELECT * FROM quality.comparisons ORDER BY source_table")
    names = [column[0] for column in found.description or ()]
    compared = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    outcomes = [outcome for one in compared for outcome in _outcomes(one, row_count_limit)]
    insert(
        connection,
        catalogue.by_name()["quality.checks"],
        [list(outcome.values()) for outcome in outcomes],
        list(outcomes[0]) if outcomes else (),
    )
    _list_rows(connection, [one["source_table"] for one in compared if _moved(one, row_count_limit)])
    reads = [
        [GONE_OPEN.code, one["source_table"], table.name, column.name]
        for one in compared
        # A check that could not run at the first run does not count against a figure.
        if one["outcome"] != FIRST_RUN
        for table in (catalogue.by_file()[one["source_table"]],)
        for column in _closing(table)
    ]
    insert(connection, catalogue.by_name()["quality.check_columns"], reads)
    keep_in_order(connection, "quality.issues", "source_table, check_code, row_number")


def _closing(table: Table) -> list[Column]:
    return [column for column in table.columns if column.closes]


def _moved(compared: dict[str, Any], limit: float) -> bool:
    now, before = compared["rows_now"], compared["rows_before"]
    return now is not None and before is not None and abs(now - before) * 100 > limit * before


def _outcomes(compared: dict[str, Any], limit: float) -> Iterable[dict[str, Any]]:
    """The outcome of each check that applies to a table, as a row of quality.checks."""
    table = catalogue.by_file()[compared["source_table"]]
    rows_are_known = compared["rows_now"] is not None and compared["rows_before"] is not None
    because = None if compared["outcome"] in (COMPARED, SAME_FILE) else compared["because"]
    yield _outcome(ROWS_MOVED, table, compared, int(_moved(compared, limit)), None if rows_are_known else because)
    yield _outcome(KEY_GONE, table, compared, compared["rows_gone"], because)
    closing = _closing(table)
    if closing:
        absent = (
            f"column {' or '.join(column.heading or '' for column in closing)} was absent from the previous delivery"
        )
        yield _outcome(GONE_OPEN, table, compared, compared["rows_gone_while_open"], because, absent)
    event = next((column for column in table.columns if column.event_date), None)
    if event is not None:
        absent = f"column {event.heading} is absent from one of the two deliveries"
        yield _outcome(EVENT_REDATED, table, compared, compared["event_dates_changed"], because, absent)


def _outcome(
    check: DeliveryCheck,
    table: Table,
    compared: dict[str, Any],
    broken: int | None,
    because: str | None,
    absent: str = "",
) -> dict[str, Any]:
    if because is None and broken is None:
        because = absent
    skipped = "failed" if (because or "").startswith(FAILED) else "skipped"
    return {
        "check_code": check.code,
        "title": check.title,
        "severity": check.severity,
        "source_table": table.file,
        "outcome": "could not be checked" if because is not None else "broken" if broken else "met",
        "rows_checked": 0 if because is not None else compared["rows_before"],
        "rows_broken": 0 if because is not None else broken,
        "because": because,
        "team": table.team,
        "kind": "own",
        "rule": check.rule,
        "source": "own",
        "coverage": "ran" if because is None else skipped,
        "fix": check.fix,
    }


def _list_rows(connection: duckdb.DuckDBPyConnection, moved: list[str]) -> None:
    """Put into quality.issues the rows that break a check; if a table's number of rows changed, its file."""
    columns = "check_code, severity, source_table, extract_id, sheet, row_number, key, column_name, message"
    for check in (check for check in COMPARISONS if check.changes):
        kinds = ", ".join(literal(change) for change in check.changes)
        connection.execute(
            f"""
            INSERT INTO quality.issues ({columns})
            SELECT {literal(check.code)}, {literal(check.severity)}, source_table,
                   CASE WHEN row_number IS NULL THEN extract_id_before ELSE extract_id END,
                   CASE WHEN row_number IS NULL THEN sheet_before ELSE sheet END,
                   coalesce(row_number, row_number_before), key, column_name, {literal(check.message)}
            FROM quality.changes JOIN quality.comparisons USING (source_table)
            WHERE change IN ({kinds})
            """
        )
    connection.execute(
        f"""
        INSERT INTO quality.issues ({columns})
        SELECT {literal(ROWS_MOVED.code)}, {literal(ROWS_MOVED.severity)}, source_table, extract_id, NULL, NULL, NULL,
               NULL, 'rows received: ' || rows_now || ', and ' || rows_before || ' in the previous delivery'
        FROM quality.comparisons WHERE list_contains(?, source_table)
        """,
        [moved],
    )
