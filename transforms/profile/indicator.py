"""One indicator, read from its file: facts in the opening comment, one SELECT of cases, a worked example at the end.

A timeliness figure may have a second SELECT: the cases that are still open and already late, which the figure itself
cannot show.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import duckdb

from warehouse.declared_facts import DeclaredFile
from warehouse.problem import Problem
from warehouse.sql_file import read_sql_file


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorFacts:
    """What an indicator's file declares in its opening comment.

    Attributes:
        code: the profession's code (`NI64`).
        numerator, denominator: who counts and who is included, in words.
        good_is: which direction is better; "neutral" if neither is.
        periods: kinds of period it is measured for (choices G8).
        history: "current state only" if the source keeps no history; earlier periods are then not measured.
        source, sourced: where the definition was found, and how well it is sourced.
        reading: the full definition, including our choice where the source leaves one open (choices.md).
        beside: a second definition that is also measured, in words; empty if there is none. The query then also selects
            counts_beside.
        broken_down_by: what the query's column `breakdown` groups the cases by; empty if there are no groups.
        breakdown: "share of all": a group's numerator over the whole denominator; "within the group": over its own.
        group_codes: the code list of the groups; empty if the groups are words.
        twin: for a timeliness figure, the indicator that counts who is open and already late (choices G24).
        open_and_late: who is open and late, in words, if the file's second statement selects them.
    """

    code: str
    title: str
    family: str
    numerator: str
    denominator: str = ""
    unit: Literal["percent", "rate_per_10000", "count", "average", "ratio", "median_days"]
    good_is: Literal["low", "high", "neutral"]
    periods: tuple[str, ...]
    history: Literal["recomputed", "current state only"] = "recomputed"
    source: str
    sourced: Literal["verified", "partly", "unverified", "proposed"]
    reading: str = ""
    threshold: str = ""
    small_numbers: Literal["S1", "S2", "S3", "S4"] = "S1"
    beside: str = ""
    broken_down_by: str = ""
    breakdown: Literal["", "share of all", "within the group"] = ""
    group_codes: str = ""
    twin: str = ""
    open_and_late: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(IndicatorFacts):
    """The contents of an indicator's file: its facts, its queries and its worked example.

    Attributes:
        query: SELECT period_id, case_id, child_id and counts or numerator_part and denominator_part.
        late_query: SELECT period_id, case_id, child_id of those open and late on the period's last day; may be empty.
        example: the worked example as parsed TOML.
        file_name: name of the indicator's file.
    """

    query: str
    late_query: str
    example: dict[str, object]
    file_name: str

    @property
    def queries(self) -> tuple[str, ...]:
        """Every statement used to measure it."""
        return (self.query, self.late_query) if self.late_query else (self.query,)


def parse(text: str, file_name: str) -> Indicator:
    """Read one indicator file.

    Raises:
        Problem: the facts or the example are not TOML, a fact is missing or wrong, or a query is missing.
    """
    file = DeclaredFile(
        f"transforms/profile/indicators/{file_name}",
        "indicator file",
        why="An indicator without its facts cannot be measured or explained.",
        fix="Write facts, one SELECT and a worked example, like the other files in that folder.",
    )
    read = read_sql_file(text, file, IndicatorFacts)
    facts = read.facts
    if bool(facts.breakdown) != bool(facts.broken_down_by):
        raise file.problem("Only one of breakdown and broken_down_by is given: give both or neither.", "breakdown")
    if not read.example:
        raise file.problem("The worked example is missing.")
    try:
        statements = [statement.query.strip().rstrip(";") for statement in duckdb.extract_statements(read.sql)]
    except duckdb.Error:
        raise file.problem("Its SQL cannot be parsed.") from None
    if len(statements) != 1 + bool(facts.open_and_late):
        raise file.problem(
            f"It has {len(statements)} statements. It needs one that selects the cases and, with open_and_late, a "
            "second that selects those who are late."
        )
    return Indicator(
        **asdict(facts),
        query=statements[0],
        late_query=statements[1] if len(statements) > 1 else "",
        example=read.example,
        file_name=file_name,
    )


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every indicator, by walking `transforms/profile/indicators/`: a new file is a new indicator."""
    found = sorted(
        (entry for entry in files("transforms.profile.indicators").iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    return tuple(parse(entry.read_text(encoding="utf-8"), entry.name) for entry in found)


def by_code(code: str) -> Indicator:
    """The indicator with a code, ignoring spaces and case ("ni 64").

    Raises:
        Problem: no indicator has that code.
    """
    wanted = code.replace(" ", "").replace("_", "").upper()
    for indicator in indicators():
        if indicator.code == wanted:
            return indicator
    known = ", ".join(indicator.code for indicator in indicators())
    raise Problem(
        f"No indicator has the code {wanted}.",
        why="Only defined figures can be explained.",
        fix=f"Use one of: {known}.",
    )
