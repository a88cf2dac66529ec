"""The figures of the profile as a reader sees them: rounded, with their trend, comparators and data quality.

Values are worked out when the profile is measured. Here they are only rounded (percentages and rates half up to one
decimal, which reproduces the DfE's published local percentages) and small numbers are held back:
S1: with a denominator under 6, the two numbers are shown but no percentage; S4 (allegations, private fostering): a
number of 1 to 4 is shown as "under 5", and numbers that would give it away by subtraction are held back.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

from transforms.evidence.documents.readiness import Readiness, readiness_from, rows_doubt
from transforms.evidence.documents.tables_as_arrived import TableAsArrived, fed_by, reference_to

SMALLEST_DENOMINATOR = 6
SMALLEST_COUNT = 5
NO_CASES = "no cases"
# The kind of period shown for an indicator that has several: the first it has.
PREFERRED_PERIODS = ("rolling_12_months", "snapshot", "financial_year", "last_6_months", "quarter", "month", "week")
NOT_MEASURED = Readiness("missing", ("not measured yet",))
PERIOD_IN_WORDS = {
    "rolling_12_months": "12 months to",
    "snapshot": "as at",
    "financial_year": "financial year to",
    "last_6_months": "6 months to",
    "quarter": "quarter to",
    "month": "month to",
    "week": "week to",
}
GOOD_IN_WORDS = {"low": "lower is better", "high": "higher is better", "neutral": ""}
UNIT_IN_WORDS = {
    "percent": "per cent",
    "rate_per_10000": "per 10,000",
    "count": "number",
    "average": "average",
    "ratio": "ratio",
    "median_days": "median, days",
}


@dataclass(frozen=True, slots=True)
class ShownResult:
    """One period's result as it may be shown.

    `value`, `numerator`, `denominator` are what a reader sees; `numbers` are the same unrounded (numerator,
    denominator, value), None if not shown; `held_back` says why a number is not shown.
    """

    period_kind: str
    starts_on: datetime.date
    ends_on: datetime.date
    value: str
    numerator: str
    denominator: str
    numbers: tuple[float | None, float | None, float | None]
    held_back: str = ""

    @property
    def number(self) -> float | None:
        return self.numbers[2]

    @property
    def period(self) -> str:
        """For example "12 months to 31 October 2026"."""
        return f"{PERIOD_IN_WORDS.get(self.period_kind, self.period_kind)} {day_in_words(self.ends_on)}"


@dataclass(frozen=True, slots=True)
class Comparator:
    """A published value for England, the council's region, its statistical neighbours or the council.

    Attributes:
        value, number: as shown and unrounded; the value says "withheld", or why it is not given.
        previous_value: of the year before; empty if nothing was published then.
        note: how many areas a mean is calculated from.
    """

    comparator: str
    area_name: str
    reporting_year: int | None
    value: str
    number: float | None
    release: str
    previous_value: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a figure that is broken down, as shown, with England's published value for it."""

    name: str
    value: str
    numerator: str
    denominator: str
    england: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator with all the reader needs to know about it; `current` is None if it was not measured."""

    code: str
    title: str
    family: str = ""
    unit: str = ""
    numerator_is: str = ""
    denominator_is: str = ""
    good_is: str = "neutral"
    source: str = ""
    sourced: str = ""
    reading: str = ""
    threshold: str = ""
    small_numbers: str = ""
    current: ShownResult | None = None
    trend: tuple[ShownResult, ...] = ()
    other_periods: tuple[ShownResult, ...] = ()
    comparators: tuple[Comparator, ...] = ()
    readiness: Readiness = NOT_MEASURED
    rows_set_aside: int = 0
    rows_unmatched: int = 0
    rows_with_issues: int = 0
    checks_broken: int = 0
    checks_not_run: int = 0
    reference: str = ""
    beside: str = ""
    beside_value: str = ""
    longest: str = ""
    open_and_late: str = ""
    open_and_late_is: str = ""
    broken_down_by: str = ""
    groups: tuple[Group, ...] = ()
    groups_held_back: str = ""
    is_restricted: bool = False


def rounded(value: float | None, decimals: int = 1) -> str:
    """Rounded half up to this many decimals, with thousands separated by commas; empty if there is no value.

    The value is first rounded to nine decimals, so that 83.65 left by arithmetic as 83.64999999999999 becomes 83.7.
    """
    if value is None:
        return ""
    exact = Decimal(repr(round(float(value), 9))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{exact:,}"


def counted(value: float | None) -> str:
    """A numerator or denominator: a whole number if it is one, otherwise to one decimal; empty if there is none."""
    if value is None:
        return ""
    return f"{int(value):,}" if float(value).is_integer() else rounded(value)


def shown(unit: str, value: float | None) -> str:
    """A value with its unit's decimals: counts as `counted`, everything else to one; percentages with a % sign."""
    if value is None:
        return ""
    if unit == "count":
        return counted(value)
    return rounded(value) + {"percent": "%", "median_days": " days"}.get(unit, "")


def day_in_words(day: datetime.date) -> str:
    """For example "2 November 2026"."""
    return f"{day.day} {day:%B} {day.year}"


def result(
    *,
    unit: str,
    small_numbers: str,
    period: tuple[str, datetime.date, datetime.date],
    numbers: tuple[float | None, float | None, float | None],
) -> ShownResult:
    """A result as shown, with small numbers held back.

    Args:
        unit: of the indicator.
        small_numbers: its rule, S1 to S4.
        period: kind, first and last day.
        numbers: numerator, denominator, value; as measured, unrounded.
    """
    numerator, denominator, value = numbers
    if small_numbers == "S4" and _gives_away(unit, numerator, denominator):
        top = "under 5" if numerator is not None and 0 < numerator < SMALLEST_COUNT else "held back"
        bottom = "" if unit == "count" else "held back"
        return ShownResult(*period, "", top, bottom, (None, None, None), "small numbers (S4)")
    texts = (counted(numerator), "" if unit == "count" else counted(denominator))
    if unit == "percent" and denominator is not None and 0 < denominator < SMALLEST_DENOMINATOR:
        return ShownResult(*period, "", *texts, (numerator, denominator, None), "fewer than 6 in the denominator")
    return ShownResult(
        *period, shown(unit, value), *texts, (numerator, None if unit == "count" else denominator, value)
    )


def _gives_away(unit: str, numerator: float | None, denominator: float | None) -> bool:
    parts = [numerator]
    if unit != "count":
        parts.append(denominator)
    if unit == "percent" and numerator is not None and denominator is not None:
        parts.append(denominator - numerator)
    return any(part is not None and 0 < part < SMALLEST_COUNT for part in parts)


def read_figures(
    connection: duckdb.DuckDBPyConnection,
    titles: Mapping[str, str],
    sources: Mapping[str, TableAsArrived],
    *,
    trend_periods: int,
) -> dict[str, Figure]:
    """The figures of the named indicators, by code, in the order given.

    Args:
        titles: the indicators asked for, each with a title to use if it is not measured yet.
        sources: how the tables of the drop arrived.
        trend_periods: the most periods a trend shows, including the current one.
    """
    facts = _rows_by_code(connection, "SELECT * FROM profile.indicators")
    results = _rows_by_code(
        connection, "SELECT * FROM profile.indicator_results ORDER BY indicator_code, period_kind, ends_on"
    )
    groups = _rows_by_code(connection, GROUPS)
    comparators = _rows_by_code(connection, PUBLISHED)
    return {
        code: _figure(
            facts[code][0],
            results.get(code, []),
            groups.get(code, []),
            comparators.get(code, []),
            sources,
            trend_periods,
        )
        if code in facts
        else Figure(code, title or code)
        for code, title in titles.items()
    }


GROUPS = """
    SELECT grouped.*, england.value AS england_value, england.status AS england_status,
           england.published_as AS england_published_as, england.reporting_year AS england_year
    FROM profile.indicator_breakdowns AS grouped
    LEFT JOIN profile.comparators AS england
      ON england.indicator_code = grouped.indicator_code AND england.breakdown = grouped.breakdown
     AND england.comparator = 'england' AND england.is_latest AND england.status <> 'not given'
    WHERE grouped.is_current ORDER BY grouped.indicator_code, grouped.breakdown
"""

# The newest year of each comparator and the year before; a comparator that is not given says why.
PUBLISHED = """
    SELECT latest.*, previous.value AS previous_value, previous.status AS previous_status,
           previous.published_as AS previous_published_as
    FROM profile.comparators AS latest
    LEFT JOIN profile.comparators AS previous
      ON previous.indicator_code = latest.indicator_code AND previous.comparator = latest.comparator
     AND previous.reporting_year = latest.reporting_year - 1 AND previous.breakdown IS NULL AND previous.is_previous
    WHERE (latest.is_latest OR latest.status = 'not given') AND latest.breakdown IS NULL
    QUALIFY row_number() OVER (PARTITION BY latest.indicator_code, latest.comparator
      ORDER BY latest.reporting_year DESC NULLS LAST, latest.release DESC, latest.area_code) = 1
    ORDER BY latest.indicator_code,
      list_position(['england', 'region', 'statistical_neighbours', 'council'], latest.comparator)
"""


def _rows_by_code(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.sql(query).pl().iter_rows(named=True):
        found.setdefault(row["indicator_code"], []).append(row)
    return found


def _figure(
    facts: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    groups: Sequence[Mapping[str, Any]],
    published: Sequence[Mapping[str, Any]],
    sources: Mapping[str, TableAsArrived],
    trend_periods: int,
) -> Figure:
    """One indicator's figure from its facts, results, groups and published comparators."""
    unit = facts["unit"]
    current_rows = sorted(
        (row for row in rows if row["is_current"]), key=lambda row: PREFERRED_PERIODS.index(row["period_kind"])
    )
    if not current_rows:
        return Figure(
            facts["indicator_code"],
            facts["title"],
            facts["family"],
            unit,
            sourced=facts["sourced"],
            is_restricted=facts["handling"] == "restricted",
        )
    main = current_rows[0]
    kind = main["period_kind"]
    feeds = fed_by(sources, tables_of(facts["feeds"] or ""))
    trend = [_result(facts, row) for row in rows if row["period_kind"] == kind][-trend_periods:]
    its_groups, held_back = _groups(facts, [row for row in groups if row["period_kind"] == kind])
    return Figure(
        **_definition(facts),
        **_current(facts, main),
        trend=tuple(trend),
        other_periods=tuple(_result(facts, row) for row in current_rows[1:]),
        comparators=tuple(_comparator(unit, row) for row in published),
        readiness=_readiness(main, feeds),
        reference=reference_to(feeds) if main["rows_set_aside"] or main["rows_unmatched"] else "",
        groups=its_groups,
        groups_held_back=held_back,
    )


def _definition(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The figure's definition, from the indicator's file."""
    return {
        "code": facts["indicator_code"],
        "title": facts["title"],
        "family": facts["family"],
        "unit": facts["unit"],
        "numerator_is": facts["numerator_is"] or "",
        "denominator_is": facts["denominator_is"] or "",
        "good_is": facts["good_is"],
        "source": facts["source"] or "",
        "sourced": facts["sourced"],
        "reading": facts["reading"] or "",
        "threshold": facts["threshold"] or "",
        "small_numbers": facts["small_numbers"],
        "beside": facts["beside"] or "",
        "open_and_late_is": facts["open_and_late_is"] or (f"as {facts['twin']} counts them" if facts["twin"] else ""),
        "broken_down_by": facts["broken_down_by"] or "",
        "is_restricted": facts["handling"] == "restricted",
    }


def _current(facts: Mapping[str, Any], main: Mapping[str, Any]) -> dict[str, Any]:
    """The current result, and how many rows set aside, rows with issues and checks affect it."""
    current, unit, late = _result(facts, main), facts["unit"], main["open_and_late"]
    few_are_late = facts["small_numbers"] == "S4" and late and late < SMALLEST_COUNT
    return {
        "current": current,
        "rows_set_aside": main["rows_set_aside"] or 0,
        "rows_unmatched": main["rows_unmatched"] or 0,
        "rows_with_issues": main["rows_with_issues"] or 0,
        "checks_broken": main["checks_broken"] or 0,
        "checks_not_run": main["checks_not_run"] or 0,
        "beside_value": _beside(current, unit, main["numerator_beside"], main["value_beside"]),
        "longest": shown(unit, main["longest"]) if current.value else "",
        "open_and_late": "under 5" if few_are_late else counted(late),
    }


def _result(facts: Mapping[str, Any], row: Mapping[str, Any]) -> ShownResult:
    """A result, or one group of a result, as it may be shown."""
    return result(
        unit=facts["unit"],
        small_numbers=facts["small_numbers"],
        period=(row["period_kind"], row["starts_on"], row["ends_on"]),
        numbers=(row["numerator"], row["denominator"], row["value"]),
    )


def _readiness(main: Mapping[str, Any], feeds: Sequence[TableAsArrived]) -> Readiness:
    because = main["not_computable_because"] or ""
    return readiness_from(
        missing=[because] if because and not because.startswith(NO_CASES) else [],
        # If the figure could not be computed, its reason already names what was not received.
        stale=[main["stale_because"]] if main["stale_because"] and not because else [],
        doubtful=[
            *rows_doubt(main["rows_set_aside"] or 0, main["rows_unmatched"] or 0),
            *(feed.absent_because for feed in feeds if feed.absent_because and not because),
        ],
    )


def _groups(facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[Group, ...], str]:
    """The groups of the period shown, or none and the reason if one of them would identify children."""
    if facts["small_numbers"] == "S4" and any(0 < (row["numerator"] or 0) < SMALLEST_COUNT for row in rows):
        # A single group held back could be worked out from the others.
        return (), "small numbers (S4)"
    made = []
    for row in rows:
        one = _result(facts, row)
        england = _published(facts["unit"], row["england_value"], row["england_status"], row["england_published_as"])
        if england:
            england += f" ({row['england_year']})"
        made.append(Group(row["group_is"], one.value, one.numerator, one.denominator, england))
    return tuple(made), ""


def _beside(current: ShownResult, unit: str, numerator: float | None, value: float | None) -> str:
    """The figure by the other definition, as shown; empty if the main value may not be shown."""
    if numerator is None or not current.value:
        return ""
    if unit == "median_days":
        return shown(unit, value)
    return f"{shown(unit, value)} ({counted(numerator)} of {current.denominator})"


def made_of(figure_unit: str, one: ShownResult) -> str:
    """The numbers behind a value, in words: "12 of 40"; for an average, its sum "over" its cases."""
    if figure_unit == "count" or not one.denominator:
        return ""
    if one.denominator == "held back":
        return "small numbers"
    match figure_unit:
        case "median_days":
            return f"{one.denominator} waits"
        case "average" | "ratio":
            return f"{one.numerator} over {one.denominator}"
        case _:
            return f"{one.numerator} of {one.denominator}"


def tables_of(feeds: str) -> list[str]:
    """The records tables an indicator reads, from its comma-separated list."""
    return [table.strip() for table in feeds.split(",") if table.strip()]


def _comparator(unit: str, row: Mapping[str, Any]) -> Comparator:
    number = row["value"] if row["status"] == "published" else None
    if row["status"] == "not given":
        text = f"not given: {row['not_given_because']}"
    else:
        text = _published(unit, row["value"], row["status"], row["published_as"])
    note = ""
    if row["comparator"] == "statistical_neighbours" and row["areas"] is not None:
        note = f"mean of {row['areas']}" + (f", {row['areas_withheld']} withheld" if row["areas_withheld"] else "")
    return Comparator(
        row["comparator"],
        row["area_name"] or row["comparator"].replace("_", " ").capitalize(),
        row["reporting_year"],
        text,
        number,
        row["release"] or "",
        _published(unit, row["previous_value"], row["previous_status"], row["previous_published_as"]),
        note,
    )


def _published(unit: str, value: float | None, status: str | None, published_as: str | None) -> str:
    if status is None or status == "not given":
        return ""
    if status == "published" and value is not None:
        return shown(unit, value)
    return f"withheld ({published_as})" if published_as else "withheld"
