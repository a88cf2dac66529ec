"""Compares each table's newest delivery with the previous one: new rows, rows that are gone, changed event dates.

Late recording changes the past, and inspectors ask about it. What was delivered is compared, not what was loaded: a row
that was set aside is not gone. Cells are compared as records read them, so a new order or format is not a change. Only
keys, event dates and closing dates of the previous delivery are read, a table at a time, into memory.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from functools import partial

import duckdb

from transforms.landing.landing_table import STACKED
from transforms.landing.read_extract import Arrival
from transforms.landing.read_with_mapping import put_back_as_received
from warehouse import catalogue
from warehouse.cell_values import trimmed, value
from warehouse.contract import Column, Table
from warehouse.database import create, insert, keep_in_order, landing_columns, literal, quoted, side_by_side
from warehouse.quality.changes import EVENT_DATE_CHANGED, GONE, GONE_WHILE_OPEN
from warehouse.quality.comparisons import COMPARED, FAILED, FIRST_RUN, NOT_COMPARED, SAME_FILE

RENUMBERED_FROM = 1_000
"""If a table had at least this many keys and none of them is left, the system has new keys: no row can be followed."""

_BESIDE = "delivery_before"
Read = Callable[[duckdb.DuckDBPyConnection, Table], Arrival]


@dataclass(frozen=True, slots=True)
class Before:
    """The newest file of a table from an older delivery of its source.

    Attributes:
        extract_id: SHA-256 of the file.
        file_name: as received.
        read: reads it into `landing` of the connection's default catalog, by the contract given; None: it cannot be
            read.
        because: why it cannot be read.
    """

    as_at: datetime.date
    extract_id: str
    file_name: str
    read: Read | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One row of quality.comparisons, with its attributes in the order of the columns."""

    source_table: str
    as_at: datetime.date | None = None
    as_at_before: datetime.date | None = None
    rows_now: int | None = None
    rows_before: int | None = None
    rows_new: int | None = None
    rows_recorded_late: int | None = None
    rows_gone: int | None = None
    rows_gone_while_open: int | None = None
    event_dates_changed: int | None = None
    outcome: str = NOT_COMPARED
    because: str | None = None
    extract_id: str | None = None
    extract_id_before: str | None = None
    file_name_before: str | None = None


def compare_deliveries(connection: duckdb.DuckDBPyConnection, before: Mapping[str, Before]) -> None:
    """Fill quality.comparisons and quality.changes; landing and quality.arrivals are filled already.

    Args:
        before: the previous file, by the table's name in the drop; a table without one is at its first run.
    """
    landed = landing_columns(connection)
    arrived = {
        name: (status, _Comparison(name, as_at=as_at, extract_id=extract_id, rows_now=rows))
        for name, status, as_at, extract_id, rows in connection.execute(
            "SELECT source_table, status, as_at, extract_id, rows_received FROM quality.arrivals"
            " WHERE status IN ('loaded', 'empty', 'refused') AND source_table IS NOT NULL AND as_at IS NOT NULL"
        ).fetchall()
    }
    compared: list[_Comparison] = []
    jobs = []
    for file, table in catalogue.by_file().items():
        status, comparison = arrived.get(file, ("", _Comparison(file)))
        earlier = before.get(file)
        if not status and earlier is None:
            continue  # it never arrived, which the checks of its contract report; or it has no date, like the register
        comparison = _with_before(comparison, earlier)
        if settled := _settled_unread(comparison, status, earlier):
            compared.append(settled)
        elif earlier is not None:
            jobs.append(partial(_compare, table=table, received=landed[file], before=earlier, comparison=comparison))
    if jobs:
        with _memory_beside(connection) as built:
            compared += side_by_side(connection, [partial(job, built=built) for job in jobs])
            put_back_as_received(connection)  # only drops the cells kept for a mapping: their landing is gone already
    if not compared:
        return
    insert(
        connection,
        catalogue.by_name()["quality.comparisons"],
        [astuple(one) for one in sorted(compared, key=lambda one: one.source_table)],
        [column.name for column in fields(_Comparison)],
    )
    keep_in_order(connection, "quality.changes", "source_table, change, sheet_before, row_number_before")


def _with_before(comparison: _Comparison, before: Before | None) -> _Comparison:
    if before is None:
        return comparison
    return replace(
        comparison,
        as_at_before=before.as_at,
        extract_id_before=before.extract_id,
        file_name_before=before.file_name,
    )


def _settled_unread(comparison: _Comparison, status: str, before: Before | None) -> _Comparison | None:
    """The outcome, if it is known without reading the previous delivery's file; otherwise None."""
    if not status:
        because = "it is absent from the newest delivery; the previous delivery has it"
        return replace(comparison, because=because)
    if before is None:
        because = "first run: there is no previous delivery"
        return replace(comparison, outcome=FIRST_RUN, because=because)
    if status == "refused":
        return replace(comparison, because="the file of this delivery was refused")
    if comparison.extract_id == before.extract_id:
        return _unchanged(comparison, catalogue.by_file()[comparison.source_table])
    if before.read is None:
        return replace(comparison, because=before.because)
    return None


def _unchanged(comparison: _Comparison, table: Table) -> _Comparison:
    """The outcome if both deliveries have the same file."""
    event, closing = (0 if _event(table) else None), (0 if _closing(table) else None)
    return replace(
        comparison,
        outcome=SAME_FILE,
        rows_before=comparison.rows_now,
        rows_new=0,
        rows_gone=0,
        rows_recorded_late=event,
        event_dates_changed=event,
        rows_gone_while_open=closing,
    )


@contextmanager
def _memory_beside(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Makes a database in memory the default catalog for the length of the block; gives the name of the built one."""
    described = connection.execute("SELECT current_database()").fetchone()
    assert described is not None
    connection.execute(f"ATTACH ':memory:' AS {_BESIDE}; USE {_BESIDE}; CREATE SCHEMA landing; CREATE SCHEMA quality")
    create(connection, catalogue.by_name()["quality.rejected_rows"])
    try:
        yield described[0]
    finally:
        connection.execute(f"USE {quoted(described[0])}; DETACH {_BESIDE}")


def _event(table: Table) -> Column | None:
    return next((column for column in table.columns if column.event_date), None)


def _closing(table: Table) -> list[Column]:
    return [column for column in table.columns if column.closes]


def narrowed(table: Table) -> Table:
    """The contract with only the columns a comparison needs: nothing else of the file is loaded."""
    needed = [column for column in table.columns if column.name in table.key or column.event_date or column.closes]
    return replace(table, columns=tuple(needed), keeps_unknown_columns=False)


def _compare(
    connection: duckdb.DuckDBPyConnection,
    *,
    table: Table,
    received: tuple[str, ...],
    before: Before,
    comparison: _Comparison,
    built: str,
) -> _Comparison:
    """Read the previous delivery's file, compare, and drop it again; a fault does not affect other tables."""
    assert before.read is not None
    try:
        arrival = before.read(connection, narrowed(table))
        if arrival.status == "refused":
            because = "the previous delivery's file cannot be read by today's contract"
            return replace(comparison, because=because)
        comparison = replace(comparison, rows_before=arrival.rows_received)
        was = {heading for heading, _ in arrival.headings}
        if because := _no_key(table, was, received):
            return replace(comparison, because=because)
        return _compare_rows(connection, _sides(table, set(received), was, comparison, quoted(built)), comparison)
    except (duckdb.Error, OSError) as error:
        # Only the kind of fault: its text may quote a cell. The changes listed so far are incomplete.
        connection.execute(f"DELETE FROM {quoted(built)}.quality.changes WHERE source_table = ?", [table.file])
        return replace(comparison, outcome=NOT_COMPARED, because=f"{FAILED} ({type(error).__name__})")
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {table.landing_name}")


def _no_key(table: Table, was: Collection[str], received: Collection[str]) -> str:
    """Why rows cannot be followed, if a column of the key is absent from either delivery; otherwise empty."""
    keys = [table.column(name).heading or "" for name in table.key]
    if absent := [heading for heading in keys if heading not in was]:
        return f"column {', '.join(absent)}, the key, was absent from the previous delivery"
    if absent := [heading for heading in keys if heading not in received]:
        return f"column {', '.join(absent)}, the key, is absent"
    return ""


@dataclass(frozen=True, slots=True)
class _Sides:
    """One table of both deliveries, as SQL.

    Attributes:
        keys: names of the parts of the key, in both.
        earlier, later: SELECT of `_row`, the key, the event date as received, and `is_open`.
        event: the event date, if the later delivery has it.
        is_dated_in_both: the earlier delivery has it too.
        closing: closing dates that the earlier delivery has.
        differs: table of the rows that are in one delivery only, or have another event date.
        later_landing: the landing table in the file being built.
        changes: quality.changes in the file being built.
        days: the days of this delivery and of the previous one.
    """

    table: Table
    keys: str
    earlier: str
    later: str
    event: Column | None
    is_dated_in_both: bool
    closing: list[Column]
    differs: str
    later_landing: str
    changes: str
    days: tuple[str, str]


def _sides(table: Table, here: set[str], was: set[str], comparison: _Comparison, built: str) -> _Sides:
    event = next((column for column in table.columns if column.event_date and column.heading in here), None)
    closing = [column for column in _closing(table) if column.heading in was]
    in_both = event is not None and event.heading in was
    later_landing = f"{built}.{table.landing_name}"
    return _Sides(
        table=table,
        keys=", ".join(f"key_{place}" for place in range(len(table.key))),
        earlier=_keyed(table, table.landing_name, event if in_both else None, closing),
        later=_keyed(table, later_landing, event, []),
        event=event,
        is_dated_in_both=in_both,
        closing=closing,
        differs=f"main.differs_{table.file}",
        later_landing=later_landing,
        changes=f"{built}.quality.changes",
        days=(f"DATE '{comparison.as_at}'", f"DATE '{comparison.as_at_before}'"),
    )


def _keyed(table: Table, landing: str, event: Column | None, closing: list[Column]) -> str:
    """SELECT of a delivery's rows: the parts of the key, the event date as received, and whether the row is open."""
    keys = [table.column(name) for name in table.key]
    needed = {column.name: column for column in (*keys, *closing)}
    headings = [column.heading or "" for column in needed.values()]
    cells = ", ".join(f"{trimmed(heading)} AS {quoted(heading)}" for heading in headings)
    parts = ", ".join(f"{_key_part(column, table)} AS key_{place}" for place, column in enumerate(keys))
    blank = " AND ".join(f"received.{quoted(column.heading or '')} IS NULL" for column in closing)
    return (
        f"SELECT _row, {parts}, event_cell, {blank or 'false'} AS is_open"
        f" FROM (SELECT _row, {cells}, {quoted(event.heading or '') if event else 'NULL'}::VARCHAR AS event_cell"
        f" FROM {landing}) AS received"
    )


def _key_part(column: Column, table: Table) -> str:
    """A part of the key as text, read as records read it; if it cannot be read, as received."""
    cell = f"received.{quoted(column.heading or '')}"
    return cell if column.sql_type == "VARCHAR" else f"coalesce(({value(column, table)})::VARCHAR, {cell})"


def _compare_rows(connection: duckdb.DuckDBPyConnection, sides: _Sides, comparison: _Comparison) -> _Comparison:
    _find_differing(connection, sides)
    counted = connection.execute(
        f"""
        SELECT count(DISTINCT ({sides.keys},)) FILTER (row_before IS NULL),
               count(DISTINCT ({sides.keys},)) FILTER (row_before IS NULL AND event_now <= {sides.days[1]}),
               count(*) FILTER (row_now IS NULL), count(*) FILTER (row_before IS NOT NULL AND row_now IS NOT NULL)
        FROM {sides.differs}
        """
    ).fetchone()
    assert counted is not None
    new, late, gone, dated_anew = counted
    if new and gone >= RENUMBERED_FROM and gone == _keys(connection, sides):
        because = "none of the previous delivery's keys is left: the system has new keys"
        compared = replace(comparison, because=because)
    else:
        listed = _list_changes(connection, sides, bool(gone), bool(dated_anew))
        compared = replace(
            comparison,
            outcome=COMPARED,
            rows_new=new,
            rows_recorded_late=late if sides.event else None,
            rows_gone=listed.get(GONE, 0) + listed.get(GONE_WHILE_OPEN, 0),
            rows_gone_while_open=listed.get(GONE_WHILE_OPEN, 0) if sides.closing else None,
            event_dates_changed=listed.get(EVENT_DATE_CHANGED, 0) if sides.is_dated_in_both else None,
        )
    connection.execute(f"DROP TABLE {sides.differs}")
    return compared


def _find_differing(connection: duckdb.DuckDBPyConnection, sides: _Sides) -> None:
    """Find the rows of one delivery only, and those of both with another event date for an event that had happened.

    Nearly every row is identical in both, and reading dates costs more than the join: dates are read only if the cells
    differ.
    """

    def day(side: str) -> str:
        if sides.event is None:
            return "NULL::DATE"
        return f"({value(replace(sides.event, heading=side), sides.table, 'cleaned')})::DATE"

    connection.execute(
        f"""
        CREATE TABLE {sides.differs} AS
        WITH unlike AS MATERIALIZED (
          SELECT {sides.keys}, earlier._row AS row_before, later._row AS row_now, earlier.is_open,
                 earlier.event_cell AS event_before, later.event_cell AS event_now
          FROM ({sides.earlier}) AS earlier FULL JOIN ({sides.later}) AS later USING ({sides.keys})
          WHERE earlier._row IS NULL OR later._row IS NULL
             OR earlier.event_cell IS DISTINCT FROM later.event_cell
        ), cleaned AS (
          SELECT * REPLACE ({trimmed("event_before")} AS event_before, {trimmed("event_now")} AS event_now) FROM unlike
        )
        SELECT * FROM (
          SELECT * REPLACE ({day("event_before")} AS event_before, {day("event_now")} AS event_now) FROM cleaned
        )
        WHERE ({" AND ".join(f"{part} IS NOT NULL" for part in sides.keys.split(", "))})
          AND (row_before IS NULL OR row_now IS NULL
               OR (event_before <= {sides.days[1]} AND event_now IS DISTINCT FROM event_before))
        """
    )


def _keys(connection: duckdb.DuckDBPyConnection, sides: _Sides) -> int:
    """How many rows of the previous delivery have a key."""
    there = " AND ".join(f"{part} IS NOT NULL" for part in sides.keys.split(", "))
    counted = connection.execute(f"SELECT count(*) FROM ({sides.earlier}) WHERE {there}").fetchone()
    assert counted is not None
    return int(counted[0])


def _list_changes(
    connection: duckdb.DuckDBPyConnection, sides: _Sides, any_gone: bool, any_dated_anew: bool
) -> dict[str, int]:
    """List in quality.changes the rows that are gone and the event dates that changed; how many of each change.

    If rows have the same key, the first in file order counts, as everywhere (choices G21).
    """
    keys, differs, days = sides.keys, sides.differs, ", ".join(sides.days)
    key = " || ' | ' || ".join(keys.split(", "))
    insert = f"INSERT INTO {sides.changes} SELECT {literal(sides.table.file or '')}"
    place_before = f"earlier._sheet, row_before % {STACKED}"
    beside_earlier = f"JOIN {sides.table.landing_name} AS earlier ON earlier._row = row_before"
    if any_gone:
        open_column = literal(sides.closing[0].name) if sides.closing else "NULL"
        connection.execute(
            f"""
            {insert}, CASE WHEN is_open THEN '{GONE_WHILE_OPEN}' ELSE '{GONE}' END, {key}, NULL, NULL, {place_before},
                   CASE WHEN is_open THEN {open_column} END, {days}
            FROM (SELECT {keys}, min(row_before) AS row_before, arg_min(is_open, row_before) AS is_open
                  FROM {differs} WHERE row_now IS NULL GROUP BY {keys}) {beside_earlier}
            """
        )
    if any_dated_anew and sides.event is not None:
        dated_anew = f"(SELECT {keys} FROM {differs} WHERE row_before IS NOT NULL AND row_now IS NOT NULL)"
        connection.execute(
            f"""
            {insert}, '{EVENT_DATE_CHANGED}', {key}, later._sheet, row_now % {STACKED}, {place_before},
                   {literal(sides.event.name)}, {days}
            FROM {differs}
            JOIN (SELECT {keys}, min(_row) AS row_before FROM ({sides.earlier}) SEMI JOIN {dated_anew} USING ({keys})
                  GROUP BY {keys}) USING ({keys}, row_before)
            JOIN (SELECT {keys}, min(_row) AS row_now FROM ({sides.later}) SEMI JOIN {dated_anew} USING ({keys})
                  GROUP BY {keys}) USING ({keys}, row_now)
            {beside_earlier} JOIN {sides.later_landing} AS later ON later._row = row_now
            """
        )
    if not (any_gone or any_dated_anew):
        return {}
    return dict(
        connection.execute(
            f"SELECT change, count(*) FROM {sides.changes} WHERE source_table = ? GROUP BY change", [sides.table.file]
        ).fetchall()
    )
