"""Sends alerts: reads what was sent before, sends one message to each channel, and remembers what was sent.

Nothing here makes a run fail. The next run or `daytwo watch` tries again to send what could not be sent.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from flows.alerts.alert import trial
from flows.alerts.channels import Channel, channels
from flows.alerts.memory import AlertMemory, News, Observation, as_bytes, read_memory
from flows.alerts.message import compose
from flows.callbacks import Warn
from flows.safe_errors import without_values
from flows.settings import Settings
from flows.stores import open_store
from warehouse.problem import Busy, Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import ALERTS

Done = TypeVar("Done")
Observe = Callable[[EvidenceStore], Observation]
"""Makes an observation of a store."""

LOCK = "alerts"
WAIT_SECONDS = 120.0
"""How long to wait for another run that is sending: a mail server and webhook that do not answer take a minute."""


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """The result of sending.

    Attributes:
        memory: what is remembered now.
        sent: by channel, the subject line of the message that arrived.
        failed_channels: channels whose message could not be sent.
    """

    memory: AlertMemory
    sent: tuple[tuple[str, str], ...] = ()
    failed_channels: tuple[str, ...] = ()


def send_news(
    store: EvidenceStore | None,
    settings: Settings,
    found: Observation,
    now: datetime.datetime,
    *,
    warn: Warn,
    without_memory: bool = False,
) -> SendOutcome:
    """Remember an observation, and send each channel what is new to it.

    Args:
        store: None if it could not be opened.
        now: aware; the date of the messages.
        warn: called, without secrets, with what could not be done.
        without_memory: send even if nothing can be remembered: for a nightly or weekly run, not for a watch, which
            would send the same message every quarter of an hour.
    """
    to = channels(settings)
    done: list[SendOutcome] = []
    try:
        without_values(lambda: _send_and_remember(_opened(store), settings, found, to, now, warn, done))
    except Problem as problem:
        warn(f"The record of alerts already sent can be neither read nor updated: {problem.what}")
    if done:
        return done[0]
    memory = AlertMemory().after_observation(found, now)
    return _send(memory, to, settings, now, (), warn) if without_memory else SendOutcome(memory)


def send_after_run(
    settings: Settings,
    found: Observation,
    now: datetime.datetime,
    *,
    warn: Warn,
    and_also: Sequence[Observe] = (),
) -> None:
    """`send_news` for a nightly or weekly run: it never fails, and works even if the store cannot be opened.

    Args:
        found: the observation of the run.
        and_also: other observations to make in the store, if it can be opened.
    """

    def attempt() -> None:
        everything = found
        try:
            store: EvidenceStore | None = without_values(lambda: open_store(settings))
        except Problem:
            store = None
        if store is not None:
            for observe in and_also:
                everything = everything.and_also(observe(store))
        send_news(store, settings, everything, now, warn=warn, without_memory=True)

    try:
        without_values(attempt)
    except Problem as problem:
        warn(f"No alerts could be sent for this run: {problem.what}")


def run_and_send(work: Callable[[], Done], send: Callable[[Done | Problem], None]) -> Done:
    """Do the work, then send alerts about its result, or about the Problem it raised, which is raised again."""
    try:
        done = without_values(work)
    except Problem as problem:
        send(problem)
        raise
    send(done)
    return done


def send_test(settings: Settings, now: datetime.datetime) -> list[tuple[str, Problem | None, str]]:
    """Send a test to every channel; return its name, why it was not sent, and a sentence if part did not arrive.

    Raises:
        Problem: no channel is set.
    """
    to = channels(settings)
    if not to:
        raise Problem(
            "No channel is set.",
            where="DAYTWO_SMTP_SERVER, DAYTWO_ALERT_WEBHOOK",
            why="No alert can be sent.",
            fix="Set one of them or both: see docs/alerts.md.",
        )
    message = compose([News(trial(), now)], council=_council(settings), at=now)
    tried: list[tuple[str, Problem | None, str]] = []
    for channel in to:
        said = ""
        failed = None
        try:
            said = channel.send(message)
        except Problem as problem:
            failed = problem
        tried.append((channel.name, failed, said))
    return tried


def as_problem(error: Exception) -> Problem:
    """The part of an error that may be sent, as `without_values` gives it."""

    def raised() -> None:
        raise error

    try:
        without_values(raised)
    except Problem as problem:
        return problem
    except BrokenPipeError:
        pass
    return Problem(
        "The run ended because the program reading its output had stopped.", fix="Write its output to a file."
    )


def _opened(store: EvidenceStore | None) -> EvidenceStore:
    if store is None:
        raise Problem("the store could not be opened")
    return store


def _send_and_remember(
    store: EvidenceStore,
    settings: Settings,
    found: Observation,
    to: Sequence[Channel],
    now: datetime.datetime,
    warn: Warn,
    done: list[SendOutcome],
) -> None:
    """Put the outcome into `done`, so that what was sent is known even if a later step fails."""
    before, _ = read_memory(store)
    memory = _changed(before, found, to, now)
    if as_bytes(memory) == as_bytes(before) and not any(memory.news_for(channel.name) for channel in to):
        done.append(SendOutcome(memory))  # nothing to write, so no lock is needed
        return
    with _alone(store):
        before, lost = read_memory(store)
        notes = (lost,) if lost else ()
        for note in notes:
            warn(note)
        memory = _changed(before, found, to, now)
        # Written before anything is sent: if this fails, what is sent could not be recorded either.
        store.replace(ALERTS, as_bytes(memory))
        result = _send(memory, to, settings, now, notes, warn)
        done.append(result)
        if result.memory != memory:
            _remember(store, result.memory, warn)


def _remember(store: EvidenceStore, memory: AlertMemory, warn: Warn) -> None:
    """Record what was sent. If this fails, it is sent once more, and nothing else goes wrong."""
    try:
        without_values(lambda: store.replace(ALERTS, as_bytes(memory)))
    except Problem as problem:
        warn(f"What was sent could not be recorded, so it will be sent again: {problem.what}")


def _changed(memory: AlertMemory, found: Observation, to: Sequence[Channel], now: datetime.datetime) -> AlertMemory:
    return memory.for_channels(channel.name for channel in to).after_observation(found, now)


def _send(
    memory: AlertMemory,
    to: Sequence[Channel],
    settings: Settings,
    now: datetime.datetime,
    notes: Sequence[str],
    warn: Warn,
) -> SendOutcome:
    sent: list[tuple[str, str]] = []
    failed: list[str] = []
    for channel in to:
        news = memory.news_for(channel.name)
        if not news:
            continue
        message = compose(news, council=_council(settings), at=now, notes=notes)
        try:
            if said := without_values(partial(channel.send, message)):
                warn(said)
        except Problem as problem:
            failed.append(channel.name)
            warn(" ".join(part for part in (problem.what, f"({problem.where})" if problem.where else "") if part))
            continue
        memory = memory.after_sending(channel.name, news, now)
        sent.append((channel.name, message.subject))
    return SendOutcome(memory, tuple(sent), tuple(failed))


@contextmanager
def _alone(store: EvidenceStore) -> Iterator[None]:
    """Hold the lock for sending alerts, after waiting for any other holder.

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
