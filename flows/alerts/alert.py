"""What people are told of a run: alerts, made by pure functions from what the run came to.

Counts, sources, tables and checks by their own names, and where the rest is to be read. No value of a record, and no
name of a file as received: whoever named it may have put a child's name there.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.extracts import BENCHMARKS, DOCUMENTS, MAPPINGS

if TYPE_CHECKING:  # heavy, and `daytwo watch` needs none of them
    from flows.publishing.run_nightly import Outcome
    from flows.publishing.run_report import Report
    from flows.receiving.sources import Late

Kind = Literal[
    "nightly_failed",
    "nightly_missing",
    "nightly_stopped",
    "rehearsal_failed",
    "pull_failed",
    "source_late",
    "file_refused",
    "published_with_warnings",
]
URGENCY: tuple[Kind, ...] = get_args(Kind)
"""Every kind, the most urgent first."""

WORTH_KNOWING: tuple[Kind, ...] = ("published_with_warnings",)
"""Kinds that are news and no fault to be put right at once: `daytwo watch` ends with 0 where nothing else stands."""

NIGHTLY = "nightly"
DROP = "drop"
WHOLE_RUN = "all of it"
UNENDED = "a run that did not end"
TRIAL = "a test"

# What a table's row, a check or a setting is named by; anything else in `where` may hold the name of a file.
_PROGRAM = re.compile(r"(?:flows|warehouse|transforms|expectations|deployments)/[a-z0-9_/]+\.py, line \d+")
_PLAIN_PLACE = re.compile(
    r"outside this program|the store|(?:environment variable )?DAYTWO_[A-Z0-9_]+|ledger/\d{12}\.json"
)
_WORDS = re.compile(r"[a-z0-9_]+")
_ENTRY = re.compile(r"ledger entry \d+")


@dataclass(frozen=True, slots=True)
class AlertPart:
    """One of several things an alert consists of; told of again only where it is new.

    Attributes:
        name: what it is known by from one run to the next.
        line: what people read.
        rows: how many rows (files, ...) it is about; 0 where that does not matter. Told of again when it has more than
            doubled.
    """

    name: str
    line: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person is told.

    Attributes:
        subject: what it is about: a source, a framework, the nightly run. With the kind, what it is known by.
        headline: one sentence.
        detail: lines that hold for all of it.
        what_to_do: for the person who reads it.
        parts: what it consists of, the most important first.
    """

    kind: Kind
    subject: str
    headline: str
    detail: tuple[str, ...]
    what_to_do: str
    parts: tuple[AlertPart, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.subject}"


def urgency(alert: Alert) -> tuple[int, bool, str]:
    """What alerts are sorted by, the most urgent first."""
    return (URGENCY.index(alert.kind), alert.subject == DROP, alert.subject)


def moment(at: datetime.datetime) -> str:
    """`2 November 2026, 04:15`, by Europe/London's clock."""
    there = at.astimezone(LONDON)
    return f"{there.day} {there:%B %Y, %H:%M}"


def of_outcome(outcome: Outcome) -> tuple[Alert, ...]:
    """What is to be told of a nightly run that came to an end: stopped, files refused, warnings."""
    alerts: list[Alert] = []
    where = f"runs/{outcome.run_id}/report.md in the store"
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
                f"Published as at {_day(report.as_at)}, with warnings: {_in_all(parts)}.",
                (
                    f"Each, with its rows: {where}, and rows_set_aside.csv and issues.csv beside it.",
                    "From here on only what is new is told.",
                ),
                "Nothing at once. Send what is new to the team whose table it is; rows that wait: daytwo review.",
                parts,
            )
        )
    return tuple(alerts)


def of_problem(problem: Problem, places: Sequence[str] = (), *, known_by: str = "") -> Alert:
    """What is to be told of a nightly run that failed.

    Args:
        places: the settings' own (drop, store), which may be named.
        known_by: what it is known by from one run to the next; by default its own sentence.
    """
    detail = [problem.why] if problem.why else []
    if where := safe_place(problem.where, places):
        detail.append(f"Where: {where}.")
    return Alert(
        "nightly_failed",
        NIGHTLY,
        "The nightly run failed. What was published before stays as it was.",
        tuple(detail),
        f"{problem.fix or 'Read what the run printed.'} Then start it again: daytwo nightly.",
        (AlertPart(known_by or problem.what, _sentence(problem.what)),),
    )


def of_late(late: Late) -> Alert:
    """What is to be told of a source that is late."""
    last = f"Last received on {moment(late.last_received)}" if late.last_received else "Nothing of it was ever received"
    as_at = f", as at {_day(late.newest_as_at.isoformat())}" if late.newest_as_at else ""
    return Alert(
        "source_late",
        late.source,
        f"{late.source} is late: it was due by {moment(late.due)}.",
        (f"{last}{as_at}.", "Until it comes, the figures it feeds rest on the delivery before, and are marked stale."),
        f"Ask whoever delivers {late.source}. When it has come, the next nightly run takes it.",
    )


def of_pull(source: str, problem: Problem) -> Alert:
    """What is to be told of a source that could not be fetched; `WHOLE_RUN`: of a pull that fetched none."""
    return Alert(
        "pull_failed",
        source,
        "The pull failed: nothing could be fetched." if source == WHOLE_RUN else f"{source} could not be fetched.",
        (problem.why,) if problem.why else (),
        f"{problem.fix or 'Read what the pull printed.'} Then: daytwo pull.",
        (AlertPart(problem.what, _sentence(problem.what)),),
    )


def of_rehearsal(framework: str, title: str, problem: Problem | None) -> Alert:
    """What is to be told of a rehearsal whose pack could not be made."""
    what = problem.what if problem else "The pack could not be made."
    return Alert(
        "rehearsal_failed",
        framework,
        f"{title}: if the call came now, the pack could not be made.",
        (),
        f"{(problem.fix if problem else '') or 'Read what the rehearsal printed.'} Then: daytwo rehearse.",
        (AlertPart(what, _sentence(what)),),
    )


def nightly_missing(last_success: datetime.datetime | None, hours: int, last_said: str = "") -> Alert:
    """What is to be told where no nightly run has ended well for too long.

    Args:
        last_success: when the last one ended well; None: none ever did.
        last_said: what is known of the last one that began, a sentence.
    """
    since = f"since {moment(last_success)}" if last_success else "yet"
    return Alert(
        "nightly_missing",
        NIGHTLY,
        f"No nightly run has ended well {since}; one is expected every {hours} hours.",
        (last_said or "None is known to have begun since.",),
        "See that what starts it runs (Prefect's server and worker, cron, the timer), then start it: daytwo nightly.",
    )


def nightly_unended(began: datetime.datetime, *, is_gone: bool, hours: int, run: str = "nightly run") -> Alert:
    """What is to be told of a run that began and does not end.

    Args:
        is_gone: its process is no longer there.
        hours: after which a run is taken to hang.
        run: what is known of it.
    """
    what = "was ended from outside: its process is gone" if is_gone else f"has not ended after more than {hours} hours"
    return Alert(
        "nightly_missing",
        UNENDED,
        f"The {run} that began on {moment(began)} {what}.",
        ("What was published before stays as it was.",),
        "Start it again: daytwo nightly. It puts right what was left."
        if is_gone
        else "See whether it still works (daytwo status says who writes); if it hangs, end it and start it again.",
    )


def trial() -> Alert:
    """A message to try the channels with."""
    return Alert(
        "published_with_warnings",
        TRIAL,
        "This is a test: nothing is wrong.",
        ("Somebody tried whether alerts arrive (daytwo watch --test).",),
        "Nothing.",
    )


def warnings_of(report: Report) -> tuple[AlertPart, ...]:
    """What a run was published in spite of, by name: stale sources, rows set aside, waiting, checks."""
    aside: Counter[str] = Counter()
    for table, _, rows in report.set_aside:
        aside[table] += rows
    refused = {row.table for row in report.arrivals if row.status == "refused" and row.table}
    # A folder that brought no table we know may be named by mistake, like a file.
    known = {row.source for row in report.arrivals if row.table} | {BENCHMARKS, DOCUMENTS, MAPPINGS}
    unknown = Counter(
        row.source if row.source in known else "another folder" for row in report.arrivals if row.status == "not known"
    )
    return (
        *(
            AlertPart(f"stale {source}", f"stale: {source} is as at {_day(as_at)}, {days} days older")
            for source, as_at, is_stale, days in report.sources
            if is_stale and source in known
        ),
        *(
            AlertPart(f"not known {source}", f"{source}: {counted(files, 'file')} whose name no contract knows", files)
            for source, files in sorted(unknown.items())
        ),
        *(
            AlertPart(f"set aside {table}", f"set aside: {counted(rows, 'row')} of {table}", rows)
            for table, rows in sorted(aside.items())
        ),
        *(
            AlertPart(f"waits {table}", f"matches no child and waits: {counted(rows, 'row')} of {table}", rows)
            for table, rows in report.unmatched
        ),
        *(
            AlertPart(f"not checked {table} {title}", f"could not be checked: {table}: {title}")
            for table, title, _, because in report.not_checked
            # Told as a file that was refused.
            if not refused.intersection((table, *_WORDS.findall(because or "")))
        ),
        # What is critical is set aside and told as such; what is "info" is listed and no fault.
        *(
            AlertPart(f"broken {code} {table}", f"broken: {table}: {title} ({code})", rows)
            for code, table, severity, title, rows in report.broken
            if severity == "warning"
        ),
    )


def safe_place(where: str, places: Sequence[str] = ()) -> str:
    """What may be told of a Problem's `where`: a line of the program, a setting, a ledger entry, one of `places`.

    Empty for anything else: the name of a file as received may be in it.
    """
    if where in places or _PROGRAM.fullmatch(where) or _PLAIN_PLACE.fullmatch(where):
        return where
    entry = _ENTRY.search(where)
    return entry[0] if entry else ""


def counted(number: int, what: str) -> str:
    """`1 row`, `2,500 rows`."""
    return f"{number:,} {what if number == 1 else ' or '.join(f'{word}s' for word in what.split(' or '))}"


def _left_alone(left: int) -> Alert:
    return Alert(
        "file_refused",
        DROP,
        f"The drop holds {counted(left, 'file or folder')} that {'was' if left == 1 else 'were'} left alone:"
        " the place does not say what it is, or it could not be read.",
        ("The run's report and daytwo nightly name them.",),
        "Put each where it belongs, <source>/<as at>/<file>, or take it out of the drop.",
        (AlertPart("left alone", f"left alone: {counted(left, 'file or folder')}", left),),
    )


def _refused(report: Report, where: str) -> Iterable[Alert]:
    by_source: dict[str, Counter[str]] = {}
    for row in report.arrivals:
        if row.status == "refused":
            by_source.setdefault(row.source, Counter())[row.table or ""] += 1
    for source, tables in sorted(by_source.items()):
        parts = tuple(
            AlertPart(f"refused {table}", table or f"{counted(files, 'file')} that is no table", files)
            for table, files in sorted(tables.items())
        )
        number = sum(tables.values())
        yield Alert(
            "file_refused",
            source,
            f"{counted(number, 'file')} of {source} {'was' if number == 1 else 'were'} refused:"
            " the figures they feed say so, and use nothing of them.",
            (f"Why, and where in the file: {where}, under Files refused.",),
            f"Ask whoever delivers {source} to send it again once put right; daytwo check FILE tries it beforehand.",
            parts,
        )


def _stopped(outcome: Outcome, where: str) -> Alert:
    return Alert(
        "nightly_stopped",
        NIGHTLY,
        "The nightly run stopped before publishing: too many rows of a needed table were set aside.",
        (
            "The files published before stay, marked stale." if outcome.entry else "Nothing is published yet.",
            f"Which rows and why: {where}, and rows_set_aside.csv beside it.",
        ),
        "Call the table's team: an export went wrong. Once it is delivered again, the next nightly run publishes.",
        tuple(AlertPart(f"over the limit {table}", f"over the limit: {table}") for table in outcome.stopped_because),
    )


def _in_all(parts: Sequence[AlertPart]) -> str:
    """`1 source stale, 41 rows set aside, ...`: what the parts come to, by kind."""

    def rows(kind: str) -> int:
        return sum(part.rows for part in parts if part.name.startswith(kind))

    def number(kind: str) -> int:
        return sum(part.name.startswith(kind) for part in parts)

    said = (
        (number("stale "), "source stale", "sources stale"),
        (rows("not known "), "file not known", "files not known"),
        (rows("set aside "), "row set aside", "rows set aside"),
        (rows("waits "), "row waiting", "rows waiting"),
        (number("not checked "), "check that could not be made", "checks that could not be made"),
        (number("broken "), "check broken", "checks broken"),
    )
    return ", ".join(f"{count:,} {one if count == 1 else many}" for count, one, many in said if count)


def _day(iso: str) -> str:
    day = datetime.date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
