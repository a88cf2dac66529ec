from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from transforms.evidence.documents.child_lists import list_query
from transforms.evidence.framework import Framework, framework_ids, load_framework, parse_framework
from warehouse.problem import Problem

SLAC = (files("transforms.evidence.frameworks") / "slac_2009.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def slac() -> Framework:
    return load_framework("slac_2009")


def test_slac_has_22_judgements_two_and_eight_and_two_and_ten(slac: Framework) -> None:
    assert slac.judgements.count == 22
    assert [(len(group.headline), len(group.supporting)) for group in slac.judgements.groups] == [(2, 8), (2, 10)]


def test_slac_has_18_interview_groups_eight_files_on_day_4_and_hr_files_on_day_8(slac: Framework) -> None:
    assert slac.interviews is not None
    assert len(slac.interviews.groups) == 18
    assert [(sample.count, sample.day) for sample in slac.case_samples if sample.day] == [(8, 4), (None, 8)]


def test_slac_runs_from_day_1_to_day_40(slac: Framework) -> None:
    assert (slac.timeline[0].day, slac.timeline[-1].day) == (1, 40)


def test_every_request_of_slac_says_what_of_ours_answers_it(slac: Framework) -> None:
    assert all(document.answered_by for document in slac.documents)
    assert {document.due_day for document in slac.documents} == {2, 3}


def test_every_framework_loads_and_every_column_it_asks_for_is_on_its_list() -> None:
    for framework_id in framework_ids():
        for asked in load_framework(framework_id).lists:
            assert set(asked.columns) <= set(list_query(asked.id).columns), asked.id


def test_a_list_is_fed_only_by_tables_it_reads() -> None:
    for asked in load_framework("slac_2009").lists:
        query = list_query(asked.id)
        assert all(table in query.sql for table in query.feeds), asked.id


@pytest.mark.shared
def test_the_facts_of_slac_are_those_of_the_reference(slac: Framework) -> None:
    yaml = pytest.importorskip("yaml")
    reference = Path(__file__).parents[4] / "shared" / "reference" / "frameworks.yaml"
    facts = next(one for one in yaml.safe_load(reference.read_text("utf-8"))["frameworks"] if one["id"] == "slac_2009")
    assert [(step.day, step.end_day, step.sourced, list(step.sources)) for step in slac.timeline] == [
        (step["day"], step.get("end_day"), step["v"], step["src"]) for step in facts["timeline"]
    ]
    assert [(one.id, one.kind, one.due_day, one.sourced, list(one.sources)) for one in slac.documents] == [
        (one["id"], one["kind"], one["due_day"], one["v"], one.get("src", [])) for one in facts["documents"]
    ]
    headings = facts["judgements"]["headings"].values()
    assert [list(group.supporting) for group in slac.judgements.groups] == [one["supporting"] for one in headings]
    assert slac.interviews is not None
    assert len(slac.interviews.groups) == len(facts["interview_groups"])
    assert [(one.count, one.day, one.sourced) for one in slac.case_samples] == [
        (one["count"], one.get("day"), one["v"]) for one in facts["sample_rules"]
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "slac_2009"', 'id = "slac_2009', "not TOML"),
        ('id = "slac_2009"', "", "id is missing"),
        ('id = "slac_2009"', 'id = "slac_2009"\ncolour = "red"', "No fact is called colour"),
        ('sourced = "verified"', 'sourced = "certain"', "sourced is not one of the known words"),
        ("day = 4\ntitle", 'day = "4"\ntitle', "day is not a whole number"),
        ('sources = ["seed1"]', 'sources = ["seed9"]', "'seed9' is not under [sources]"),
        ('sources = ["seed1"]', "sources = []", "names no source"),
        ('lists = ["referrals"', 'lists = ["secrets"', "Its answer 'secrets' does not exist"),
        ('age = "slac_cases"', 'age = "slac_nobody"', "which is not a request"),
        ("end_day = 10", "end_day = 2", "ends before it begins"),
        ('id = "slac_qa"', 'id = "slac_pm"', "used twice"),
        ('headline = ["FD05"', 'headline = ["XX99"', "not among its indicators"),
    ],
)
def test_a_wrong_framework_file_is_refused_and_the_place_is_named(old: str, new: str, said: str) -> None:
    assert old in SLAC
    with pytest.raises(Problem, match=r".") as caught:
        parse_framework(SLAC.replace(old, new, 1), name="slac_2009.toml")
    assert said in caught.value.what
    assert caught.value.where.startswith("slac_2009.toml")


def test_an_unknown_framework_is_answered_with_those_there_are() -> None:
    with pytest.raises(Problem) as caught:
        load_framework("../slac_2009")
    assert "slac_2009" in caught.value.fix
