"""Every indicator's worked example holds in the real machine."""

from __future__ import annotations

import pytest

from tests.worked_example import play, said_verdicts
from transforms.indicator import Indicator, indicators
from warehouse.problem import Problem

FIRST_24 = [
    "NI62",
    "NI63",
    "NI64",
    "NI65",
    "NI67",
    "FD01",
    "FD05",
    "AS01",
    "CN01",
    "CP02",
    "CP08",
    "CP15",
    "LA01",
    "LA03",
    "HE01",
    "HE05",
    "CA03",
    "CL04",
    "WF05",
    "LD07",
    "PF02",
    "CO01",
    "AU03",
    "AP02",
]


@pytest.mark.parametrize("indicator", indicators(), ids=lambda indicator: indicator.code)
def test_the_worked_example_holds(indicator: Indicator) -> None:
    played = play(indicator)
    example = indicator.example
    assert played.verdicts == said_verdicts(example)
    assert (played.numerator, played.denominator) == (example["numerator"], example["denominator"])
    assert played.numerator_beside == example.get("numerator_beside")


def test_the_first_24_are_there() -> None:
    assert set(FIRST_24) <= {indicator.code for indicator in indicators()}


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
    from transforms.indicator import parse

    with pytest.raises(Problem, match="title") as refused:
        parse('/*\ncode = "XX01"\nunit = "count"\n*/ SELECT 1 /*\n*/', "xx_01_nothing.sql")
    assert "xx_01_nothing.sql" in refused.value.where
