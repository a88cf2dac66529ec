"""Partner rows to children: by NHS number or local id with date of birth, by a person's decision, or not yet.

Choices G20: never by name. What matches no child by itself waits for a person (transforms/records/review_list.py).
A decision applies only to a row that would otherwise wait: once its number is corrected, the number matches it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from transforms.records.review_list import WAITING, list_waiting, write_review_list
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import literal
from warehouse.store.decisions import MatchDecision

ALLEGATIONS = "records.allegations"
PRIVATE_FOSTERING = "records.private_fostering_arrangements"

APPLIED = "applied"
CHILD_NOT_THERE = "waits: the child is not in ssd_person"
NOT_NEEDED = "not needed: the row no longer waits, and is matched as decided"
OVERTAKEN = "overtaken: the row no longer waits, and is matched otherwise than decided"
ROW_NOT_THERE = "the row is not in this delivery"


def partner_tables() -> tuple[Table, ...]:
    """The tables whose rows wait for a person where they match no child."""
    return tuple(table for table in catalogue.tables("records") if _matched_column(table))


def _matched_column(table: Table) -> str | None:
    """The column that holds the child, or the children, a row was matched to."""
    if table.name == PRIVATE_FOSTERING:
        return "child_id"
    names = {column.name for column in table.columns}
    return next((name for name in ("matched_child_id", "matched_child_ids") if name in names), None)


def match_partner_rows(
    connection: duckdb.DuckDBPyConnection,
    filled: set[str],
    received: Mapping[str, Sequence[str]],
    decisions: Sequence[MatchDecision],
) -> None:
    """Match partner rows to children; fill quality.decisions, and quality.unmatched_rows with what waits.

    Args:
        filled: names of the records tables that have rows.
        received: columns of every records table's landing table, by the records table's name.
        decisions: those in force.
    """
    tables = [table for table in partner_tables() if table.name in filled]
    for table in tables:
        if table.name == ALLEGATIONS:
            _match_by_ids_named(connection)
        elif table.name != PRIVATE_FOSTERING:
            _match_by_number(connection, table)
    list_waiting(connection, tables, received)
    _apply(connection, tables, decisions)
    write_review_list(connection, received.get("records.children", ()))


def _match_by_number(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Choices G20: by NHS number; where that is blank, by local id with date of birth.

    A number that fails its check digit is as good as blank.
    """
    connection.execute(
        f"""
        UPDATE {table.name} AS partner SET matched_child_id = child.child_id
        FROM (SELECT nhs_number, min(child_id) AS child_id FROM records.children
              WHERE nhs_number IS NOT NULL GROUP BY nhs_number HAVING count(*) = 1) AS child
        WHERE partner.nhs_number = child.nhs_number
        """
    )
    if {"local_child_id", "born_on"} <= {column.name for column in table.columns}:
        connection.execute(
            f"""
            UPDATE {table.name} AS partner SET matched_child_id = child.child_id FROM records.children AS child
            WHERE partner.nhs_number IS NULL AND partner.local_child_id = child.child_id
              AND partner.born_on = child.born_on
            """
        )


def _match_by_ids_named(connection: duckdb.DuckDBPyConnection) -> None:
    """An allegation names its children by their ids in the case system, none, one or several."""
    connection.execute(
        f"""
        UPDATE {ALLEGATIONS} AS allegation SET matched_child_ids = there.child_ids
        FROM (
          SELECT named.lado_ref, string_agg(DISTINCT child.child_id, ';' ORDER BY child.child_id) AS child_ids
          FROM (SELECT lado_ref, trim(unnest(string_split(child_ids, ';'))) AS child_id FROM {ALLEGATIONS}) AS named
          JOIN records.children AS child USING (child_id)
          GROUP BY ALL
        ) AS there
        WHERE there.lado_ref = allegation.lado_ref
        """
    )


def _apply(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], decisions: Sequence[MatchDecision]) -> None:
    """Give waiting rows the child decided, take them off the list, and say of every decision what became of it."""
    if not decisions:
        return
    connection.executemany(
        "INSERT INTO quality.decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            [
                decision.source_table,
                decision.key,
                "matched to a child" if decision.child_ids else "not one of our children",
                ";".join(decision.child_ids) or None,
                decision.decided_by,
                decision.decided_at.replace(tzinfo=None),
                decision.because,
                decision.sequence,
                ROW_NOT_THERE,
            ]
            for decision in decisions
        ],
    )
    connection.execute(
        f"""
        UPDATE quality.decisions AS decision SET outcome = CASE
          WHEN decision.child_ids IS NULL OR NOT EXISTS (
            SELECT 1 FROM (SELECT unnest(string_split(decision.child_ids, ';')) AS child_id) AS decided
            WHERE decided.child_id NOT IN (SELECT child.child_id FROM records.children AS child)
          ) THEN {literal(APPLIED)} ELSE {literal(CHILD_NOT_THERE)} END
        FROM {WAITING} AS waiting
        WHERE waiting.source_table = decision.source_table AND waiting.key = decision.key
        """
    )
    for table in tables:
        _take_over(connection, table)
    connection.execute(
        f"""
        DELETE FROM {WAITING} AS waiting USING quality.decisions AS decision
        WHERE waiting.source_table = decision.source_table AND waiting.key = decision.key
          AND decision.outcome = {literal(APPLIED)};
        UPDATE {WAITING} AS waiting SET is_decided = true FROM quality.decisions AS decision
        WHERE waiting.source_table = decision.source_table AND waiting.key = decision.key
        """
    )


def _take_over(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Decisions applied go into one table's rows; of those its rows do not need it is said so."""
    matched = _matched_column(table)
    key = f"partner.{table.key[0]}"
    this = f"decision.source_table = {literal(table.file or '')} AND decision.key = {key}"
    # An allegation keeps the children it names correctly, in addition to those decided.
    value, same = "decision.child_ids", f"partner.{matched} IS NOT DISTINCT FROM decision.child_ids"
    if table.name == ALLEGATIONS:
        both = f"string_split(concat_ws(';', partner.{matched}, decision.child_ids), ';')"
        value = f"array_to_string(list_sort(list_distinct({both})), ';')"
        same += f" OR list_has_all(string_split(partner.{matched}, ';'), string_split(decision.child_ids, ';'))"
    connection.execute(
        f"""
        UPDATE quality.decisions AS decision
        SET outcome = CASE WHEN {same} THEN {literal(NOT_NEEDED)} ELSE {literal(OVERTAKEN)} END
        FROM {table.name} AS partner WHERE {this} AND decision.outcome = {literal(ROW_NOT_THERE)};
        UPDATE {table.name} AS partner SET {matched} = {value} FROM quality.decisions AS decision
        WHERE {this} AND decision.outcome = {literal(APPLIED)} AND decision.child_ids IS NOT NULL
        """
    )
