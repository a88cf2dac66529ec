"""What the hand-written pages say is true: commands parse, queries run, links lead somewhere, targets exist."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from flows.commands.command_line import parser, parsers
from flows.commands.reference.page_pieces import anchor
from warehouse.database import reading

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
WRITTEN = [page for page in PAGES if "reference" not in page.parts]


def blocks(language: str, pages: list[Path]) -> list[tuple[str, str]]:
    """(page and number, text) of every fenced block of a language."""
    found = []
    for page in pages:
        texts = re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)
        found += [(f"{page.relative_to(ROOT)} {number}", text) for number, text in enumerate(texts, start=1)]
    return found


def shell_lines() -> list[tuple[str, list[str]]]:
    """(where, words) of every command line shown to people, comments left out."""
    shown = [*blocks("sh", WRITTEN), *blocks("text", WRITTEN)]
    lines = [(where, line) for where, text in shown for line in text.splitlines()]
    return [(where, shlex.split(line, comments=True)) for where, line in lines if re.match(r"(daytwo|make) ", line)]


@pytest.mark.parametrize(
    ("where", "query"), blocks("sql", PAGES), ids=lambda value: value if " " not in value else None
)
def test_every_query_shown_runs_on_a_published_file(where: str, query: str, small_warehouse: Path) -> None:
    with reading(small_warehouse) as connection:
        for statement in connection.extract_statements(query):
            connection.execute(statement)
            assert connection.description, where


def test_the_analysts_queries_have_something_to_show(small_warehouse: Path) -> None:
    """All but what the small council does not have: published figures, rows set aside, open enquiries."""
    empty = []
    with reading(small_warehouse) as connection:
        for _, query in blocks("sql", [ROOT / "docs" / "analysts.md"]):
            for statement in connection.extract_statements(query):
                if not connection.execute(statement).fetchall():
                    empty.append(statement.query.split("FROM ")[1].split()[0])
    assert set(empty) <= {"profile.comparators", "quality.rejected_rows", "records.section_47_enquiries"}


@pytest.mark.parametrize(("where", "program"), blocks("python", WRITTEN))
def test_every_python_example_runs(where: str, program: str, small_warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    shutil.copyfile(small_warehouse, tmp_path / "published" / "warehouse.duckdb")
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{where}: {done.stderr}"


def test_queries_given_to_the_command_run_too(small_warehouse: Path) -> None:
    queries = [words[-1] for _, words in shell_lines() if words[:2] == ["daytwo", "sql"]]
    assert queries
    with reading(small_warehouse) as connection:
        for query in queries:
            connection.execute(query)


def test_every_command_line_shown_is_understood() -> None:
    lines = [(where, words) for where, words in shell_lines() if words[0] == "daytwo"]
    assert lines
    for where, words in lines:
        try:
            parser().parse_args(words[1:])
        except SystemExit:
            pytest.fail(f"{where}: {' '.join(words)}")


def test_every_schedule_shown_is_valid_and_avoids_the_hour_that_occurs_twice() -> None:
    shown = [text for _, text in blocks("text", WRITTEN)]
    crons = re.findall(r"^(\d+) (\d+) \* \* \* +(daytwo .+?) >>", "\n".join(shown), re.M)
    assert crons
    for _, hour, command in crons:
        assert hour != "1"
        assert parser().parse_args(shlex.split(command)[1:])


def test_every_command_is_shown_to_somebody() -> None:
    told = "\n".join(page.read_text(encoding="utf-8") for page in WRITTEN)
    assert [name for name in parsers() if f"daytwo {name}" not in told and f"make {name}" not in told] == []


def test_every_make_target_shown_or_promised_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    told = "\n".join(page.read_text(encoding="utf-8") for page in WRITTEN)
    shown = set(re.findall(r"(?:^|`)make ([a-z]+)", told, re.M))
    assert shown <= targets
    assert {"demo", "test", "help", "check", "bench", "docs", "where"} <= targets


def test_every_link_leads_to_a_file_and_a_heading_in_it() -> None:
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if target.startswith("http"):
                continue
            path, _, wanted = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.exists():
                broken.append((page.name, target))
            elif wanted:
                headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
                if wanted not in {anchor(heading) for heading in headings}:
                    broken.append((page.name, target))
    assert broken == []


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    }
    assert [page.name for page in PAGES if page.resolve() not in linked and page.name != "README.md"] == []


def test_every_file_or_folder_that_a_page_names_exists() -> None:
    absent = []
    for page in WRITTEN:
        named = re.findall(
            r"`((?:warehouse|transforms|expectations|flows|deployments|docs)/[a-z0-9_./]*)`", page.read_text()
        )
        absent += [(page.name, path) for path in named if not (ROOT / path).exists()]
    assert absent == []


def test_each_dependency_has_its_reason_and_each_reason_its_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=~! \[]", line, maxsplit=1)[0] for line in declared}
    page = (ROOT / "docs" / "decisions" / "0005-dependencies.md").read_text(encoding="utf-8")
    explained = {name for row in re.findall(r"^\| (`.+?) \|", page, re.M) for name in re.findall(r"`([^`]+)`", row)}
    assert explained == names


@pytest.mark.shared
def test_the_choices_are_carried_over_word_for_word(shared: Path) -> None:
    given = (shared / "reference" / "choices.md").read_text(encoding="utf-8")
    ours = (ROOT / "docs" / "decisions" / "choices.md").read_text(encoding="utf-8")
    assert ours.endswith(given[given.index("## General") :])
