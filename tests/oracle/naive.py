"""A deliberately naive oracle: indicators and what sets a row aside, by loops over a drop as received.

Written from the sentences of the project's choices (G1 to G24 and one line an indicator), not from the SQL, and slow on
purpose. It imports nothing of the product. `Council(drop, as_at)` reads a drop; of it

    measure(council) -> {(code, period_kind, ends_on): (numerator, denominator, value)}
    broken_down(council) -> {(code, period_kind, ends_on): {group: how many}}
    open_and_late(council) -> {(code, period_kind, ends_on): how many}
    beside(council) -> {(code, period_kind, ends_on): numerator}
    council.set_aside -> {(source_table, row_number, "a" | "b" | "c")}

Where a choice is silent the oracle reads as the indicator's own file says it does (the earliest of several periods of
care open at once, two reviews of one day, who is open and late): there it checks the file's words, not their choice.
"""

from __future__ import annotations

import statistics
from collections import Counter

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
from tests.oracle.naive_drop import Day

__all__ = ["INDICATORS", "Council", "beside", "broken_down", "measure", "open_and_late"]

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


def measure(council: Council) -> dict[Which, Figure]:
    """Every figure of the current periods; an indicator whose table or column did not come is not in the answer."""
    spans = current_periods(council.as_at)
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


def broken_down(council: Council) -> dict[Which, dict[str, int]]:
    """How many cases of the current periods are in each group; of the indicators asked for by group."""
    spans = current_periods(council.as_at)
    return {
        (code, kind, spans[kind][1]): dict(Counter(reading.groups(council, *spans[kind])))
        for code, reading in INDICATORS.items()
        if reading.groups
        for kind in reading.kinds
    }


def open_and_late(council: Council) -> dict[Which, int]:
    """How many are open and already late on the last day of each current period (G24)."""
    spans = current_periods(council.as_at)
    return {
        (code, kind, spans[kind][1]): reading.late(council, spans[kind][1])
        for code, reading in INDICATORS.items()
        if reading.late
        for kind in reading.kinds
    }


def beside(council: Council) -> dict[Which, float]:
    """Numerators of the readings shown beside, of the current periods."""
    spans = current_periods(council.as_at)
    return {
        (code, kind, spans[kind][1]): reading.beside(council, *spans[kind])[0]
        for code, reading in INDICATORS.items()
        if reading.beside
        for kind in reading.kinds
    }
