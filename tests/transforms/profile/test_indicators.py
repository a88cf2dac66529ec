"""Every indicator's worked example holds in the real machine."""

from __future__ import annotations

import pytest

from tests.worked_example import play, said_verdicts
from transforms.profile.indicator import Indicator, indicators
from warehouse.problem import Problem

ASKED_FOR = [
    "NI58", "NI61", "NI62", "NI63", "NI64", "NI65", "NI66", "NI67", "FD01", "FD02", "FD05", "FD06", "FD08", "AS01",
    "AS02", "CN01", "CN03", "CN06", "CP01", "CP02", "CP04", "CP05", "CP06", "CP07", "CP08", "CP09", "CP11", "CP13",
    "CP14", "CP15", "CP18", "LA01", "LA02", "LA03", "LA04", "LA05", "LA09", "LA10", "LA12", "LA13", "LA14", "LA16",
    "HE01", "HE03", "HE04", "HE05", "HE06", "HE08", "CA01", "CA02", "CA03", "CA04", "CL01", "CL02", "CL03", "CL04",
    "CL05", "CL06", "WF01", "WF02", "WF03", "WF04", "WF05", "WF08", "SU01", "LD01", "LD02", "LD05", "LD07", "LD08",
    "LD09", "LD10", "LD11", "PF01", "PF02", "PF03", "PF04", "PF06", "PF08", "PF09", "CO01", "CO06", "RV01", "RV04",
    "AU02", "AU03", "AU05", "AP01", "AP02", "DQ01",
]  # fmt: skip
WEEK_AND_SIX_MONTHS = [
    "FD01", "FD02", "FD06", "AS01", "CP01", "CP02", "CP09", "LA02", "LA03", "LA16", "PF01", "PF02", "PF03", "PF08",
    "LD01",
]  # fmt: skip
MONTH = [
    "FD01", "FD02", "FD06", "AS01", "CN03", "CP02", "CP15", "LA13", "HE01", "CA01", "CA02", "RV01",
]  # fmt: skip


@pytest.mark.parametrize("indicator", indicators(), ids=lambda indicator: indicator.code)
def test_the_worked_example_holds(indicator: Indicator) -> None:
    played = play(indicator)
    example = indicator.example
    assert played.verdicts == said_verdicts(example)
    assert (played.numerator, played.denominator) == (example["numerator"], example["denominator"])
    for beside in ("value", "numerator_beside", "value_beside", "longest"):
        if beside in example:
            assert getattr(played, beside) == example[beside]
    said_late = str(example.get("open_and_late_cases", ""))
    assert played.open_and_late == {case.strip() for case in said_late.split(",") if case.strip()}
    groups = {one["group"]: (one["numerator"], one["denominator"]) for one in example.get("breakdown", [])}  # type: ignore[attr-defined]
    assert {group: played.breakdown.get(group) for group in groups} == groups


def test_every_indicator_asked_for_is_there() -> None:
    assert {indicator.code for indicator in indicators()} == set(ASKED_FOR)
    assert len(ASKED_FOR) == 90


def test_weeks_months_and_six_months_are_given_as_choices_g8_says() -> None:
    given = {indicator.code: set(indicator.periods) for indicator in indicators()}
    assert {code for code, kinds in given.items() if {"week", "last_6_months"} <= kinds} == set(WEEK_AND_SIX_MONTHS)
    assert {code for code, kinds in given.items() if "month" in kinds} == set(MONTH)
    assert {code for code, kinds in given.items() if "financial_year" in kinds} == {
        code for code in ASKED_FOR if code.startswith("NI")
    }
    assert all(kinds & {"rolling_12_months", "snapshot"} for kinds in given.values())


def test_a_twin_is_an_indicator_and_every_second_statement_has_its_words_and_example() -> None:
    by_its_code = {indicator.code: indicator for indicator in indicators()}
    for indicator in indicators():
        if indicator.twin:
            assert "snapshot" in by_its_code[indicator.twin].periods, indicator.code
            assert not indicator.late_query, indicator.code
        if indicator.late_query:
            assert indicator.open_and_late, indicator.code
            assert indicator.example["open_and_late_cases"], indicator.code
        if indicator.breakdown:
            assert indicator.example["breakdown"], indicator.code


def test_every_example_has_a_case_that_counts_and_one_that_does_not() -> None:
    for indicator in indicators():
        said = set(said_verdicts(indicator.example).values())
        assert "counts" in said, indicator.code
        assert said - {"counts"}, indicator.code


def test_facts_use_the_declared_words() -> None:
    for indicator in indicators():
        assert indicator.sourced in ("verified", "partly", "unverified", "proposed"), indicator.code
        assert indicator.good_is in ("low", "high", "neutral"), indicator.code
        assert indicator.history in ("recomputed", "current state only"), indicator.code
        assert indicator.small_numbers in ("S1", "S2", "S3", "S4"), indicator.code
        assert indicator.file_name.replace("_", "").startswith(indicator.code.lower()), indicator.file_name


def test_a_file_without_its_facts_is_refused_by_name() -> None:
    from transforms.profile.indicator import parse

    with pytest.raises(Problem, match="title") as refused:
        parse('/*\ncode = "XX01"\nunit = "count"\n*/ SELECT 1 /*\n*/', "xx_01_nothing.sql")
    assert "xx_01_nothing.sql" in refused.value.where
