"""Writes docs/reference from what the program runs on: contracts, code lists, indicators, frameworks, commands, settings.

The same program gives the same pages; a page that differs is stale, and `make check` fails on it.
"""

from __future__ import annotations

import argparse
import datetime
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import duckdb

from expectations import promised
from flows.cli import EXIT_CODES, parser
from flows.settings import Settings, variable
from flows.where import code_list_names, commands
from transforms.documents.child_lists import list_query
from transforms.framework import SOURCED_MEANS, Answer, Fact, Framework, framework_ids, load_framework
from transforms.indicator import Indicator, indicators, reads
from transforms.measure_indicators import feeding_tables
from warehouse import catalogue
from warehouse.codes import code_list
from warehouse.contract import Column, Table

FOLDER = "reference"
_SOME_DAY = datetime.date(2000, 1, 1)
_SUPPORTED = (str, int, float)

INDICATOR_SOURCED_MEANS = {
    "verified": "a named source gives the definition",
    "partly": "a named source gives part of it; the rest is how it is read here",
    "unverified": "no source was found; a person has to check it before a figure is shown to an inspector",
    "proposed": "ours: there is no outside definition to hold it against",
}
ROOM_IS = {
    "records": "One row per thing: typed, keyed, coded.",
    "profile": "Indicators: their periods, results and cases, with the published figures beside them.",
    "evidence": "What answers each request of a framework.",
    "quality": "What arrived, what was checked, what was set aside or could not be matched, and why.",
}


def write_pages(folder: Path) -> list[Path]:
    """Write every generated page under `folder`/reference and remove what is no longer generated.

    Returns:
        The pages written or removed, in order; none where all were current.
    """
    made = pages()
    changed = stale_pages(folder)
    for page in changed:
        name = page.relative_to(folder / FOLDER).as_posix()
        if name in made:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(made[name], encoding="utf-8", newline="\n")
        else:
            page.unlink()
    return changed


def stale_pages(folder: Path) -> list[Path]:
    """Pages of `folder`/reference that are absent, differ from what would be written, or are no longer generated."""
    made = pages()
    root = folder / FOLDER
    there = {path.relative_to(root).as_posix(): path for path in root.rglob("*.md")}
    stale = [root / name for name, text in made.items() if name not in there or _read(there[name]) != text]
    return sorted([*stale, *(path for name, path in there.items() if name not in made)])


def pages() -> dict[str, str]:
    """Every generated page, by its path below docs/reference."""
    made = {
        "README.md": _contents(),
        "tables.md": _tables(),
        "codes.md": _codes(),
        "checks.md": _checks(),
        "lineage.md": _lineage(),
        "commands.md": _commands(),
        "settings.md": _settings(),
        "frameworks.md": _frameworks(),
        "indicators.md": _indicators(),
    }
    twins = _published_twins()
    with duckdb.connect() as connection:
        for indicator in indicators():
            page = _indicator(connection, indicator, twins.get(indicator.code, []))
            made[f"indicators/{indicator.code}.md"] = page
    return made


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


# ---------------------------------------------------------------- pieces of a page


def _page(title: str, source: str, *blocks: str) -> str:
    opening = f"<!-- Written by `daytwo docs` from {source}. Do not edit: change that, then run `make docs`. -->"
    return "\n\n".join([opening, f"# {title}", *(block.strip("\n") for block in blocks if block.strip())]) + "\n"


def _cell(value: object) -> str:
    return str("" if value is None else value).replace("|", "\\|").replace("\n", " ").strip()


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}"]
    return "\n".join([*lines, *(f"| {' | '.join(_cell(value) for value in row)} |" for row in rows)])


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _tick(text: object) -> str:
    return f"`{text}`" if text not in (None, "") else ""


def _anchor(heading: str) -> str:
    """The anchor GitHub makes of a heading."""
    return "".join(sign for sign in heading.lower().replace(" ", "-") if sign.isalnum() or sign in "-_")


def _to_table(name: str, up: str = "") -> str:
    return f"[{name}]({up}tables.md#{_anchor(name)})"


def _to_indicator(code: str) -> str:
    return f"[{code}](indicators/{code}.md)"


# ---------------------------------------------------------------- contents


def _contents() -> str:
    listed = _listed(
        [
            "[tables](tables.md): every table and column, by room",
            "[codes](codes.md): every code list",
            "[indicators](indicators.md): every figure, how it is read, its worked example",
            "[checks](checks.md): what is promised of every column, and what sets a row aside",
            "[lineage](lineage.md): from file to figure, and from figure to file",
            "[frameworks](frameworks.md): what an inspectorate asks for and when, and how well that is sourced",
            "[commands](commands.md): every command, flag and exit code",
            "[settings](settings.md): everything an operator may set",
        ]
    )
    return _page("Reference", "the program itself", listed)


# ---------------------------------------------------------------- tables and codes


def _tables() -> str:
    blocks = [
        "A table's file under `warehouse/` is its contract; this page is written from it. Tables of the room `records` come"
        " from the drop; each also stands in `landing.<file>` exactly as received: all text, under its own headings, with"
        " `_extract_id` (the file's SHA-256), `_sheet` and `_row` (the row number Excel shows).",
        "**about**: the row is about what this column names; without it the row is set aside. **event date**: blank,"
        " unreadable or before 1900 sets the row aside. Nothing else but a missing or repeated key does"
        " ([why](../decisions/0004-what-sets-a-row-aside.md)). **required**: a blank is reported.",
        "`records.working_days_after(day, n)` gives the day n working days after a day (day 0).",
    ]
    for room in catalogue.ROOMS:
        tables = catalogue.tables(room)
        rows = [(f"[{t.short_name}](#{_anchor(t.name)})", t.one_row_is, _tick(t.file), t.handling) for t in tables]
        index = _table(("table", "one row is", "in the drop", "handling"), rows) if rows else "No table yet."
        blocks += [f"## Room: {room}", ROOM_IS[room], index]
    for table in catalogue.tables():
        blocks += [f"### {table.name}", *_one_table(table)]
    return _page("Tables", "the contracts under `warehouse/`", *blocks)


def _one_table(table: Table) -> Iterable[str]:
    facts = [f"Contract: `warehouse/{table.name.replace('.', '/')}.py`"]
    if table.file:
        sheet = f", or the sheet `{table.file}` of `{table.sheet}.xlsx`" if table.sheet else ""
        facts.append(f"In the drop: `{table.source}/<as at>/{table.file}`{sheet}; layout {table.sourced}")
    facts.append(f"Key: {', '.join(_tick(name) for name in table.key) or 'none'}")
    if table.handling == "restricted":
        facts.append("Handling: **restricted**; its rows are not in the general file")
    if table.needed:
        facts.append("Needed: too many rows set aside stop the run before publishing")
    if table.file and not table.keeps_unknown_columns:
        facts.append("A column this contract does not know is reported and not loaded at all")
    if table.text_dates:
        facts.append(f"Dates may also be written {', '.join(_tick(form) for form in table.text_dates)}")
    if table.team:
        facts.append(f"Who puts a fault right: {table.team}")
    yield table.one_row_is
    yield _listed(facts)
    if table.file:
        yield _table(
            ("column", "type", "heading in the drop", "what it is", "notes"),
            [
                (_tick(c.name), c.sql_type, _headings(c), c.description, "; ".join(_notes(c)))
                for c in table.stored_columns
            ],
        )
    else:
        rows = [(_tick(c.name), c.sql_type, c.description, "; ".join(_notes(c))) for c in table.stored_columns]
        yield _table(("column", "type", "what it is", "notes"), rows)
    if table.never:
        yield "Never:\n" + _listed(f"{never.sentence} ({never.severity})" for never in table.never)


def _headings(column: Column) -> str:
    others = [f"`{spelling.heading}` ({spelling.written_by})" for spelling in column.also]
    return "; also ".join([*([_tick(column.heading)] if column.heading else []), *others])


def _notes(column: Column) -> Iterable[str]:
    if column.required:
        yield "required"
    if column.optional:
        yield "may be absent"
    if column.about:
        yield "**about**"
    if column.event_date:
        yield "**event date**"
    if column.may_lie_ahead:
        yield "may lie ahead"
    if column.codes:
        yield f"codes: [{column.codes}](codes.md#{_anchor(column.codes)})"
    if column.refers_to:
        parent = column.refers_to.rsplit(".", 1)[0]
        yield f"points at [{column.refers_to}](#{_anchor(parent)})"
    if column.identifies:
        yield "identifies a person"
    if column.is_nhs_number:
        yield "NHS number, check digit tested"


def _codes() -> str:
    used: dict[str, list[str]] = {}
    for table in catalogue.tables():
        for column in table.columns:
            if column.codes:
                used.setdefault(column.codes, []).append(f"{_to_table(table.name)}.{column.name}")
    blocks = [
        "A code that its list does not know is kept and reported; it never sets a row aside. A retired code is no fault on"
        " a row of its time. Each list is one file, `warehouse/codes/<name>.toml`."
    ]
    for name in code_list_names():
        known = code_list(name)
        read = tomllib.loads((files("warehouse.codes") / f"{name}.toml").read_text(encoding="utf-8"))
        retired = read.get("retired", {})
        facts = [
            f"Used by: {', '.join(used.get(name, ())) or 'no column'}",
            f"Sourced: {known.sourced}; {known.source}",
        ]
        if note := read.get("note"):
            facts.append(f"Note: {note}")
        blocks += [f"## {name}", _listed(facts)]
        if known.values:
            rows = [(_tick(c), label, "retired" if c in retired else "") for c, label in known.values.items()]
            blocks.append(_table(("code", "meaning", ""), rows))
        if known.json_keys:
            blocks.append("Keys of the JSON column:\n" + _listed(_tick(key) for key in known.json_keys))
    return _page("Code lists", "`warehouse/codes/`", *blocks)


# ---------------------------------------------------------------- indicators


def _indicators() -> str:
    rows = [
        (
            _to_indicator(indicator.code),
            indicator.title,
            indicator.unit,
            indicator.good_is,
            ", ".join(indicator.periods),
            _loud(indicator.sourced),
        )
        for indicator in sorted(indicators(), key=lambda one: (one.family, one.code))
    ]
    return _page(
        "Indicators",
        "`transforms/indicators/`",
        "Each is one file that says who is in and whether the case counts; everything else is worked out in one place."
        " Definitions differ in how well they are sourced:",
        _listed(f"{_loud(mark)}: {means}" for mark, means in INDICATOR_SOURCED_MEANS.items()),
        "Where a definition leaves a choice open, [choices](../decisions/choices.md) says how it is read.",
        _table(("code", "title", "unit", "good is", "periods", "sourced"), rows),
    )


def _loud(sourced: str) -> str:
    return f"**{sourced.upper()}**" if sourced in ("unverified", "proposed") else sourced


def _indicator(connection: duckdb.DuckDBPyConnection, indicator: Indicator, twins: Sequence[str]) -> str:
    warning = ""
    if indicator.sourced in ("unverified", "proposed"):
        warning = f"> **{indicator.sourced.upper()}**: {INDICATOR_SOURCED_MEANS[indicator.sourced]}."
    facts = [
        ("unit", indicator.unit),
        ("good is", indicator.good_is),
        ("periods", ", ".join(indicator.periods)),
        ("earlier periods", indicator.history),
        ("in the denominator", indicator.denominator),
        ("counts", indicator.numerator),
        ("source", indicator.source),
        ("how well sourced", f"{_loud(indicator.sourced)}: {INDICATOR_SOURCED_MEANS.get(indicator.sourced, '')}"),
        ("reference line", indicator.threshold),
        ("small numbers", f"rule {indicator.small_numbers}"),
        ("published beside it", "; ".join(twins)),
        ("file", f"`transforms/indicators/{indicator.file_name}`"),
    ]
    read = reads(connection, indicator.query)
    feeding = []
    for table in feeding_tables(connection, indicator):
        named = {name for owner, name in read.columns if owner == table.name}
        headings = [_tick(c.heading) for c in table.columns if c.name in named and c.heading]
        by_way = "" if table.name in read.tables else "by way of another table"
        feeding.append((_tick(table.file), _to_table(table.name, "../"), ", ".join(headings) or by_way))
    if indicator.unit == "rate_per_10000" and not any(row[0] == "`population`" for row in feeding):
        feeding.append(("`population`", _to_table("records.population", "../"), "the denominator of every rate"))
    return _page(
        f"{indicator.code}: {indicator.title}",
        f"`transforms/indicators/{indicator.file_name}`",
        warning,
        _table(("", ""), [(f"**{name}**", value) for name, value in facts if value]),
        f"## How it is read\n\n{indicator.reading}" if indicator.reading else "",
        "## What feeds it",
        _table(("file in the drop", "table", "headings it needs"), feeding),
        "## The cases",
        f"```sql\n{indicator.query}\n```",
        "## Worked example",
        *_example(indicator),
    )


def _example(indicator: Indicator) -> Iterable[str]:
    """The example as its author wrote it, verdicts and all; a test runs the same text."""
    example = indicator.example
    part, whole = example["numerator"], example["denominator"]
    yield (
        f"As at {example['as_at']}, `{example['period_kind']}`: numerator **{part}**, denominator **{whole}**."
        " The rows below are a test's input; each verdict is what must become of the row."
    )
    given = example["given"]
    assert isinstance(given, list)
    for one in given:
        lines = [[cell.strip() for cell in line.split("|")] for line in one["rows"].strip().splitlines()]
        yield f"`{one['table']}`\n\n" + _table(lines[0], lines[1:])


def _published_twins() -> dict[str, list[str]]:
    """By indicator: the published file and columns that are its twin."""
    found: dict[str, list[str]] = {}
    for entry in sorted(files("transforms.benchmarks").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            read = tomllib.loads(entry.read_text(encoding="utf-8"))
            for twin in read["twin"]:
                columns = [twin[key] for key in ("value", "numerator", "denominator") if key in twin]
                named = [", ".join(column) if isinstance(column, list) else column for column in columns]
                told = f"{read['source']}: `{twin['file']}`, columns {', '.join(_tick(name) for name in named)}"
                found.setdefault(twin["indicator"], []).append(told)
    return found


# ---------------------------------------------------------------- checks and lineage


def _checks() -> str:
    blocks = [
        "Every check comes out as **met**, **broken**, or **could not be checked** (its table or column did not arrive);"
        " one that could not run is never passed. `quality.checks` holds the outcomes, `quality.issues` the rows.",
        "## What sets a row aside",
        "These three, of severity critical, and nothing else. The row waits in `quality.rejected_rows` with its place in"
        " the file.",
        _table(
            ("check", "rules in quality.rejected_rows"),
            [(_tick(f"set aside:{code}"), ", ".join(rules)) for code, rules in promised.SET_ASIDE_BY.items()],
        ),
        _table(("file", "key", "about", "event date"), [_sets_aside(t) for t in catalogue.by_file().values()]),
        "## What is reported and stays",
        "Severity warning: the row passes, and is counted beside every figure it feeds.",
    ]
    for table in catalogue.by_file().values():
        rows = [(_tick(c.code), c.title, c.severity) for c in promised.checks(table, _SOME_DAY)]
        if rows:
            blocks += [f"### {table.file}", _table(("check", "promise", "severity"), rows)]
    return _page("Checks", "the contracts under `warehouse/records/`", *blocks)


def _sets_aside(table: Table) -> Sequence[str]:
    def headings(wanted: Callable[[Column], bool]) -> str:
        return ", ".join(_tick(column.heading) for column in table.columns if wanted(column))

    return (
        _tick(table.file),
        headings(lambda column: column.name in table.key) or "none",
        headings(lambda column: column.about),
        headings(lambda column: column.event_date),
    )


def _lineage() -> str:
    into: dict[str, list[str]] = {}
    to_file = []
    with duckdb.connect() as connection:
        for indicator in indicators():
            feeding = feeding_tables(connection, indicator)
            names = {table.name for table in feeding}
            if indicator.unit == "rate_per_10000":
                names.add("records.population")
            for name in names:
                into.setdefault(name, []).append(_to_indicator(indicator.code))
            direct = sorted(name for name in reads(connection, indicator.query).tables if name.startswith("records."))
            came = sorted(_tick(catalogue.by_name()[name].file) for name in names)
            reading = [_to_table(name) for name in direct]
            to_file.append((_to_indicator(indicator.code), ", ".join(reading), ", ".join(came)))
        for list_id in sorted({asked.id for name in framework_ids() for asked in load_framework(name).lists}):
            for name in reads(connection, list_query(list_id).sql).tables:
                into.setdefault(name, []).append(f"list `{list_id}`")
    from_file = [
        (_tick(table.file), _to_table(table.name), ", ".join(into.get(table.name, ())) or "kept; no figure yet")
        for table in catalogue.by_file().values()
    ]
    return _page(
        "Lineage",
        "the SQL of indicators and lists, as DuckDB parses it",
        "Any one figure goes back to its rows: `daytwo cases NI64` lists its cases with the file and row of each.",
        "## From file to figure",
        _table(("file in the drop", "table", "figures and lists it feeds"), from_file),
        "## From figure to file",
        _table(("figure", "tables it reads", "files they come from"), to_file),
    )


# ---------------------------------------------------------------- commands and settings


def _commands() -> str:
    blocks = [parser().description or ""]
    for name, command in commands().items():
        rows = []
        for action in command._actions:
            if "--help" not in action.option_strings:
                rows.append(
                    (_tick(_said(action)), action.help or "", "yes" if action.required else "", _default(action))
                )
        asked = _table(("argument", "what it is", "needed", "default"), rows) if rows else ""
        blocks += [f"## daytwo {name}", command.description or "", asked]
    blocks += ["## Exit codes", _table(("code", "meaning"), [(code, means) for code, means in EXIT_CODES.items()])]
    return _page("Commands", "`flows/cli.py`", *blocks)


def _said(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest)
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return f"{', '.join(action.option_strings)}{value}"


def _default(action: argparse.Action) -> str:
    return _tick(action.default) if type(action.default) in _SUPPORTED else ""


def _settings() -> str:
    rows = [
        (
            _tick(variable(setting.name)),
            setting.metadata["what"],
            type(setting.default).__name__,
            _tick(setting.default) or "empty",
        )
        for setting in fields(Settings)
    ]
    return _page(
        "Settings",
        "`flows/settings.py`",
        "Environment variables, read in one place. A flag of the same name on the command line wins.",
        _table(("setting", "what it is", "kind", "default"), rows),
        "`PREFECT_API_URL` is Prefect's own: where it is set, `daytwo nightly` and `daytwo notify` run as Prefect flows.",
    )


# ---------------------------------------------------------------- frameworks


def _frameworks() -> str:
    blocks = [
        "What an inspectorate asks for and when, one file each under `transforms/frameworks/`. Each fact says how well it is"
        " sourced; owners and answers are our proposals.",
        _listed(f"**{mark}**: {means}" for mark, means in SOURCED_MEANS.items()),
    ]
    for framework_id in framework_ids():
        blocks += _framework(load_framework(framework_id))
    return _page("Frameworks", "`transforms/frameworks/`", *blocks)


def _framework(framework: Framework) -> Iterable[str]:
    force = framework.in_force
    yield f"## {framework.id}: {framework.title}"
    yield f"{framework.inspectorate}. In force {force.begins} to {force.until or 'now'} {_mark(force)}."
    yield f"> {framework.caution}" if framework.caution else ""
    told = (("how often", framework.frequency), ("notice", framework.notice), ("on site", framework.on_site))
    rows = [(name, fact.text, _mark(fact)) for name, fact in (*told, ("team", framework.team)) if fact]
    yield _table(("", "", "sourced"), rows)
    yield f"The day of notification is day {framework.notice.notification_is_day}."
    yield "### Timetable"
    yield _table(
        ("day", "step", "sourced"),
        [
            (f"{s.day}" if s.end_day is None else f"{s.day} to {s.end_day}", _unit(s.title, s.unit), _mark(s))
            for s in framework.timeline
        ],
    )
    yield f"### Judgements {_mark(framework.judgements)}"
    yield f"{framework.judgements.count} in all. Scale: {', '.join(framework.judgements.scale) or 'none'}."
    yield _listed(
        f"{group.title}: {', '.join((*group.headline, *group.supporting))}" for group in framework.judgements.groups
    )
    yield "### Asked for"
    yield _table(
        ("what", "id", "due on day", "who owns it", "answered by", "sourced"),
        [
            (d.title, _tick(d.id), d.due_day, d.owner, "; ".join(_answer(a) for a in d.answered_by), _mark(d))
            for d in framework.documents
        ],
    )
    if framework.case_samples:
        yield "### Cases"
        rows = [(c.title, c.count, c.day, c.chosen_by, _mark(c)) for c in framework.case_samples]
        yield _table(("what", "how many", "day", "chosen by", "sourced"), rows)
    if framework.surveys:
        yield "### Surveys"
        yield _table(("survey", "who", "sourced"), [(s.title, s.who, _mark(s)) for s in framework.surveys])
    if framework.interviews:
        yield f"### Groups that inspectors meet {_mark(framework.interviews)}"
        yield _listed(framework.interviews.groups)
    if framework.figure_sets:
        yield "### Figures of the profile"
        rows = [(s.title, ", ".join(s.indicators), ", ".join(s.headline)) for s in framework.figure_sets]
        yield _table(("section", "figures", "on the cover"), rows)
    if framework.lists:
        yield "### Lists"
        rows = [(one.title, _tick(one.id), _serves(one.columns)) for one in framework.lists]
        yield _table(("list", "id", "columns, by the request each serves"), rows)
    yield "### Settings of this framework"
    rows = [(_tick(setting.name), getattr(framework.settings, setting.name)) for setting in fields(framework.settings)]
    yield _table(("setting", "value"), [(n, ", ".join(v) if isinstance(v, tuple) else v) for n, v in rows])
    yield "### Sources"
    yield _listed(f"`{key}`: {title}" for key, title in framework.sources.items())


def _unit(title: str, unit: str) -> str:
    return title if unit == "working day" else f"{title} ({unit}s)"


def _mark(fact: Fact) -> str:
    """How well a fact is sourced, by what, and what is to be known of it."""
    sources = f" ({', '.join(fact.sources)})" if fact.sources else ""
    note = f". {fact.note}" if fact.note else ""
    return f"**{fact.sourced}**{sources}{note}"


def _answer(answer: Answer) -> str:
    named = (*answer.register_ids, *answer.figure_sets, *answer.lists, *answer.tables)
    return f"{answer.title} ({answer.product}: {', '.join(named)})"


def _serves(columns: Mapping[str, str]) -> str:
    by_ask: dict[str, list[str]] = {}
    for column, ask in columns.items():
        by_ask.setdefault(ask, []).append(column)
    return "; ".join(f"{ask}: {', '.join(names)}" for ask, names in by_ask.items())
