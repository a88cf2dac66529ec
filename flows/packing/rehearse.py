"""Rehearses the answer to a notification: if the call came now, what would go wrong? No Prefect here.

The pack is made by the same functions as a real one, sealed, checked against its own manifests and thrown away: only
the report is kept, under `runs/`. A rehearsal has its own lock and workspaces, so a real notification never waits for
one and is never refused because of one.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from flows.callbacks import Say, carry_out
from flows.packing.answer_notification import council_name, frozen, gather_and_seal
from flows.packing.rehearsal_report import (
    REPORT,
    Ask,
    Change,
    Day,
    Rehearsals,
    Rehearsed,
    RehearsedAnswer,
    RehearsedWarehouse,
    Since,
    rehearsal_markdown,
)
from flows.safe_errors import without_values
from flows.settings import Settings
from transforms.evidence.bag import Sealed, verify
from transforms.evidence.build_pack import PackSummary
from transforms.evidence.documents.readiness import WORST_FIRST
from transforms.evidence.framework import framework_ids, load_framework, rehearsed_frameworks
from transforms.evidence.timetable import Timetable
from warehouse.database import reading
from warehouse.england_time import in_london
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import STATUS, name_of_run, report_key
from warehouse.store.ledger import Ledger

LOCK = "rehearsal"
NEXT_DAYS = 14
"""Days of the timetable that are shown, from the day of notification."""


def rehearse(
    store: EvidenceStore,
    *,
    framework: str,
    settings: Settings,
    now: datetime.datetime,
    run_id: str = "",
    say: Say = lambda step: None,
) -> Rehearsed:
    """Make the pack that would answer a notification received now, report how ready it is, and throw it away.

    Args:
        framework: its id, such as slac_2009.
        now: when the call is assumed to come, aware.
        run_id: folder of `runs/` for the report; by default from `now`.
        say: called with each step.

    Raises:
        Problem: the pack could not be made (no such framework, nothing published, ...), or another rehearsal is
            running. Only `rehearse_all` keeps a report of that.
    """
    with store.lock(LOCK):
        return _rehearse(store, framework, settings, now, run_id or name_of_run(now), say)


def rehearse_all(
    store: EvidenceStore,
    *,
    settings: Settings,
    now: datetime.datetime,
    run_id: str = "",
    say: Say = lambda step: None,
) -> Rehearsals:
    """Rehearse each framework of the setting `rehearse`; empty: all of them.

    A framework whose pack cannot be made does not stop the others: it appears in the results as failed, with a report.

    Raises:
        Problem: another rehearsal is running, or the store cannot be written to at all.
    """
    run = run_id or name_of_run(now)
    results = []
    with store.lock(LOCK):
        for name in rehearsed_frameworks(settings.rehearse):
            begun = time.monotonic()

            def told(step: str, name: str = name) -> None:
                say(f"{name}: {step}")

            def attempt(name: str = name, told: Say = told) -> Rehearsed:
                return _rehearse(store, name, settings, now, run, told)

            try:
                results.append(carry_out(say, f"rehearsing {name}", partial(without_values, attempt)))
            except Problem as problem:
                results.append(_failed(store, name, problem, now, run, time.monotonic() - begun))
    return Rehearsals(run, tuple(results))


def _rehearse(
    store: EvidenceStore, framework: str, settings: Settings, now: datetime.datetime, run_id: str, say: Say
) -> Rehearsed:
    """As `rehearse`, with the lock already held."""
    begun = time.monotonic()
    asked = load_framework(framework)
    ledger = Ledger(store)
    with (
        frozen(store, ledger, None, settings, say, workspace="warehouse_for_rehearsal") as (warehouse, _),
        store.workspace("rehearsal") as workspace,
    ):
        with reading(warehouse) as connection:
            code = connection.execute("SELECT authority_code FROM quality.run").fetchone()
        summary, made = gather_and_seal(
            store,
            warehouse,
            asked,
            received_at=now,
            folder=workspace / f"{now.astimezone(datetime.UTC):%Y%m%dT%H%MZ}-v1",
            version=1,
            authority_name=council_name(settings, code[0] if code else ""),
            say=say,
        )
        say("proving it whole")
        for place in (made.folder, made.zip_file):
            _prove(place, made)
    asks = _asks(summary)
    rehearsed = Rehearsed(
        state="made",
        framework=framework,
        title=asked.title,
        short_title=asked.short_title,
        caution=asked.caution,
        run_id=run_id,
        received_at=summary.received_at,
        authority_name=summary.authority_name,
        warehouse=_warehouse(store, ledger, summary),
        content_hash=made.content_hash,
        files=made.payload_files,
        size=made.payload_bytes,
        asks=asks,
        counted_so=summary.timetable.counted_so,
        days=_next_days(summary.timetable),
        last_day=max((step.last_on for step in summary.timetable.steps), default=None),
        since=_since(store, framework, run_id, asks),
        seconds=round(time.monotonic() - begun, 1),
    )
    say("keeping the report")
    return _kept(store, rehearsed)


def _failed(
    store: EvidenceStore, framework: str, problem: Problem, now: datetime.datetime, run_id: str, seconds: float
) -> Rehearsed:
    """The result for a framework whose pack could not be made, kept if possible."""
    is_known = framework in framework_ids()

    def attempt() -> Rehearsed:
        asked = load_framework(framework)
        named = replace(failed, title=asked.title, short_title=asked.short_title, caution=asked.caution)
        return _kept(store, replace(named, since=_since(store, framework, run_id, None)))

    failed = Rehearsed(
        state="failed",
        framework=framework,
        title=framework,
        short_title=framework,
        run_id=run_id,
        received_at=in_london(now),
        problem=problem,
        seconds=round(seconds, 1),
    )
    try:
        return without_values(attempt) if is_known else failed
    except Problem:
        return failed  # the store cannot be written to either; the result still shows what happened


def _kept(store: EvidenceStore, rehearsed: Rehearsed) -> Rehearsed:
    """Keep the report, the page first: if the JSON exists, so does the page for people."""
    stem = report_key(rehearsed.run_id, f"rehearsal_{rehearsed.framework}")
    store.replace(f"{stem}.md", rehearsal_markdown(rehearsed).encode())
    store.replace(f"{stem}.json", (json.dumps(rehearsed.as_json(), indent=2, ensure_ascii=False) + "\n").encode())
    return replace(rehearsed, report=store.place(f"{stem}.md"))


def _prove(place: Path, made: Sealed) -> None:
    found = verify(place)
    if not found.whole or found.content_hash != made.content_hash:
        raise Problem(
            "The pack that was made is not whole.",
            where="the zip" if place == made.zip_file else "the folder",
            why="A pack made now could not be proved to be what was sealed.",
            fix="Check that the store's disk has room and no faults, then rehearse again.",
        )


def _asks(summary: PackSummary) -> tuple[Ask, ...]:
    """Each thing asked for, with the date it would be due and what answers it."""
    return tuple(
        Ask(
            one.request.id,
            one.request.title,
            one.request.due_day,
            None if one.request.due_day is None else summary.timetable.date_of(one.request.due_day),
            "" if one.request.due_day is None else one.request.day_sourced,
            one.owner,
            one.readiness.status,
            one.readiness.reasons,
            tuple(
                RehearsedAnswer(answer.title, answer.readiness.status, answer.readiness.reasons, answer.owner)
                for answer in one.answers
            ),
        )
        for one in summary.requests
    )


def _next_days(timetable: Timetable) -> tuple[Day, ...]:
    """The steps that begin within `NEXT_DAYS`, and for each day how many of the things asked for are due."""
    until = timetable.notified_on + datetime.timedelta(days=NEXT_DAYS)
    days: dict[Day, None] = {}
    for step in timetable.steps:
        if step.first_on > until:
            break
        what = step.title
        if step.kind == "documents due":
            due = sum(other.kind == "documents due" and other.day == step.day for other in timetable.steps)
            what = f"Due: {due} of the things asked for"
        days[Day(step.first_on, step.days, what)] = None
    return tuple(days)


def _warehouse(store: EvidenceStore, ledger: Ledger, summary: PackSummary) -> RehearsedWarehouse:
    entry = next(
        (
            entry
            for entry in reversed(ledger.entries())
            if entry.kind == "published" and entry.body["known_sequence"] == summary.ledger_sequence
        ),
        None,
    )
    return RehearsedWarehouse(
        summary.as_at,
        summary.ledger_sequence,
        summary.ledger_head,
        summary.code_version,
        entry.sequence if entry else None,
        in_london(entry.at) if entry else None,
        entry.body.get("run_id", "") if entry else "",
        _marked(store),
    )


def _marked(store: EvidenceStore) -> str:
    """The nightly run's mark on the published files, unless plainly current: stale, or a rebuild of another day."""
    if not store.exists(STATUS):
        return ""
    try:
        mark = json.loads(store.read(STATUS))
        return f"{mark['state']}: {mark['because']}" if mark["because"] or mark["state"] != "current" else ""
    except (ValueError, KeyError, TypeError):
        return "unreadable: whether they are current is not known"


def _since(store: EvidenceStore, framework: str, run_id: str, asks: Sequence[Ask] | None) -> Since | None:
    """What changed since the last earlier rehearsal that made its pack; without `asks`, only which one that was."""
    for key in reversed(store.keys("runs")):
        found = REPORT.fullmatch(key)
        if found is None or found[2] != framework or found[1] >= run_id:
            continue
        try:
            kept = json.loads(store.read(key))
            if kept["state"] != "made":
                continue
            at = datetime.datetime.fromisoformat(kept["received_at"])
            return Since(kept["run_id"], at) if asks is None else _compared(kept, at, asks)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # written by another version, or damaged: the one before it is used
    return None


def _compared(kept: Mapping[str, Any], at: datetime.datetime, asks: Sequence[Ask]) -> Since:
    before = {ask["id"]: ask for ask in kept["asks"]}
    moved: list[Change] = []
    for ask in asks:
        if ask.id not in before:
            continue
        whole = Change(ask.id, ask.title, "", before[ask.id]["status"], ask.status)
        parts = {part["title"]: part["status"] for part in before[ask.id]["parts"]}
        if whole.before != whole.now:
            moved.append(whole)
        else:
            moved += [
                Change(ask.id, ask.title, part.title, parts[part.title], part.status)
                for part in ask.parts
                if parts.get(part.title, part.status) != part.status
            ]
    known = {ask.id for ask in asks}
    return Since(
        kept["run_id"],
        at,
        tuple(one for one in moved if WORST_FIRST.index(one.now) < WORST_FIRST.index(one.before)),
        tuple(one for one in moved if WORST_FIRST.index(one.now) > WORST_FIRST.index(one.before)),
        tuple(ask.title for ask in asks if ask.id not in before),
        tuple(ask["title"] for ask in kept["asks"] if ask["id"] not in known),
    )
