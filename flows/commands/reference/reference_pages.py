"""Writes docs/reference from what the program runs on: contracts, codes, indicators, frameworks, commands, settings.

The same program writes the same pages; a page that differs is stale, and `make check` fails.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import duckdb

from flows.commands.command_line import EXIT_CODES, parser, parsers
from flows.commands.reference.check_pages import checks_reference
from flows.commands.reference.framework_pages import frameworks_page
from flows.commands.reference.page_pieces import anchor, listed, page, table_of, tick, to_indicator, to_table
from flows.commands.where import code_list_names
from flows.settings import Settings, variable
from transforms.evidence.documents.child_lists import list_query
from transforms.evidence.framework import framework_ids, load_framework
from transforms.profile.indicator import Indicator, indicators
from transforms.profile.measure_indicators import feeding_tables
from warehouse import catalogue
from warehouse.codes import code_list
from warehouse.contract import Column, Table
from warehouse.sql_reads import reads

FOLDER = "reference"
_SUPPORTED = (str, int, float)

INDICATOR_SOURCED_MEANS = {
    "verified": "a named source gives the definition",
    "partly": "a named source gives part of it; the rest is our definition",
    "unverified": "no source was found; someone must check it before a figure is shown to an inspector",
    "proposed": "ours: there is no outside definition to check it against",
}
ROOM_IS = {
    "records": "One row per thing: typed, keyed, coded.",
    "profile": "Indicators: their periods, results and cases, and the published figures to compare with.",
    "evidence": "What answers each request of a framework.",
    "quality": "What arrived, what was checked, what was set aside or could not be matched, and why.",
}


def write_pages(folder: Path) -> list[Path]:
    """Write every generated page under `folder`/reference and remove pages that are no longer generated.

    Returns:
        The pages written or removed, in order; none if all were up to date.
    """
    made = pages()
    changed = stale_pages(folder)
    for path in changed:
        name = path.relative_to(folder / FOLDER).as_posix()
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return changed


def stale_pages(folder: Path) -> list[Path]:
    """Pages of `folder`/reference that are missing, differ from what would be written, or are no longer generated."""
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
        "checks.md": checks_reference(),
        "lineage.md": _lineage(),
        "commands.md": _commands(),
        "settings.md": _settings(),
        "frameworks.md": frameworks_page(),
        "indicators.md": _indicators(),
    }
    twins = _published_twins()
    with duckdb.connect() as connection:
        for indicator in indicators():
            made[f"indicators/{indicator.code}.md"] = _indicator(connection, indicator, twins.get(indicator.code, []))
    return made


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


# ---------------------------------------------------------------- contents


def _contents() -> str:
    all_pages = listed(
        [
            "[tables](tables.md): every table and column, by room",
            "[codes](codes.md): every code list",
            "[indicators](indicators.md): every figure, its definition, its worked example",
            "[checks](checks.md): what is checked in every column, and what sets a row aside",
            "[lineage](lineage.md): from file to figure, and from figure to file",
            "[frameworks](frameworks.md): what an inspectorate asks for and when, and how well that is sourced",
            "[commands](commands.md): every command, flag and exit code",
            "[settings](settings.md): everything an operator may set",
        ]
    )
    return page("Reference", "the program itself", all_pages)


# ---------------------------------------------------------------- tables and codes


def _tables() -> str:
    blocks = [
        "A table's file under `warehouse/` is its contract; this page is written from it. Tables of the room `records`"
        " come from the drop; each is also in `landing.<file>` exactly as received: all text, under its own headings,"
        " with `_extract_id` (the file's SHA-256), `_sheet` and `_row` (the row number Excel shows).",
        "**about**: the child (or plan, or person) that the row refers to; if it is blank or does not exist, the row is"
        " set aside. **event date**: if it is blank, unreadable or before 1900, the row is set aside. The only other"
        " reason is a missing or repeated key ([why](../decisions/0004-what-sets-a-row-aside.md)). **required**: a"
        " blank is reported.",
        "`records.working_days_after(day, n)` gives the day that is n working days after a day (day 0).",
    ]
    for room in catalogue.ROOMS:
        tables = catalogue.tables(room)
        rows = [(f"[{t.short_name}](#{anchor(t.name)})", t.one_row_is, tick(t.file), t.handling) for t in tables]
        index = table_of(("table", "one row is", "in the drop", "handling"), rows) if rows else "No table yet."
        blocks += [f"## Room: {room}", ROOM_IS[room], index]
    for table in catalogue.tables():
        blocks += [f"### {table.name}", *_one_table(table)]
    return page("Tables", "the contracts under `warehouse/`", *blocks)


def _one_table(table: Table) -> Iterable[str]:
    facts = [f"Contract: `warehouse/{table.name.replace('.', '/')}.py`"]
    if table.file:
        sheet = f", or the sheet `{table.file}` of `{table.sheet}.xlsx`" if table.sheet else ""
        facts.append(f"In the drop: `{table.source}/<as at>/{table.file}`{sheet}; layout {table.sourced}")
    facts.append(f"Key: {', '.join(tick(name) for name in table.key) or 'none'}")
    if table.handling == "restricted":
        facts.append("Handling: **restricted**; its rows are not in the general file")
    if table.needed:
        facts.append("Needed: too many rows set aside stop the run before publishing")
    if table.file and not table.keeps_unknown_columns:
        facts.append("A column that is not in this contract is reported and not loaded at all")
    if table.text_dates:
        facts.append(f"Dates may also be written {', '.join(tick(form) for form in table.text_dates)}")
    if table.team:
        facts.append(f"Who corrects a fault: {table.team}")
    yield table.one_row_is
    yield listed(facts)
    if table.file:
        yield table_of(
            ("column", "type", "heading in the drop", "what it is", "notes"),
            [
                (tick(c.name), c.sql_type, _headings(c), c.description, "; ".join(_notes(c)))
                for c in table.stored_columns
            ],
        )
    else:
        rows = [(tick(c.name), c.sql_type, c.description, "; ".join(_notes(c))) for c in table.stored_columns]
        yield table_of(("column", "type", "what it is", "notes"), rows)


def _headings(column: Column) -> str:
    others = [f"`{spelling.heading}` ({spelling.written_by})" for spelling in column.also]
    return "; also ".join([*([tick(column.heading)] if column.heading else []), *others])


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
        yield "may be in the future"
    if column.closes:
        yield "**closes the row**"
    if column.codes:
        yield f"codes: [{column.codes}](codes.md#{anchor(column.codes)})"
    if column.refers_to:
        parent = column.refers_to.rsplit(".", 1)[0]
        yield f"refers to [{column.refers_to}](#{anchor(parent)})"
    if column.identifies:
        yield "identifies a person"
    if column.is_nhs_number:
        yield "NHS number, check digit tested"


def _codes() -> str:
    used: dict[str, list[str]] = {}
    for table in catalogue.tables():
        for column in table.columns:
            if column.codes:
                used.setdefault(column.codes, []).append(f"{to_table(table.name)}.{column.name}")
    blocks = [
        "A code that is not in its list is kept and reported; it never sets a row aside. A retired code is not a fault"
        " on a row from when it was in use. Each list is one file, `warehouse/codes/<name>.toml`."
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
        blocks += [f"## {name}", listed(facts)]
        if known.values:
            rows = [(tick(c), label, "retired" if c in retired else "") for c, label in known.values.items()]
            blocks.append(table_of(("code", "meaning", ""), rows))
        if known.json_keys:
            blocks.append("Keys of the JSON column:\n" + listed(tick(key) for key in known.json_keys))
    return page("Code lists", "`warehouse/codes/`", *blocks)


# ---------------------------------------------------------------- indicators


def _indicators() -> str:
    rows = [
        (
            to_indicator(indicator.code),
            indicator.title,
            indicator.unit,
            indicator.good_is,
            ", ".join(indicator.periods),
            _loud(indicator.sourced),
        )
        for indicator in sorted(indicators(), key=lambda one: (one.family, one.code))
    ]
    return page(
        "Indicators",
        "`transforms/profile/indicators/`",
        "Each is one file that says which cases are in the denominator and which of them count; everything else is"
        " calculated in one place. Definitions differ in how well they are sourced:",
        listed(f"{_loud(mark)}: {means}" for mark, means in INDICATOR_SOURCED_MEANS.items()),
        "If a definition leaves a choice open, [choices](../decisions/choices.md) gives the choice made here.",
        table_of(("code", "title", "unit", "good is", "periods", "sourced"), rows),
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
        ("open and already late", indicator.open_and_late),
        ("open and already late, as in", f"[{indicator.twin}]({indicator.twin}.md)" if indicator.twin else ""),
        ("by group", f"{indicator.broken_down_by}: {indicator.breakdown}" if indicator.breakdown else ""),
        ("also measured as", indicator.beside),
        ("source", indicator.source),
        ("how well sourced", f"{_loud(indicator.sourced)}: {INDICATOR_SOURCED_MEANS.get(indicator.sourced, '')}"),
        ("reference line", indicator.threshold),
        ("small numbers", f"rule {indicator.small_numbers}"),
        ("published figure", "; ".join(twins)),
        ("file", f"`transforms/profile/indicators/{indicator.file_name}`"),
    ]
    read = [reads(connection, query) for query in indicator.queries]
    tables = {name for one in read for name in one.tables}
    columns = {column for one in read for column in one.columns}
    feeding = []
    for table in feeding_tables(connection, indicator):
        named = {name for owner, name in columns if owner == table.name}
        headings = [tick(c.heading) for c in table.columns if c.name in named and c.heading]
        by_way = "" if table.name in tables else "through another table"
        feeding.append((tick(table.file), to_table(table.name, "../"), ", ".join(headings) or by_way))
    if indicator.unit == "rate_per_10000" and not any(row[0] == "`population`" for row in feeding):
        feeding.append(("`population`", to_table("records.population", "../"), "the denominator of every rate"))
    return page(
        f"{indicator.code}: {indicator.title}",
        f"`transforms/profile/indicators/{indicator.file_name}`",
        warning,
        table_of(("", ""), [(f"**{name}**", value) for name, value in facts if value]),
        f"## Definition\n\n{indicator.reading}" if indicator.reading else "",
        "## What feeds it",
        table_of(("file in the drop", "table", "headings it needs"), feeding),
        "## The cases",
        "```sql\n" + ";\n\n".join(indicator.queries) + "\n```",
        "## Worked example",
        *_example(indicator),
    )


def _example(indicator: Indicator) -> Iterable[str]:
    """The example as written in the file, with its verdicts; a test runs the same text."""
    example = indicator.example
    part, whole = example["numerator"], example["denominator"]
    yield (
        f"As at {example['as_at']}, `{example['period_kind']}`: numerator **{part}**, denominator **{whole}**."
        " A test uses the rows below as input; each verdict is the result the test expects for the row."
    )
    given = example["given"]
    assert isinstance(given, list)
    for one in given:
        lines = [[cell.strip() for cell in line.split("|")] for line in one["rows"].strip().splitlines()]
        yield f"`{one['table']}`\n\n" + table_of(lines[0], lines[1:])


def _published_twins() -> dict[str, list[str]]:
    """By indicator: the published file and columns that measure the same."""
    found: dict[str, list[str]] = {}
    for entry in sorted(files("transforms.profile.benchmarks").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            read = tomllib.loads(entry.read_text(encoding="utf-8"))
            for twin in read.get("twin", ()):
                columns = [twin[key] for key in ("value", "numerator", "denominator") if key in twin]
                named = [", ".join(column) if isinstance(column, list) else column for column in columns]
                if groups := twin.get("groups"):
                    named = [f"{len(groups)} groups, {next(iter(groups))} to {list(groups)[-1]}"]
                told = f"{read['publication']}: {twin['source']}: `{twin['file']}`, {', '.join(tick(n) for n in named)}"
                found.setdefault(twin["indicator"], []).append(told)
    return found


# ---------------------------------------------------------------- lineage


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
                into.setdefault(name, []).append(to_indicator(indicator.code))
            direct = sorted(
                {
                    name
                    for query in indicator.queries
                    for name in reads(connection, query).tables
                    if name.startswith("records.")
                }
            )
            came = sorted(tick(catalogue.by_name()[name].file) for name in names)
            reading = [to_table(name) for name in direct]
            to_file.append((to_indicator(indicator.code), ", ".join(reading), ", ".join(came)))
        for list_id in sorted({asked.id for name in framework_ids() for asked in load_framework(name).lists}):
            for name in reads(connection, list_query(list_id).sql).tables:
                into.setdefault(name, []).append(f"list `{list_id}`")
    from_file = [
        (tick(table.file), to_table(table.name), ", ".join(into.get(table.name, ())) or "kept; no figure or list yet")
        for _, table in sorted(catalogue.by_file().items())
    ]
    return page(
        "Lineage",
        "the SQL of indicators and lists, as DuckDB parses it",
        "The tables a figure reads are taken from its query; the register of documents feeds the pack directly.",
        "`daytwo cases NI64` lists the cases behind a figure, with the file and row of each.",
        "## From file to figure",
        table_of(("file in the drop", "table", "figures and lists it feeds"), from_file),
        "## From figure to file",
        table_of(("figure", "tables it reads", "files they come from"), to_file),
    )


# ---------------------------------------------------------------- commands and settings


def _commands() -> str:
    blocks = [parser().description or ""]
    for name, command in parsers().items():
        rows = []
        for action in command._actions:
            if "--help" not in action.option_strings:
                rows.append(
                    (tick(_said(action)), action.help or "", "yes" if action.required else "", _default(action))
                )
        asked = table_of(("argument", "what it is", "needed", "default"), rows) if rows else ""
        blocks += [f"## daytwo {name}", f"{command.description} Its file: `flows/commands/{name}.py`.", asked]
    blocks += ["## Exit codes", table_of(("code", "meaning"), [(code, means) for code, means in EXIT_CODES.items()])]
    return page("Commands", "the commands' files under `flows/commands/`", *blocks)


def _said(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest)
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return f"{', '.join(action.option_strings)}{value}"


def _default(action: argparse.Action) -> str:
    return tick(action.default) if type(action.default) in _SUPPORTED else ""


def _settings() -> str:
    rows = [
        (
            tick(variable(setting.name)),
            setting.metadata["what"],
            type(setting.default).__name__,
            tick(setting.default) or "empty",
        )
        for setting in fields(Settings)
    ]
    return page(
        "Settings",
        "`flows/settings.py`",
        "Environment variables, read in one place. A flag of the same name on the command line takes precedence.",
        table_of(("setting", "what it is", "kind", "default"), rows),
        "`PREFECT_API_URL` is Prefect's own: if it is set, `daytwo nightly` and `daytwo notify` run as its flows.",
    )
