"""What a query reads, according to DuckDB's parser: tables with their schema, columns by table, and parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.problem import Problem


@dataclass(frozen=True, slots=True)
class Reads:
    """The tables a query reads ("records.children") and the columns it names of each."""

    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]


# What a query reads depends only on its text, and a build asks several times for each query.
_PARSED: dict[str, Reads] = {}


def parameters(query: str) -> frozenset[str]:
    """The names of a query's parameters (`$as_at`), without the sign."""
    return frozenset(name for statement in duckdb.extract_statements(query) for name in statement.named_parameters)


def reads(connection: duckdb.DuckDBPyConnection, query: str) -> Reads:
    """The tables a SELECT reads and the columns it names of each.

    A column named without its table is given for every table of the query; the caller knows which of them has it.

    Raises:
        Problem: DuckDB cannot parse it.
    """
    if query not in _PARSED:
        _PARSED[query] = _parse(connection, query)
    return _PARSED[query]


def _parse(connection: duckdb.DuckDBPyConnection, query: str) -> Reads:
    parsed = connection.execute("SELECT json_serialize_sql(?)", [query]).fetchone()
    assert parsed is not None
    tree = json.loads(parsed[0])
    if tree.get("error"):
        raise Problem(f"The query cannot be parsed: {tree.get('error_message')}", why="It cannot run either.")
    aliases: dict[str, str] = {}
    named: list[tuple[str, ...]] = []
    for node in _walk(tree):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            table = f"{node['schema_name']}.{node['table_name']}"
            aliases[node.get("alias") or node["table_name"]] = table
            aliases.setdefault(table, table)
        elif node.get("class") == "COLUMN_REF":
            named.append(tuple(node["column_names"]))
    tables = frozenset(aliases.values())
    columns: set[tuple[str, str]] = set()
    for parts in named:
        qualified = {aliases[parts[-2]]} if len(parts) > 1 and parts[-2] in aliases else frozenset()
        owners = tables if len(parts) == 1 else qualified
        columns.update((table, parts[-1]) for table in owners)
    return Reads(tables, frozenset(columns))


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)
