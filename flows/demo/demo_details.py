"""What `daytwo demo --verbose` prints before the screen: every file with rows set aside, every figure and request."""

from __future__ import annotations

from collections.abc import Sequence

from flows.demo.demo_figures import DemoFigure
from flows.demo.two_weeks import TwoWeeks
from flows.publishing.run_report import Report


def details(weeks: TwoWeeks, figures: Sequence[DemoFigure]) -> list[str]:
    """Lines for a terminal."""
    report = weeks.nights[-1].report
    assert report is not None
    assert weeks.pack is not None
    assert weeks.verified is not None
    return [
        *(night.said for night in weeks.nights),
        "",
        *_files(report),
        "",
        *_figures(figures),
        "",
        *weeks.pack.lines(),
        "",
        *weeks.verified.lines(),
    ]


def _files(report: Report) -> list[str]:
    lines = ["Rows received = rows loaded + rows set aside, for every file with rows set aside or refused:"]
    for arrived in report.arrivals:
        if arrived.set_aside or arrived.status == "refused":
            counts = f"{arrived.received or 0:>9,} ={arrived.loaded or 0:>9,} +{arrived.set_aside or 0:>6,}"
            lines.append(f"  {arrived.file_name:<34}{counts}  {arrived.status}")
    lines += [
        f"Waiting for a match: {rows:,} {'row' if rows == 1 else 'rows'} of {table}" for table, rows in report.unmatched
    ]
    lines += [
        f"Checks {outcome}: {number:,}" + (f" ({broken:,} rows)" if broken else "")
        for outcome, number, broken in report.checks
    ]
    return lines


def _figures(figures: Sequence[DemoFigure]) -> list[str]:
    lines = [f"{'code':<6}{'figure':<58}{'n':>8}{'d':>9}{'value':>11}{'England':>14}{'council':>14}  sourced"]
    lines += [
        f"{one.code:<6}{one.title[:57]:<58}{one.numerator:>8}{one.denominator:>9}{one.value:>11}{one.england:>14}"
        f"{one.council:>14}  {one.sourced}"
        for one in figures
    ]
    return lines
