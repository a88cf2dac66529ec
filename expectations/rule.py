"""One rule as its file gives it: facts in the opening comment, one SELECT of offending rows, then a worked example."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import duckdb

from warehouse.declared_facts import DeclaredFile
from warehouse.sql_file import read_sql_file
from warehouse.sql_reads import Reads, reads

FOLDERS = ("statutory", "own")
SOURCES = {"CIN census": "cin_", "SSDA903": "ssda903_", "own": ""}
"""Where a rule comes from, and the prefix of its file names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What a rule's file declares in its opening comment. A rule that checks several tables has a file for each.

    Attributes:
        code: as the DfE numbers it ("8925", "8670Q"); our own from "X006" on.
        source: where the rule comes from, a key of SOURCES.
        title: what it finds, as a manager would say it.
        kind: the DfE's word: "error" (must be corrected) or "query" (corrected or explained).
        severity: ours; a rule never takes a row out of a figure (choices G21).
        table: "records.<table>", whose rows offend.
        column: of that table, the one to look at first.
        last_return_year: the last return it applies to; None if it still applies.
        fix: what the team does.
        reading: how it is applied to the weekly extract, if that differs from the return; may be empty.
    """

    code: str
    source: str
    title: str
    kind: Literal["error", "query"]
    severity: Literal["warning", "info"]
    table: str
    column: str
    last_return_year: int | None = None
    fix: str
    reading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryFacts(RuleFacts):
    """The facts of a DfE rule, with the first return it applies to, by the year it ends in (2022-23 is 2023)."""

    first_return_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(RuleFacts):
    """What a rule's file holds: its facts, its query and its worked example.

    Attributes:
        first_return_year: None for our own rules, which apply in every year.
        query: SELECT received_row, once each, of the rows that break it.
        example: the worked example as parsed TOML.
        folder: "statutory" or "own".
        file_name: of the rule's file.
    """

    first_return_year: int | None = None
    query: str
    example: dict[str, object]
    folder: str
    file_name: str

    def is_asked_on(self, as_at: datetime.date) -> bool:
        """Whether the rule applies to the return that a day belongs to (April to March)."""
        year = return_year(as_at)
        return (self.first_return_year or year) <= year <= (self.last_return_year or year)


def return_year(day: datetime.date) -> int:
    """The year in which the return that a day belongs to ends: both returns run from 1 April to 31 March."""
    return day.year if day.month < 4 else day.year + 1


def parse(text: str, file_name: str, folder: str = "statutory") -> Rule:
    """Read one rule file.

    Raises:
        Problem: the facts or the example are not TOML, or a fact is missing or wrong.
    """
    file = DeclaredFile(
        f"expectations/{folder}/{file_name}",
        "rule file",
        why="A rule without its facts cannot be run or explained.",
        fix="Write facts, one SELECT and a worked example, as in the other files of the folder.",
    )
    read = read_sql_file(text, file, StatutoryFacts if folder == "statutory" else RuleFacts)
    file.word(read.facts.source, SOURCES, "source")
    if not read.example.get("given"):
        raise file.problem("The rows of the worked example are missing.", "given")
    return Rule(
        **asdict(read.facts),
        query=read.sql.strip().rstrip(";"),
        example=read.example,
        folder=folder,
        file_name=file_name,
    )


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule in `expectations/statutory/` and `expectations/own/`: a new file is a new rule."""
    return tuple(
        parse(entry.read_text(encoding="utf-8"), entry.name, folder)
        for folder in FOLDERS
        for entry in sorted(files(f"expectations.{folder}").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".sql")
    )


def rule_reads(connection: duckdb.DuckDBPyConnection, rule: Rule) -> Reads:
    """The tables a rule reads and the columns it names, including its own table and column."""
    read = reads(connection, rule.query)
    return Reads(read.tables | {rule.table}, read.columns | {(rule.table, rule.column)})
