"""Fills the room `evidence`: what each framework asks for, what answers it and which documents, as at the build's day.

Requests are resolved as for a pack, so that an analyst's query and the pack never disagree; no pages or workbooks are
written.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import duckdb

from transforms.evidence.documents.readiness import Answer
from transforms.evidence.documents.register_of_documents import ExpectedFromRegister
from transforms.evidence.framework import Framework
from transforms.evidence.resolve_requests import ResolvedFramework, resolve_requests
from warehouse import catalogue
from warehouse.database import create, insert, side_by_side
from warehouse.problem import Problem, TransientFault

NOT_WORKED_OUT = "could not be worked out; the rehearsal of this framework says why"
Row = tuple[object, ...]


def fill_evidence(
    connection: duckdb.DuckDBPyConnection,
    frameworks: Sequence[Framework],
    *,
    as_at: datetime.date,
    documents: Callable[[str], Path | None],
) -> None:
    """Create evidence.requests, evidence.answers and evidence.documents and fill them.

    A framework that cannot be resolved does not stop the others or the build: its requests are written without a
    status, and say so.

    Args:
        connection: to the build; every other room is already filled.
        as_at: the build's as-at day, with which review dates are compared.
        documents: finds a file in the store by its SHA-256; None if the store does not have it.

    Raises:
        TransientFault: the store could not be read; trying again may help.
    """
    resolved = side_by_side(
        connection,
        [partial(_resolved, framework=framework, as_at=as_at, documents=documents) for framework in frameworks],
    )
    _fill(connection, "evidence.requests", chain.from_iterable(map(_request_rows, resolved)))
    _fill(connection, "evidence.answers", chain.from_iterable(map(_answer_rows, resolved)))
    _fill(connection, "evidence.documents", chain.from_iterable(map(_document_rows, resolved)))


def _resolved(
    connection: duckdb.DuckDBPyConnection,
    *,
    framework: Framework,
    as_at: datetime.date,
    documents: Callable[[str], Path | None],
) -> ResolvedFramework | Framework:
    """The framework with its answers, or the framework alone if they cannot be worked out."""
    try:
        return resolve_requests(connection, framework, as_at=as_at, on=as_at, documents=documents)
    except TransientFault:
        raise
    except (Problem, duckdb.Error):
        return framework


def _fill(connection: duckdb.DuckDBPyConnection, name: str, rows: Iterable[Row]) -> None:
    table = catalogue.by_name()[name]
    create(connection, table)
    insert(connection, table, list(rows))


def _request_rows(resolved: ResolvedFramework | Framework) -> Iterator[Row]:
    framework = resolved if isinstance(resolved, Framework) else resolved.framework
    found = {} if isinstance(resolved, Framework) else {one.request.id: one for one in resolved.requests}
    for number, request in enumerate(framework.documents, 1):
        one = found.get(request.id)
        yield (
            framework.id,
            request.id,
            number,
            request.title,
            request.kind,
            request.sourced,
            request.due_day,
            None if request.due_day is None else request.day_sourced,
            request.owner,
            one.readiness.status if one else None,
            _text(one.open_reasons) if one else NOT_WORKED_OUT,
            _text(one.restricted_reasons) if one else None,
            len(one.answers) if one else None,
        )


def _answer_rows(resolved: ResolvedFramework | Framework) -> Iterator[Row]:
    for framework_id, number, answer in _answers(resolved):
        yield (
            framework_id,
            answer.request_id,
            number,
            answer.product,
            answer.source_id or None,
            answer.title,
            answer.readiness.status,
            _text(answer.open_reasons),
            _text([reason for reason in answer.readiness.reasons if reason in answer.restricted_reasons]),
            answer.owner,
            answer.found,
            answer.asked,
            answer.is_restricted,
        )


def _document_rows(resolved: ResolvedFramework | Framework) -> Iterator[Row]:
    if isinstance(resolved, Framework):
        return
    expected = {(one.request.id, one.answer.title): one for one in resolved.expected}
    for framework_id, number, answer in _answers(resolved):
        if answer.product == "register":
            key = (framework_id, answer.request_id, number)
            yield from _of_register(key, expected[answer.request_id, answer.title])


def _answers(resolved: ResolvedFramework | Framework) -> Iterator[tuple[str, int, Answer]]:
    """Every answer, with its framework's id and its number among the answers of its request."""
    if isinstance(resolved, ResolvedFramework):
        for request in resolved.requests:
            for number, answer in enumerate(request.answers, 1):
                yield resolved.framework.id, number, answer


def _of_register(key: Row, expected: ExpectedFromRegister) -> Iterator[Row]:
    """The documents of one answer, and one row for any that are missing."""
    for number, carried in enumerate(expected.found, 1):
        document = carried.document
        yield (
            *key,
            number,
            document.document_id,
            document.title or None,
            document.owner or expected.request.owner,
            document.approver or None,
            document.published_on,
            document.review_on,
            carried.kept_at is not None,
            carried.readiness.status,
            _text(carried.readiness.reasons),
        )
    if expected.shortfall:
        lacking = (None, expected.answer.title, expected.request.owner, None, None, None, False)
        yield (*key, len(expected.found) + 1, *lacking, "missing", expected.shortfall)


def _text(reasons: Sequence[str]) -> str | None:
    return "; ".join(reasons) or None
