"""People's decisions about waiting rows: which child a partner's row belongs to, read from the ledger.

A decision is evidence: who, when, what and why is a ledger entry of kind "decided", and a build applies the decisions
known by then. An entry names the table, the row's key and the child's id; never a name or the row's content.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.store.ledger import Entry

# Marks the "decided" entries of this module, apart from decisions about other things.
ABOUT = "match"


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """One person's decision about one row of a partner. It applies until another replaces or withdraws it.

    Attributes:
        source_table: the table's name in the drop (`nhs_dental`).
        key: primary key of the row, which it keeps from delivery to delivery.
        child_ids: the child it belongs to; several only if the row names several (LADO). Empty: not one of our
            children.
        decided_by: name of the member of staff.
        because: why.
        decided_at: when, UTC.
        sequence: the ledger entry.
    """

    source_table: str
    key: str
    child_ids: tuple[str, ...]
    decided_by: str
    because: str
    decided_at: datetime.datetime
    sequence: int


def match_body(
    source_table: str, key: str, child_ids: Iterable[str] | None, *, by: str, because: str
) -> Mapping[str, Any]:
    """The body of a ledger entry that decides a row.

    Args:
        child_ids: the child it belongs to; empty: not one of our children; None: withdraws the earlier decision.
    """
    return {
        "about": ABOUT,
        "source_table": source_table,
        "key": key,
        "child_ids": None if child_ids is None else list(child_ids),
        "by": by,
        "because": because,
    }


def match_decisions(entries: Iterable[Entry]) -> tuple[MatchDecision, ...]:
    """The decisions that apply when these entries, and no later ones, are known: the last one for each row."""
    standing: dict[tuple[str, str], MatchDecision] = {}
    for entry in entries:
        body = entry.body
        if entry.kind != "decided" or body.get("about") != ABOUT:
            continue
        row = (body["source_table"], body["key"])
        if body["child_ids"] is None:
            standing.pop(row, None)
        else:
            standing[row] = MatchDecision(
                *row, tuple(body["child_ids"]), body["by"], body["because"], entry.at, entry.sequence
            )
    return tuple(standing[row] for row in sorted(standing))
