"""One indicator as its file says it: facts in the opening comment, one SELECT of cases, a worked example at the end."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

from warehouse.problem import Problem

UNITS = ("percent", "rate_per_10000", "count", "average", "ratio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What an indicator's file holds.

    Attributes:
        code: the profession's code (`NI64`).
        numerator, denominator: who counts and who is in, in words.
        unit: percent, rate_per_10000, count, average or ratio.
        good_is: low, high or neutral.
        periods: kinds of period it is given for (choices G8).
        history: "recomputed", or "current state only" where the source keeps no past: no earlier period is made up.
        source, sourced: where the definition was found, and how well: verified, partly, unverified or proposed.
        reading: how it is read where the definition leaves a choice open (choices.md).
        beside: another reading whose figure is shown beside, in words; empty where there is none. Its query then also
            selects counts_beside.
        query: SELECT period_id, case_id, child_id and counts or numerator_part and denominator_part.
        example: the worked example as parsed TOML.
        file_name: of the indicator's file.
    """

    code: str
    title: str
    family: str
    numerator: str
    denominator: str
    unit: str
    good_is: str
    periods: tuple[str, ...]
    history: str
    source: str
    sourced: str
    reading: str
    threshold: str
    small_numbers: str
    beside: str
    query: str
    example: dict[str, object]
    file_name: str


def parse(text: str, file_name: str) -> Indicator:
    """Read one indicator file.

    Raises:
        Problem: when the facts or the example are not TOML, a fact is missing, or the unit is not known.
    """
    try:
        opening, rest = text.split("*/", 1)
        query, closing = rest.split("/*", 1)
        facts = tomllib.loads(opening.split("/*", 1)[1])
        example = tomllib.loads(closing.rsplit("*/", 1)[0])
        if facts["unit"] not in UNITS:
            raise KeyError(f"unit {facts['unit']}")
        return Indicator(
            code=facts["code"],
            title=facts["title"],
            family=facts["family"],
            numerator=facts["numerator"],
            denominator=facts.get("denominator", ""),
            unit=facts["unit"],
            good_is=facts["good_is"],
            periods=tuple(facts["periods"]),
            history=facts.get("history", "recomputed"),
            source=facts["source"],
            sourced=facts["sourced"],
            reading=facts.get("reading", ""),
            threshold=facts.get("threshold", ""),
            small_numbers=facts.get("small_numbers", "S1"),
            beside=facts.get("beside", ""),
            query=query.strip().rstrip(";"),
            example=example,
            file_name=file_name,
        )
    except (ValueError, KeyError) as error:
        raise Problem(
            f"The indicator's file cannot be read: {error}",
            where=f"transforms/indicators/{file_name}",
            why="An indicator without its facts cannot be measured or explained.",
            fix="Write facts, one SELECT and a worked example as the other files there do.",
        ) from error


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every indicator, by walking `transforms/indicators/`: a new file is a new indicator."""
    found = sorted(
        (entry for entry in files("transforms.indicators").iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    return tuple(parse(entry.read_text(encoding="utf-8"), entry.name) for entry in found)


def by_code(code: str) -> Indicator:
    """The indicator of a code, however it is spaced or cased ("ni 64").

    Raises:
        Problem: no indicator has it.
    """
    wanted = code.replace(" ", "").replace("_", "").upper()
    for indicator in indicators():
        if indicator.code == wanted:
            return indicator
    known = ", ".join(indicator.code for indicator in indicators())
    raise Problem(
        f"No indicator has the code {wanted}.",
        why="Only defined figures can be explained.",
        fix=f"Use one of: {known}.",
    )


@dataclass(frozen=True, slots=True)
class Reads:
    """What a query reads: tables with their room, and columns by table."""

    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]


def reads(connection: duckdb.DuckDBPyConnection, query: str) -> Reads:
    """The tables a SELECT reads and the columns of them it names, from DuckDB's own parse of it.

    A column named without its table is taken to be of every table of the query that may hold it; the caller knows which
    do.
    """
    parsed = connection.execute("SELECT json_serialize_sql(?)", [query]).fetchone()
    assert parsed is not None
    tree = json.loads(parsed[0])
    if tree.get("error"):
        raise Problem(f"The query cannot be parsed: {tree.get('error_message')}", why="It would not run either.")
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
