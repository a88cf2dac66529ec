"""The figures of the profile as a reader meets them: rounded, with their trend, comparators and what they rest on.

Values are worked out when the profile is measured; here they are only rounded (percentages and rates half up to one
decimal, as the DfE's published local percentages reproduce) and small numbers held back:
S1: a denominator under 6 shows no percentage, only the two numbers; S4 (allegations, private fostering): a number of
1 to 4, or one that would give it away by subtraction, is shown as "under 5".
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import duckdb

from transforms.documents.sources import Source, fed_by, reference_to
from transforms.documents.standing import Standing, rows_doubt, standing

SMALLEST_DENOMINATOR = 6
SMALLEST_COUNT = 5
NO_CASES = "no cases"
# The kind of period that stands for an indicator where it is given for several.
PREFERRED_PERIODS = ("rolling_12_months", "snapshot", "financial_year", "last_6_months", "quarter", "month", "week")
NOT_MEASURED = Standing("missing", ("not measured yet",))
PERIOD_IN_WORDS = {
    "rolling_12_months": "12 months to",
    "snapshot": "as at",
    "financial_year": "financial year to",
    "last_6_months": "6 months to",
    "quarter": "quarter to",
    "month": "month to",
    "week": "week to",
}
GOOD_IN_WORDS = {"low": "lower is better", "high": "higher is better", "neutral": "neither high nor low is better"}
UNIT_IN_WORDS = {
    "percent": "per cent",
    "rate_per_10000": "per 10,000",
    "count": "number",
    "average": "average",
    "ratio": "ratio",
}


@dataclass(frozen=True, slots=True)
class Result:
    """One period's result as it may be shown.

    `value`, `numerator`, `denominator` are what a reader sees; `numbers` are the same unrounded (numerator,
    denominator, value), None where nothing is shown; `held_back` says why a number is not.
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
        """As "12 months to 31 October 2026"."""
        return f"{PERIOD_IN_WORDS.get(self.period_kind, self.period_kind)} {day_in_words(self.ends_on)}"


@dataclass(frozen=True, slots=True)
class Comparator:
    """A published value of England or the council."""

    comparator: str
    area_name: str
    reporting_year: int
    value: str
    number: float | None
    release: str


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator with all the reader needs beside it. Without `current` it was not measured (see its standing)."""

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
    current: Result | None = None
    trend: tuple[Result, ...] = ()
    other_periods: tuple[Result, ...] = ()
    comparators: tuple[Comparator, ...] = ()
    standing: Standing = NOT_MEASURED
    rows_set_aside: int = 0
    rows_unmatched: int = 0
    rows_with_warnings: int = 0
    checks_not_run: int = 0
    reference: str = ""
    beside: str = ""
    beside_value: str = ""


def rounded(value: float | None, decimals: int = 1) -> str:
    """Half up to so many decimals, thousands parted; empty where there is no value.

    Nine decimals are taken first, so that 83.65 that arithmetic left as 83.64999999999999 is 83.7.
    """
    if value is None:
        return ""
    exact = Decimal(repr(round(float(value), 9))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{exact:,}"


def counted(value: float | None) -> str:
    """A numerator or denominator: whole where it is whole, else to one decimal; empty where there is none."""
    if value is None:
        return ""
    return f"{int(value):,}" if float(value).is_integer() else rounded(value)


def shown(unit: str, value: float | None) -> str:
    """A value with its unit's decimals: counts whole, everything else to one; percentages with their sign."""
    if value is None:
        return ""
    if unit == "count":
        return counted(value)
    return rounded(value) + ("%" if unit == "percent" else "")


def day_in_words(day: datetime.date) -> str:
    """As "2 November 2026"."""
    return f"{day.day} {day:%B} {day.year}"


def result(
    *,
    unit: str,
    small_numbers: str,
    period: tuple[str, datetime.date, datetime.date],
    numbers: tuple[float | None, float | None, float | None],
) -> Result:
    """A result as shown, small numbers held back.

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
        return Result(*period, "", top, bottom, (None, None, None), "small numbers (S4)")
    texts = (counted(numerator), "" if unit == "count" else counted(denominator))
    if unit == "percent" and denominator is not None and 0 < denominator < SMALLEST_DENOMINATOR:
        return Result(*period, "", *texts, (numerator, denominator, None), "fewer than 6 in the denominator")
    return Result(*period, shown(unit, value), *texts, (numerator, None if unit == "count" else denominator, value))


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
    sources: Mapping[str, Source],
    *,
    trend_periods: int,
) -> dict[str, Figure]:
    """The named indicators' figures, by code, in the order given.

    Args:
        titles: indicators asked for, with the title of one that is not measured yet (it comes back as such).
        sources: how the tables of the drop arrived.
        trend_periods: how many periods a trend shows at most, the current one included.
    """
    facts = {
        row[0]: row
        for row in connection.execute(
            "SELECT indicator_code, title, family, unit, numerator_is, denominator_is, good_is, source, sourced,"
            " reading, threshold, small_numbers, feeds, beside FROM profile.indicators"
        ).fetchall()
    }
    results: dict[str, list[tuple[object, ...]]] = {}
    for row in connection.execute(
        "SELECT indicator_code, period_kind, starts_on, ends_on, numerator, denominator, value, is_current,"
        " not_computable_because, rows_set_aside, rows_unmatched, stale_because, numerator_beside, value_beside"
        " FROM profile.indicator_results ORDER BY indicator_code, period_kind, ends_on"
    ).fetchall():
        results.setdefault(row[0], []).append(row)
    comparators: dict[str, list[tuple[object, ...]]] = {}
    for row in connection.execute(
        "SELECT indicator_code, comparator, area_name, reporting_year, value, published_as, status, release"
        " FROM profile.comparators"
        " QUALIFY row_number() OVER (PARTITION BY indicator_code, comparator"
        "   ORDER BY reporting_year DESC, release DESC, area_code) = 1"
        " ORDER BY indicator_code, comparator DESC"
    ).fetchall():
        comparators.setdefault(row[0], []).append(row)
    checks = {
        table: (int(warnings or 0), int(not_run or 0))
        for table, warnings, not_run in connection.execute(
            "SELECT source_table, sum(rows_broken) FILTER (WHERE outcome = 'broken' AND severity = 'warning'),"
            " count(*) FILTER (WHERE outcome = 'could not be checked') FROM quality.checks GROUP BY source_table"
        ).fetchall()
    }
    return {
        code: _figure(facts[code], results.get(code, []), comparators.get(code, []), sources, checks, trend_periods)
        if code in facts
        else Figure(code, title or code)
        for code, title in titles.items()
    }


def _figure(
    facts: Sequence[object],
    rows: Sequence[Sequence[object]],
    published: Sequence[Sequence[object]],
    sources: Mapping[str, Source],
    checks: Mapping[str, tuple[int, int]],
    trend_periods: int,
) -> Figure:
    code, title, family, unit, numerator_is, denominator_is, good_is, source, sourced, reading = map(_text, facts[:10])
    threshold, small_numbers = map(_text, facts[10:12])
    feeds = fed_by(sources, tables_of(_text(facts[12])))
    shown_rows = {
        (str(row[1]), row[3]): result(
            unit=unit,
            small_numbers=small_numbers,
            period=(str(row[1]), _day(row[2]), _day(row[3])),
            numbers=(_number(row[4]), _number(row[5]), _number(row[6])),
        )
        for row in rows
    }
    current_rows = sorted(
        (row for row in rows if row[7]),
        key=lambda row: PREFERRED_PERIODS.index(str(row[1])) if row[1] in PREFERRED_PERIODS else 99,
    )
    if not current_rows:
        return Figure(code, title, family, unit, sourced=sourced, standing=NOT_MEASURED)
    main = current_rows[0]
    kind, ends_on, because, stale = main[1], _day(main[3]), _text(main[8]), _text(main[11])
    rows_set_aside, rows_unmatched = int(_number(main[9]) or 0), int(_number(main[10]) or 0)
    trend = [shown_rows[(str(row[1]), row[3])] for row in rows if row[1] == kind and _day(row[3]) <= ends_on]
    return Figure(
        code,
        title,
        family,
        unit,
        numerator_is,
        denominator_is,
        good_is,
        source,
        sourced,
        reading,
        threshold,
        small_numbers,
        shown_rows[(str(kind), main[3])],
        tuple(trend[-trend_periods:]),
        tuple(shown_rows[(str(row[1]), row[3])] for row in current_rows[1:]),
        tuple(_comparator(unit, row) for row in published),
        standing(
            missing=[because] if because and not because.startswith(NO_CASES) else [],
            stale=[stale] if stale else [],
            doubtful=[
                *rows_doubt(rows_set_aside, rows_unmatched),
                *(feed.absent_because for feed in feeds if feed.absent_because and not because),
            ],
        ),
        rows_set_aside,
        rows_unmatched,
        sum(checks.get(feed.file, (0, 0))[0] for feed in feeds),
        sum(checks.get(feed.file, (0, 0))[1] for feed in feeds),
        reference_to(feeds) if rows_set_aside or rows_unmatched else "",
        _text(facts[13]),
        _beside(shown_rows[(str(kind), main[3])], unit, _number(main[12]), _number(main[13])),
    )


def _beside(current: Result, unit: str, numerator: float | None, value: float | None) -> str:
    """The figure of another reading as shown, where the main one may be shown with its value."""
    if numerator is None or not current.value:
        return ""
    return f"{shown(unit, value)} ({counted(numerator)} of {current.denominator})"


def tables_of(feeds: str) -> list[str]:
    """The records tables an indicator reads, from the commas between them."""
    return [table.strip() for table in feeds.split(",") if table.strip()]


def _comparator(unit: str, row: Sequence[object]) -> Comparator:
    _, comparator, area_name, year, value, published_as, status, release = row
    number = _number(value) if status == "published" else None
    text = shown(unit, number) if number is not None else f"withheld ({published_as})" if published_as else "withheld"
    return Comparator(_text(comparator), _text(area_name), int(_number(year) or 0), text, number, _text(release))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _day(value: object) -> datetime.date:
    assert isinstance(value, datetime.date)
    return value
