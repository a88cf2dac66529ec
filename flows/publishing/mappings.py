"""Which mapping each file of the drop is read with, and which mappings are refused."""

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
    """Read every mapping; one that cannot be used does not affect the others.

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
    """The mapping that applies to a table on its extract's as-at date; None if none does.

    A mapping that cannot be used is returned too: the file is then not read, rather than read with an older mapping.
    """
    if as_at is None or table.file is None:
        return None
    name = in_force(mappings, table.file, as_at)
    return mappings[name] if name else None


def refuse_mappings(connection: duckdb.DuckDBPyConnection, mappings: Mappings) -> None:
    """Record in quality.arrivals which mappings cannot be used, and why."""
    for name, mapping in mappings.items():
        if isinstance(mapping, Problem):
            connection.execute(
                "UPDATE quality.arrivals SET status = 'refused', refused_because = ?"
                " WHERE source = ? AND file_name = ?",
                [str(mapping), MAPPINGS, name],
            )
