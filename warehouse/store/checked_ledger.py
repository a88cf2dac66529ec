"""Checks the ledger against the last published entry, before a run adds to it.

The ledger itself does not show that its end was cut off, and the next run would overwrite the only evidence of it.
"""

from __future__ import annotations

import json
from contextlib import suppress

from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore, Missing
from warehouse.store.keys import STATUS
from warehouse.store.ledger import Ledger


def checked_ledger(store: EvidenceStore) -> Ledger:
    """The ledger of a store, if it still has the entry that published what people see.

    Raises:
        Problem: its end was cut off since, or its entries are not the ones of that time.
    """
    ledger = Ledger(store)
    status: dict[str, object] = {}
    with suppress(Missing, ValueError):
        read = json.loads(store.read(STATUS))
        status = read if isinstance(read, dict) else {}
    number, sha256 = status.get("ledger_entry"), status.get("ledger_sha256")
    if not isinstance(number, int) or number < 1:
        return ledger
    entries = ledger.entries()
    if number > len(entries):
        stops = f"it stops at entry {len(entries)}, but entry {number} published what people see"
        raise _cut(f"The ledger's end has been cut off: {stops}.")
    if sha256 is not None and entries[number - 1].sha256 != sha256:
        raise _cut(f"Ledger entry {number} is not the one that published what people see.")
    return ledger


def _cut(what: str) -> Problem:
    return Problem(
        what,
        where=STATUS,
        why="A run would build from less than was received, and overwrite the evidence that entries are gone.",
        fix="Restore the ledger's files from a backup and find out who removed them. Run daytwo status to see what else"
        " is wrong.",
    )
