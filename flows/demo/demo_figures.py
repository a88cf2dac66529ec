"""The figures of the general file as the demo prints them, with England's and the council's published ones."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from flows.publishing.run_report import shown
from warehouse.database import reading

CURRENT_FIGURES = """
SELECT indicator_code, title, result.numerator, result.denominator, value, unit, sourced, hidden_because
FROM profile.indicator_results AS result JOIN profile.indicators USING (indicator_code)
WHERE is_current AND period_kind IN ('rolling_12_months', 'snapshot')
ORDER BY family, indicator_code, period_kind
"""
LATEST_PUBLISHED = """
SELECT indicator_code, comparator, reporting_year, value, status FROM profile.comparators
WHERE is_latest AND breakdown IS NULL
"""


class DemoFigure(NamedTuple):
    """A figure as text.

    Attributes:
        numerator, denominator: "-" if they are hidden.
        value: "hidden" if small numbers are not shown, "n/d" if the denominator is under six.
        england, council: the latest published figure and its year, such as "9.0% (2024)"; empty if there is none.
        sourced: how well the definition is sourced.
    """

    code: str
    title: str
    numerator: str
    denominator: str
    value: str
    england: str
    council: str
    sourced: str


def read_figures(warehouse: Path) -> list[DemoFigure]:
    """Every current figure for 12 months or for the day, in the order of the profile."""
    with reading(warehouse) as connection:
        rows = connection.execute(CURRENT_FIGURES).fetchall()
        published = {
            (code, comparator): (year, value, status)
            for code, comparator, year, value, status in connection.execute(LATEST_PUBLISHED).fetchall()
        }

    def comparator(code: str, whose: str, unit: str) -> str:
        if (code, whose) not in published:
            return ""
        year, value, status = published[code, whose]
        return f"{'withheld' if status == 'withheld' else shown(value, unit, None)} ({year})"

    return [
        DemoFigure(
            code,
            title,
            _count(numerator),
            _count(denominator),
            "hidden" if hidden else shown(value, unit, denominator),
            comparator(code, "england", unit),
            comparator(code, "council", unit),
            sourced,
        )
        for code, title, numerator, denominator, value, unit, sourced, hidden in rows
    ]


def _count(number: float | None) -> str:
    return "-" if number is None else f"{number:,.0f}"
