"""Every error of a run is raised as a Problem: one of ours unchanged, any other without its text."""

from __future__ import annotations

import duckdb
import pytest

from flows.safe_errors import without_values
from tests.flows.conftest import FORENAME
from warehouse.problem import Busy, Problem, TransientFault
from warehouse.store.evidence_store import Missing, NotAllowed


def test_an_error_that_quotes_a_value_is_raised_without_it() -> None:
    def work() -> None:
        duckdb.execute(f"SELECT '{FORENAME}'::DATE")

    with pytest.raises(Problem) as caught:
        without_values(work)
    assert "ConversionException" in str(caught.value)
    assert FORENAME not in str(caught.value)
    assert caught.value.__context__ is None, "a log shows what led to it"
    assert caught.value.__cause__ is None


def test_the_cause_of_a_problem_is_raised_with_neither_its_text_nor_its_kind() -> None:
    def work() -> None:
        try:
            raise ValueError(FORENAME)
        except ValueError as error:
            raise Problem("a row is wrong", where="row 2") from error

    with pytest.raises(Problem, match="row 2") as caught:
        without_values(work)
    assert not isinstance(caught.value, TransientFault)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_a_query_stopped_by_a_time_limit_says_so() -> None:
    def work() -> None:
        raise RuntimeError("Query interrupted")  # what DuckDB raises if a signal's handler raised

    with pytest.raises(Problem, match="took longer than its time limit"):
        without_values(work)


@pytest.mark.parametrize(
    "problem",
    [
        Problem("what", where="where", why="why", fix="fix"),
        TransientFault("what", fix="wait"),
        Busy("what", where="the lock"),
        NotAllowed("what", where="the bucket"),
        Missing("extracts/abc", "the store"),  # its constructor takes other arguments than a Problem's
    ],
)
def test_a_problem_of_ours_keeps_its_class_its_texts_and_its_attributes(problem: Problem) -> None:
    def work() -> None:
        try:
            raise ValueError(FORENAME)
        except ValueError as error:
            problem.add_note(FORENAME)
            raise problem from error

    with pytest.raises(Problem) as caught:
        without_values(work)
    left = caught.value
    assert type(left) is type(problem)
    assert str(left) == str(problem)
    assert left.args == problem.args
    assert {**vars(left), "__notes__": [FORENAME]} == vars(problem), "all but the note"
    assert (left.__cause__, left.__context__) == (None, None)
    assert problem.__cause__ is not None, "whoever else holds the original keeps it whole"
