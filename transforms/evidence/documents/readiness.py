"""How ready an answer is: ready, doubtful, stale or missing, by declared rules.

missing   the answer does not exist: no such document in the register, its file not received, the extract not received,
          or the figure not computable.
stale     the answer exists but is old: the document's review date has passed, or the extract is older than the others.
doubtful  the answer exists, but rows it needs were set aside, unmatched or could not be read; the counts say how many.
ready     none of these.
An answer with several parts has the worst status among them.
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
    """A status with the reasons for it; ready has none."""

    status: Status
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of ours to a request.

    Attributes:
        request_id: the request it answers.
        title: what it is.
        product: where it comes from.
        source_id: the list's id, or the figure sets' ids separated by commas; empty for documents of the register.
        owner: who can correct it.
        files: where it is in a pack: paths in the payload, starting with data/.
        found: rows of a list, figures of a set, documents of the register.
        asked: documents asked for; None if no number is asked for.
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
    """One request of a framework with its answers; it is as ready as its worst answer."""

    request: RequestedDocument
    answers: tuple[Answer, ...]
    readiness: Readiness

    @property
    def owner(self) -> str:
        """Who owns the answer in the council, as the framework's file proposes."""
        return self.request.owner

    @property
    def restricted_reasons(self) -> tuple[str, ...]:
        """The reasons given only by answers with restricted rows, worst first."""
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
    """The worst status that has a reason; all reasons are kept, worst first."""
    by_status: dict[Status, list[str]] = {"missing": list(missing), "stale": list(stale), "doubtful": list(doubtful)}
    reasons = tuple(dict.fromkeys(reason for status in WORST_FIRST for reason in by_status.get(status, [])))
    return Readiness(next((status for status in WORST_FIRST if by_status.get(status)), "ready"), reasons)


def worst(several: Iterable[Readiness]) -> Readiness:
    """The worst of several statuses, with the reasons of all, worst first; missing if there are none."""
    every = sorted(several, key=lambda one: WORST_FIRST.index(one.status))
    if not every:
        return Readiness("missing", ("we have nothing that answers it",))
    return Readiness(every[0].status, tuple(dict.fromkeys(reason for one in every for reason in one.reasons)))


def rows_doubt(rows_set_aside: int, rows_unmatched: int) -> list[str]:
    """The reasons for doubt from rows set aside or unmatched, with the counts."""
    return [
        f"{count:,} {'row' if count == 1 else 'rows'} {what}"
        for count, what in ((rows_set_aside, "set aside"), (rows_unmatched, "unmatched"))
        if count
    ]
