from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import duckdb
import openpyxl
import pypdf
import pytest
from annex_a_world import fill
from pack_world import AS_AT, AUTHORITY, RECEIVED_AT, PackWorld, make_world

from transforms.evidence import bag
from transforms.evidence.build_pack import PackSummary, build_pack
from transforms.evidence.framework import Framework, load_framework, parse_framework
from transforms.evidence.timetable import Timetable, timetable
from transforms.profile.indicator import indicators
from transforms.records.working_days import build_calendar
from warehouse.england_time import LONDON
from warehouse.problem import Problem

TOML = (files("transforms.evidence.frameworks") / "ilacs_2026.toml").read_text("utf-8")
ON_SITE, LAST_SHORT, LAST_STANDARD = "Work on site begins", "Short inspection", "Standard inspection"


@pytest.fixture(scope="module")
def ilacs() -> Framework:
    return load_framework("ilacs_2026")


@pytest.fixture(scope="module")
def working_days() -> list[datetime.date]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA records")
        build_calendar(connection, AS_AT)
        found = connection.execute("SELECT day FROM records.calendar WHERE is_working_day").fetchall()
    return [row[0] for row in found]


# ---------------------------------------------------------------- facts


def test_there_are_four_judgements_and_overall_effectiveness_is_none_of_them(ilacs: Framework) -> None:
    judgements = [one for group in ilacs.judgements.groups for one in (*group.headline, *group.supporting)]
    assert ilacs.judgements.count == len(judgements) == 4
    assert not [one for one in judgements if "overall effectiveness" in one.casefold()]


def test_every_section_of_the_profile_bears_on_a_judgement_and_each_has_one(ilacs: Framework) -> None:
    (group,) = ilacs.judgements.groups
    assert list(dict.fromkeys(one.judgement for one in ilacs.figure_sets)) == list(group.headline)


@pytest.mark.parametrize("framework_id", ["ilacs_2026", "slac_2009"])
def test_the_profile_of_a_framework_names_every_indicator_that_is_measured_once(framework_id: str) -> None:
    codes = [code for one in load_framework(framework_id).figure_sets for code in one.indicators]
    assert sorted(codes) == sorted(indicator.code for indicator in indicators())


def test_what_was_not_found_is_said(ilacs: Framework) -> None:
    assert "ODS" in ilacs.caution
    assert "April 2026" in ilacs.caution
    assert any("Annex A" in one for one in ilacs.unknown)


def test_no_day_is_better_sourced_than_the_working_assumption_it_is(ilacs: Framework) -> None:
    due = [document for document in ilacs.documents if document.due_day is not None]
    assert due
    assert {document.day_sourced for document in due} == {"unverified"}


@pytest.mark.shared
def test_the_facts_are_those_of_the_reference_none_better_marked() -> None:
    yaml = pytest.importorskip("yaml")
    reference = Path(__file__).parents[4] / "shared" / "reference" / "frameworks.yaml"
    every = {one["id"]: one for one in yaml.safe_load(reference.read_text("utf-8"))["frameworks"]}
    now, before = every["ilacs_2026"], every["ilacs_2018"]
    ilacs = load_framework("ilacs_2026")
    # What is verified of ILACS to March 2026 is inferred of ILACS since.
    carried = {"verified": "inferred", "inferred": "inferred", "unverified": "unverified"}
    assert (ilacs.in_force.begins, ilacs.in_force.sourced) == (str(now["in_force"]["from"]), now["in_force"]["v"])
    assert [one for group in ilacs.judgements.groups for one in group.headline] == now["judgements"]["headings"]
    assert list(ilacs.judgements.scale) == now["judgements"]["scale"]
    assert [(step.day, step.end_day, step.sourced, list(step.sources)) for step in ilacs.timeline] == [
        (step["day"], step.get("end_day"), carried[step["v"]], step.get("src", [])) for step in before["timeline"]
    ]
    assert [(one.id, one.kind, one.due_day, one.due_sourced, one.sourced) for one in ilacs.documents] == [
        (one["id"].replace("annexA", "annex_a"), one["kind"], one["due_day"], one.get("due_v"), carried[one["v"]])
        for one in before["documents"]
    ]
    assert (ilacs.notice.working_days, ilacs.notice.sourced) == (
        before["notice"]["days"],
        carried[before["notice"]["v"]],
    )
    assert [(one.count, one.sourced) for one in ilacs.case_samples] == [
        (one["count"], one["v"]) for one in before["sample_rules"]
    ]
    assert ilacs.interviews is not None
    assert len(ilacs.interviews.groups) == len(before["interview_groups"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('weekday = "Monday"\nweeks', 'weekday = "Sunday"\nweeks', "weekday is not one of the known words"),
        ('title = "Publication', 'weekday = "Monday"\ntitle = "Publication', "but no first day"),
        ("day = 6\nweekday", 'day = 6\nend_weekday = "Friday"\nweekday', "end_weekday but no end_day"),
        ("due_day = 2\n", "", "due_day is missing"),
        ('judgement = "The impact', 'judgement = "No impact', "not among the judgements"),
        ('workbook = "annex_a"', 'workbook = "annex_b"', "There is no workbook 'annex_b'"),
    ],
)
def test_what_this_framework_says_in_new_ways_is_checked(old: str, new: str, said: str) -> None:
    assert old in TOML
    with pytest.raises(Problem) as caught:
        parse_framework(TOML.replace(old, new, 1), name="ilacs_2026.toml")
    assert said in caught.value.what


# ---------------------------------------------------------------- timetable


def made(ilacs: Framework, working_days: list[datetime.date], text: str) -> Timetable:
    return timetable(ilacs, datetime.datetime.fromisoformat(text).replace(tzinfo=LONDON), working_days)


def when(dates: Timetable, title: str) -> tuple[str, str, str]:
    """Last day of a step as ISO, its label, what moved it."""
    step = next(step for step in dates.steps if step.title.startswith(title))
    return step.last_on.isoformat(), step.days, step.moved


def test_a_monday_call_puts_inspectors_on_site_the_next_monday(
    ilacs: Framework, working_days: list[datetime.date]
) -> None:
    dates = made(ilacs, working_days, "2026-11-02T09:14")
    assert when(dates, ON_SITE) == ("2026-11-09", "Day 6", "")
    assert when(dates, LAST_SHORT) == ("2026-11-13", "Day 10", "")
    assert when(dates, LAST_STANDARD) == ("2026-11-20", "Day 15", "")
    assert when(dates, "The council shares") == ("2026-11-06", "Days 1 to 5", "")
    assert "The call is expected" not in dates.counted_so
    assert "The source says that the call" not in dates.counted_so
    assert [step.title for step in dates.undated] == ["Publication of the report"]


def test_bank_holidays_move_a_day_of_the_week_within_its_week_and_it_is_said(
    ilacs: Framework, working_days: list[datetime.date]
) -> None:
    dates = made(ilacs, working_days, "2027-03-22T10:00")  # Good Friday is 26 March, Easter Monday the 29th
    assert when(dates, "The council shares") == (
        "2027-03-25",
        "Days 1 to 4",
        "Friday 26 March 2027 is not a working day.",
    )
    assert when(dates, ON_SITE) == ("2027-03-30", "Day 5", "Monday 29 March 2027 is not a working day.")
    assert when(dates, LAST_SHORT) == ("2027-04-02", "Day 8", "")


def test_a_bank_holiday_in_the_first_week_does_not_put_off_the_monday_on_site(
    ilacs: Framework, working_days: list[datetime.date]
) -> None:
    dates = made(ilacs, working_days, "2026-12-21T10:00")  # 25 and 28 December are not worked
    assert when(dates, ON_SITE) == ("2026-12-29", "Day 5", "Monday 28 December 2026 is not a working day.")


@pytest.mark.parametrize(
    ("text", "day_1", "on_site", "said"),
    [
        ("2027-05-04T09:00", "2027-05-04", "2027-05-10", "Monday 3 May 2027 is not a working day"),
        ("2027-05-03T09:00", "2027-05-04", "2027-05-10", "Monday 3 May 2027 is not a working day"),
        ("2026-11-04T09:00", "2026-11-04", "2026-11-09", "comes on a Monday, but this one is counted from a Wednesday"),
        ("2026-11-07T09:00", "2026-11-09", "2026-11-16", "which is not a working day; day 1 is Monday 9 November 2026"),
    ],
)  # fmt: skip
def test_a_call_on_another_day_is_counted_from_it_and_said(
    ilacs: Framework, working_days: list[datetime.date], text: str, day_1: str, on_site: str, said: str
) -> None:
    dates = made(ilacs, working_days, text)
    assert dates.date_of(1).isoformat() == day_1
    assert when(dates, ON_SITE)[0] == on_site
    assert said in dates.counted_so


def test_a_day_due_is_set_by_the_framework_s_file_alone(working_days: list[datetime.date]) -> None:
    other = parse_framework(TOML.replace("due_day = 2", "due_day = 3", 1), name="other.toml")
    dates = made(other, working_days, "2026-11-02T09:14")
    assert when(dates, "Annex A")[0] == "2026-11-04"
    assert when(dates, "Information about audits")[0] == "2026-11-03"


# ---------------------------------------------------------------- the pack


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> PackWorld:
    world = make_world(tmp_path_factory.mktemp("world"))
    with duckdb.connect(str(world.database)) as connection:
        cases = "SELECT '{code}', 'snapshot', DATE '2026-10-31', {case}, child_id, TRUE, 1, 0 FROM {rows}"
        into = (
            "INSERT INTO profile.indicator_cases (indicator_code, period_kind, ends_on, case_id, child_id, counts,"
            " numerator_part, denominator_part) "
        )
        for code, case, rows in (
            ("CP08", "plan_id", "records.child_protection_plans WHERE plan_id IN ('K02', 'K03')"),
            ("LA01", "child_id", "records.looked_after_episodes WHERE ceased_on IS NULL AND child_id <> 'C13'"),
            ("CN01", "referral_id", "records.child_in_need_episodes WHERE referral_id NOT IN ('F02', 'F03')"),
        ):
            connection.execute(into + cases.format(code=code, case=case, rows=rows))
        fill(connection, "records.assessments", "assessment_id | child_id | started_on\nA90 | C04 | 2026-09-20")
    return world


def build(world: PackWorld, folder: Path, framework: Framework) -> PackSummary:
    with world.connection() as connection:
        return build_pack(
            connection,
            framework,
            RECEIVED_AT,
            documents=world.document,
            folder=folder,
            version=1,
            authority_name=AUTHORITY,
        )


@pytest.fixture(scope="module")
def pack(world: PackWorld, ilacs: Framework, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PackSummary]:
    folder = tmp_path_factory.mktemp("packs") / "pack"
    return folder, build(world, folder, ilacs)


def text(folder: Path, name: str) -> str:
    pages = pypdf.PdfReader(folder / "data" / name).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages).replace("\u200b", "")


def test_the_same_engine_makes_the_pack_with_what_is_asked_and_nothing_of_another_framework(
    pack: tuple[Path, PackSummary],
) -> None:
    folder, summary = pack
    lists = [file for file in summary.files if file.startswith(("data/03_lists", "data/04"))]
    assert lists == ["data/03_lists/01_annex_a.xlsx", "data/03_lists/reconciliation.xlsx"]  # no key to names
    assert not (folder / "data" / "04_survey_contacts").exists()
    for name in ("00_cover.pdf", "01_timetable.pdf", "05_documents/00_register.pdf"):
        assert not re.search("SLAC|survey", text(folder, name), re.IGNORECASE)
    for path in (folder / "data/03_lists").iterdir():
        cells = [
            cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows(values_only=True) for cell in row
        ]
        assert "Ada" not in str(cells)


def test_the_cover_says_that_the_days_are_unverified_and_how_the_lists_agree(pack: tuple[Path, PackSummary]) -> None:
    folder, summary = pack
    cover = text(folder, "00_cover.pdf")
    assert "Day 2 Tuesday 3 November 2026 unverified" in cover
    assert "Neither the Annex A template" in cover
    assert "Lists compared with each other and the profile" in cover
    found = {one.comparison.id: one for one in summary.resolved.reconciled}
    assert (found["list_7_and_the_profile"].first, found["list_7_and_the_profile"].second) == (2, 2)
    assert (found["list_8_and_the_profile"].first, found["list_8_and_the_profile"].second) == (7, 7)
    assert found["list_8_and_list_6"].reasons  # C12 is in care and has no episode, F02 and F03 are closed or no more
    assert not [child for child in ("C01", "C12", "C13") if re.search(rf"\b{child}\b", cover)]  # no child on the cover


def test_the_timetable_says_what_is_not_known(pack: tuple[Path, PackSummary]) -> None:
    page = text(pack[0], "01_timetable.pdf")
    assert "not known not known Publication of the report" in page
    assert "What is not known" in page
    assert "4 judgements" in page
    assert "Monday 9 November 2026 Work on site begins" in page


def test_lists_not_made_are_asked_of_the_register_and_missing(pack: tuple[Path, PackSummary]) -> None:
    _, summary = pack
    asked = next(one for one in summary.requests if one.request.id == "ilacs_annex_a_child")
    by_title = {one.title: one.readiness.status for one in asked.answers}
    assert by_title["Annex A lists 1 to 5 and 9 to 11 (from your own system)"] == "missing"
    assert by_title["Annex A list 8: children in care"] == "doubtful"


def test_the_same_inputs_give_the_same_pack(
    world: PackWorld, ilacs: Framework, pack: tuple[Path, PackSummary], tmp_path: Path
) -> None:
    folder, summary = pack
    again = build(world, tmp_path / "again", ilacs)
    assert again.files == summary.files
    assert bag.content_hash({file: bag_hash(tmp_path / "again" / file) for file in again.files}) == bag.content_hash(
        {file: bag_hash(folder / file) for file in summary.files}
    )


def bag_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_framework_of_other_lists_and_days_is_one_more_file_and_no_change_of_the_engine(
    world: PackWorld, ilacs: Framework, tmp_path: Path
) -> None:
    asked = replace(ilacs.list_asked("annex_a_list_7"), id="annex_a_list_7", workbook="", sheet="", months=12)
    first = ilacs.documents[0]
    lists_answer = replace(first.answered_by[0], lists=("annex_a_list_7",))
    other = replace(
        ilacs,
        id="another",
        documents=(replace(first, answered_by=(lists_answer,)), *ilacs.documents[1:]),
        lists=(asked,),
        workbooks=(),
        reconciliations=("list_7_and_the_profile",),
    )
    summary = build(world, tmp_path / "pack", other)
    assert "data/03_lists/01_annex_a_list_7.xlsx" in summary.files
    assert {name: one.frame.height for name, one in summary.resolved.lists.items()} == {"annex_a_list_7": 3}
