"""The general file: the restricted file without the rows of LADO, private fostering, staff and complaints.

Built by copying the rows that may be shown into a new file, never by deleting: a deleted row leaves its bytes. Results
of restricted indicators stay, with small numbers hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb

from warehouse import catalogue
from warehouse.contract import Column, Table
from warehouse.database import add_working_days_macro, build, create, has_table, literal, quoted, side_by_side

# Counts from 1 up to these are hidden in the general file for restricted indicators (small-number rules S1 to S4).
HIDDEN_UP_TO = {"S1": 5, "S2": 7, "S3": 4, "S4": 4}
# Tables about single rows of a table of the drop: rows about a restricted table stay out.
OF_ONE_TABLES_ROWS = (
    "quality.rejected_rows",
    "quality.unmatched_rows",
    "quality.decisions",
    "quality.issues",
    "quality.changes",
)


def make_general_file(restricted: Path, general: Path, *, memory_limit: str, threads: int) -> None:
    """Write `general` from the finished `restricted` file."""
    with build(general, memory_limit=memory_limit, threads=threads) as connection:
        connection.execute(f"ATTACH {literal(str(restricted))} AS whole (READ_ONLY)")
        there = {
            name
            for (name,) in connection.execute(
                "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'whole'"
            ).fetchall()
        }
        in_drop = [table for table in catalogue.tables("records") if table.file]
        hidden_files = ", ".join(literal(table.file or "") for table in in_drop if table.handling == "restricted")
        jobs: list[Callable[[duckdb.DuckDBPyConnection], None]] = [
            partial(_copy_landing, table=table)
            for table in in_drop
            if table.handling == "open" and table.landing_name in there
        ]
        jobs += [
            partial(_copy, table=table, hidden_files=hidden_files)
            for table in catalogue.tables()
            if table.name in there
        ]
        side_by_side(connection, jobs)
        _hide_small_numbers(connection)
        if "records.calendar" in there:
            add_working_days_macro(connection)
        connection.execute("DETACH whole")


def _copy_landing(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    connection.execute(f"CREATE TABLE {table.landing_name} AS FROM whole.{table.landing_name}")


def _copy(connection: duckdb.DuckDBPyConnection, table: Table, hidden_files: str) -> None:
    """Create a table and copy the rows that may be shown."""
    create(connection, table)
    columns = ", ".join(quoted(column.name) for column in table.stored_columns)
    shown = ", ".join(_shown(column) for column in table.stored_columns)
    where = "true"
    if table.handling == "restricted":
        where = "false"
    elif table.name in ("profile.indicator_cases", "profile.open_and_late"):
        where = (
            "indicator_code NOT IN (SELECT indicator_code FROM whole.profile.indicators WHERE handling = 'restricted')"
        )
    elif table.name in OF_ONE_TABLES_ROWS:
        where = f"source_table NOT IN ({hidden_files})"
    connection.execute(f"INSERT INTO {table.name} ({columns}) SELECT {shown} FROM whole.{table.name} WHERE {where}")


def _shown(column: Column) -> str:
    """SQL for the values of a column that the general file may show."""
    name = quoted(column.name)
    return f"CASE WHEN ({column.hidden_where}) IS NOT TRUE THEN {name} END" if column.hidden_where else name


def _hide_small_numbers(connection: duckdb.DuckDBPyConnection) -> None:
    limits = " ".join(f"WHEN {literal(rule)} THEN {limit}" for rule, limit in HIDDEN_UP_TO.items())
    for name, because in (("profile.indicator_results", True), ("profile.as_first_published", False)):
        if not has_table(connection, name):
            continue
        told = (
            ", numerator_beside = NULL, value_beside = NULL, longest = NULL, open_and_late = NULL, hidden_because ="
            " 'a number from 1 to ' || small.up_to || ' is not shown here (' || small.rule || ')'"
        )
        connection.execute(
            f"""
            UPDATE {name} AS result
            SET numerator = NULL, denominator = NULL, value = NULL {told if because else ""}
            FROM (SELECT indicator_code, unit, small_numbers AS rule, CASE small_numbers {limits} END AS up_to
                  FROM profile.indicators WHERE handling = 'restricted') AS small
            WHERE small.indicator_code = result.indicator_code
              AND ({"result.open_and_late BETWEEN 0.000001 AND small.up_to OR" if because else ""}
                   result.numerator BETWEEN 0.000001 AND small.up_to
                   OR (small.unit <> 'count' AND result.denominator BETWEEN 0.000001 AND small.up_to)
                   OR (small.unit = 'percent'
                       AND result.denominator - result.numerator BETWEEN 0.000001 AND small.up_to))
            """
        )
    _hide_groups(connection, limits)


def _hide_groups(connection: duckdb.DuckDBPyConnection, limits: str) -> None:
    """If one group of a period is small, or the period's total is hidden, hide all groups: the rest would reveal it."""
    if not has_table(connection, "profile.indicator_breakdowns"):
        return
    connection.execute(
        f"""
        UPDATE profile.indicator_breakdowns AS grouped
        SET numerator = NULL, denominator = NULL, value = NULL,
            hidden_because = 'a group has a number from 1 to ' || small.up_to || ' (' || small.rule || ')'
        FROM (
          SELECT indicator.indicator_code, made.period_kind, made.ends_on, any_value(indicator.small_numbers) AS rule,
                 any_value(CASE indicator.small_numbers {limits} END) AS up_to
          FROM profile.indicators AS indicator
          JOIN profile.indicator_breakdowns AS made USING (indicator_code)
          JOIN profile.indicator_results AS whole USING (indicator_code, period_kind, ends_on)
          WHERE indicator.handling = 'restricted'
          GROUP BY ALL
          HAVING bool_or(
            whole.hidden_because IS NOT NULL
            OR made.numerator BETWEEN 0.000001 AND CASE indicator.small_numbers {limits} END
            OR (indicator.unit = 'percent'
                AND made.denominator - made.numerator BETWEEN 0.000001 AND CASE indicator.small_numbers {limits} END))
        ) AS small
        WHERE small.indicator_code = grouped.indicator_code AND small.period_kind = grouped.period_kind
          AND small.ends_on = grouped.ends_on
        """
    )
