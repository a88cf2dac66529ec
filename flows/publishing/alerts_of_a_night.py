"""The alerts of a nightly run, and those it resolves, as pure functions of its outcome."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from flows.alerts.alert import DROP, NIGHTLY, Alert, AlertPart, Kind, counted, day_and_time, long_day, sentence
from flows.alerts.heartbeat import SUCCESS
from flows.alerts.memory import ResolvedBecause
from flows.publishing.run_nightly import Outcome
from flows.publishing.run_report import Report
from warehouse.problem import Problem
from warehouse.store.extracts import BENCHMARKS, DOCUMENTS, MAPPINGS
from warehouse.store.keys import report_key

# The forms of a program line, a setting or a ledger entry; anything else in `where` may hold the name of a file.
_PROGRAM = re.compile(r"(?:flows|warehouse|transforms|expectations|deployments)/[a-z0-9_/]+\.py, line \d+")
_PLAIN_PLACE = re.compile(
    r"outside this program|the store|(?:environment variable )?DAYTWO_[A-Z0-9_]+|ledger/\d{12}\.json"
)
_WORDS = re.compile(r"[a-z0-9_]+")
_ENTRY = re.compile(r"ledger entry \d+")


def alerts_of_outcome(outcome: Outcome) -> tuple[Alert, ...]:
    """The alerts of a nightly run that ended: stopped, files refused, warnings."""
    alerts: list[Alert] = []
    where = f"{report_key(outcome.run_id, 'report.md')} in the store"
    if outcome.receipt is not None and (left := len(outcome.receipt.left_alone)):
        alerts.append(_left_alone(left))
    report = outcome.report
    if report is None:
        return tuple(alerts)
    alerts += _refused(report, where)
    if outcome.state == "stopped":
        alerts.append(_stopped(outcome, where))
    elif parts := warnings_of(report):
        alerts.append(
            Alert(
                "published_with_warnings",
                NIGHTLY,
                f"Published as at {long_day(report.as_at)}, with warnings: {_in_all(parts)}.",
                (
                    f"Each warning and its rows: {where}, with rows_set_aside.csv and issues.csv in the same folder.",
                    "Later messages name only what is new.",
                ),
                "No action is needed at once. Send what is new to the team that owns the table; to match waiting rows:"
                " daytwo review.",
                parts,
            )
        )
    return tuple(alerts)


def nightly_failed(problem: Problem, places: Sequence[str] = (), *, known_by: str = "") -> Alert:
    """The alert for a nightly run that failed.

    Args:
        places: those of the settings (drop, store), which may be named.
        known_by: identifies the same problem from one run to the next; by default its own sentence.
    """
    detail = [problem.why] if problem.why else []
    if where := safe_place(problem.where, places):
        detail.append(f"Where: {where}.")
    return Alert(
        "nightly_failed",
        NIGHTLY,
        "The nightly run failed. The published files are unchanged.",
        tuple(detail),
        f"{problem.fix or 'Read the output of the run.'} Then run it again: daytwo nightly.",
        (AlertPart(known_by or problem.what, sentence(problem.what)),),
    )


def warnings_of(report: Report) -> tuple[AlertPart, ...]:
    """The warnings a run was published with, by name: stale sources, rows set aside or waiting, checks."""
    return (*_stale(report), *_not_known(report), *_rows_not_used(report), *_checks(report))


def safe_place(where: str, places: Sequence[str] = ()) -> str:
    """The part of a Problem's `where` that may be sent: a line of the program, a setting, a ledger entry, a place.

    Empty for anything else, which may hold the name of a received file.
    """
    if where in places or _PROGRAM.fullmatch(where) or _PLAIN_PLACE.fullmatch(where):
        return where
    entry = _ENTRY.search(where)
    return entry[0] if entry else ""


def resolved_by_outcome(outcome: Outcome, ended_at: datetime.datetime) -> ResolvedBecause:
    """Which alerts a run with this outcome resolves."""
    when = day_and_time(ended_at)
    is_success = outcome.state in SUCCESS
    how = "published" if outcome.state == "published" else "found nothing new; the published files are up to date"

    def resolved_because(kind: Kind, subject: str) -> str:
        match kind:
            case "nightly_failed":
                said = how if is_success else "ended, and stopped before publishing"
                return f"The nightly run of {when} {said}."
            case "nightly_missing" if is_success or subject != NIGHTLY:
                return f"A nightly run ended on {when}."
            case "nightly_stopped" if is_success:
                return f"The nightly run of {when} {how}."
            case "file_refused" if subject == DROP:
                return (
                    f"The nightly run of {when} found nothing in the drop that it could not receive."
                    if outcome.receipt is not None
                    else ""
                )
            case "file_refused" if outcome.report is not None:
                return f"The nightly run of {when} refused no file of {subject} that is in use."
            case "published_with_warnings" if outcome.state == "published":
                return f"The nightly run of {when} published without warnings."
            case _:
                return ""

    return resolved_because


def resolved_by_failure(ended_at: datetime.datetime) -> ResolvedBecause:
    """A run that failed is not missing; every other alert stays open."""

    def resolved_because(kind: Kind, subject: str) -> str:
        if kind != "nightly_missing":
            return ""
        return f"A nightly run took place on {day_and_time(ended_at)}, but failed."

    return resolved_because


def _left_alone(left: int) -> Alert:
    return Alert(
        "file_refused",
        DROP,
        f"{counted(left, 'file or folder')} in the drop {'was' if left == 1 else 'were'} not received:"
        " the path does not fit the layout of a drop, or it could not be read.",
        ("The run's report and daytwo nightly name them.",),
        "Move each to where it belongs, <source>/<as at>/<file>, or remove it from the drop.",
        (AlertPart("left alone", f"not received: {counted(left, 'file or folder')}", left),),
    )


def _refused(report: Report, where: str) -> Iterable[Alert]:
    by_source: dict[str, Counter[str]] = {}
    for row in report.arrivals:
        if row.status == "refused":
            by_source.setdefault(row.source, Counter())[row.table or ""] += 1
    for source, tables in sorted(by_source.items()):
        parts = tuple(
            AlertPart(f"refused {table}", table or f"{counted(files, 'file')} without a table", files)
            for table, files in sorted(tables.items())
        )
        number = sum(tables.values())
        yield Alert(
            "file_refused",
            source,
            f"{counted(number, 'file')} of {source} {'was' if number == 1 else 'were'} refused:"
            " the figures that need them say so, and use nothing from them.",
            (f"Why, and where in the file: {where}, under Files refused.",),
            f"Ask whoever delivers {source} to correct and resend; daytwo check FILE checks a file before it is sent.",
            parts,
        )


def _stopped(outcome: Outcome, where: str) -> Alert:
    return Alert(
        "nightly_stopped",
        NIGHTLY,
        "The nightly run stopped before publishing: too many rows of a needed table were set aside.",
        (
            "The files published before remain, marked stale." if outcome.entry else "Nothing is published yet.",
            f"Which rows and why: {where}, with rows_set_aside.csv in the same folder.",
        ),
        "Contact the team that owns the table: its export is probably faulty. Once a correct one is delivered, the next"
        " nightly run publishes.",
        tuple(AlertPart(f"over the limit {table}", f"over the limit: {table}") for table in outcome.stopped_because),
    )


# The first word or two of a part's name says its kind; the store remembers parts by their names.


def _stale(report: Report) -> Iterable[AlertPart]:
    known = _known_sources(report)
    for source, as_at, is_stale, days in report.sources:
        if is_stale and source in known:
            line = f"stale: {source} is as at {long_day(as_at)}, {counted(days, 'day')} older than the as-at date"
            yield AlertPart(f"stale {source}", line)


def _not_known(report: Report) -> Iterable[AlertPart]:
    known = _known_sources(report)
    unknown = Counter(
        row.source if row.source in known else "another folder" for row in report.arrivals if row.status == "not known"
    )
    for source, files in sorted(unknown.items()):
        line = f"{source}: {counted(files, 'file')} whose name matches no contract"
        yield AlertPart(f"not known {source}", line, files)


def _known_sources(report: Report) -> set[str]:
    """Sources whose names may be sent. A folder without a known table may be misnamed, like a file."""
    return {row.source for row in report.arrivals if row.table} | {BENCHMARKS, DOCUMENTS, MAPPINGS}


def _rows_not_used(report: Report) -> Iterable[AlertPart]:
    aside: Counter[str] = Counter()
    for table, _, rows in report.set_aside:
        aside[table] += rows
    for table, rows in sorted(aside.items()):
        yield AlertPart(f"set aside {table}", f"set aside: {counted(rows, 'row')} of {table}", rows)
    for table, rows in report.unmatched:
        yield AlertPart(f"waits {table}", f"waiting to be matched to a child: {counted(rows, 'row')} of {table}", rows)


def _checks(report: Report) -> Iterable[AlertPart]:
    refused = {row.table for row in report.arrivals if row.status == "refused" and row.table}
    for table, title, _, because in report.not_checked:
        # A refused file has an alert of its own.
        if not refused.intersection((table, *_WORDS.findall(because or ""))):
            yield AlertPart(f"not checked {table} {title}", f"could not be checked: {table}: {title}")
    for code, table, severity, title, rows in report.broken:
        # Rows that break a critical check are set aside and counted there; "info" is listed, but is no fault.
        if severity == "warning":
            yield AlertPart(f"broken {code} {table}", f"broken: {table}: {title} ({code})", rows)


def _in_all(parts: Sequence[AlertPart]) -> str:
    """`1 source stale, 41 rows set aside, ...`: the totals of the parts, by kind."""

    def rows(kind: str) -> int:
        return sum(part.rows for part in parts if part.name.startswith(kind))

    def number(kind: str) -> int:
        return sum(part.name.startswith(kind) for part in parts)

    said = (
        (number("stale "), "source stale", "sources stale"),
        (rows("not known "), "file not known", "files not known"),
        (rows("set aside "), "row set aside", "rows set aside"),
        (rows("waits "), "row waiting", "rows waiting"),
        (number("not checked "), "check that could not be run", "checks that could not be run"),
        (number("broken "), "check broken", "checks broken"),
    )
    return ", ".join(f"{count:,} {one if count == 1 else many}" for count, one, many in said if count)
