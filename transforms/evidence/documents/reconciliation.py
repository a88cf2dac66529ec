"""Compares lists with each other and with the profile: the same children counted two ways, and why the counts differ.

A file of `reconciliations/` says in its opening comment what is compared, and selects one row per child: how often the
child is in the first (`in_first`) and in the second (`in_second`), `because` if there is a reason for the two to differ
(NULL: nothing explains it), and whether that is a fault in the records (`is_fault`). It reads the lists by their ids
(including rows left off), records.*, profile.* and $as_at, $window_begins.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files

import duckdb
import polars as pl

from transforms.evidence.documents.child_lists import ListMade
from transforms.evidence.documents.readiness import readiness_from, worst
from transforms.evidence.framework import Framework
from warehouse.declared_facts import DeclaredFile
from warehouse.problem import Problem
from warehouse.sql_file import read_sql_file
from warehouse.sql_reads import parameters

NOT_EXPLAINED = "not explained"
SCHEMA = {
    "child_id": pl.String,
    "first": pl.Int64,
    "second": pl.Int64,
    "because": pl.String,
    "is_fault": pl.Boolean,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationFacts:
    """What a file of `reconciliations/` declares in its opening comment.

    Attributes:
        first, second: what is counted on each side, in words.
        lists: ids of the lists it reads; an unexplained difference makes the first of them doubtful.
        indicator: the indicator whose cases are the second side; empty if none.
    """

    title: str
    first: str
    second: str
    lists: tuple[str, ...]
    indicator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation(ReconciliationFacts):
    """One file of `reconciliations/`: its facts and its query."""

    id: str
    sql: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The result of a comparison: both counts and the children counted differently, or why it could not be done."""

    comparison: Reconciliation
    first: int
    second: int
    differences: pl.DataFrame
    could_not_because: str = ""

    @property
    def reasons(self) -> dict[str, int]:
        """How many children are counted differently, by reason; the unexplained last."""
        counts = dict(self.differences.group_by("because").len().sort("because").iter_rows())
        return dict(sorted(counts.items(), key=lambda one: (one[0] == NOT_EXPLAINED, one[0])))

    @property
    def doubts(self) -> list[str]:
        """The reasons why the list is doubtful."""
        title = self.comparison.title
        if self.could_not_because:
            return [f"{title}: could not be compared, {self.could_not_because}"]
        faults = set(self.differences.filter("is_fault")["because"]) | {NOT_EXPLAINED}
        return [f"{title}: {n:,} {because}" for because, n in self.reasons.items() if because in faults]


@cache
def comparison(comparison_id: str) -> Reconciliation:
    """The comparison with that id, read from its file.

    Raises:
        Problem: there is no such file, or its opening comment is wrong.
    """
    resource = files("transforms.evidence.documents.reconciliations") / f"{comparison_id}.sql"
    file = DeclaredFile(
        f"transforms/evidence/documents/reconciliations/{comparison_id}.sql",
        "reconciliation",
        why="The framework names it.",
    )
    if not resource.is_file():
        raise file.problem(
            f"There is no reconciliation {comparison_id!r}.",
            fix="Write the file, or remove the reconciliation from the framework.",
        )
    read = read_sql_file(resource.read_text("utf-8"), file, ReconciliationFacts)
    return Reconciliation(**asdict(read.facts), id=comparison_id, sql=read.sql)


def reconcile(
    connection: duckdb.DuckDBPyConnection,
    framework: Framework,
    made: Mapping[str, ListMade],
    *,
    as_at: datetime.date,
    numerators: Mapping[str, float],
) -> tuple[Reconciled, ...]:
    """Run every comparison the framework names.

    Args:
        made: the lists of the pack.
        as_at: the lists' as-at day.
        numerators: numerators of the indicators' current results, by code.

    Raises:
        Problem: a comparison reads a list that is not in the pack.
    """
    return tuple(_reconciled(connection, comparison(one), made, as_at, numerators) for one in framework.reconciliations)


def _reconciled(
    connection: duckdb.DuckDBPyConnection,
    asked: Reconciliation,
    made: Mapping[str, ListMade],
    as_at: datetime.date,
    numerators: Mapping[str, float],
) -> Reconciled:
    if lost := [one for one in asked.lists if one not in made]:
        raise Problem(
            f"The reconciliation {asked.id} reads the list {lost[0]}, which is not in the pack.",
            where=f"transforms/evidence/documents/reconciliations/{asked.id}.sql",
            why="Lists that are not compared may contradict each other.",
            fix="Add the list to the framework, or remove the reconciliation from it.",
        )
    if asked.indicator and asked.indicator not in numerators:
        none = pl.DataFrame(schema=SCHEMA)
        return Reconciled(asked, 0, 0, none, f"{asked.indicator} has no figure")
    values = {"as_at": as_at, "window_begins": min(made[one].window_begins for one in asked.lists)}
    used = {name: values[name] for name in parameters(asked.sql)}
    for one in asked.lists:
        connection.register(one, made[one].every)
    try:
        rows: pl.DataFrame = connection.sql(
            "SELECT child_id, in_first::BIGINT AS first, in_second::BIGINT AS second,"
            f" coalesce(because, '{NOT_EXPLAINED}') AS because, is_fault FROM ({asked.sql}) ORDER BY child_id, because",
            params=used,
        ).pl()
    finally:
        for one in asked.lists:
            connection.unregister(one)
    first, second = int(rows["first"].sum()), int(rows["second"].sum())
    differences = rows.filter(pl.col("first") != pl.col("second"))
    expected = numerators.get(asked.indicator) if asked.indicator else None
    if expected is not None and expected != second:
        return Reconciled(
            asked,
            first,
            second,
            differences,
            f"{asked.indicator} counts {expected:,.0f}, but {second:,} of its cases are stored",
        )
    return Reconciled(asked, first, second, differences)


def with_doubts(made: Mapping[str, ListMade], reconciled: Sequence[Reconciled]) -> dict[str, ListMade]:
    """The lists, marked doubtful if they differ from what they were compared with."""
    doubts: dict[str, list[str]] = {}
    for one in reconciled:
        doubts.setdefault(one.comparison.lists[0], []).extend(one.doubts)
    return {
        list_id: replace(one, readiness=worst((one.readiness, readiness_from(doubtful=doubts[list_id]))))
        if doubts.get(list_id)
        else one
        for list_id, one in made.items()
    }


def why_in_words(one: Reconciled) -> str:
    """The reasons with their counts, for example "2 care leaver; 1 not explained"."""
    return "; ".join(f"{count:,} {because}" for because, count in one.reasons.items())


def reconciled_data(reconciled: Sequence[Reconciled]) -> list[dict[str, str]]:
    """What the cover shows for each comparison."""
    return [
        {
            "title": one.comparison.title,
            "first": one.comparison.first,
            "first_count": "" if one.could_not_because else f"{one.first:,}",
            "second": one.comparison.second,
            "second_count": "" if one.could_not_because else f"{one.second:,}",
            "differ": "" if one.could_not_because else f"{one.differences.height:,}",
            "why": one.could_not_because or why_in_words(one),
        }
        for one in reconciled
    ]
