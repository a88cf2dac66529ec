"""One indicator as its file says it: facts in the opening comment, one SELECT of cases, a worked example at the end.

A timeliness figure may have a second SELECT: who is still open and already late, whom the figure itself cannot show.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb

from warehouse.problem import Problem
from warehouse.sql_file import parts_of

UNITS = ("percent", "rate_per_10000", "count", "average", "ratio", "median_days")
BREAKDOWNS = ("", "share of all", "within the group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What an indicator's file holds.

    Attributes:
        code: the profession's code (`NI64`).
        numerator, denominator: who counts and who is in, in words.
        unit: percent, rate_per_10000, count, average, ratio or median_days.
        good_is: low, high or neutral.
        periods: kinds of period it is given for (choices G8).
        history: "recomputed", or "current state only" where the source keeps no past: no earlier period is made up.
        source, sourced: where the definition was found, and how well: verified, partly, unverified or proposed.
        reading: how it is read where the definition leaves a choice open (choices.md).
        beside: another reading whose figure is shown beside, in words; empty where there is none. Its query then also
            selects counts_beside.
        broken_down_by: what the query's column `breakdown` groups the cases by; empty where there is none.
        breakdown: "share of all": a group's numerator over the whole denominator; "within the group": over its own.
        group_codes: the code list the groups are codes of; empty where they are words.
        twin: of a timeliness figure, the indicator that says who is open and already late (choices G24).
        open_and_late: the same in words, where no indicator says it and the file's second statement does.
        query: SELECT period_id, case_id, child_id and counts or numerator_part and denominator_part.
        late_query: SELECT period_id, case_id, child_id of those open and late on the period's last day; may be empty.
        example: the worked example as parsed TOML.
        file_name: of the indicator's file.
    """

    code: str
    title: str
    family: str
    numerator: str
    denominator: str
    unit: str
    good_is: str
    periods: tuple[str, ...]
    history: str
    source: str
    sourced: str
    reading: str
    threshold: str
    small_numbers: str
    beside: str
    broken_down_by: str
    breakdown: str
    group_codes: str
    twin: str
    open_and_late: str
    query: str
    late_query: str
    example: dict[str, object]
    file_name: str

    @property
    def queries(self) -> tuple[str, ...]:
        """Every statement it measures with."""
        return (self.query, self.late_query) if self.late_query else (self.query,)


def parse(text: str, file_name: str) -> Indicator:
    """Read one indicator file.

    Raises:
        Problem: when the facts or the example are not TOML, a fact is missing, or the unit is not known.
    """
    try:
        facts, query, example = parts_of(text)
        if facts["unit"] not in UNITS:
            raise KeyError(f"unit {facts['unit']}")
        if facts.get("breakdown", "") not in BREAKDOWNS or bool(facts.get("breakdown")) != ("broken_down_by" in facts):
            raise KeyError(f"breakdown {facts.get('breakdown')}")
        statements = [statement.query.strip().rstrip(";") for statement in duckdb.extract_statements(query)]
        if len(statements) != 1 + ("open_and_late" in facts):
            raise KeyError(f"open_and_late and {len(statements)} statements")
        return Indicator(
            code=facts["code"],
            title=facts["title"],
            family=facts["family"],
            numerator=facts["numerator"],
            denominator=facts.get("denominator", ""),
            unit=facts["unit"],
            good_is=facts["good_is"],
            periods=tuple(facts["periods"]),
            history=facts.get("history", "recomputed"),
            source=facts["source"],
            sourced=facts["sourced"],
            reading=facts.get("reading", ""),
            threshold=facts.get("threshold", ""),
            small_numbers=facts.get("small_numbers", "S1"),
            beside=facts.get("beside", ""),
            broken_down_by=facts.get("broken_down_by", ""),
            breakdown=facts.get("breakdown", ""),
            group_codes=facts.get("group_codes", ""),
            twin=facts.get("twin", ""),
            open_and_late=facts.get("open_and_late", ""),
            query=statements[0],
            late_query=statements[1] if len(statements) > 1 else "",
            example=example,
            file_name=file_name,
        )
    except (ValueError, KeyError) as error:
        raise Problem(
            f"The indicator's file cannot be read: {error}",
            where=f"transforms/profile/indicators/{file_name}",
            why="An indicator without its facts cannot be measured or explained.",
            fix="Write facts, one SELECT and a worked example as the other files there do.",
        ) from error


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every indicator, by walking `transforms/profile/indicators/`: a new file is a new indicator."""
    found = sorted(
        (entry for entry in files("transforms.profile.indicators").iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    return tuple(parse(entry.read_text(encoding="utf-8"), entry.name) for entry in found)


def by_code(code: str) -> Indicator:
    """The indicator of a code, however it is spaced or cased ("ni 64").

    Raises:
        Problem: no indicator has it.
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
