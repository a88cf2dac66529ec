"""A mapping file: its owner declares the layout of a council's own log, so that nothing is guessed.

`<drop>/mappings/<table>_<valid from YYYY-MM-DD>.toml` gives headings, words and sheets of the council's workbook and
what each one is in the contract. It has a date and an owner. An unknown name or an ambiguity in it is a Problem, and no
file is read with it.
"""

from __future__ import annotations

import datetime
import fnmatch
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from transforms.landing.match_headings import plain, shown
from warehouse import catalogue
from warehouse.codes import code_list
from warehouse.contract import Column, Table
from warehouse.declared_facts import DeclaredFile, nearest
from warehouse.problem import Problem
from warehouse.store.extracts import DOCUMENTS

SEVERAL_IN_A_CELL = frozenset({("lado_log", "child_ids"), ("action_plan", "indicator_ids")})
"""Columns defined in the contract as a semicolon list: only these are split."""

BETWEEN_SEVERAL = ";"
_NAME = re.compile(r"([a-z][a-z0-9_]*)_(\d{4}-\d{2}-\d{2})\.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingFacts:
    """The facts of a mapping file as written; see MappingFile."""

    table: str
    valid_from: datetime.date
    owner: str
    agreed_on: datetime.date
    header_row: int | None = None
    sheets: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()
    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    split: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    blank_words: tuple[str, ...] = ()
    not_loaded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MappingFile:
    """One mapping.

    Headings and words are compared ignoring case; runs of blanks and line ends count as one space.

    Attributes:
        name: the name of the file.
        owner: who is responsible for it.
        agreed_on: when the owner agreed it.
        header_row: the row of the headings, as Excel shows it; None: the first filled row.
        sheets: names, or patterns with `*` and `?`, of the sheets to stack; empty: the sheet that is read without a
            mapping.
        other_sheets: names or patterns of sheets that hold no rows of the log, like lists.
        columns: the contract's heading for each of the council's headings.
        values: the code for each of the council's words, by the contract's heading.
        split: the separators between several values in one cell, by the contract's heading.
        blank_words: words in a date cell that mean the day is not known.
        not_loaded: headings that the owner knows and leaves out.
    """

    name: str
    table: Table
    valid_from: datetime.date
    owner: str
    agreed_on: datetime.date
    header_row: int | None
    sheets: tuple[str, ...]
    other_sheets: tuple[str, ...]
    columns: dict[str, str]
    values: dict[str, dict[str, str]]
    split: dict[str, tuple[str, ...]]
    blank_words: tuple[str, ...]
    not_loaded: tuple[str, ...]

    @property
    def is_of_a_workbook(self) -> bool:
        """Whether it names something that only a workbook has: sheets, or a heading row."""
        return bool(self.sheets or self.other_sheets) or self.header_row is not None

    def holds_no_rows(self, sheet: str) -> bool:
        """Whether the owner has declared that a sheet holds no rows of the log."""
        return any(fnmatch.fnmatchcase(plain(sheet), plain(pattern)) for pattern in self.other_sheets)

    @property
    def said(self) -> str:
        """A sentence that names the mapping, its owner and the day it was agreed."""
        return f"Read with the mapping {self.name}, which {self.owner} agreed on {self.agreed_on}."


def in_force(names: Iterable[str], table: str, on: datetime.date) -> str | None:
    """The mapping that applies on a day: the table's newest mapping that is valid by then.

    Args:
        names: of mapping files; other names are ignored.
        table: the table's name in the drop.
    """
    dated = {day: name for name in names if (said := _named(name)) and said[0] == table and (day := said[1]) <= on}
    return dated[max(dated)] if dated else None


def _named(name: str) -> tuple[str, datetime.date] | None:
    """The table and first day in the name of a mapping file."""
    match = _NAME.fullmatch(name)
    try:
        return (match[1], datetime.date.fromisoformat(match[2])) if match else None
    except ValueError:
        return None


def read_mapping(path: Path, name: str | None = None) -> MappingFile:
    """Read a mapping and check it against the contract and the code lists.

    Args:
        name: the file's name; by default the path's last part.

    Raises:
        Problem: it cannot be read, names something unknown, or is ambiguous.
    """
    file = DeclaredFile(name or path.name, "mapping", why="The log would be read by guessing.")
    return _Mapping(file, file.read(path.read_bytes(), MappingFacts)).checked()


class _Mapping:
    """The facts of one mapping file, checked against the contract and the code lists."""

    def __init__(self, file: DeclaredFile, facts: MappingFacts) -> None:
        self._file = file
        self._facts = facts
        self._table = self._named_table()

    def checked(self) -> MappingFile:
        facts = self._facts
        self._check_name()
        if facts.header_row is not None and not 1 <= facts.header_row <= 1_048_576:
            raise self._file.problem(
                "Fact header_row is not the number of a row.", "header_row", fix="Give the row number that Excel shows."
            )
        columns = self._columns()
        return MappingFile(
            name=self._file.name,
            table=self._table,
            valid_from=facts.valid_from,
            owner=facts.owner.strip(),
            agreed_on=facts.agreed_on,
            header_row=facts.header_row,
            sheets=self._texts("sheets", facts.sheets),
            other_sheets=self._texts("other_sheets", facts.other_sheets),
            columns=columns,
            values=self._values(),
            split=self._split(),
            blank_words=self._texts("blank_words", facts.blank_words),
            not_loaded=self._not_loaded(columns),
        )

    def _named_table(self) -> Table:
        files = {name: table for name, table in catalogue.by_file().items() if table.source != DOCUMENTS}
        named = self._facts.table
        if named not in files:
            raise self._file.problem(
                f"No table of a drop is called {shown(named)}.", "table", fix=nearest(named, files)
            )
        return files[named]

    def _check_name(self) -> None:
        right = f"{self._table.file}_{self._facts.valid_from.isoformat()}.toml"
        if self._file.name != right:
            raise self._file.problem(
                "The name of the mapping file does not match its table and first day.",
                why="The name decides which mapping applies on a day.",
                fix=f"Name the file {right}, or correct table and valid_from in it.",
            )

    def _columns(self) -> dict[str, str]:
        headings = [column.heading for column in self._table.columns if column.heading]
        columns: dict[str, str] = {}
        filled_by: dict[str, str] = {}
        for theirs, ours in self._facts.columns.items():
            place = ("[columns]", f"heading {shown(theirs)}")
            if ours not in headings:
                raise self._no_column(ours, *place)
            if not plain(theirs):
                raise self._file.problem("A heading is blank.", *place, fix="Name the heading, or remove the line.")
            if plain(theirs) in columns:
                raise self._file.problem(
                    "The same heading is given twice (case and blanks are ignored).", *place, fix="Keep one."
                )
            if ours in filled_by:
                raise self._file.problem(
                    f"Two headings are given for one column, {ours}.",
                    place[0],
                    f"{place[1]} and {shown(filled_by[ours])}",
                    fix="Keep the right one.",
                )
            filled_by[ours] = theirs
            columns[plain(theirs)] = ours
        return columns

    def _values(self) -> dict[str, dict[str, str]]:
        values: dict[str, dict[str, str]] = {}
        for heading, words in self._facts.values.items():
            place = f"[values.{shown(heading)}]"
            column = self._column(heading, place)
            if column.kind not in ("code", "yes_no"):
                raise self._file.problem(
                    f"Column {heading} has no codes, so its words cannot be mapped to codes.",
                    place,
                    fix="Give words only for columns with a code list, or with the answers Y and N.",
                )
            values[heading] = self._codes_of(column, words, place)
        return values

    def _codes_of(self, column: Column, words: Mapping[str, str], place: str) -> dict[str, str]:
        """The code for each of the council's words in one column."""
        known = _codes(column)
        codes: dict[str, str] = {}
        for word, code in words.items():
            if known is not None and code not in known:
                raise self._file.problem(
                    f"The code {shown(code)} is not in the code list of {column.heading}.",
                    place,
                    f"word {shown(word)}",
                    fix=nearest(code, known),
                )
            if not plain(word) or codes.get(plain(word), code) != code:
                raise self._file.problem(
                    "A word is blank or has two codes.",
                    place,
                    f"word {shown(word)}",
                    fix="Keep one line for each word; case is ignored.",
                )
            codes[plain(word)] = code
        return codes

    def _split(self) -> dict[str, tuple[str, ...]]:
        split: dict[str, tuple[str, ...]] = {}
        for heading, between in self._facts.split.items():
            place = ("[split]", shown(heading))
            self._column(heading, *place)
            if (self._table.file, heading) not in SEVERAL_IN_A_CELL:
                several = sorted(column for file, column in SEVERAL_IN_A_CELL if file == self._table.file)
                raise self._file.problem(
                    f"A cell of {heading} holds one value, not several.",
                    *place,
                    why="Splitting it would create values that nobody wrote.",
                    fix=f"Columns that can hold several values: {', '.join(several) or 'none'}.",
                )
            marks = (between,) if isinstance(between, str) else between
            if not marks or not all(marks):
                raise self._file.problem(
                    "The separator is missing.", *place, fix='Give the text between the values, such as ", ".'
                )
            split[heading] = marks
        return split

    def _not_loaded(self, columns: Collection[str]) -> tuple[str, ...]:
        headings = self._texts("not_loaded", self._facts.not_loaded)
        if both := [heading for heading in headings if plain(heading) in columns]:
            raise self._file.problem(
                f"The heading {shown(both[0])} is both mapped to a column and left out.", "not_loaded", fix="Keep one."
            )
        return headings

    def _texts(self, fact: str, texts: tuple[str, ...]) -> tuple[str, ...]:
        if not all(text.strip() for text in texts):
            raise self._file.problem(f"A text in {fact} is blank.", fact, fix="Remove it.")
        return tuple(text.strip() for text in texts)

    def _column(self, heading: str, *place: str) -> Column:
        found = {str(column.heading): column for column in self._table.columns if column.heading}
        if heading not in found:
            raise self._no_column(heading, *place)
        return found[heading]

    def _no_column(self, heading: str, *place: str) -> Problem:
        headings = [column.heading for column in self._table.columns if column.heading]
        fix = nearest(heading, headings)
        return self._file.problem(f"Table {self._table.file} has no column {shown(heading)}.", *place, fix=fix)


def _codes(column: Column) -> Collection[str] | None:
    """The codes a column may hold; None: any code, because the contract has no list."""
    if column.kind == "yes_no":
        return ("Y", "N")
    return code_list(column.codes).values if column.codes else None
