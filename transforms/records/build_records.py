"""Landing to records: which rows are set aside, how cells are read, which references lead somewhere.

Only choices G21 sets a row aside: each such row is a child, an allegation or an arrangement missing from a list.
Everything is done table by table in SQL; no row passes through Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import duckdb

from transforms.records.derived_tables import derive
from transforms.records.match_partner_rows import match_partner_rows
from warehouse import catalogue
from warehouse.cell_values import trimmed, value
from warehouse.contract import Column, Table
from warehouse.database import create, keep_in_order, landing_columns, literal, quoted, side_by_side
from warehouse.store.decisions import MatchDecision


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of one table are in records, and how many were set aside by G21."""

    rows_loaded: int
    rows_set_aside: int


def build_records(
    connection: duckdb.DuckDBPyConnection,
    only: Sequence[Table] | None = None,
    decisions: Sequence[MatchDecision] = (),
) -> Mapping[str, Loaded]:
    """Fill every records table from landing; returns how many rows were loaded, by the table's name in the drop.

    Args:
        only: these tables alone, where one file is checked by itself; rules that need another table do not run.
        decisions: what people decided about partner rows that were waiting.

    The connection's default catalog holds `landing` and an empty `quality.rejected_rows`, `quality.unmatched_rows` and
    `quality.decisions`.
    A table that did not arrive is created empty.
    """
    tables = [table for table in catalogue.tables("records") if table.file and (only is None or table in only)]
    landed = landing_columns(connection)
    received = {table.name: landed.get(table.file or "", ()) for table in tables}
    filled = {
        name
        for name, columns in received.items()
        if columns and connection.execute(f"SELECT 1 FROM {catalogue.by_name()[name].landing_name} LIMIT 1").fetchone()
    }
    # What a reference can be checked against: a column that arrived, of a table that has rows.
    reachable = {
        f"{table.name}.{column.name}"
        for table in tables
        if table.name in filled
        for column in _present(table, received[table.name])
    }
    for generation in _parents_first([table for table in tables if table.name in filled]):
        side_by_side(
            connection,
            [
                partial(_set_aside, table=table, received=received[table.name], reachable=reachable)
                for table in generation
            ],
        )
    keep_in_order(connection, "quality.rejected_rows", "source_table, row_number, rule")
    side_by_side(
        connection,
        [
            partial(
                _fill, table=table, received=received[table.name], is_filled=table.name in filled, reachable=reachable
            )
            for table in tables
        ],
    )
    loaded = {table.file or table.name: _counted(connection, table) for table in tables}
    if only is None:
        match_partner_rows(connection, filled, received, decisions)
        derive(connection, "records")
    return loaded


def _parents_first(tables: Sequence[Table]) -> list[list[Table]]:
    """Generations of tables: each after those its rows are about, so that one pass finds every first cause."""

    def parents(table: Table) -> set[str]:
        about = {column.refers_to.rsplit(".", 1)[0] for column in table.columns if column.about and column.refers_to}
        return about - {table.name}

    waiting = {table.name: table for table in tables}
    generations: list[list[Table]] = []
    while waiting:
        ready = [table for table in waiting.values() if not parents(table) & set(waiting)]
        generations.append(ready)
        for table in ready:
            del waiting[table.name]
    return generations


def _present(table: Table, received: Sequence[str]) -> list[Column]:
    return [column for column in table.columns if column.heading in received]


def _cells(table: Table, columns: list[Column], where: str = "true") -> str:
    """A subquery of the trimmed cells of `columns` with each row's number, aliased `received`."""
    cells = "".join(f", {trimmed(column.heading or '')} AS {quoted(column.heading or '')}" for column in columns)
    return f"(SELECT _row{cells} FROM {table.landing_name} WHERE {where}) AS received"


def _kept_values(reference: str) -> str:
    """Name of the table of the values a reference may point at: in memory, seen by every cursor, until the run ends."""
    return "memory.main.kept_" + reference.removeprefix("records.").replace(".", "__")


@dataclass(frozen=True, slots=True)
class _Cause:
    """One reason of choices G21 for setting a row aside, as SQL over `received`: its cells, trimmed.

    Attributes:
        condition: true of a row that is set aside for it.
        rule: the reason's name.
        reason: SQL of the sentence that is kept with the row.
    """

    condition: str
    rule: str
    reason: str


def _set_aside(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    received: Sequence[str],
    reachable: set[str],
) -> None:
    """Put the rows of choices G21 into quality.rejected_rows with their first cause; keep what others refer to."""
    present = {column.name: column for column in _present(table, received)}
    keys = [present[name] for name in table.key]
    about = [column for column in present.values() if column.about and column.refers_to in reachable]
    events = [column for column in present.values() if column.event_date][:1]
    joins = [
        _join_repeated_keys(table, keys),
        *(join for place in enumerate(about) for join in _join_what_it_is_about(*place)),
    ]
    causes = [
        *_causes_of_the_key(keys),
        *(cause for place in enumerate(about) for cause in _causes_of_what_it_is_about(*place)),
        *(cause for event in events for cause in _causes_of_the_event_date(event, table)),
    ]
    needed = list({column.name: column for column in [*keys, *about, *events]}.values())
    rule = " ".join(f"WHEN {cause.condition} THEN {literal(cause.rule)}" for cause in causes)
    reason = " ".join(f"WHEN {cause.condition} THEN {cause.reason}" for cause in causes)
    key_as_received = " || ' | ' || ".join(
        f"coalesce(row_as_received.{quoted(column.heading or '')}, '')" for column in keys
    )
    connection.execute(
        f"""
        INSERT INTO quality.rejected_rows (source_table, extract_id, sheet, row_number, key, rule, reason, content)
        WITH verdict AS MATERIALIZED (
          SELECT received._row, CASE {rule} END AS rule, CASE {reason} END AS reason
          FROM {_cells(table, needed)} {" ".join(joins)}
          WHERE CASE {rule} END IS NOT NULL
        )
        SELECT {literal(table.file or "")}, row_as_received._extract_id, row_as_received._sheet, row_as_received._row,
               {key_as_received}, verdict.rule, verdict.reason, {_content(received)}
        FROM verdict JOIN {table.landing_name} AS row_as_received USING (_row)
        ORDER BY row_as_received._row
        """
    )
    _keep_what_is_pointed_at(connection, table, received)


def _cell(column: Column) -> str:
    return f"received.{quoted(column.heading or '')}"


def _join_repeated_keys(table: Table, keys: list[Column]) -> str:
    """`repeated`: the first row of each key that several rows have."""
    key_cells = ", ".join(quoted(column.heading or "") for column in keys)
    same_key = " AND ".join(f"repeated.{quoted(column.heading or '')} = {_cell(column)}" for column in keys)
    return (
        f"LEFT JOIN (SELECT {key_cells}, min(_row) AS first_row FROM {_cells(table, keys)}"
        f" GROUP BY ALL HAVING count(*) > 1) AS repeated ON {same_key}"
    )


def _causes_of_the_key(keys: list[Column]) -> Iterator[_Cause]:
    for column in keys:
        blank = literal(f"{column.heading}, the key, is blank")
        yield _Cause(f"{_cell(column)} IS NULL", "key is missing", blank)
    headings = " and ".join(column.heading or "" for column in keys)
    earlier = literal(f"{headings}, the key, is also in an earlier row: row ")
    yield _Cause("received._row > repeated.first_row", "key is repeated", f"{earlier} || repeated.first_row")


def _parent(column: Column) -> Table:
    """The table a column refers to."""
    return catalogue.by_name()[(column.refers_to or "").rsplit(".", 1)[0]]


def _join_what_it_is_about(place: int, column: Column) -> tuple[str, str]:
    """`about_<place>`: the row it refers to, if it was loaded; `cause_<place>`: why that was set aside, if it was."""
    cell = _cell(column)
    return (
        f"LEFT JOIN {_kept_values(column.refers_to or '')} AS about_{place} ON about_{place}.value = {cell}",
        "LEFT JOIN (SELECT key, min(rule) AS rule FROM quality.rejected_rows"
        f" WHERE source_table = {literal(_parent(column).file or '')}"
        f" AND rule <> 'key is repeated' GROUP BY key) AS cause_{place}"
        f" ON cause_{place}.key = {cell}",
    )


def _causes_of_what_it_is_about(place: int, column: Column) -> Iterator[_Cause]:
    yield _Cause(
        f"{_cell(column)} IS NULL",
        "child or record not given",
        literal(f"{column.heading} is blank; it names the child or record that the row belongs to"),
    )
    yield _Cause(
        f"about_{place}.value IS NULL",
        "child or record not found",
        f"{literal(f'{column.heading} is not in any loaded row of {_parent(column).file}')}"
        f" || coalesce('; its row there was set aside: ' || cause_{place}.rule, '')",
    )


def _causes_of_the_event_date(event: Column, table: Table) -> Iterator[_Cause]:
    yield _Cause(
        f"{_cell(event)} IS NULL",
        "event date is blank",
        literal(f"{event.heading}, the event date, is blank"),
    )
    yield _Cause(
        f"({value(event, table)}) IS NULL",
        "event date cannot be read",
        literal(f"{event.heading}, the event date, is not a date in a declared form, or is before 1900"),
    )


def _content(received: Sequence[str]) -> str:
    """SQL for a landing row as JSON, headings as keys, in the order received."""
    headings = [name for name in received if name not in ("_extract_id", "_sheet", "_row")]
    fields = ", ".join(f"{literal(name)}, row_as_received.{quoted(name)}" for name in headings)
    return f"json_object({fields})::VARCHAR"


def _kept(table: Table) -> str:
    """SQL condition: a landing row that was not set aside."""
    return (
        f"_row NOT IN (SELECT row_number FROM quality.rejected_rows WHERE source_table = {literal(table.file or '')})"
    )


def _keep_what_is_pointed_at(connection: duckdb.DuckDBPyConnection, table: Table, received: Sequence[str]) -> None:
    for column in _present(table, received):
        reference = f"{table.name}.{column.name}"
        if reference in _pointed_at():
            connection.execute(
                f"CREATE OR REPLACE TABLE {_kept_values(reference)} AS"
                f" SELECT DISTINCT {trimmed(column.heading or '')} AS value FROM {table.landing_name}"
                f" WHERE {_kept(table)}"
            )


@cache
def _pointed_at() -> frozenset[str]:
    """Every "records.<table>.<column>" that some contract refers to."""
    return frozenset(
        column.refers_to for table in catalogue.tables("records") for column in table.columns if column.refers_to
    )


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    received: Sequence[str],
    is_filled: bool,
    reachable: set[str],
) -> None:
    """Create the records table and insert the rows that were kept."""
    present = _present(table, received)
    not_null = [
        column.name for column in present if column.event_date or (column.about and column.refers_to in reachable)
    ]
    create(connection, table, not_null=not_null)
    if not is_filled:
        return
    selected: list[str] = []
    joins: list[str] = []
    for place, column in enumerate(present):
        read = value(column, table)
        if column.refers_to in reachable and not column.about:
            joins.append(
                f"LEFT JOIN {_kept_values(column.refers_to)} AS points_{place} ON points_{place}.value = {read}"
            )
            read = f"points_{place}.value"
        selected.append(f"{read} AS {quoted(column.name)}")
    names = ", ".join([*(quoted(column.name) for column in present), "received_row"])
    selected.append("received._row")
    connection.execute(
        f"INSERT INTO {table.name} ({names}) SELECT {', '.join(selected)}"
        f" FROM {_cells(table, present, _kept(table))} {' '.join(joins)}"
    )


def _counted(connection: duckdb.DuckDBPyConnection, table: Table) -> Loaded:
    loaded = connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()
    aside = connection.execute(
        "SELECT count(*) FROM quality.rejected_rows WHERE source_table = ?", [table.file]
    ).fetchone()
    assert loaded is not None
    assert aside is not None
    return Loaded(loaded[0], aside[0])
