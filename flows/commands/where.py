"""`daytwo where`: the file that holds a thing, such as an indicator, a rule, a table, a heading, a code or a command.

Answers come from the catalogues and folders that the program itself runs on, so they are always up to date.
"""

from __future__ import annotations

import argparse
import datetime
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from flows.commands.printing import show

HELP = "find the file that holds a thing: an indicator, a rule, a table, a heading, a code, a command, a page"
PLACE = 180

MOST = 12
"""The most answers to give: a longer list would not help."""

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("flows", "transforms", "expectations", "warehouse", "deployments")
FILES = {
    ".service": "systemd service",
    ".timer": "systemd timer",
    ".example": "example of the environment file",
    ".sh": "shell script",
    ".jinja": "template of a page",
    "": "file",
}
"""What kind of file it is, by the end of its name, if it is not Python, SQL, TOML or Typst."""

_SOME_DAY = datetime.date(2000, 1, 1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("thing", metavar="THING", help='such as "NI 64", "plan", "cppl_cp_plan_id", "8925"')


def run(given: argparse.Namespace) -> int:
    found = find(given.thing)
    nothing = [f"Nothing is called {given.thing}."]
    show(
        given,
        lambda: [{"what": what, "file": file} for what, file in found],
        lambda: [f"{file}\n    {what}" for what, file in found] or nothing,
    )
    return 0 if found else 1


class Thing(NamedTuple):
    """One thing that has a file.

    Attributes:
        what: what it is, as a line for a person.
        file: path below the checkout.
        names: what people may call it.
        words: its description, searched after the names.
    """

    what: str
    file: str
    names: tuple[str, ...]
    words: str = ""


def find(thing: str) -> list[tuple[str, str]]:
    """What has this name, best first: (what it is, the file that holds it, relative to the checkout).

    Case, spaces and punctuation do not matter ("NI 64", "ni_64"). If something has exactly this name, only that is
    returned; otherwise what has every word in its names, then in its description, then what has a similar name.
    """
    import difflib

    wanted = _plain(thing)
    if not wanted:
        return []
    if exact := _by_name().get(wanted):
        return _answers(exact)
    known = things()
    words = [_stem(word) for word in re.findall(r"[a-z0-9]+", thing.lower())]
    named = [one for one in known if all(word in _words(" ".join(one.names)) for word in words)]
    within = [one for one in known if any(wanted in _plain(name) for name in one.names)]
    said = [one for one in known if all(word in _words(" ".join((*one.names, one.words))) for word in words)]
    if named or within or said:
        return _answers([*named, *within, *said])
    similar = difflib.get_close_matches(wanted, _by_name(), n=3, cutoff=0.8)
    return _answers([_by_name()[name][0] for name in similar])


@cache
def things() -> tuple[Thing, ...]:
    """Everything that has a file, in the order of what people most often look for."""
    kinds = (
        *(_indicators, _tables, _frameworks, _lists, _rules, _commands, _settings, _templates, _source_kinds),
        *(_benchmarks, _pages, _code_lists, _columns, _checks, _queries, _docs),
    )
    named = tuple(thing for things_of_a_kind in kinds for thing in things_of_a_kind())
    contents = {(thing.file, _plain(name)) for thing in named for name in thing.names}
    files = (thing for thing in _files() if (thing.file, _plain(thing.names[0])) not in contents)
    return (*named, *files)


@cache
def _by_name() -> dict[str, list[Thing]]:
    found: dict[str, list[Thing]] = {}
    for thing in things():
        for name in dict.fromkeys(map(_plain, thing.names)):
            found.setdefault(name, []).append(thing)
    return found


def _indicators() -> Iterator[Thing]:
    from transforms.profile.indicator import indicators

    for indicator in indicators():
        stem = indicator.file_name.removesuffix(".sql")
        yield Thing(
            f"indicator {indicator.code}: {indicator.title}",
            f"transforms/profile/indicators/{indicator.file_name}",
            (indicator.code, indicator.title, stem),
            f"{indicator.numerator} {indicator.denominator} {indicator.family}",
        )


def _tables() -> Iterator[Thing]:
    from warehouse import catalogue

    for table in catalogue.tables():
        arrives = (table.file or "", table.landing_name if table.file else "", table.sheet or "")
        names = tuple(name for name in (table.name, table.short_name, *arrives) if name)
        comes = f", from {table.file}" if table.file else ""
        yield Thing(f"table {table.name}{comes}: its contract", _contract(table.name), names, table.one_row_is)
        filled = ROOT / f"transforms/{table.name.replace('.', '/')}.sql"
        if filled.is_file():
            yield Thing(f"table {table.name}: how it is filled", _below(filled), names)


def _frameworks() -> Iterator[Thing]:
    from transforms.evidence.framework import framework_ids, load_framework

    for framework_id in framework_ids():
        framework = load_framework(framework_id)
        file = f"transforms/evidence/frameworks/{framework_id}.toml"
        names = (framework_id, framework.title, framework.short_title)
        yield Thing(f"framework {framework_id}: {framework.title}", file, names, framework.inspectorate)
        for document in framework.documents:
            yield Thing(f"{framework.short_title} asks for: {document.title}", file, (document.id, document.title))
        for asked in framework.lists:
            yield Thing(f"{framework.short_title} list: {asked.title}, its columns", file, (asked.id, asked.title))
        for book in framework.workbooks:
            yield Thing(f"{framework.short_title} workbook: {book.title}", file, (book.id, book.title))
        for shown in framework.figure_sets:
            figures = " ".join(shown.indicators)
            yield Thing(f"{framework.short_title} figures: {shown.title}", file, (shown.id, shown.title), figures)


def _lists() -> Iterator[Thing]:
    """The lists of the pack, what they show for each code, and how they are reconciled."""
    from transforms.evidence.documents.reconciliation import comparison

    for path in _folder("transforms/evidence/documents/lists", ".sql"):
        yield Thing(f"list {path.stem}: who is on it", _below(path), (path.stem,))
    for path in _folder("transforms/evidence/documents/list_parts", ".sql"):
        yield Thing(f"part {path.stem} that several lists share", _below(path), (path.stem,))
    for path in _folder("transforms/evidence/documents/reconciliations", ".sql"):
        made = comparison(path.stem)
        words = f"{made.first} {made.second} {' '.join(made.lists)} {made.indicator}"
        yield Thing(f"reconciliation: {made.title}", _below(path), (path.stem, made.title), words)
    for path in _folder("transforms/evidence/documents/words", ".toml"):
        words = " ".join(map(str, _toml(path).get("values", {}).values()))
        yield Thing(f"word list {path.stem}: what a list shows for each code", _below(path), (path.stem,), words)


def _rules() -> Iterator[Thing]:
    """The rules of the returns and our own rules, wherever they are checked."""
    from expectations import promised
    from expectations.rule import rules
    from expectations.since_last_week import COMPARISONS
    from warehouse import catalogue

    for rule in rules():
        stem = rule.file_name.removesuffix(".sql")
        names = (rule.code, f"{rule.source} {rule.code}", f"rule {rule.code}", rule.title, stem)
        what = f"rule {rule.code} ({rule.source}): {rule.title}"
        yield Thing(what, f"expectations/{rule.folder}/{rule.file_name}", names, f"{rule.table} {rule.fix}")
    for one in COMPARISONS:
        called = (one.rule, one.code, f"rule {one.rule}", one.title)
        yield Thing(f"rule {one.rule} (own): {one.title}", "expectations/since_last_week.py", called, one.fix)
    every_check = [check for table in catalogue.tables("records") for check in promised.checks(table, _SOME_DAY)]
    kinds = {(check.rule, check.code.split(":")[0]) for check in every_check if check.rule}
    kinds |= {(rule, f"set aside:{code}") for code, rule in promised.SET_ASIDE_RULE.items()}
    for rule_code in sorted({code for code, _ in kinds}):
        asked = ", ".join(sorted(kind for code, kind in kinds if code == rule_code))
        what = f"rule {rule_code} (own), which contracts promise: the checks {asked}"
        yield Thing(what, "expectations/promised.py", (rule_code, f"rule {rule_code}"))


def _commands() -> Iterator[Thing]:
    from flows.commands.arguments import SHARED
    from flows.commands.command_line import commands, parsers

    shared = argparse.ArgumentParser(add_help=False)
    for add in SHARED:
        add(shared)
    homes = {
        (flag, action.help): "flows/commands/arguments.py"
        for action in shared._actions
        for flag in action.option_strings
    }
    flags: dict[tuple[str, str], list[str]] = {}
    for name, command in parsers().items():
        file = f"flows/commands/{name}.py"
        yield Thing(f"command daytwo {name}: {commands()[name].HELP}", file, (name, f"daytwo {name}"))
        for action in command._actions:
            for flag in {*action.option_strings} - {"-h", "--help"}:
                home = "flows/commands/command_line.py" if flag == "--json" else homes.get((flag, action.help), file)
                flags.setdefault((flag, home), []).append(name)
    for (flag, file), of in sorted(flags.items()):
        yield Thing(f"flag {flag} of daytwo {', '.join(of)}", file, (flag,))


def _settings() -> Iterator[Thing]:
    from dataclasses import fields

    from flows.settings import Settings, variable

    for setting in fields(Settings):
        name = variable(setting.name)
        what = str(setting.metadata["what"])
        yield Thing(f"setting {name}: {what}", "flows/settings.py", (setting.name, name), what)


def _templates() -> Iterator[Thing]:
    from transforms.landing.log_templates import TEMPLATES

    for log, tables in TEMPLATES.items():
        what = f"template of the log {log}, a workbook to fill in ({', '.join(tables)})"
        yield Thing(what, "transforms/landing/log_templates.py", (log, f"{log} template", f"template {log}"))


def _source_kinds() -> Iterator[Thing]:
    from dataclasses import fields

    from flows.receiving.sources import FACTS

    for kind, facts in FACTS.items():
        what = f"source of the kind {kind}: its settings in the file of sources"
        names = (kind, f"source {kind}", f"source kind {kind}")
        yield Thing(what, "flows/receiving/sources.py", names, " ".join(fact.name for fact in fields(facts)))


def _benchmarks() -> Iterator[Thing]:
    """The published files, and which published column is the same measure as an indicator."""
    for path in _folder("transforms/profile/benchmarks", ".toml"):
        read = _toml(path)
        title = str(read.get("publication", path.stem))
        downloaded = tuple(form["file"] for form in read.values() if isinstance(form, dict) and "file" in form)
        yield Thing(f"published figures: {title}", _below(path), (path.stem, title, *downloaded))
        for twin in read.get("twin", ()):
            columns = [column for key in ("value", "numerator", "denominator") for column in _several(twin.get(key))]
            what = f"published figure for {twin['indicator']}: {twin['source']}"
            yield Thing(what, _below(path), (twin["indicator"], twin["file"], *columns), twin["source"])


def _pages() -> Iterator[Thing]:
    for path in _folder("transforms/evidence/documents", ".typ"):
        yield Thing(f"page {path.stem} of the pack: its layout", _below(path), (path.stem, f"page {path.stem}"))


def _code_lists() -> Iterator[Thing]:
    from warehouse.codes import code_list

    for name in code_list_names():
        file = f"warehouse/codes/{name}.toml"
        yield Thing(f"code list {name}", file, (name,))
        for code, label in code_list(name).values.items():
            # A single digit or letter is a code in dozens of lists: it is found by its list's name and the code.
            names = (f"{name} {code}", *((code,) if len(code) > 1 else ()))
            yield Thing(f"code {code} ({label}) in the list {name}", file, names, label)


def code_list_names() -> list[str]:
    """The names of the code lists, from their folder."""
    return [path.stem for path in _folder("warehouse/codes", ".toml")]


def _columns() -> Iterator[Thing]:
    from warehouse import catalogue

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
    from expectations import promised
    from warehouse import catalogue

    for table in catalogue.tables("records"):
        if table.file:
            for check in promised.checks(table, _SOME_DAY):
                yield Thing(f"check {check.code} of {table.file}: {check.title}", _contract(table.name), (check.code,))
    for code, rules in promised.SET_ASIDE_BY.items():
        what = f"check set aside:{code}: what sets a row aside"
        yield Thing(what, "transforms/records/build_records.py", (f"set aside:{code}", *rules))
    yield Thing("every check a contract promises: how it is built", "expectations/promised.py", ("checks", "promised"))


def _queries() -> Iterator[Thing]:
    """SQL that a module of the same room runs and that does not fill a table of its name."""
    from warehouse import catalogue

    for room in ("landing", "records", "profile", "quality", "evidence"):
        for path in _folder(f"transforms/{room}", ".sql"):
            if f"{room}.{path.stem}" in catalogue.by_name():
                continue
            yield Thing(f"query {path.stem}, run by transforms/{room}", _below(path), (path.stem,))


def _docs() -> Iterator[Thing]:
    """The hand-written pages, by their titles and headings; an installed program does not have them."""
    for folder in ("docs", "docs/decisions"):
        for path in _folder(folder, ".md"):
            title, *headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M) or [path.stem]
            yield Thing(f"docs page: {title}", _below(path), (path.stem, title), " ".join(headings))


def _files() -> Iterator[Thing]:
    """Every module, by its name and first sentence, and the few files of other kinds."""
    for path in (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*"))):
        if not path.is_file() or "__pycache__" in path.parts or path.stem == "__init__":
            continue
        stem = path.name.partition(".")[0]
        if path.suffix == ".py":
            said = re.match(r'"""(.*?)(?:"""|$)', path.read_text(encoding="utf-8"), re.M)
            sentence = said[1].rstrip(".") if said else "no description"
            yield Thing(
                f"module {stem}: {sentence}", _below(path), (stem, ".".join(_below(path)[:-3].split("/"))), sentence
            )
        elif path.suffix in FILES:
            yield Thing(f"{FILES[path.suffix]} {path.name}", _below(path), (stem, path.name))


def _folder(folder: str, suffix: str) -> list[Path]:
    """The files of a folder with this suffix, by name; none if there is no such folder."""
    return sorted(path for path in (ROOT / folder).glob(f"*{suffix}"))


def _below(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(path.read_text(encoding="utf-8"))


def _several(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def _contract(name: str) -> str:
    return f"warehouse/{name.replace('.', '/')}.py"


@cache
def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _stem(word: str) -> str:
    """Lets "plan" find "plans": plurals of the names here end in s."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _words(text: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())}


def _answers(found: list[Thing]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((one.what, one.file) for one in found))[:MOST]
