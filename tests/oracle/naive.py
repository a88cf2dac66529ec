"""A deliberately naive oracle: indicators and what sets a row aside, by loops over a drop as received.

Written from the sentences of the project's choices (G1 to G24 and one line an indicator), not from the SQL, and slow on
purpose. It imports nothing of the product. The entrances:

    measure(drop, as_at) -> {(code, period_kind, ends_on): (numerator, denominator, value)}
    broken_down(drop, as_at) -> {(code, period_kind, ends_on): {group: how many}}
    open_and_late(drop, as_at) -> {(code, period_kind, ends_on): how many}
    beside(drop, as_at) -> {(code, period_kind, ends_on): numerator}
    set_aside(drop, as_at) -> {(source_table, row_number, "a" | "b" | "c")}
"""

from __future__ import annotations

import statistics
from collections import Counter
from pathlib import Path

from tests.oracle import (
    naive_allegations,
    naive_care,
    naive_front_door,
    naive_health,
    naive_leavers,
    naive_ni,
    naive_oversight,
    naive_protection,
    naive_workforce,
)
from tests.oracle.naive_council import Council, Reading
from tests.oracle.naive_days import current_periods
from tests.oracle.naive_drop import Day, set_aside

__all__ = ["INDICATORS", "beside", "broken_down", "measure", "open_and_late", "set_aside"]

Figure = tuple[float | None, float | None, float | None]
Which = tuple[str, str, Day]

INDICATORS: dict[str, Reading] = {
    **naive_ni.INDICATORS,
    **naive_front_door.INDICATORS,
    **naive_protection.INDICATORS,
    **naive_care.INDICATORS,
    **naive_health.INDICATORS,
    **naive_leavers.INDICATORS,
    **naive_workforce.INDICATORS,
    **naive_allegations.INDICATORS,
    **naive_oversight.INDICATORS,
}
FACTORS = {"percent": 100.0, "rate": 10_000.0, "ratio": 1.0, "average": 1.0}


def measure(drop: Path, as_at: Day) -> dict[Which, Figure]:
    """Every figure of the current periods; an indicator whose table or column did not come is not in the answer.

    Args:
        drop: folder of a drop, `<source>/<as_at>/<table>.csv`.
        as_at: the date the figures are as at; folders after it are not read.
    """
    council = Council(drop, as_at)
    spans = current_periods(as_at)
    figures: dict[Which, Figure] = {}
    for code, reading in INDICATORS.items():
        if any(table not in council.arrived for table in reading.tables):
            continue
        for kind in reading.kinds:
            first, last = spans[kind]
            try:
                numerator, denominator = reading.count(council, first, last)
            except KeyError:  # a column it asks for did not come
                continue
            if reading.unit == "rate":
                denominator = council.population(last, kind)
            value: float | None
            if reading.unit == "count":
                value = numerator
            elif not denominator:
                value = None
            elif reading.days:
                value = float(statistics.median(reading.days(council, first, last)))
            else:
                value = FACTORS[reading.unit] * numerator / denominator
            figures[code, kind, last] = (numerator, denominator, value)
    return figures


def broken_down(drop: Path, as_at: Day) -> dict[Which, dict[str, int]]:
    """How many cases of the current periods are in each group; of the indicators asked for by group."""
    council = Council(drop, as_at)
    spans = current_periods(as_at)
    return {
        (code, kind, spans[kind][1]): dict(Counter(reading.groups(council, *spans[kind])))
        for code, reading in INDICATORS.items()
        if reading.groups
        for kind in reading.kinds
    }


def open_and_late(drop: Path, as_at: Day) -> dict[Which, int]:
    """How many are open and already late on the last day of each current period (G24)."""
    council = Council(drop, as_at)
    spans = current_periods(as_at)
    return {
        (code, kind, spans[kind][1]): reading.late(council, spans[kind][1])
        for code, reading in INDICATORS.items()
        if reading.late
        for kind in reading.kinds
    }


def beside(drop: Path, as_at: Day) -> dict[Which, float]:
    """Numerators of the readings shown beside, of the current periods."""
    council = Council(drop, as_at)
    spans = current_periods(as_at)
    return {
        (code, kind, spans[kind][1]): reading.beside(council, *spans[kind])[0]
        for code, reading in INDICATORS.items()
        if reading.beside
        for kind in reading.kinds
    }
