"""One attempt at a flow in its own process: forked from a server that has imported everything, in milliseconds.

A new process needs six seconds for its imports; a forked one begins at once, and dies in the same way.
"""

from __future__ import annotations

import datetime
import multiprocessing
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.faults.faults import Fault, Numbered

# A run imports Great Expectations and Typst late; here it is before the fork, while no DuckDB or Polars thread runs.
PRELOADED = ["tests.faults.preloaded"]
LONGEST = 180.0
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(PRELOADED)


@dataclass(frozen=True, slots=True)
class Order:
    """What an attempt is to do.

    Attributes:
        flow: "nightly" or "notify".
        store: a folder, or s3://bucket/prefix.
        at: the moment of the run.
        fault: what goes wrong, and where; None: nothing.
        kept: what an undisturbed run built, used instead of building: for faults in keeping it.
        environment: variables of the attempt's process, such as where S3 is.
    """

    flow: str
    store: str
    cache: str
    drop: Path
    at: datetime.datetime
    fault: Fault | None = None
    kept: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt ended.

    Attributes:
        end: "ended", "refused" (a Problem for people) or "killed".
        state: the outcome's state; of a refusal the kind of Problem.
        said: the outcome's sentence, or the refusal whole.
        facts: what else the outcome says (`content_hash`).
        calls: the numbered calls by level; empty where it was killed.
        seconds: from its beginning to its end.
    """

    end: str
    state: str
    said: str
    facts: Mapping[str, Any]
    calls: Mapping[str, list[str]]
    seconds: float


def attempt(order: Order, kill_after: float | None = None) -> Attempt:
    """Carry out an order in its own process; after `kill_after` seconds it gets SIGKILL.

    Raises:
        AssertionError: it ended as no run may: neither successful, nor refused, nor killed by the trial.
    """
    receiving, sending = _FORKING.Pipe(duplex=False)
    process = _FORKING.Process(target=_carry_out, args=(order, sending))
    process.start()
    sending.close()
    with receiving:
        told = _receive(receiving, LONGEST)
        begun = time.monotonic()
        if kill_after is not None and told is not None:
            process.join(kill_after)
            process.kill()
        told = _receive(receiving, LONGEST) if told is not None else None
        seconds = time.monotonic() - begun
    process.join(LONGEST)
    code = process.exitcode
    if code is None:
        process.kill()
        raise AssertionError(f"an attempt has not ended after {LONGEST:g} s")
    if told is None:
        assert code == -signal.SIGKILL, f"an attempt ended without a word, with code {code}"
        return Attempt("killed", "", "", {}, {}, seconds)
    return Attempt(**told, seconds=seconds)


def _receive(receiving: Connection, seconds: float) -> Any:
    """What the attempt reports; None if it ended without a report."""
    try:
        return receiving.recv() if receiving.poll(seconds) else None
    except EOFError:
        return None


def _carry_out(order: Order, sending: Connection) -> None:
    """In the process of the attempt."""
    from flows.safe_errors import without_values
    from tests.faults.world import carry_out
    from warehouse.problem import Problem

    os.environ.update(order.environment)
    numbered = Numbered(order.fault)
    sending.send("begun")
    try:
        state, said, facts = without_values(lambda: carry_out(order, numbered))
        told = {"end": "ended", "state": state, "said": said, "facts": facts}
    except Problem as problem:
        told = {"end": "refused", "state": type(problem).__name__, "said": str(problem), "facts": {}}
    sending.send({**told, "calls": numbered.calls})
