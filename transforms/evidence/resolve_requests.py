"""Requests with their answers: what we have that answers each request of a framework, and how ready each answer is.

This is worked out once, from the warehouse alone. Packs, rehearsals and the tables of the room `evidence` are all
written from it, so that the three always agree.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from transforms.evidence.documents.child_lists import ListMade, make_list
from transforms.evidence.documents.figures import Figure, read_figures
from transforms.evidence.documents.readiness import (
    Answer,
    RequestWithAnswers,
    Status,
    readiness_from,
    rows_doubt,
    with_answers,
)
from transforms.evidence.documents.reconciliation import Reconciled, reconcile, with_doubts
from transforms.evidence.documents.register_of_documents import (
    ExpectedFromRegister,
    Registered,
    find_documents,
    read_register,
)
from transforms.evidence.documents.tables_as_arrived import TableAsArrived, read_sources
from transforms.evidence.framework import AnsweredBy, Framework, RequestedDocument
from transforms.evidence.pack_files import PROFILE, list_files

# Up to this many doubtful figures are named; more are only counted, as the profile marks each one.
MOST_FIGURES_NAMED = 8


@dataclass(frozen=True, slots=True)
class ResolvedFramework:
    """A framework with its answers.

    Attributes:
        on: the day review dates are compared with.
        requests: each request with its answers, in the framework's order.
        figures: by indicator code, in the order of the figure sets.
        lists: by id, in the order in which they are asked for.
        reconciled: the lists compared with each other and the profile.
        register: the council's documents, newest first.
        expected: what the register is expected to have, with the documents found.
    """

    framework: Framework
    on: datetime.date
    requests: tuple[RequestWithAnswers, ...]
    figures: Mapping[str, Figure]
    lists: Mapping[str, ListMade]
    reconciled: tuple[Reconciled, ...]
    register: tuple[Registered, ...]
    expected: tuple[ExpectedFromRegister, ...]


def resolve_requests(
    connection: duckdb.DuckDBPyConnection,
    framework: Framework,
    *,
    as_at: datetime.date,
    on: datetime.date,
    documents: Callable[[str], Path | None],
) -> ResolvedFramework:
    """Work out what answers each request of a framework.

    Args:
        connection: to the restricted warehouse; nothing is written.
        as_at: the warehouse's as-at day.
        on: the day review dates are compared with.
        documents: finds a file in the store by its SHA-256; None if the store does not have it.

    Raises:
        Problem: the framework asks for a column, or compares a list, that does not exist.
    """
    sources = read_sources(connection)
    titles = {code: one.titles.get(code, "") for one in framework.figure_sets for code in one.indicators}
    figures = read_figures(connection, titles, sources, trend_periods=framework.settings.trend_periods)
    lists, reconciled = _lists(connection, framework, sources, as_at)
    register = read_register(connection)
    expected = find_documents(framework, register, documents, on=on)
    from_register = {(one.request.id, one.answer.title): one for one in expected}
    files = list_files(framework)

    def answers(request: RequestedDocument) -> Iterator[Answer]:
        for answer in request.answered_by:
            if answer.product == "register":
                yield from_register[request.id, answer.title].answered()
            elif answer.product == "figures":
                yield _figures_answer(framework, request, answer, figures)
            else:
                for list_id in (*answer.lists, *answer.tables):
                    yield lists[list_id].answered(request.id, answer.product, files[list_id])

    requests = tuple(with_answers(request, tuple(answers(request))) for request in framework.documents)
    return ResolvedFramework(framework, on, requests, figures, lists, reconciled, register, expected)


def _lists(
    connection: duckdb.DuckDBPyConnection,
    framework: Framework,
    sources: Mapping[str, TableAsArrived],
    as_at: datetime.date,
) -> tuple[dict[str, ListMade], tuple[Reconciled, ...]]:
    """Every list that answers a request, and how the lists agree with each other and with the profile."""
    numerators = _numerators(connection)
    made = {
        list_id: make_list(
            connection,
            framework,
            framework.list_asked(list_id),
            as_at=as_at,
            sources=sources,
            numerators=numerators,
        )
        for list_id in list_files(framework)
    }
    reconciled = reconcile(connection, framework, made, as_at=as_at, numerators=numerators)
    return with_doubts(made, reconciled), reconciled


def _numerators(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Numerators of the current results, to compare lists with: for 12 months, otherwise for the as-at day."""
    return dict(
        connection.execute(
            "SELECT indicator_code, numerator FROM profile.indicator_results"
            " WHERE is_current AND numerator IS NOT NULL AND period_kind IN ('rolling_12_months', 'snapshot')"
            "   AND not_computable_because IS NULL"
            " QUALIFY row_number() OVER (PARTITION BY indicator_code ORDER BY period_kind) = 1"
        ).fetchall()
    )


def _figures_answer(
    framework: Framework, request: RequestedDocument, answer: AnsweredBy, figures: Mapping[str, Figure]
) -> Answer:
    """Sets of figures as an answer. Many tables feed them, so the request's owner is the person to ask."""
    chosen = [figures[code] for set_id in answer.figure_sets for code in framework.figure_set(set_id).indicators]
    by_status: dict[Status, list[str]] = {"missing": [], "stale": [], "doubtful": []}
    for figure in chosen:
        counts = rows_doubt(figure.rows_set_aside, figure.rows_unmatched)
        if others := [reason for reason in figure.readiness.reasons if reason not in counts]:
            by_status[figure.readiness.status].append(f"{figure.code}: {', '.join(others)}")
    rows = {
        **_rows_feed("rows set aside affect", chosen, lambda figure: figure.rows_set_aside),
        **_rows_feed("unmatched rows affect", chosen, lambda figure: figure.rows_unmatched),
    }
    return Answer(
        request_id=request.id,
        title=answer.title,
        product="figures",
        source_id=", ".join(answer.figure_sets),
        readiness=readiness_from(
            missing=by_status["missing"], stale=by_status["stale"], doubtful=[*by_status["doubtful"], *rows]
        ),
        owner=request.owner,
        files=(PROFILE,),
        found=len(chosen),
        restricted_reasons=frozenset(reason for reason, restricted in rows.items() if restricted),
    )


def _rows_feed(what: str, chosen: Sequence[Figure], count_of: Callable[[Figure], int]) -> dict[str, bool]:
    """The reason for doubt from rows set aside or unmatched, if any, and whether it counts rows of restricted tables.

    Args:
        what: the beginning of the reason.
        count_of: how many such rows affect a figure.
    """
    fed = [(figure, count) for figure in chosen if (count := count_of(figure))]
    if not fed:
        return {}
    if len(fed) > MOST_FIGURES_NAMED:
        return {f"{what} {len(fed)} of {len(chosen)} figures": False}
    named = ", ".join(f"{figure.code} ({count:,})" for figure, count in fed)
    return {f"{what} {named}": any(figure.is_restricted for figure, _ in fed)}
