"""Tells people what is new: reads what was told before, sends one message a channel, remembers what arrived.

Nothing here fails a run. What could not be sent stays untold, and is tried again by the next run or `daytwo watch`.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from flows.alerts.alert import Alert, Kind, moment, of_late, trial
from flows.alerts.channels import Channel, channels
from flows.alerts.memory import News, ResolvedBecause, State, as_bytes, cannot_tell, read_state
from flows.alerts.message import compose
from flows.callbacks import Warn
from flows.safe_errors import without_values
from flows.settings import Settings
from flows.stores import open_store
from warehouse.problem import Busy, Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import ALERTS
from warehouse.store.ledger import Entry, Ledger

Done = TypeVar("Done")
LOCK = "alerts"
WAIT_SECONDS = 120.0
"""For somebody else who is telling: a mail server and a webhook that do not answer take a minute."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What somebody saw.

    Attributes:
        alerts: what stands.
        over: what is over of the rest that stood.
        succeeded_at: a nightly run ended well now; `ended_at`: it ended, however.
        is_watching: `daytwo watch` looked.
    """

    alerts: tuple[Alert, ...]
    over: ResolvedBecause
    succeeded_at: datetime.datetime | None = None
    ended_at: datetime.datetime | None = None
    is_watching: bool = False


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """What telling came to.

    Attributes:
        state: what is remembered now.
        told: by channel, the subject line of the message that arrived.
        not_told: channels a message for which could not be sent.
    """

    state: State
    told: tuple[tuple[str, str], ...] = ()
    not_told: tuple[str, ...] = ()


def tell(
    store: EvidenceStore | None,
    settings: Settings,
    look: Observation,
    now: datetime.datetime,
    *,
    warn: Warn,
    without_memory: bool = False,
) -> SendOutcome:
    """Remember a look, and send each channel what it does not know.

    Args:
        store: None where it could not be opened.
        now: aware; the date of the messages.
        warn: told, without secrets, what could not be done.
        without_memory: send even where nothing can be remembered: for a run that happens once a night, not for a watch
            that would say the same every quarter of an hour.
    """
    ways = channels(settings)
    done: list[SendOutcome] = []
    try:
        without_values(lambda: _with_memory(_given(store), settings, look, ways, now, warn, done))
    except Problem as problem:
        warn(f"What was told before can be neither read nor remembered: {problem.what}")
    if done:
        return done[0]
    if not without_memory:
        return SendOutcome(_changed(State(), look, ways, now))
    return _send(_changed(State(), look, ways, now), ways, settings, now, (), warn)


def tell_of_run(
    settings: Settings,
    alerts: Sequence[Alert],
    over: ResolvedBecause,
    now: datetime.datetime,
    *,
    warn: Warn,
    and_also: Callable[[EvidenceStore], Sequence[Alert]] = lambda store: (),
    succeeded: bool = False,
    ended: bool = False,
) -> None:
    """`tell`, for a run that happens once a night or week: never fails, and needs no store that can be opened.

    Args:
        and_also: what else stands, as far as the store says.
        succeeded: a nightly run ended well; `ended`: it ended, however.
    """

    def attempt() -> None:
        found = list(alerts)
        late_over: ResolvedBecause = cannot_tell
        store: EvidenceStore | None = None
        with suppress(Problem):
            store = without_values(lambda: open_store(settings))
        if store is not None:
            late, late_over = late_now(store, settings, now, warn)
            found += [*late, *and_also(store)]
        look = Observation(
            tuple(found),
            lambda kind, subject: over(kind, subject) or late_over(kind, subject),
            succeeded_at=now if succeeded else None,
            ended_at=now if ended else None,
        )
        tell(store, settings, look, now, warn=warn, without_memory=True)

    try:
        without_values(attempt)
    except Problem as problem:
        warn(f"Nobody could be told what this run came to: {problem.what}")


def late_now(
    store: EvidenceStore, settings: Settings, now: datetime.datetime, warn: Warn
) -> tuple[tuple[Alert, ...], ResolvedBecause]:
    """The sources that are late now, and what can be said of those that were.

    Args:
        warn: told where it cannot be known; then nothing is said to be over.
    """
    if not settings.sources:
        return (), lambda kind, subject: f"{subject} is no longer watched." if kind == "source_late" else ""
    from flows.receiving.sources import late_sources, read_sources

    def read() -> tuple[list[Alert], list[Entry]]:
        entries = Ledger(store).entries()
        return [of_late(late) for late in late_sources(read_sources(Path(settings.sources)), entries, now)], entries

    try:
        alerts, entries = without_values(read)
    except Problem as problem:
        warn(f"Whether a source is late cannot be said: {problem.what}")
        return (), cannot_tell

    def over(kind: Kind, subject: str) -> str:
        if kind != "source_late":
            return ""
        came = [entry for entry in entries if entry.kind == "received" and entry.body.get("source") == subject]
        return f"{subject} was delivered on {moment(came[-1].at)}." if came else f"{subject} is no longer watched."

    return tuple(alerts), over


def and_tell(work: Callable[[], Done], of_it: Callable[[Done | Problem], None]) -> Done:
    """Do the work and tell of what it came to, or of the Problem it raised, which is raised on."""
    try:
        done = without_values(work)
    except Problem as problem:
        of_it(problem)
        raise
    of_it(done)
    return done


def try_channels(settings: Settings, now: datetime.datetime) -> list[tuple[str, Problem | None, str]]:
    """Send a test to every channel: its name, why it was not sent, and a sentence where part did not arrive.

    Raises:
        Problem: no channel is set.
    """
    ways = channels(settings)
    if not ways:
        raise Problem(
            "No channel is set.",
            where="DAYTWO_SMTP_SERVER, DAYTWO_ALERT_WEBHOOK",
            why="Nobody would be told anything.",
            fix="Set one of them, or both: docs/alerts.md.",
        )
    message = compose([News(trial(), now)], council=_council(settings), at=now)
    tried: list[tuple[str, Problem | None, str]] = []
    for way in ways:
        said = ""
        failed = None
        try:
            said = way.send(message)
        except Problem as problem:
            failed = problem
        tried.append((way.name, failed, said))
    return tried


def as_problem(error: Exception) -> Problem:
    """What may be told of a fault, as `without_values` has it."""

    def raised() -> None:
        raise error

    try:
        without_values(raised)
    except Problem as problem:
        return problem
    except BrokenPipeError:
        pass
    return Problem("Nobody read what the run printed any more, and it ended.", fix="Let it write to a file.")


def _given(store: EvidenceStore | None) -> EvidenceStore:
    if store is None:
        raise Problem("the store could not be opened")
    return store


def _with_memory(
    store: EvidenceStore,
    settings: Settings,
    look: Observation,
    ways: Sequence[Channel],
    now: datetime.datetime,
    warn: Warn,
    done: list[SendOutcome],
) -> None:
    """What telling comes to goes into `done`: what was sent is known also where the end of this fails."""
    before, _ = read_state(store)
    state = _changed(before, look, ways, now)
    if as_bytes(state) == as_bytes(before) and not _is_news(state, ways):
        done.append(SendOutcome(state))  # nothing to write, so nobody is kept waiting
        return
    with _alone(store):
        before, forgotten = read_state(store)
        notes = (forgotten,) if forgotten else ()
        for note in notes:
            warn(note)
        state = _changed(before, look, ways, now)
        # Before anything is sent: where this cannot be written, what is sent could not be either.
        store.replace(ALERTS, as_bytes(state))
        result = _send(state, ways, settings, now, notes, warn)
        done.append(result)
        if result.state != state:
            _remember(store, result.state, warn)


def _remember(store: EvidenceStore, state: State, warn: Warn) -> None:
    """Keep what was told. What arrived has arrived: where this fails it is told once more, and nothing else."""
    try:
        without_values(lambda: store.replace(ALERTS, as_bytes(state)))
    except Problem as problem:
        warn(f"What was told could not be remembered, so it is told once more: {problem.what}")


def _changed(state: State, look: Observation, ways: Sequence[Channel], now: datetime.datetime) -> State:
    state = state.for_channels(way.name for way in ways).after_look(look.alerts, look.over, now)
    if look.succeeded_at is not None:
        state = replace(state, last_success_at=look.succeeded_at)
    if look.ended_at is not None:
        state = replace(state, last_ended_at=look.ended_at)
    if look.is_watching and state.watched_since is None:
        state = replace(state, watched_since=now)
    return state


def _is_news(state: State, ways: Sequence[Channel]) -> bool:
    return any(state.news_for(way.name) for way in ways)


def _send(
    state: State,
    ways: Sequence[Channel],
    settings: Settings,
    now: datetime.datetime,
    notes: Sequence[str],
    warn: Warn,
) -> SendOutcome:
    told: list[tuple[str, str]] = []
    not_told: list[str] = []
    for way in ways:
        news = state.news_for(way.name)
        if not news:
            continue
        message = compose(news, council=_council(settings), at=now, notes=notes)
        try:
            if said := without_values(partial(way.send, message)):
                warn(said)
        except Problem as problem:
            not_told.append(way.name)
            warn(" ".join(part for part in (problem.what, f"({problem.where})" if problem.where else "") if part))
            continue
        state = state.after_telling(way.name, news, now)
        told.append((way.name, message.subject))
    return SendOutcome(state, tuple(told), tuple(not_told))


@contextmanager
def _alone(store: EvidenceStore) -> Iterator[None]:
    """Hold the lock of those who tell; wait for who holds it.

    Raises:
        Problem: it is still held, or cannot be taken.
    """
    until = time.monotonic() + WAIT_SECONDS
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(store.lock(LOCK))
                break
            except Problem as problem:
                if not isinstance(problem, Busy) or time.monotonic() > until:
                    raise
                time.sleep(0.2)
        yield


def _council(settings: Settings) -> str:
    return settings.authority_name or settings.authority
