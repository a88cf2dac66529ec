"""Lands a Parquet file: its typed columns become text, the same on every machine."""

from __future__ import annotations

import duckdb
import pyarrow
import pyarrow.parquet

from transforms.landing.landing_table import Reading, filled_without_heading, is_filled, one, plain_path
from warehouse.database import literal, quoted
from warehouse.problem import Problem

_MOST_ROWS = 50_000_000  # a few kilobytes of Parquet can claim any number of rows


def read_parquet(reading: Reading) -> None:
    connection = reading.connection
    damaged = Problem(
        "The file is damaged, or is not Parquet.", why="Nothing in it can be relied on.", fix="Export it again."
    )
    try:
        with pyarrow.parquet.ParquetFile(reading.path) as file:
            received = list(file.schema_arrow.names)
            rows = int(file.metadata.num_rows)
    except (OSError, pyarrow.ArrowException, UnicodeDecodeError):
        raise damaged from None
    if rows > _MOST_ROWS:
        raise Problem(f"The file claims {rows:,} rows; at most {_MOST_ROWS:,} are accepted.", fix="Split it.")
    reading.rows_received = rows
    matched = reading.match(received)
    with plain_path(reading.path) as path:
        relation = f"read_parquet({literal(path)}, hive_partitioning = false)"
        try:
            described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
            as_text = {number: _parquet_as_text(name, kind) for number, (name, kind, *_) in enumerate(described)}
            texts = ", ".join(f"{text} AS c{number}" for number, text in as_text.items())
            numbered = f"(SELECT {texts}, 1 + row_number() OVER () AS _row FROM {relation})"
            filled = is_filled(f"c{number}" for number in as_text)
            for number in matched.without_heading:
                if one(connection, f"SELECT count(*) FROM {numbered} WHERE {is_filled([f'c{number}'])}")[0]:
                    raise filled_without_heading(reading, number)
            source = f"{numbered} WHERE {filled}"
            reading.rows_landed = reading.create_landing(matched, source, lambda number: f"nullif(c{number}, '')")
            blank = one(connection, f"SELECT count(*) FROM {numbered} WHERE ({filled}) IS NOT TRUE")[0]
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException):
            raise damaged from None
    reading.blank_rows = int(blank)
    reading.rows_received = rows - reading.blank_rows


def _parquet_as_text(name: str, kind: str) -> str:
    """SQL for a typed column as text, the same on every machine.

    A whole number stored with decimals (pandas does this if some are blank) is written without them. A moment with a
    time zone is written in London time, as the council's clock showed it.
    """
    column = quoted(name)
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"{column} = trunc({column}) AND abs({column}) < 1e15"
        return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"({column} AT TIME ZONE 'Europe/London')::VARCHAR"
    return f"{column}::VARCHAR"
