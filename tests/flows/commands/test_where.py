"""Every thing with a home is found under each of its names, and the file named is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.commands.where import MOST, find, things

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
        ("notify", "flows/commands/commands_that_write.py"),
        ("daytwo notify", "flows/commands/commands_that_write.py"),
        ("--as-known-on", "flows/commands/command_line.py"),
        ("DAYTWO_STALE_DAYS", "flows/settings.py"),
        ("stale days", "flows/settings.py"),
    ],
)
def test_the_first_answer_is_the_file_that_holds_the_thing(thing: str, file: str) -> None:
    assert find(thing)[0][1] == file


def test_a_table_worked_out_from_others_has_its_contract_and_its_query() -> None:
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


def test_a_slip_of_the_finger_still_finds_the_thing() -> None:
    assert find("child_protection_plnas")[0][1] == "warehouse/records/child_protection_plans.py"


@pytest.mark.parametrize("nothing", ["", " - ", "zebra crossing 9000"])
def test_what_nothing_is_called_finds_nothing(nothing: str) -> None:
    assert find(nothing) == []


def test_every_file_that_is_named_is_there() -> None:
    assert not [thing for thing in things() if not (ROOT / thing.file).is_file()]


def test_every_thing_is_found_under_each_of_its_names() -> None:
    lost = []
    answers: dict[str, list[tuple[str, str]]] = {}
    for thing in [one for one in things() if one.what.startswith(("indicator", "table", "framework", "setting"))]:
        for name in thing.names:
            if (thing.what, thing.file) not in answers.setdefault(name, find(name)):
                lost.append((name, thing.what))
    assert not lost
