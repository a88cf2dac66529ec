"""Applies a mapping to cells: words to codes, lists of values in a cell, words for a day that is not known.

At the end landing must show the file as received, and records the mapped values. So during a build the landing table of
a mapped file has the mapped cells, and records are filled and checked from them; the cells as received are kept in
memory, and `put_back_as_received` restores them after the checks.
"""

from __future__ import annotations

import duckdb

from transforms.landing.count_rows import BLANK
from transforms.landing.landing_table import STACKED, one
from transforms.landing.mapping import BETWEEN_SEVERAL, MappingFile
from transforms.landing.match_headings import OWN_COLUMNS
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import landing_columns, literal, quoted


def make_of_cells(connection: duckdb.DuckDBPyConnection, mapping: MappingFile) -> list[str]:
    """Replace the cells in landing by their mapped values; returns a sentence, with counts, for each column changed.

    The cells as received are kept in memory until `put_back_as_received`.
    """
    table = mapping.table
    kept = _kept(connection, str(table.file))
    connection.execute(f"CREATE OR REPLACE TABLE {kept} AS FROM {table.landing_name}")
    landed = landing_columns(connection)[str(table.file)]
    made = {
        heading: sql
        for column in table.columns
        if (heading := column.heading or "") in landed and (sql := _made(mapping, heading, column.kind))
    }
    if not made:
        return []
    replaced = ", ".join(f"{sql} AS {quoted(heading)}" for heading, sql in made.items())
    connection.execute(f"CREATE OR REPLACE TABLE {table.landing_name} AS SELECT * REPLACE ({replaced}) FROM {kept}")
    return [sentence for heading in made if (sentence := _told(connection, mapping, heading, kept))]


def put_back_as_received(connection: duckdb.DuckDBPyConnection) -> None:
    """End a build: landing has the cells as received again, and a row number next to a sheet is the one Excel shows.

    Rows that were set aside are kept as received, too. A row number without a sheet (`records.<table>.received_row`)
    stays raised if the sheet was stacked: see STACKED.
    """
    prefix = _prefix(connection)
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'memory' AND schema_name = 'main'"
        " AND starts_with(table_name, ?) ORDER BY table_name",
        [prefix],
    ).fetchall()
    for (name,) in names:
        _put_back(connection, catalogue.by_file()[name.removeprefix(prefix)])


def _prefix(connection: duckdb.DuckDBPyConnection) -> str:
    """Prefix for tables of the default catalog: the previous delivery is read into another one at the same time."""
    return f"as_received_{one(connection, 'SELECT current_database()')[0]}_"


def _kept(connection: duckdb.DuckDBPyConnection, file: str) -> str:
    """Name of the table of the cells as received: in memory, visible to every cursor, gone after the run."""
    return f"memory.main.{quoted(_prefix(connection) + file)}"


def _plain(text: str) -> str:
    """SQL of a text as words are compared: in lower case, a run of blanks and line ends as one space."""
    return rf"lower(regexp_replace(trim({text}, {literal(BLANK)}), '[\s\x{{a0}}]+', ' ', 'g'))"


def _made(mapping: MappingFile, heading: str, kind: str) -> str | None:
    """SQL of a cell's mapped value; None if the mapping does not change the column."""
    cell = quoted(heading)
    if codes := mapping.values.get(heading):
        whens = " ".join(f"WHEN {_plain(literal(word))} THEN {literal(code)}" for word, code in codes.items())
        return f"CASE {_plain(cell)} {whens} ELSE {cell} END"
    if marks := mapping.split.get(heading):
        parted = cell
        for mark in marks:
            parted = f"replace({parted}, {literal(mark)}, {literal(BETWEEN_SEVERAL)})"
        parts = f"list_transform(string_split({parted}, {literal(BETWEEN_SEVERAL)}), lambda part: {_trimmed('part')})"
        return f"array_to_string(list_filter({parts}, lambda part: part <> ''), {literal(BETWEEN_SEVERAL)})"
    if mapping.blank_words and kind in ("date", "moment"):
        words = ", ".join(_plain(literal(word)) for word in mapping.blank_words)
        return f"CASE WHEN {_plain(cell)} NOT IN ({words}) THEN {cell} END"
    return None


def _trimmed(text: str) -> str:
    return f"trim({text}, {literal(BLANK)})"


def _told(connection: duckdb.DuckDBPyConnection, mapping: MappingFile, heading: str, kept: str) -> str | None:
    """How many of a column's cells the mapping changed; never a value."""
    cell = quoted(heading)
    filled, changed = one(
        connection,
        f"""
        SELECT count(*) FILTER ({_trimmed(f"received.{cell}")} <> ''),
               count(*) FILTER (made.{cell} IS DISTINCT FROM received.{cell})
        FROM {kept} AS received
        JOIN {mapping.table.landing_name} AS made USING (_row)
        """,
    )
    if heading in mapping.values:
        return f"{heading}: {changed:,} of {filled:,} cells read as the codes the mapping gives; the others as written."
    if not changed:
        return None
    if heading in mapping.split:
        return f"{heading}: {changed:,} of {filled:,} cells split into several values."
    return f"{heading}: {changed:,} of {filled:,} cells have a word for a day that is not known, and count as blank."


def _put_back(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    file = str(table.file)
    kept = _kept(connection, file)
    landed = landing_columns(connection).get(file)
    if landed is None:  # refused after it was read
        connection.execute(f"DROP TABLE {kept}")
        return
    fields = ", ".join(f"{literal(name)}, received.{quoted(name)}" for name in landed if name not in OWN_COLUMNS)
    connection.execute(
        f"""
        UPDATE quality.rejected_rows AS aside SET content = json_object({fields})::VARCHAR
        FROM {kept} AS received
        WHERE aside.source_table = {literal(file)} AND aside.row_number = received._row
        """
    )
    # The reason for a repeated key names the row it repeats.
    connection.execute(
        f"""
        UPDATE quality.rejected_rows AS aside
        SET reason = regexp_replace(aside.reason, 'row \\d+$',
                                    'row ' || earlier._row % {STACKED} || ' of sheet ' || earlier._sheet)
        FROM {kept} AS earlier
        WHERE aside.source_table = {literal(file)} AND aside.row_number > {STACKED}
          AND earlier._row = try_cast(regexp_extract(aside.reason, 'row (\\d+)$', 1) AS BIGINT)
        """
    )
    for told in catalogue.tables("quality"):
        if not {"source_table", "sheet", "row_number"} <= {column.name for column in told.columns}:
            continue
        connection.execute(
            f"UPDATE {told.name} SET row_number = row_number % {STACKED}"
            f" WHERE source_table = {literal(file)} AND row_number > {STACKED}"
        )
    connection.execute(
        f"CREATE OR REPLACE TABLE {table.landing_name} AS SELECT * REPLACE (_row % {STACKED} AS _row) FROM {kept};"
        f" DROP TABLE {kept}"
    )
