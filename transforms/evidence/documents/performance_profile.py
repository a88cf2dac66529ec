"""The performance profile: every figure with its definition, its source and its trend."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from transforms.evidence.documents.figures import (
    GOOD_IN_WORDS,
    UNIT_IN_WORDS,
    Comparator,
    Figure,
    ShownResult,
    made_of,
    rounded,
    shown,
)
from transforms.evidence.documents.workbook import Sheet, write_workbook
from transforms.evidence.framework import Framework

SOURCED_IN_WORDS: Mapping[str, str] = {
    "verified": "verified: in a named public source",
    "partly": "partly verified: some of it is general knowledge",
    "unverified": "unverified: general knowledge; a person should check it before it is relied on",
    "proposed": "proposed: our own local definition",
}


PUBLISHED_BY: Mapping[str, str] = {
    "england": "England",
    "region": "Region",
    "statistical_neighbours": "Statistical neighbours",
    "council": "Council",
}


def profile_data(framework: Framework, figures: Mapping[str, Figure]) -> dict[str, object]:
    """What performance_profile.typ shows, section by section."""
    return {
        "sections": [
            {"title": figure_set.title, "figures": [_figure_data(figures[code]) for code in figure_set.indicators]}
            for figure_set in framework.figure_sets
        ]
    }


def write_profile(
    framework: Framework, figures: Mapping[str, Figure], path: Path, *, foot: str, created: datetime.datetime
) -> None:
    """Write the profile as a workbook: figures, trends, groups, published comparators and definitions.

    Args:
        foot: the pack's as-at day and moments.
        created: the creation time written into the workbook.
    """
    sections = {code: one.title for one in framework.figure_sets for code in one.indicators}
    ordered = [figures[code] for code in sections]
    write_workbook(
        path,
        title="Performance profile",
        about=[
            ("Dates", foot),
            ("Percentages and rates", "Rounded half up to one decimal."),
            ("Small numbers", "Percentages are not shown if the denominator is under 6; S4: 1 to 4 is not shown."),
        ],
        sheets=[
            Sheet("Figures", _figures_sheet(sections, ordered)),
            Sheet("Trends", _trends_sheet(ordered)),
            Sheet("By group", _groups_sheet(ordered)),
            Sheet("Published", _published_sheet(ordered)),
            Sheet("Definitions", _definitions_sheet(ordered)),
        ],
        created=created,
    )


NUMBERS: Mapping[str, pl.DataType] = {
    "Value": pl.Float64(),
    "Numerator": pl.Float64(),
    "Denominator": pl.Float64(),
    "Held back because": pl.String(),
}


def _figures_sheet(sections: Mapping[str, str], figures: Sequence[Figure]) -> pl.DataFrame:
    """The current value of every figure.

    Args:
        sections: the title of each figure's section, by the figure's code.
    """
    return pl.DataFrame(
        [
            (
                sections[figure.code],
                figure.code,
                figure.title,
                _period(figure.current),
                *_numbers(figure, figure.current),
                UNIT_IN_WORDS.get(figure.unit, figure.unit),
                GOOD_IN_WORDS.get(figure.good_is, ""),
                *(text for area in PUBLISHED_BY for text in _published(figure, area)),
                figure.open_and_late,
                figure.open_and_late_is,
                f"{figure.beside_value}: {figure.beside}" if figure.beside_value else "",
                figure.readiness.status,
                data_note(figure),
                SOURCED_IN_WORDS.get(figure.sourced, figure.sourced),
            )
            for figure in figures
        ],
        schema={
            **dict.fromkeys(("Section", "Code", "Figure", "Period"), pl.String()),
            **NUMBERS,
            **dict.fromkeys(("Unit", "Good"), pl.String()),
            **{
                heading: pl.String()
                for area in PUBLISHED_BY.values()
                for heading in (f"{area}, published", f"{area}, year before")
            },
            **dict.fromkeys(("Open and already late", "Who that is", "Also measured as"), pl.String()),
            **dict.fromkeys(("Status", "Data quality", "How well sourced"), pl.String()),
        },
        orient="row",
    )


def _trends_sheet(figures: Sequence[Figure]) -> pl.DataFrame:
    """Every period shown, for every figure."""
    return pl.DataFrame(
        [
            (figure.code, figure.title, one.period_kind, one.starts_on, one.ends_on, *_numbers(figure, one))
            for figure in figures
            for one in (*figure.trend, *figure.other_periods)
        ],
        schema={
            **dict.fromkeys(("Code", "Figure", "Kind of period"), pl.String()),
            **dict.fromkeys(("Starts on", "Ends on"), pl.Date()),
            **NUMBERS,
        },
        orient="row",
    )


def _groups_sheet(figures: Sequence[Figure]) -> pl.DataFrame:
    """The groups of the figures that are broken down."""
    return pl.DataFrame(
        [
            (
                figure.code,
                figure.title,
                figure.broken_down_by,
                one.name,
                one.value,
                one.numerator,
                one.denominator,
                one.england,
            )
            for figure in figures
            for one in figure.groups
        ],
        schema=["Code", "Figure", "By", "Group", "Value", "Numerator", "Denominator", "England, published"],
        orient="row",
    )


def _published_sheet(figures: Sequence[Figure]) -> pl.DataFrame:
    """The published values each figure is compared with."""
    return pl.DataFrame(
        [
            (
                figure.code,
                figure.title,
                one.area_name,
                one.reporting_year,
                one.value,
                one.previous_value,
                one.note,
                one.release,
            )
            for figure in figures
            for one in figure.comparators
        ],
        schema={
            **dict.fromkeys(("Code", "Figure", "Area"), pl.String()),
            "Year": pl.Int64(),
            **dict.fromkeys(("Value", "Year before", "Made of", "Release"), pl.String()),
        },
        orient="row",
    )


def _definitions_sheet(figures: Sequence[Figure]) -> pl.DataFrame:
    """What each figure counts, and from what source."""
    return pl.DataFrame(
        [
            (
                figure.code,
                figure.title,
                figure.numerator_is,
                figure.denominator_is,
                figure.reading,
                figure.threshold,
                figure.source,
                SOURCED_IN_WORDS.get(figure.sourced, figure.sourced),
                figure.small_numbers,
            )
            for figure in figures
        ],
        schema=[
            "Code",
            "Figure",
            "Counted",
            "Out of",
            "Definition",
            "Threshold",
            "Source",
            "How well sourced",
            "Small numbers",
        ],
        orient="row",
    )


def data_note(figure: Figure) -> str:
    """The figure's known problems: why it is not ready, checks that are broken, checks that could not run."""
    notes = list(figure.readiness.reasons)
    if figure.current is not None and figure.current.held_back:
        notes.append(f"held back: {figure.current.held_back}")
    if figure.checks_broken:
        rows = _several(figure.rows_with_issues, "row")
        notes.append(f"{_several(figure.checks_broken, 'check')} on its data broken by {rows}")
    if figure.checks_not_run:
        notes.append(f"{_several(figure.checks_not_run, 'check')} on its data could not be run")
    text = "; ".join(notes)
    return text[:1].upper() + text[1:] + "." if text else "No known problems."


def _several(count: int, one: str) -> str:
    return f"{count:,} {one}" + ("" if count == 1 else "s")


def trend_in_words(figure: Figure) -> str:
    """The trend in words, for readers who cannot see the chart."""
    points = [one for one in figure.trend if one.number is not None]
    if not points:
        return f"{figure.code}: no trend can be shown."
    parts = [f"{figure.code} over {len(figure.trend)} periods: {points[0].value} in the {points[0].period}"]
    if len(points) > 1:
        low, high = (pick(points, key=lambda one: one.number or 0) for pick in (min, max))
        parts.append(f"{points[-1].value} in the {points[-1].period}")
        parts.append(f"lowest {low.value}, highest {high.value}")
    if england := _comparator_number(figure, "england"):
        parts.append(f"England {shown(figure.unit, england)}")
    return "; ".join(parts) + "."


def _figure_data(figure: Figure) -> dict[str, object]:
    current = figure.current
    points = [one.number for one in figure.trend]
    return {
        "code": figure.code,
        "title": figure.title,
        "measured": current is not None,
        "value": (current.value if current else "") or "",
        "numerator": current.numerator if current else "",
        "denominator": current.denominator if current else "",
        "unit": UNIT_IN_WORDS.get(figure.unit, figure.unit),
        "is_rate": figure.unit == "rate_per_10000",
        "is_count": figure.unit == "count",
        "period": _period(current),
        "held_back": current.held_back if current else "",
        "good": GOOD_IN_WORDS.get(figure.good_is, ""),
        "status": figure.readiness.status,
        "note": data_note(figure),
        "counted": figure.numerator_is[:1].upper() + figure.numerator_is[1:],
        "out_of": figure.denominator_is,
        "reading": figure.reading,
        "threshold": figure.threshold,
        "source": figure.source,
        "sourced": figure.sourced,
        "sourced_in_words": SOURCED_IN_WORDS.get(figure.sourced, figure.sourced),
        "made_of": made_of(figure.unit, current) if current else "",
        "others": [
            {"period": one.period, "value": _brief(one), "of": made_of(figure.unit, one) if one.value else ""}
            for one in figure.other_periods
        ],
        "longest": figure.longest,
        "late": f"{figure.open_and_late} ({figure.open_and_late_is})" if figure.open_and_late else "",
        "by": figure.broken_down_by,
        "groups": [
            {
                "name": one.name,
                "value": one.value or "not shown",
                "count": one.numerator,
                "of": one.denominator,
                "england": one.england,
            }
            for one in figure.groups
        ],
        "groups_held_back": figure.groups_held_back,
        "beside": f"{figure.beside_value}: {figure.beside}" if figure.beside_value else "",
        "comparators": [_comparator_data(one) for one in figure.comparators],
        "england_value": _published(figure, "england")[0],
        "trend": points,
        "trend_from": _short(figure.trend[0]) if figure.trend else "",
        "trend_to": _short(figure.trend[-1]) if figure.trend else "",
        "trend_top": _top(points, _comparator_number(figure, "england")),
        "england": _comparator_number(figure, "england"),
        "alt": trend_in_words(figure),
    }


def _top(points: Sequence[float | None], england: float | None) -> dict[str, object]:
    """The chart's top line: a round number at or above every point drawn, and its label."""
    highest = max([point for point in (*points, england) if point is not None], default=0) or 1
    step = 1.0
    while step * 10 <= highest:
        step *= 10
    while step > highest:
        step /= 10
    top = next(step * times for times in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * times >= highest)
    return {"value": top, "text": rounded(top, 0 if float(top).is_integer() else 1)}


def _short(one: ShownResult) -> str:
    return f"{one.ends_on:%b} {one.ends_on.year}"


def _period(one: ShownResult | None) -> str:
    return one.period[:1].upper() + one.period[1:] if one else ""


def _brief(one: ShownResult) -> str:
    if one.value:
        return one.value
    if one.held_back and one.numbers[1] is not None:
        return f"{one.numerator} of {one.denominator}, too few for a percentage"
    return "small numbers" if one.held_back else "not computable"


def _numbers(figure: Figure, one: ShownResult | None) -> tuple[float | None, float | None, float | None, str]:
    """Value as shown (to one decimal), numerator, denominator, and why any of them is not given."""
    if one is None:
        return None, None, None, ""
    numerator, denominator, value = one.numbers
    as_shown = None if value is None else float(rounded(value, 0 if figure.unit == "count" else 1).replace(",", ""))
    return as_shown, numerator, denominator, one.held_back


def _comparator_data(one: Comparator) -> str:
    """A comparator in words: "England 84.5% (2024; year before 83.1%)"."""
    if one.value.startswith("not given"):
        return (
            f"{one.area_name} not given"  # the workbook says why: the reason is the same for every figure of a release
        )
    said = [str(one.reporting_year), *([f"year before {one.previous_value}"] if one.previous_value else [])]
    return f"{one.area_name} {one.value} ({'; '.join([*said, *([one.note] if one.note else [])])})"


def _published(figure: Figure, comparator: str) -> tuple[str, str]:
    """The published value with its year, and the value of the year before."""
    for one in figure.comparators:
        if one.comparator == comparator:
            given = one.reporting_year and not one.value.startswith("not given")
            return (f"{one.value} ({one.reporting_year})" if given else one.value), one.previous_value
    return "", ""


def _comparator_number(figure: Figure, comparator: str) -> float | None:
    return next((one.number for one in figure.comparators if one.comparator == comparator), None)
