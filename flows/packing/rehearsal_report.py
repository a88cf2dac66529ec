"""The report of a rehearsal: each thing asked for, what changed, the days to come; as JSON, page and lines."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from transforms.evidence.documents.readiness import WORST_FIRST, Status
from transforms.evidence.framework import SOURCED_MEANS
from transforms.evidence.timetable import spoken
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore

REPORT = re.compile(r"runs/([^/]+)/rehearsal_([a-z0-9_]+)\.json")


@dataclass(frozen=True, slots=True)
class RehearsedAnswer:
    """One of the answers to a thing asked for; `owner` is who can correct it."""

    title: str
    status: Status
    why: tuple[str, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked for: when it would be due, who owns it, how ready the answer would be and why.

    `day_sourced` is how well the day is sourced; `due_on` is None if no day is known.
    """

    id: str
    title: str
    due_day: int | None
    due_on: datetime.date | None
    day_sourced: str
    owner: str
    status: Status
    why: tuple[str, ...]
    parts: tuple[RehearsedAnswer, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """Steps of the timetable that begin on one day; `days` as "Day 4" or "Days 6 to 10"."""

    on: datetime.date
    days: str
    what: str


@dataclass(frozen=True, slots=True)
class RehearsedWarehouse:
    """The warehouse the rehearsal used.

    Attributes:
        as_at: the date it is measured as at.
        ledger_sequence, ledger_head: the ledger's position it was built from.
        published_entry, published_at: the entry that published it, and when.
        nightly_run: the run that built it; its lists of rows are under `runs/`.
        marked: what the published files are marked as, with the reason ("stale: ..."); empty if they are current.
    """

    as_at: datetime.date
    ledger_sequence: int
    ledger_head: str
    code_version: str
    published_entry: int | None
    published_at: datetime.datetime | None
    nightly_run: str
    marked: str


@dataclass(frozen=True, slots=True)
class Change:
    """A changed status of something asked for, or of part of it; `part` is empty for the whole."""

    ask_id: str
    title: str
    part: str
    before: Status
    now: Status


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since the last rehearsal that made its pack.

    If the status of a whole thing asked for changed, its parts are not named; otherwise the parts that changed are.
    `asked_anew` and `no_longer_asked` are titles: the framework's file has changed.
    """

    run_id: str
    received_at: datetime.datetime
    worse: tuple[Change, ...] = ()
    better: tuple[Change, ...] = ()
    asked_anew: tuple[str, ...] = ()
    no_longer_asked: tuple[str, ...] = ()

    @property
    def has_changes(self) -> bool:
        return bool(self.worse or self.better or self.asked_anew or self.no_longer_asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """The result of one framework's rehearsal.

    Attributes:
        state: "made", or "failed": the pack could not be made, `problem` says why.
        run_id: the folder of `runs/` that holds the report.
        received_at: the moment the call is assumed to have come.
        seconds: how long it took.
        content_hash, files, size: of the pack that was made, sealed, proved whole and thrown away; size in bytes.
        asks: in the framework's order.
        counted_so: how the days are counted from that moment.
        days: the next days of the timetable; `last_day` is when its last known step ends.
        since: None if there was no earlier rehearsal.
        report: where the readable report is; empty if it could not be kept.
    """

    state: Literal["made", "failed"]
    framework: str
    title: str
    short_title: str
    run_id: str
    received_at: datetime.datetime
    authority_name: str = ""
    caution: str = ""
    seconds: float = 0.0
    problem: Problem | None = None
    warehouse: RehearsedWarehouse | None = None
    content_hash: str = ""
    files: int = 0
    size: int = 0
    asks: tuple[Ask, ...] = ()
    counted_so: str = ""
    days: tuple[Day, ...] = ()
    last_day: datetime.date | None = None
    since: Since | None = None
    report: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many things asked for have each status, worst first."""
        return {status: sum(ask.status == status for ask in self.asks) for status in WORST_FIRST}

    @property
    def said(self) -> str:
        """One sentence: counts, no reasons."""
        return said_of(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """For machines, and what is kept in the store."""
        problem = self.problem
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("problem", "report")}
        told = None if problem is None else {name: getattr(problem, name) for name in ("what", "where", "why", "fix")}
        said: dict[str, Any] = _plain({**fields, "counts": self.counts, "problem": told})
        return said


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """The results of one run's rehearsals, by framework."""

    run_id: str
    results: tuple[Rehearsed, ...]

    @property
    def failed(self) -> tuple[Rehearsed, ...]:
        """Those whose pack could not be made."""
        return tuple(one for one in self.results if one.state == "failed")

    @property
    def said(self) -> str:
        """One sentence for each framework: counts, no reasons."""
        return " ".join(one.said for one in self.results)

    def as_json(self) -> dict[str, Any]:
        """For machines: `--json`."""
        return {"run_id": self.run_id, "rehearsed": [{**one.as_json(), "report": one.report} for one in self.results]}

    def lines(self) -> list[list[str]]:
        """For a terminal, by framework."""
        return [rehearsal_lines(one) for one in self.results]


MEANS: Mapping[Status, str] = {
    "missing": "Not received. For a document: deliver it to the drop, with its line in `documents/register.csv`. For an"
    " extract: ask its source to send it.",
    "stale": "Out of date: a review date has passed, or the extract is older than the other sources'.",
    "doubtful": "Received, but something that feeds it was set aside, matches no child, could not be read or does not"
    " agree.",
}


def rehearsal_markdown(one: Rehearsed) -> str:
    """The page a person reads in the morning: problems first, in order of due date."""
    lines = [
        f"# Rehearsal of {one.short_title}: {one.title}",
        "",
        "OFFICIAL-SENSITIVE",
        "",
        f"**As if the call came on {spoken(one.received_at.date())} at {one.received_at:%H:%M}: {_verdict(one)}**",
        "",
    ]
    if one.problem is not None:
        return "\n".join([*lines, *_not_made(one, one.problem)]) + "\n"
    assert one.warehouse is not None
    lines += [*_on_what(one, one.warehouse), "", "## Since the last rehearsal", "", *_moved(one.since)]
    for status, means in MEANS.items():
        asks = _by_day(one.asks, status)
        if not asks:
            continue
        lines += ["", f"## {status.capitalize()}: {len(asks)}", "", means]
        if status == "doubtful":
            lines.append(_where_the_rows_are(one.warehouse))
        for ask in asks:
            lines += ["", f"### {ask.title}", "", f"{_due(ask)}. Owner: {ask.owner}.", "", *_parts(ask)]
    ready = _by_day(one.asks, "ready")
    lines += ["", f"## Ready: {len(ready)}", ""]
    lines += [f"- {ask.title} ({_due(ask, short=True)})" for ask in ready] or ["Nothing."]
    lines += ["", "## The next days", "", one.counted_so, "", "| when | | what |", "| --- | --- | --- |"]
    lines += [f"| {spoken(day.on)} | {day.days} | {_cell(day.what)} |" for day in one.days]
    if one.last_day is not None and one.days and one.last_day > one.days[-1].on:
        lines += ["", f"The timetable continues to {spoken(one.last_day)}."]
    marks = ", ".join(f"{mark} ({means})" for mark, means in SOURCED_MEANS.items())
    lines += ["", f"How well a day is sourced: {marks}."]
    return "\n".join(lines) + "\n"


def rehearsal_lines(one: Rehearsed) -> list[str]:
    """For a terminal."""
    lines = [f"{one.short_title}, as if the call came on {one.received_at:%Y-%m-%d at %H:%M}: {_verdict(one)}"]
    if one.problem is not None:
        lines += [f"  {label}: {text}" for label, text in _told(one.problem)]
    for status in WORST_FIRST:
        for ask in _by_day(one.asks, status):
            day = "no day known" if ask.due_on is None else f"{ask.due_on:%a} {ask.due_on.day} {ask.due_on:%b}"
            lines.append(f"  {status:<9} {day:<12} {ask.title}")
            if status != "ready":
                lines += [f"  {'':<9} {'':<12} - {part}" for part in _parts_in_short(ask)]
    if one.problem is None:
        lines += [
            "  Since the last rehearsal:",
            *(f"    {line.removeprefix('- ')}" for line in _moved(one.since) if line),
        ]
    lines.append(f"  Report: {one.report or 'could not be kept'}")
    return lines


def _verdict(one: Rehearsed) -> str:
    if one.problem is not None:
        return f"the pack could not be made. {one.problem.what}"
    return f"of {len(one.asks)} things asked for, {_counted(one.counts)}."


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {status}" for status, number in counts.items() if number) or "none"


def _not_made(one: Rehearsed, problem: Problem) -> Iterator[str]:
    yield from (f"- {label}: {text}" for label, text in _told(problem))
    yield ""
    if one.since is None:
        yield "No earlier rehearsal made this pack."
    else:
        yield f"It was last made at the rehearsal of {_moment(one.since.received_at)}."
    yield "A notification answered now would fail in the same way. Correct this first."


def _told(problem: Problem) -> list[tuple[str, str]]:
    parts = (("where", problem.where), ("why it matters", problem.why), ("how to fix it", problem.fix))
    return [(label, text) for label, text in parts if text]


def _on_what(one: Rehearsed, warehouse: RehearsedWarehouse) -> Iterator[str]:
    if warehouse.marked:
        yield f"- **The published files are marked {warehouse.marked}**"
    if one.caution:
        yield f"- {one.caution}"
    days = (one.received_at.date() - warehouse.as_at).days
    before = f", {days} {'day' if days == 1 else 'days'} earlier" if days > 0 else ""
    published = f", published {_moment(warehouse.published_at)}" if warehouse.published_at else ""
    yield (
        f"- Built from the published files: as at {spoken(warehouse.as_at)}{before}; ledger position"
        f" {warehouse.ledger_sequence}{published}."
    )
    yield (
        f"- The whole draft was made for {one.authority_name} ({one.files} files, {one.size / 1e6:.1f} MB), sealed,"
        f" proved whole and thrown away, in {one.seconds:g} s. Nothing was entered in the ledger."
    )


def _moved(since: Since | None) -> list[str]:
    if since is None:
        return ["This is the first rehearsal, so there is nothing to compare it with."]
    lines = [f"It was on {_moment(since.received_at)}. " + ("" if since.has_changes else "Nothing has changed.")]
    for word, changes in (("worse", since.worse), ("better", since.better)):
        for change in changes:
            part = f", {change.part}" if change.part else ""
            lines.append(f"- {word}: {change.title}{part}: {change.before} then, {change.now} now")
    lines += [f"- newly asked for: {title}" for title in since.asked_anew]
    lines += [f"- no longer asked for: {title}" for title in since.no_longer_asked]
    return [line.rstrip() for line in (lines if len(lines) == 1 else [lines[0], "", *lines[1:]])]


def _by_day(asks: Sequence[Ask], status: Status) -> list[Ask]:
    """Those with this status, earliest due date first."""
    return sorted(
        (ask for ask in asks if ask.status == status),
        key=lambda ask: (ask.due_on is None, ask.due_on or datetime.date.min),
    )


def _due(ask: Ask, *, short: bool = False) -> str:
    if ask.due_on is None:
        return "no day known" if short else "No due date is known"
    sourced = "" if ask.day_sourced == "verified" else f", {ask.day_sourced}"
    said = f"{spoken(ask.due_on)} (day {ask.due_day}{sourced})"
    return f"day {ask.due_day}{sourced}" if short else f"Due {said}"


def _parts(ask: Ask) -> Iterator[str]:
    """What is wrong, worst first; parts with the same status and reason are named together."""
    if not ask.parts:
        yield from (f"- {why}" for why in ask.why)
    together: dict[tuple[Status, tuple[str, ...], str], list[str]] = {}
    for part in sorted(ask.parts, key=lambda part: WORST_FIRST.index(part.status)):
        together.setdefault((part.status, part.why, part.owner), []).append(part.title)
    for (status, why, owner), titles in together.items():
        if status == "ready":
            continue
        named = f"{status}: **{'**, **'.join(titles)}**: " if len(ask.parts) > 1 else ""
        asked = f" (to be corrected by: {owner})" if owner != ask.owner else ""
        yield f"- {named}{'; '.join(why)}{asked}"
    done = sum(part.status == "ready" for part in ask.parts)
    if done and len(ask.parts) > 1:
        yield f"- ready: {done} of {len(ask.parts)} parts"


def _parts_in_short(ask: Ask) -> Iterator[str]:
    for line in _parts(ask):
        yield line.removeprefix("- ").replace("**", "")


def _where_the_rows_are(warehouse: RehearsedWarehouse) -> str:
    rows = f"`runs/{warehouse.nightly_run}/rows_set_aside.csv`" if warehouse.nightly_run else "the nightly run's report"
    return (
        f"Rows set aside are listed in {rows}; `daytwo review` lists rows that match no child; `daytwo explain CODE`"
        " explains a figure's code."
    )


def _moment(moment: datetime.datetime) -> str:
    return f"{spoken(moment.date())} at {moment:%H:%M}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def said_of(kept: Mapping[str, Any]) -> str:
    """One sentence about a rehearsal, from its JSON values: counts, no reasons."""
    if kept["state"] != "made":
        return f"{kept['short_title']}: the pack could not be made. {kept['problem']['what']}"
    since = kept["since"]
    moved = f"; since the last rehearsal {len(since['better'])} better, {len(since['worse'])} worse" if since else ""
    return f"{kept['short_title']}: of {len(kept['asks'])} things asked for, {_counted(kept['counts'])}{moved}."


def _plain(value: Any) -> Any:
    """A value in JSON's own types."""
    if hasattr(value, "__dataclass_fields__"):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def last_rehearsals(store: EvidenceStore) -> list[dict[str, Any]]:
    """The newest rehearsal of each framework, in JSON values and the order of the frameworks' ids.

    Each has `framework`, `state`, `run_id`, `received_at`, `counts`, `worse` and `better` (how many moved since the one
    before), `said` (one sentence, no reasons) and `report` (where it is).
    """
    newest: dict[str, dict[str, Any]] = {}
    for key in reversed(store.keys("runs")):
        found = REPORT.fullmatch(key)
        if found is None or found[2] in newest:
            continue
        try:
            kept = json.loads(store.read(key))
            since = kept["since"] or {"worse": [], "better": []}
            newest[found[2]] = {
                **{name: kept[name] for name in ("framework", "state", "run_id", "received_at", "counts")},
                "worse": len(since["worse"]),
                "better": len(since["better"]),
                "said": said_of(kept),
                "report": store.place(f"{key.removesuffix('.json')}.md"),
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # written by another version, or damaged: the one before it is used
    return [newest[framework] for framework in sorted(newest)]
