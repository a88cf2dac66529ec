"""A drop through the product's own readers, records and measuring machine, without the night round them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from tests.oracle.naive_drop import Day
from transforms.landing.read_extract import read_extract
from transforms.profile.indicator import by_code
from transforms.profile.measure_indicators import build_periods, measure_indicators
from transforms.records.build_records import build_records
from transforms.records.working_days import build_calendar
from warehouse import catalogue
from warehouse.database import ROOMS, create

# Workbooks that hold a second table on a sheet of its name.
SECOND_SHEETS = {"private_fostering": ("pf_visits",)}


def measured(drop: Path, as_at: Day, codes: Iterable[str]) -> duckdb.DuckDBPyConnection:
    """A warehouse in memory with the figures of the newest period of each kind alone.

    Args:
        drop: folder of a drop with one week.
        as_at: the week.
        codes: of the indicators to measure.
    """
    connection = duckdb.connect()
    for room in ROOMS:
        connection.execute(f"CREATE SCHEMA {room}")
    for table in catalogue.tables("quality"):
        create(connection, table)
    for path in sorted(drop.glob(f"*/{as_at}/*")):
        name = re.sub(r"_\d{8}$", "", path.stem.lower())
        for table in (name, *(SECOND_SHEETS.get(name, ()) if path.suffix == ".xlsx" else ())):
            arrival = read_extract(
                connection, catalogue.by_file()[table], path, extract_id=table,
                file_format="xlsx" if path.suffix == ".xlsx" else "csv", shared_workbook=table != name,
            )  # fmt: skip
            assert arrival.refused_because is None
    build_calendar(connection, as_at)
    build_records(connection)
    build_periods(connection, as_at)
    connection.execute("DELETE FROM profile.periods WHERE NOT is_current")
    measure_indicators(connection, {}, authority_code=None, only=[by_code(code) for code in codes])
    return connection
