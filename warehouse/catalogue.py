"""Finds every table in the folders of the rooms: a new module in `warehouse/<room>/` is a new table, without a list."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from warehouse.contract import Table

ROOMS = ("records", "profile", "evidence", "quality")


@cache
def tables(room: str | None = None) -> tuple[Table, ...]:
    """Every declared table, by room and name; or the tables of one room."""
    found: list[Table] = []
    for name in (room,) if room else ROOMS:
        package = importlib.import_module(f"warehouse.{name}")
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
            table = importlib.import_module(f"warehouse.{name}.{module.name}").TABLE
            assert isinstance(table, Table)
            found.append(table)
    return tuple(found)


@cache
def by_file() -> dict[str, Table]:
    """Records tables by the name they have in a drop (`ssd_cp_plans`)."""
    return {table.file: table for table in tables("records") if table.file}


@cache
def by_name() -> dict[str, Table]:
    """Every table by its name in the warehouse (`records.child_protection_plans`)."""
    return {table.name: table for table in tables()}
