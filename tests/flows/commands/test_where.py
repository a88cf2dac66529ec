"""Everything with a file is found under each of its names, and the file exists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from flows.commands.where import MOST, PACKAGES, find, things
from warehouse import catalogue

ROOT = Path(__file__).resolve().parents[3]
NI64 = "transforms/profile/indicators/ni_64_child_protection_plans_lasting_two_years_or_more.sql"


@pytest.mark.parametrize(
    ("thing", "file"),
    [
        ("NI 64", NI64),
        ("ni_64", NI64),
        ("ni64", NI64),
        ("Child protection plans lasting two years or more", NI64),
        ("child_protection_plans", "warehouse/records/child_protection_plans.py"),
        ("records.child_protection_plans", "warehouse/records/child_protection_plans.py"),
        ("SSD_CP_PLANS", "warehouse/records/child_protection_plans.py"),
        ("landing.ssd_cp_plans", "warehouse/records/child_protection_plans.py"),
        ("rejected rows", "warehouse/quality/rejected_rows.py"),
        ("cppl_cp_plan_id", "warehouse/records/child_protection_plans.py"),
        ("is_other_authority", "warehouse/records/child_protection_plans.py"),
        ("placement_type", "warehouse/codes/placement_type.toml"),
        ("K3", "warehouse/codes/placement_type.toml"),
        ("slac_2009", "transforms/evidence/frameworks/slac_2009.toml"),
        ("SLAC", "transforms/evidence/frameworks/slac_2009.toml"),
        ("coded:initial_category_code", "warehouse/records/child_protection_plans.py"),
        ("set aside:key", "transforms/records/build_records.py"),
        ("notify", "flows/commands/notify.py"),
        ("daytwo notify", "flows/commands/notify.py"),
        ("--received-at", "flows/commands/nightly.py"),
        ("--store", "flows/commands/arguments.py"),
        ("--json", "flows/commands/command_line.py"),
        ("8925", "expectations/statutory/cin_8925_plan_ends_before_it_starts.sql"),
        ("CIN census 8925", "expectations/statutory/cin_8925_plan_ends_before_it_starts.sql"),
        ("X003", "expectations/promised.py"),
        ("X007", "expectations/since_last_week.py"),
        ("X011", "expectations/own/x011_birth_date_from_the_trust_differs.sql"),
        ("list 7 and list 6", "transforms/evidence/documents/reconciliations/list_7_and_list_6.sql"),
        ("annex_a_list_7", "transforms/evidence/frameworks/ilacs_2026.toml"),
        ("annex_a_gender", "transforms/evidence/documents/words/annex_a_gender.toml"),
        ("d7_cpps_ending_by_duration", "transforms/profile/benchmarks/children_in_need.toml"),
        ("page timetable", "transforms/evidence/documents/timetable.typ"),
        ("lado template", "transforms/landing/log_templates.py"),
        ("source kind sftp", "flows/receiving/sources.py"),
        ("sex F", "warehouse/codes/sex.toml"),
        ("daytwo-register", "deployments/systemd/daytwo-register.service"),
        ("flows.stores", "flows/stores.py"),
        ("DAYTWO_STALE_DAYS", "flows/settings.py"),
        ("stale days", "flows/settings.py"),
    ],
)
def test_the_first_answer_is_the_file_that_holds_the_thing(thing: str, file: str) -> None:
    assert find(thing)[0][1] == file


def test_a_table_calculated_from_others_has_its_contract_and_its_query() -> None:
    assert [file for _, file in find("looked_after_periods")] == [
        "warehouse/records/looked_after_periods.py",
        "transforms/records/looked_after_periods.sql",
    ]


def test_another_spelling_of_a_heading_leads_to_the_same_contract() -> None:
    assert {file for _, file in find("pers_single_unique_id")} == {"warehouse/records/children.py"}


def test_one_word_finds_the_tables_and_figures_that_have_it_in_their_name() -> None:
    found = find("plan")
    assert "warehouse/records/child_protection_plans.py" in [file for _, file in found]
    assert NI64 in [file for _, file in found]
    assert len(found) <= MOST


def test_a_typing_mistake_still_finds_the_thing() -> None:
    assert find("child_protection_plnas")[0][1] == "warehouse/records/child_protection_plans.py"


@pytest.mark.parametrize("nothing", ["", " - ", "zebra crossing 9000"])
def test_a_name_that_nothing_has_finds_nothing(nothing: str) -> None:
    assert find(nothing) == []


def test_every_file_that_is_named_exists() -> None:
    assert not [thing for thing in things() if not (ROOT / thing.file).is_file()]


def test_every_thing_is_found_under_each_of_its_names() -> None:
    lost = []
    answers: dict[str, list[tuple[str, str]]] = {}
    for thing in [one for one in things() if one.what.startswith(("indicator", "table", "framework", "setting"))]:
        for name in thing.names:
            if (thing.what, thing.file) not in answers.setdefault(name, find(name)):
                lost.append((name, thing.what))
    assert not lost


def unfound(named: Iterable[tuple[str, Path]]) -> list[tuple[str, str]]:
    """What does not lead to its file, of (name, file)."""
    files_by_name: dict[str, set[str]] = {}
    for thing in things():
        for name in thing.names:
            files_by_name.setdefault(plain(name), set()).add(thing.file)
    asked = [(name, path.relative_to(ROOT).as_posix()) for name, path in named]
    assert asked, "the folders hold something"
    return [(name, file) for name, file in asked if file not in files_by_name.get(plain(name), ())]


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def written(folder: str, pattern: str, files: str = "*") -> Iterator[tuple[str, Path]]:
    """Each name that the files of a folder write down, as the pattern's group shows it."""
    for path in sorted((ROOT / folder).glob(files)):
        if path.is_file():
            yield from ((name, path) for name in re.findall(pattern, path.read_text(encoding="utf-8"), re.M))


def test_every_file_of_the_five_packages_is_found_by_its_name() -> None:
    """Of whatever kind: a new kind of file that `where` does not know fails here."""
    lost = []
    for path in (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*"))):
        if path.is_file() and "__pycache__" not in path.parts and path.stem != "__init__":
            file = path.relative_to(ROOT).as_posix()
            if file not in [found for _, found in find(path.name.partition(".")[0])]:
                lost.append(file)
    assert lost == []


def test_every_rule_is_found_by_its_code() -> None:
    rules = [*written("expectations", r'^code += "(.+)"', "statutory/*.sql")]
    rules += [*written("expectations", r'^code += "(.+)"', "own/*.sql")]
    assert len(rules) == len([*(ROOT / "expectations").glob("*/*.sql")])
    for code, path in rules:
        assert path.relative_to(ROOT).as_posix() in [file for _, file in find(code)], code
        assert code.lower() in path.name


@pytest.mark.parametrize(
    ("folder", "files", "pattern"),
    [
        ("transforms/profile/indicators", "*.sql", r'^code += "(.+)"'),
        ("transforms/profile/indicators", "*.sql", r'^title += "(.+)"'),
        ("transforms/profile/benchmarks", "*.toml", r'^file = "(.+)"'),
        ("transforms/evidence/frameworks", "*.toml", r'^id = "(.+)"'),
        ("transforms/evidence/documents/reconciliations", "*.sql", r'^title += "(.+)"'),
        ("warehouse/records", "*.py", r'^        \w+\("(\w+)", "'),
        ("warehouse/quality", "*.py", r'^        \w+\("(\w+)", "'),
        ("warehouse/profile", "*.py", r'^        \w+\("(\w+)", "'),
        ("warehouse/records", "*.py", r'^    name="(.+)"'),
        ("warehouse/records", "*.py", r'^    file="(.+)"'),
        ("flows/commands", "[a-z]*.py", r'add_argument\(\s*"(--[a-z-]+)"'),
        ("flows", "settings.py", r"^    (\w+): \w+ = _setting\("),
    ],
)
def test_every_name_declared_in_a_file_leads_to_the_file(folder: str, files: str, pattern: str) -> None:
    assert unfound(written(folder, pattern, files)) == []


def test_every_code_of_every_list_and_every_heading_is_found() -> None:
    codes = []
    for path in sorted((ROOT / "warehouse/codes").glob("*.toml")):
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        codes += [(f"{path.stem} {code}", path) for kept in ("values", "retired") for code in read.get(kept, {})]
    assert unfound(codes) == []
    headings = [(column.heading, table) for table in catalogue.tables() for column in table.columns if column.heading]
    assert (
        unfound((heading, ROOT / f"warehouse/{table.name.replace('.', '/')}.py") for heading, table in headings) == []
    )
