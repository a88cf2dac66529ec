"""Which mapping a file of the drop is read with, and what became of each mapping."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from transforms.landing.mapping import MappingFile, in_force, read_mapping
from warehouse.contract import Table
from warehouse.problem import Problem
from warehouse.store.extracts import MAPPINGS

Mappings = Mapping[str, MappingFile | Problem]
"""By file name: the mapping, or why it cannot be used."""


def read_mappings(files: Iterable[tuple[str, Path]]) -> Mappings:
    """Read every mapping; one that cannot be used costs no other.

    Args:
        files: name and path.
    """
    read: dict[str, MappingFile | Problem] = {}
    for name, path in files:
        try:
            read[name] = read_mapping(path, name)
        except Problem as problem:
            read[name] = problem
    return read


def mapping_for(mappings: Mappings, table: Table, as_at: datetime.date | None) -> MappingFile | Problem | None:
    """The mapping that holds for a table on the day its extract is true for; None where there is none.

    One that cannot be used is given too: then the file is not read, rather than with an older one.
    """
    if as_at is None or table.file is None:
        return None
    name = in_force(mappings, table.file, as_at)
    return mappings[name] if name else None


def refuse_mappings(connection: duckdb.DuckDBPyConnection, mappings: Mappings) -> None:
    """Say in quality.arrivals which mappings cannot be used, and why."""
    for name, mapping in mappings.items():
        if isinstance(mapping, Problem):
            connection.execute(
                "UPDATE quality.arrivals SET status = 'refused', refused_because = ?"
                " WHERE source = ? AND file_name = ?",
                [str(mapping), MAPPINGS, name],
            )
