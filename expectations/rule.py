"""One rule as its file says it: facts in the opening comment, one SELECT of offending rows, a worked example last."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb

from warehouse.problem import Problem
from warehouse.sql_file import parts_of
from warehouse.sql_reads import Reads, reads

FOLDERS = ("statutory", "own")
SOURCES = {"CIN census": "cin_", "SSDA903": "ssda903_", "own": ""}
"""Where a rule comes from, and how the names of its files begin."""
KINDS = ("error", "query")
SEVERITIES = ("warning", "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a rule's file holds. A code is told apart by its table: one rule may look at several.

    Attributes:
        code: as the DfE numbers it ("8925", "8670Q"); our own from "X006" on.
        source: "CIN census", "SSDA903" or "own".
        title: what it finds, as a manager would say it.
        kind: the DfE's word: "error" (must be put right) or "query" (put right or explained).
        severity: ours: "warning" or "info"; a rule never takes a row out of a figure (choices G21).
        table: "records.<table>", whose rows offend.
        column: of that table, the one to look at first.
        first_return_year, last_return_year: returns it is asked in, by the year they end in (2022-23 is 2023); None
            where it has no beginning or no end.
        fix: what the team does.
        reading: how it is read on the weekly extract where that differs from the return; may be empty.
        query: SELECT received_row, once each, of the rows that break it.
        example: the worked example as parsed TOML.
        folder: "statutory" or "own".
        file_name: of the rule's file.
    """

    code: str
    source: str
    title: str
    kind: str
    severity: str
    table: str
    column: str
    first_return_year: int | None
    last_return_year: int | None
    fix: str
    reading: str
    query: str
    example: dict[str, object]
    folder: str
    file_name: str

    def is_asked_on(self, as_at: datetime.date) -> bool:
        """Whether the return that a day belongs to (April to March) asks for the rule."""
        year = return_year(as_at)
        return (self.first_return_year or year) <= year <= (self.last_return_year or year)


def return_year(day: datetime.date) -> int:
    """The year in which the return of a day ends: both returns run from 1 April to 31 March."""
    return day.year if day.month < 4 else day.year + 1


def parse(text: str, file_name: str, folder: str = "statutory") -> Rule:
    """Read one rule file.

    Raises:
        Problem: when the facts or the example are not TOML, a fact is missing, or a word is not one of those in use.
    """
    try:
        facts, query, example = parts_of(text)
        for fact, known in (("source", tuple(SOURCES)), ("kind", KINDS), ("severity", SEVERITIES)):
            if facts[fact] not in known:
                raise KeyError(f"{fact} {facts[fact]}")
        if not example["given"]:
            raise KeyError("given")
        return Rule(
            code=facts["code"],
            source=facts["source"],
            title=facts["title"],
            kind=facts["kind"],
            severity=facts["severity"],
            table=facts["table"],
            column=facts["column"],
            first_return_year=facts["first_return_year"] if folder == "statutory" else None,
            last_return_year=facts.get("last_return_year"),
            fix=facts["fix"],
            reading=facts.get("reading", ""),
            query=query.strip().rstrip(";"),
            example=example,
            folder=folder,
            file_name=file_name,
        )
    except (ValueError, KeyError) as error:
        raise Problem(
            f"The rule's file cannot be read: {error}",
            where=f"expectations/{folder}/{file_name}",
            why="A rule without its facts cannot be run or explained.",
            fix="Write facts, one SELECT and a worked example as the other files there do.",
        ) from error


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by walking `expectations/statutory/` and `expectations/own/`: a new file is a new rule."""
    return tuple(
        parse(entry.read_text(encoding="utf-8"), entry.name, folder)
        for folder in FOLDERS
        for entry in sorted(files(f"expectations.{folder}").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".sql")
    )


def rule_reads(connection: duckdb.DuckDBPyConnection, rule: Rule) -> Reads:
    """The tables a rule reads and the columns of them it names; its own table and column are among them."""
    read = reads(connection, rule.query)
    return Reads(read.tables | {rule.table}, read.columns | {(rule.table, rule.column)})
