"""The generated reference: complete, current, the same each time, and stale as soon as it differs."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from flows.commands.command_line import EXIT_CODES, parsers
from flows.commands.reference.page_pieces import anchor
from flows.commands.reference.reference_pages import pages, stale_pages, write_pages
from flows.commands.where import code_list_names
from flows.settings import Settings, variable
from transforms.evidence.framework import framework_ids, load_framework
from transforms.profile.indicator import indicators
from warehouse import catalogue

DOCS = Path(__file__).resolve().parents[4] / "docs"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def test_the_pages_of_the_checkout_are_current() -> None:
    assert [path.name for path in stale_pages(DOCS)] == [], "run: make docs"


def test_the_same_program_writes_the_same_pages(made: dict[str, str]) -> None:
    assert pages() == made


def test_a_page_that_is_missing_edited_or_left_over_is_stale_and_is_rewritten(tmp_path: Path) -> None:
    write_pages(tmp_path)
    assert stale_pages(tmp_path) == []
    reference = tmp_path / "reference"
    (reference / "codes.md").unlink()
    with (reference / "tables.md").open("a", encoding="utf-8") as page:
        page.write("by hand\n")
    (reference / "indicators" / "XX99.md").write_text("of an indicator that is gone\n", encoding="utf-8")
    stale = [path.relative_to(reference).as_posix() for path in stale_pages(tmp_path)]
    assert stale == ["codes.md", "indicators/XX99.md", "tables.md"]
    assert [path.relative_to(reference).as_posix() for path in write_pages(tmp_path)] == stale
    assert stale_pages(tmp_path) == []


def test_every_table_and_column_is_in_the_dictionary(made: dict[str, str]) -> None:
    sections = dict(re.findall(r"^### (\S+)\n(.*?)(?=^### |\Z)", made["tables.md"], re.S | re.M))
    absent = [
        f"{table.name}.{column.name}"
        for table in catalogue.tables()
        for column in table.stored_columns
        if f"| `{column.name}` | {column.sql_type} |" not in sections.get(table.name, "")
    ]
    assert absent == []


def test_every_code_list_is_printed_and_every_list_a_column_names_exists(made: dict[str, str]) -> None:
    printed = set(re.findall(r"^## (\S+)$", made["codes.md"], re.M))
    named = {column.codes for table in catalogue.tables() for column in table.columns if column.codes}
    assert printed == set(code_list_names())
    assert named <= printed


@pytest.mark.parametrize("indicator", indicators(), ids=lambda indicator: indicator.code)
def test_an_indicators_page_has_its_definition_and_its_example(indicator, made: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    page = made[f"indicators/{indicator.code}.md"]
    assert indicator.reading in page
    assert indicator.query in page
    verdicts = [line for given in indicator.example["given"] for line in given["rows"].splitlines() if "counts" in line]
    assert verdicts
    assert page.count(" counts |") + page.count(" does not count |") >= len(verdicts)


def test_a_definition_without_a_source_is_marked_where_nobody_can_miss_it(made: dict[str, str]) -> None:
    doubtful = {one.code for one in indicators() if one.sourced in ("unverified", "proposed")}
    marked = {one.code for one in indicators() if "> **" in made[f"indicators/{one.code}.md"].split("\n## ", 1)[0]}
    assert doubtful
    assert marked == doubtful


def test_the_lineage_leads_from_every_file_and_to_every_figure(made: dict[str, str]) -> None:
    forwards, backwards = made["lineage.md"].split("## From figure to file")
    assert [name for name in catalogue.by_file() if f"| `{name}` |" not in forwards] == []
    assert [one.code for one in indicators() if f"| [{one.code}](" not in backwards] == []
    plan = next(line for line in backwards.splitlines() if line.startswith("| [NI64]"))
    assert plan.endswith("| `ssd_cp_plans` |")


def test_every_command_flag_and_exit_code_is_documented(made: dict[str, str]) -> None:
    sections = dict(re.findall(r"^## daytwo (\S+)\n(.*?)(?=^## |\Z)", made["commands.md"], re.S | re.M))
    assert set(sections) == set(parsers())
    for name, command in parsers().items():
        for action in command._actions:
            for flag in action.option_strings:
                assert flag in ("-h", "--help") or f"`{flag}" in sections[name], f"{name} {flag}"
    assert [code for code in EXIT_CODES if f"| {code} |" not in made["commands.md"]] == []


def test_every_setting_is_documented_with_its_default(made: dict[str, str]) -> None:
    for setting in fields(Settings):
        line = next(line for line in made["settings.md"].splitlines() if f"`{variable(setting.name)}`" in line)
        assert (str(setting.default) or "empty") in line


def test_every_fact_of_a_framework_says_how_well_it_is_sourced(made: dict[str, str]) -> None:
    for framework_id in framework_ids():
        framework = load_framework(framework_id)
        for fact in (*framework.timeline, *framework.documents):
            line = next(line for line in made["frameworks.md"].splitlines() if f"| {fact.title} |" in line)
            assert f"**{fact.sourced}**" in line


def test_every_link_between_the_pages_leads_to_a_heading(made: dict[str, str]) -> None:
    broken = []
    for name, text in made.items():
        folder = Path(name).parent
        for target in re.findall(r"\]\(([^)]+)\)", text):
            path, _, wanted = target.partition("#")
            page = (folder / path).as_posix() if path else name
            page = "/".join(part for part in _plain(page))
            if page.startswith("../"):
                continue
            headings = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", made.get(page, ""), re.M)}
            if page not in made or (wanted and wanted not in headings):
                broken.append((name, target))
    assert broken == []


def _plain(path: str) -> list[str]:
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return parts
