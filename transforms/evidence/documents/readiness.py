"""How an answer stands: ready, doubtful, stale or missing, by declared rules.

missing   what answers it is not there: no such document in the register, its file absent, the extract not received,
          or the figure not computable.
stale     it is there and old: the document's review date has passed, or the extract is older than the others.
doubtful  it is there and something feeding it was set aside, unmatched or could not be read; the counts say how much.
ready     none of these.
An answer made of several stands as the worst of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Status = Literal["ready", "doubtful", "stale", "missing"]
WORST_FIRST: tuple[Status, ...] = ("missing", "stale", "doubtful", "ready")


@dataclass(frozen=True, slots=True)
class Readiness:
    """A status with the reasons for it; a ready one has none."""

    status: Status
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to a request, as the pack carries it.

    Attributes:
        ask_id: the request it answers.
        title: what it is.
        product: register, figures, lists, surveys or tables.
        standing: how it stands.
        owner: who can put it right.
        files: paths in the payload, from data/.
        rows: rows of a list, figures of a set, documents found; None where it has no number.
        rows_set_aside: rows of its sources set aside.
        rows_unmatched: rows of its sources that no child was found for.
        reference: where the statement of data quality lists those rows.
    """

    ask_id: str
    title: str
    product: str
    standing: Readiness
    owner: str
    files: tuple[str, ...] = ()
    rows: int | None = None
    rows_set_aside: int = 0
    rows_unmatched: int = 0
    reference: str = ""


def standing(*, missing: Iterable[str] = (), stale: Iterable[str] = (), doubtful: Iterable[str] = ()) -> Readiness:
    """The standing that follows from the reasons there are of each kind; all reasons are kept, worst first."""
    by_status: dict[Status, list[str]] = {"missing": list(missing), "stale": list(stale), "doubtful": list(doubtful)}
    reasons = tuple(dict.fromkeys(reason for status in WORST_FIRST for reason in by_status.get(status, [])))
    return Readiness(next((status for status in WORST_FIRST if by_status.get(status)), "ready"), reasons)


def worst(standings: Iterable[Readiness]) -> Readiness:
    """The worst status of several, with the reasons of all of them, worst first; missing where there is none."""
    every = sorted(standings, key=lambda one: WORST_FIRST.index(one.status))
    if not every:
        return Readiness("missing", ("nothing of ours answers it",))
    return Readiness(every[0].status, tuple(dict.fromkeys(reason for one in every for reason in one.reasons)))


def rows_doubt(rows_set_aside: int, rows_unmatched: int) -> list[str]:
    """The reasons for doubt that rows set aside or unmatched give, with the counts."""
    return [
        f"{count:,} {'row' if count == 1 else 'rows'} {what}"
        for count, what in ((rows_set_aside, "set aside"), (rows_unmatched, "unmatched"))
        if count
    ]
