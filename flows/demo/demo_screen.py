"""The one screen of the demo: what came in, what was found, five figures, the pack, what to open and what to try."""

from __future__ import annotations

import datetime
import shlex
import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from flows.demo.demo_figures import DemoFigure
from flows.demo.two_weeks import NOTIFIED_AT, SECOND_WEEK, TwoWeeks
from flows.packing.answer_notification import SealedPack
from flows.publishing.run_report import Report
from warehouse.store.keys import pack_key, report_key

FIVE_FIGURES = ("NI64", "CP02", "NI62", "LA01", "FD05")
"""Long protection plans, conferences in timescale, placement stability, children looked after, re-referrals."""


def screen(weeks: TwoWeeks, figures: Sequence[DemoFigure]) -> list[str]:
    """About forty lines of at most 100 columns, if the demo's folder has a short name."""
    night = weeks.nights[-1]
    assert night.report is not None
    assert weeks.pack is not None
    assert weeks.verified is not None
    sections = (
        _came_in(night.report),
        _found(night.report),
        _five_figures(figures),
        _pack(weeks.pack, weeks.verified.good),
        _open(weeks.store, weeks.pack, night.run_id),
        _try(weeks),
    )
    return [line for section in sections for line in ("", *section)][1:]


def _came_in(report: Report) -> list[str]:
    files = {(arrived.source, arrived.as_at, arrived.file_name) for arrived in report.arrivals}
    sources = {arrived.source for arrived in report.arrivals}
    received, loaded, set_aside = (
        sum(count or 0 for count in counts)
        for counts in zip(*((row.received, row.loaded, row.set_aside) for row in report.arrivals), strict=True)
    )
    return [
        f"What came in for {_day(SECOND_WEEK)}",
        f"  {len(files):>6,} files from {len(sources)} sources, each kept exactly as it came",
        f"  {received:>6,} rows received = {loaded:,} loaded + {set_aside:,} set aside",
    ]


def _found(report: Report) -> list[str]:
    set_aside = sum(arrived.set_aside or 0 for arrived in report.arrivals)
    refused = len({arrived.file_name for arrived in report.arrivals if arrived.status == "refused"})
    waiting = sum(rows for _, rows in report.unmatched)
    checks = {outcome: (number, rows) for outcome, number, rows in report.checks}
    broken, broken_rows = checks.get("broken", (0, 0))
    met, not_run = (checks.get(outcome, (0, 0))[0] for outcome in ("met", "could not be checked"))
    return [
        "What was found",
        f"  {set_aside:>6,} rows set aside, each with its file, row and reason",
        f"  {refused:>6,} files refused",
        f"  {waiting:>6,} rows waiting for a match to a child",
        f"  {broken:>6,} checks broken, by {broken_rows or 0:,} rows; {met:,} met; {not_run:,} could not be checked",
    ]


def _five_figures(figures: Sequence[DemoFigure]) -> list[str]:
    # If a code has several figures, the first is for twelve months.
    first = {figure.code: figure for figure in reversed(figures)}
    five = [first[code] for code in FIVE_FIGURES if code in first]
    has_england = any(figure.england for figure in five)
    width = 52 if has_england else 61
    lines = [
        f"{f'Five of {len(first)} figures':<{width + 8}}{'cases':>16}{'value':>9}"
        + (f"{'England':>14}" if has_england else "")
    ]
    for figure in five:
        title = textwrap.shorten(figure.title, width - 1, placeholder=" ...")
        line = f"  {figure.code:<6}{title:<{width}}{f'{figure.numerator} of {figure.denominator}':>16}{figure.value:>9}"
        lines.append(line + (f"{figure.england:>14}" if figure.england else ""))
    if any(figure.value == "n/d" for figure in five):
        lines.append("  n/d: fewer than six cases, so no percentage is shown")
    return lines


def _pack(pack: SealedPack, is_whole: bool) -> list[str]:
    statuses = Counter(ask["status"] for ask in pack.asks)
    counted = ", ".join(
        f"{statuses[status]} {status}"
        for status in ("ready", "doubtful", "stale", "missing")
        if statuses[status] or status in ("ready", "missing")
    )
    missing = [f"  missing: {ask['title']}" for ask in pack.asks if ask["status"] == "missing"]
    whole = "proved whole" if is_whole else "NOT WHOLE"
    return [
        f"The pack for {pack.framework}, notified {_day(NOTIFIED_AT)} at {NOTIFIED_AT:%H:%M}",
        f"  {len(pack.asks)} requests: {counted}",
        *missing[:3],
        f"  sealed as {pack.pack_id}, {whole}; a draft until two people release it",
    ]


def _open(store: Path, pack: SealedPack, run_id: str) -> list[str]:
    payload = f"{pack_key(pack.framework, pack.pack_id)}/data"
    lines = [f"Open, in {store}"]
    for path, what in (
        (f"{payload}/00_cover.pdf", "each request and its status"),
        (f"{payload}/02_performance_profile.pdf", "every figure"),
        ("published/warehouse.duckdb", "for DuckDB 1.4 or later"),
        (report_key(run_id, "report.md"), "every file and figure"),
        (report_key(run_id, "checks.html"), "every check"),
    ):
        lines.append(f"  {path:<67}{what}")
    return lines


def _try(weeks: TwoWeeks) -> list[str]:
    store, drop = shlex.quote(str(weeks.store)), shlex.quote(str(weeks.drop))
    lines = [f'Try, after: export PATH="$PWD/.venv/bin:$PATH" DAYTWO_STORE={store} DAYTWO_DROP={drop}']
    for command, what in (
        ("daytwo explain NI64", "what the figure means"),
        ("daytwo cases NI64", "the children in it"),
        ("daytwo review", "the rows waiting for a match"),
        ("daytwo notify --framework ilacs_2026 --received 2026-11-02T09:14", "another pack"),
        ("daytwo nightly", "nothing new since"),
    ):
        lines.append(f"  {command:<67}{what}")
    return lines


def _day(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"
