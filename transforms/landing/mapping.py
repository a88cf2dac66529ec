"""A mapping file: how a council's own log is laid out, said by its owner and never guessed.

`<drop>/mappings/<table>_<valid from YYYY-MM-DD>.toml` names the headings, words and sheets of the council's workbook
and what each is in the contract. It is dated and owned; anything in it that is not known, or that leaves a choice, is a
Problem, and then no file is read with it.
"""

from __future__ import annotations

import datetime
import difflib
import fnmatch
import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms.landing.match_headings import plain, shown
from warehouse import catalogue
from warehouse.codes import code_list
from warehouse.contract import Column, Table
from warehouse.problem import Problem
from warehouse.store.extracts import DOCUMENTS

SEVERAL_IN_A_CELL = frozenset({("lado_log", "child_ids"), ("action_plan", "indicator_ids")})
"""Columns whose contract says that a cell holds a semicolon list: only these are split."""

BETWEEN_SEVERAL = ";"
FAULT = "the mapping: "

_FACTS: dict[str, type] = {
    "table": str,
    "valid_from": datetime.date,
    "owner": str,
    "agreed_on": datetime.date,
    "header_row": int,
    "sheets": list,
    "other_sheets": list,
    "columns": dict,
    "values": dict,
    "split": dict,
    "blank_words": list,
    "not_loaded": list,
}
_NEEDED = ("table", "valid_from", "owner", "agreed_on", "columns")
_WRITTEN: dict[type, str] = {
    str: "text in quotation marks",
    datetime.date: "a day without quotation marks, such as 2026-04-01",
    int: "a whole number",
    list: "a list of texts in square brackets",
    dict: "a part of its own, such as [columns]",
}
_NAME = re.compile(r"([a-z][a-z0-9_]*)_(\d{4}-\d{2}-\d{2})\.toml")


@dataclass(frozen=True, slots=True)
class MappingFile:
    """One mapping.

    Headings and words are compared whatever their case; blanks and line ends within count as one space.

    Attributes:
        name: the file's.
        owner: who answers for it.
        agreed_on: when they agreed to it.
        header_row: the row of the headings, as Excel shows it; None: the first row that is filled.
        sheets: names, or patterns with `*` and `?`, of the sheets that are stacked; empty: the one a file without a
            mapping is read from.
        other_sheets: names or patterns of the sheets that hold no rows of the log, such as lists.
        columns: heading of the contract by the council's heading.
        values: by heading of the contract the code for each of the council's words.
        split: by heading of the contract what stands between several in one cell.
        blank_words: what stands in a date cell for a day that is not known.
        not_loaded: headings that are known and left out.
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
        """Whether it says what only a workbook has: sheets, or rows above the headings."""
        return bool(self.sheets or self.other_sheets) or self.header_row is not None

    def holds_no_rows(self, sheet: str) -> bool:
        """Whether the owner says of a sheet that no rows of the log are kept there."""
        return any(fnmatch.fnmatchcase(plain(sheet), plain(pattern)) for pattern in self.other_sheets)

    @property
    def said(self) -> str:
        """Which mapping, whose and since when, as a sentence."""
        return f"Read with the mapping {self.name}, which {self.owner} agreed on {self.agreed_on}."


def in_force(names: Iterable[str], table: str, on: datetime.date) -> str | None:
    """The mapping that holds on a day: the newest of the table's that is valid by then.

    Args:
        names: of mapping files; a name of another form is the mapping of nothing.
        table: the table's name in the drop.
    """
    dated = {day: name for name in names if (said := _named(name)) and said[0] == table and (day := said[1]) <= on}
    return dated[max(dated)] if dated else None


def _named(name: str) -> tuple[str, datetime.date] | None:
    """Table and first day that a mapping file's name says."""
    match = _NAME.fullmatch(name)
    try:
        return (match[1], datetime.date.fromisoformat(match[2])) if match else None
    except ValueError:
        return None


def read_mapping(path: Path, name: str | None = None) -> MappingFile:
    """Read a mapping and hold it against the contract and the code lists.

    Args:
        name: the file's name, where the path does not end in it.

    Raises:
        Problem: it cannot be read, names something that is not known, or leaves a choice.
    """
    name = name or path.name
    try:
        said = tomllib.loads(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise Problem("the mapping is not UTF-8 text", where=name, fix="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"\((at .*?)\)$", str(error))
        raise Problem(
            "the mapping is not TOML, or says one thing twice",
            where=f"{name}{', ' + where[1] if where else ''}",
            why="what is meant would be a guess",
            fix="Put texts into quotation marks, and name each heading and word once.",
        ) from None
    return _Checked(name, said).mapping()


class _Checked:
    """What a mapping file says, looked at fact by fact."""

    def __init__(self, name: str, said: dict[str, Any]) -> None:
        self._name = name
        self._said = said

    def mapping(self) -> MappingFile:
        self._check_facts()
        table = self._table()
        self._check_name(table)
        header_row = self._said.get("header_row")
        if header_row is not None and not 1 <= header_row <= 1_048_576:
            raise self._problem("header_row is not the number of a row", fix="Give the number Excel shows beside it.")
        columns = self._columns(table)
        return MappingFile(
            name=self._name,
            table=table,
            valid_from=self._said["valid_from"],
            owner=self._said["owner"].strip(),
            agreed_on=self._said["agreed_on"],
            header_row=header_row,
            sheets=self._texts("sheets"),
            other_sheets=self._texts("other_sheets"),
            columns=columns,
            values=self._values(table),
            split=self._split(table),
            blank_words=self._texts("blank_words"),
            not_loaded=self._not_loaded(columns),
        )

    def _problem(self, what: str, *, part: str = "", why: str = "what is meant would be a guess", fix: str) -> Problem:
        return Problem(FAULT + what, where=f"{self._name}{part and ', ' + part}", why=why, fix=fix)

    def _check_facts(self) -> None:
        for fact, value in self._said.items():
            if fact not in _FACTS:
                raise self._problem(f"no fact is called {shown(fact)}", fix=_nearest(fact, _FACTS))
            kind = _FACTS[fact]
            # A moment is also a day, and true also a number, to Python alone.
            written = isinstance(value, kind) and not isinstance(value, datetime.datetime | bool)
            if isinstance(value, list):
                written = written and all(isinstance(text, str) and text.strip() for text in value)
            if not written:
                raise self._problem(f"{fact} is not {_WRITTEN[kind]}", fix=f"Write {fact} as {_WRITTEN[kind]}.")
        for fact in _NEEDED:
            if not self._said.get(fact) or (isinstance(self._said[fact], str) and not self._said[fact].strip()):
                raise self._problem(f"{fact} is missing", why="a mapping is dated, owned and agreed", fix="Add it.")

    def _table(self) -> Table:
        files = {name: table for name, table in catalogue.by_file().items() if table.source != DOCUMENTS}
        if self._said["table"] not in files:
            table = shown(self._said["table"])
            raise self._problem(f"no table of a drop is called {table}", fix=_nearest(table, files))
        return files[self._said["table"]]

    def _check_name(self, table: Table) -> None:
        right = f"{table.file}_{self._said['valid_from'].isoformat()}.toml"
        if self._name != right:
            raise self._problem(
                "its file name does not say its table and its first day",
                why="the name says which mapping holds on a day",
                fix=f"Name the file {right}, or correct table and valid_from in it.",
            )

    def _columns(self, table: Table) -> dict[str, str]:
        headings = [column.heading for column in table.columns if column.heading]
        columns: dict[str, str] = {}
        filled_by: dict[str, str] = {}
        for theirs, ours in self._said["columns"].items():
            part = f"[columns], heading {shown(theirs)}"
            if not isinstance(ours, str) or ours not in headings:
                unknown = shown(str(ours))
                raise self._problem(f"{table.file} has no column {unknown}", part=part, fix=_nearest(unknown, headings))
            if not plain(theirs):
                raise self._problem("a heading is blank", part=part, fix="Name the heading, or take the line out.")
            if plain(theirs) in columns:
                raise self._problem(
                    "the same heading stands twice, but for case and blanks", part=part, fix="Keep one."
                )
            if ours in filled_by:
                raise self._problem(
                    f"two headings are given for one column, {ours}",
                    part=f"{part} and {shown(filled_by[ours])}",
                    fix="Keep the one that is meant.",
                )
            filled_by[ours] = theirs
            columns[plain(theirs)] = ours
        return columns

    def _values(self, table: Table) -> dict[str, dict[str, str]]:
        values: dict[str, dict[str, str]] = {}
        for heading, words in self._said.get("values", {}).items():
            part = f"[values.{shown(heading)}]"
            column = self._column(table, heading, part)
            if column.kind not in ("code", "yes_no") or not isinstance(words, dict):
                raise self._problem(
                    f"{heading} has no codes, so no word of it stands for one",
                    part=part,
                    fix="Give words only for columns with a code list, or that are answered with Y or N.",
                )
            known = _codes(column)
            codes: dict[str, str] = {}
            for word, code in words.items():
                if not isinstance(code, str) or (known is not None and code not in known):
                    unknown = shown(str(code))
                    raise self._problem(
                        f"the code {unknown} is not in the list of {heading}",
                        part=f"{part}, word {shown(word)}",
                        fix=_nearest(unknown, known or ()),
                    )
                if not plain(word) or codes.get(plain(word), code) != code:
                    raise self._problem(
                        "a word is blank, or stands for two codes",
                        part=f"{part}, word {shown(word)}",
                        fix="Keep one line for each word, whatever its case.",
                    )
                codes[plain(word)] = code
            values[heading] = codes
        return values

    def _split(self, table: Table) -> dict[str, tuple[str, ...]]:
        split: dict[str, tuple[str, ...]] = {}
        for heading, between in self._said.get("split", {}).items():
            part = f"[split], {shown(heading)}"
            self._column(table, heading, part)
            if (table.file, heading) not in SEVERAL_IN_A_CELL:
                several = sorted(column for file, column in SEVERAL_IN_A_CELL if file == table.file)
                raise self._problem(
                    f"a cell of {heading} holds one value, not several",
                    part=part,
                    why="a value cut in two would be two that nobody wrote",
                    fix=f"Columns that hold several: {', '.join(several) or 'none'}.",
                )
            marks = [between] if isinstance(between, str) else between
            if not isinstance(marks, list) or not all(isinstance(mark, str) and mark for mark in marks) or not marks:
                raise self._problem(
                    "no separator is given", part=part, fix='Give what stands between them, such as ", ".'
                )
            split[heading] = tuple(marks)
        return split

    def _not_loaded(self, columns: Collection[str]) -> tuple[str, ...]:
        headings = self._texts("not_loaded")
        if both := [heading for heading in headings if plain(heading) in columns]:
            raise self._problem(
                f"the heading {shown(both[0])} is given a column and is left out", part="not_loaded", fix="Keep one."
            )
        return headings

    def _texts(self, fact: str) -> tuple[str, ...]:
        return tuple(text.strip() for text in self._said.get(fact, ()))

    def _column(self, table: Table, heading: str, part: str) -> Column:
        found = {str(column.heading): column for column in table.columns if column.heading}
        if heading not in found:
            raise self._problem(f"{table.file} has no column {shown(heading)}", part=part, fix=_nearest(heading, found))
        return found[heading]


def _codes(column: Column) -> Collection[str] | None:
    """The codes a column may hold; None: any, where the contract has no list."""
    if column.kind == "yes_no":
        return ("Y", "N")
    return code_list(column.codes).values if column.codes else None


def _nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"Nearest is {near[0]}."
    return f"There are: {', '.join(known)}." if len(known) <= 30 else "docs/reference lists what there is."
