"""Where a thing is: the file that holds an indicator, a table, a heading, a code list, a framework or a command.

Answers come from the same catalogues the program runs on, so that they are never out of date; no file is searched.
"""

from __future__ import annotations

import argparse
import datetime
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import cast

from expectations import promised
from flows.commands.command_line import home_of, parser
from flows.settings import Settings, variable
from transforms.evidence.framework import framework_ids, load_framework
from transforms.profile.indicator import indicators
from warehouse import catalogue
from warehouse.codes import code_list

MOST = 12
"""So many answers are given at most: more would be no answer."""

_SOME_DAY = datetime.date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that has a home: what it is, the file, the names it is called by, and words said of it."""

    what: str
    file: str
    names: tuple[str, ...]
    words: str = ""


def find(thing: str) -> list[tuple[str, str]]:
    """What is called so, best first: (what it is, the file that holds it, relative to the checkout).

    Case, spaces and punctuation do not matter ("NI 64", "ni_64"). Where something has exactly that name only it is
    given; else what has every word in its names, then in what is said of it, then what is spelt nearly so.
    """
    wanted = _plain(thing)
    if not wanted:
        return []
    known = things()
    exact = [one for one in known if any(wanted == _plain(name) for name in one.names)]
    if exact:
        return _told(exact)
    words = [_stem(word) for word in re.findall(r"[a-z0-9]+", thing.lower())]
    named = [one for one in known if all(word in _words(" ".join(one.names)) for word in words)]
    within = [one for one in known if any(wanted in _plain(name) for name in one.names)]
    said = [one for one in known if all(word in _words(" ".join((*one.names, one.words))) for word in words)]
    if named or within or said:
        return _told([*named, *within, *said])
    by_name = {_plain(name): one for one in reversed(known) for name in one.names}
    return _told([by_name[name] for name in difflib.get_close_matches(wanted, by_name, n=3, cutoff=0.8)])


@cache
def things() -> tuple[Thing, ...]:
    """Everything that has a home, the most asked for first."""
    catalogues = (_indicators, _tables, _frameworks, _settings, _commands, _code_lists, _columns, _checks)
    return tuple(thing for catalogue_of in catalogues for thing in catalogue_of())


def _indicators() -> Iterator[Thing]:
    for indicator in indicators():
        stem = indicator.file_name.removesuffix(".sql")
        yield Thing(
            f"indicator {indicator.code}: {indicator.title}",
            f"transforms/profile/indicators/{indicator.file_name}",
            (indicator.code, indicator.title, stem),
            f"{indicator.numerator} {indicator.denominator} {indicator.family}",
        )


def _tables() -> Iterator[Thing]:
    worked_out = {entry.name for entry in files("transforms.records").iterdir() if entry.name.endswith(".sql")}
    for table in catalogue.tables():
        arrives = (table.file or "", table.landing_name if table.file else "", table.sheet or "")
        names = tuple(name for name in (table.name, table.short_name, *arrives) if name)
        comes = f", from {table.file}" if table.file else ""
        yield Thing(f"table {table.name}{comes}: its contract", _contract(table.name), names, table.one_row_is)
        if f"{table.short_name}.sql" in worked_out:
            yield Thing(f"table {table.name}: how it is filled", f"transforms/records/{table.short_name}.sql", names)


def _frameworks() -> Iterator[Thing]:
    for framework_id in framework_ids():
        framework = load_framework(framework_id)
        file = f"transforms/evidence/frameworks/{framework_id}.toml"
        names = (framework_id, framework.title, framework.short_title)
        yield Thing(f"framework {framework_id}: {framework.title}", file, names, framework.inspectorate)
        for document in framework.documents:
            yield Thing(f"{framework.short_title} asks for: {document.title}", file, (document.id, document.title))
        for asked in framework.lists:
            yield Thing(f"{framework.short_title} list: {asked.title}, its columns", file, (asked.id, asked.title))
    for entry in sorted(files("transforms.evidence.documents.lists").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".sql"):
            yield Thing(
                f"list {entry.name.removesuffix('.sql')}: who is on it",
                f"transforms/evidence/documents/lists/{entry.name}",
                (entry.name.removesuffix(".sql"),),
            )


def _commands() -> Iterator[Thing]:
    flags: dict[str, list[str]] = {}
    for name, command in commands().items():
        home = f"{home_of(name).replace('.', '/')}.py"
        yield Thing(f"command daytwo {name}: what it does", home, (name, f"daytwo {name}"))
        for action in command._actions:
            for flag in action.option_strings:
                flags.setdefault(flag, []).append(name)
    for flag, of in flags.items():
        if flag not in ("-h", "--help"):
            yield Thing(f"flag {flag} of daytwo {', '.join(of)}", "flows/commands/command_line.py", (flag,))


def commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, by its name."""
    choices = next(action.choices for action in parser()._actions if action.dest == "command")
    return dict(cast(Mapping[str, argparse.ArgumentParser], choices))


def _settings() -> Iterator[Thing]:
    for setting in fields(Settings):
        name = variable(setting.name)
        what = str(setting.metadata["what"])
        yield Thing(f"setting {name}: {what}", "flows/settings.py", (setting.name, name), what)


def _code_lists() -> Iterator[Thing]:
    for name in code_list_names():
        file = f"warehouse/codes/{name}.toml"
        yield Thing(f"code list {name}", file, (name,))
        for code, label in code_list(name).values.items():
            # A single digit or letter is a code of dozens of lists: finding them all helps nobody.
            if len(code) > 1:
                yield Thing(f"code {code} ({label}) of the list {name}", file, (code,), label)


def code_list_names() -> list[str]:
    """The names of the code lists, from their folder."""
    names = (entry.name for entry in files("warehouse.codes").iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def _columns() -> Iterator[Thing]:
    for table in catalogue.tables():
        for column in table.columns:
            spellings = tuple(spelling.heading for spelling in column.also)
            arrives = f", heading {column.heading}" if column.heading else ""
            yield Thing(
                f"column {column.name} of {table.name}{arrives}",
                _contract(table.name),
                (column.name, *((column.heading,) if column.heading else ()), *spellings),
                column.description,
            )


def _checks() -> Iterator[Thing]:
    for table in catalogue.tables("records"):
        if table.file:
            for check in promised.checks(table, _SOME_DAY):
                yield Thing(f"check {check.code} of {table.file}: {check.title}", _contract(table.name), (check.code,))
    for code in promised.SET_ASIDE_BY:
        yield Thing(
            f"check set aside:{code}: what sets a row aside",
            "transforms/records/build_records.py",
            (f"set aside:{code}",),
        )
    yield Thing("every check a contract promises: how it is made", "expectations/promised.py", ("checks", "promised"))


def _contract(name: str) -> str:
    return f"warehouse/{name.replace('.', '/')}.py"


@cache
def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _stem(word: str) -> str:
    """Enough for "plan" to find "plans": the plural of the names here is a final s."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _words(text: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())}


def _told(found: list[Thing]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((one.what, one.file) for one in found))[:MOST]
