"""How ready an answer is: ready, doubtful, stale or missing, by declared rules.

missing   what answers it is not there: no such document in the register, its file absent, the extract not received,
          or the figure not computable.
stale     it is there and old: the document's review date has passed, or the extract is older than the others.
doubtful  it is there and something feeding it was set aside, unmatched or could not be read; the counts say how much.
ready     none of these.
An answer made of several has the worst status among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from transforms.evidence.framework import Product, RequestedDocument

Status = Literal["ready", "doubtful", "stale", "missing"]
WORST_FIRST: tuple[Status, ...] = ("missing", "stale", "doubtful", "ready")


@dataclass(frozen=True, slots=True)
class Readiness:
    """A status with the reasons for it; a ready one has none."""

    status: Status
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of ours to a request.

    Attributes:
        request_id: the request it answers.
        title: what it is.
        product: where it comes from.
        source_id: the list it is, or the figure sets it shows, parted by commas; empty for documents of the register.
        owner: who can put it right.
        files: where a pack carries it: paths in the payload, from data/.
        found: rows of a list, figures of a set, documents of the register.
        asked: documents asked for; None where no number is.
        is_restricted: whether it is a list of restricted rows (allegations, private fostering, staff, complaints).
        restricted_reasons: the reasons that count restricted rows, which the general file does not show.
    """

    request_id: str
    title: str
    product: Product
    readiness: Readiness
    owner: str
    source_id: str = ""
    files: tuple[str, ...] = ()
    found: int
    asked: int | None = None
    is_restricted: bool = False
    restricted_reasons: frozenset[str] = frozenset()

    @property
    def open_reasons(self) -> tuple[str, ...]:
        """The reasons that anybody may read, worst first."""
        return tuple(reason for reason in self.readiness.reasons if reason not in self.restricted_reasons)


@dataclass(frozen=True, slots=True)
class RequestWithAnswers:
    """One thing a framework asks for, what answers it, and how ready that is: as its worst answer."""

    request: RequestedDocument
    answers: tuple[Answer, ...]
    readiness: Readiness

    @property
    def owner(self) -> str:
        """Who owns the answer in the council, as the framework's file proposes."""
        return self.request.owner

    @property
    def restricted_reasons(self) -> tuple[str, ...]:
        """The reasons that only answers with restricted rows give, worst first."""
        shown = {reason for answer in self.answers for reason in answer.open_reasons}
        hidden = {reason for answer in self.answers for reason in answer.restricted_reasons} - shown
        return tuple(reason for reason in self.readiness.reasons if reason in hidden)

    @property
    def open_reasons(self) -> tuple[str, ...]:
        """The reasons that anybody may read, worst first."""
        return tuple(reason for reason in self.readiness.reasons if reason not in self.restricted_reasons)


def with_answers(request: RequestedDocument, answers: Sequence[Answer]) -> RequestWithAnswers:
    """A request with its answers, as ready as the worst of them."""
    return RequestWithAnswers(request, tuple(answers), worst(answer.readiness for answer in answers))


def readiness_from(
    *, missing: Iterable[str] = (), stale: Iterable[str] = (), doubtful: Iterable[str] = ()
) -> Readiness:
    """The worst status there is a reason for; all reasons are kept, worst first."""
    by_status: dict[Status, list[str]] = {"missing": list(missing), "stale": list(stale), "doubtful": list(doubtful)}
    reasons = tuple(dict.fromkeys(reason for status in WORST_FIRST for reason in by_status.get(status, [])))
    return Readiness(next((status for status in WORST_FIRST if by_status.get(status)), "ready"), reasons)


def worst(several: Iterable[Readiness]) -> Readiness:
    """The worst status of several, with the reasons of all of them, worst first; missing where there is none."""
    every = sorted(several, key=lambda one: WORST_FIRST.index(one.status))
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
