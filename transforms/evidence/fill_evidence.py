"""Fills the room `evidence`: what each framework asks for, what answers it and which documents, as at the build's day.

The same resolving as a pack's, so that an analyst's query and the pack never disagree; no page and no workbook is made.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb

from transforms.evidence.documents.register_of_documents import ExpectedFromRegister
from transforms.evidence.framework import Framework
from transforms.evidence.resolve_requests import ResolvedFramework, resolve_requests
from warehouse import catalogue
from warehouse.database import create, insert
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

    A framework that cannot be resolved costs neither the others nor the build: its requests are there without a status,
    and say so.

    Args:
        connection: to the build; everything but this room is there.
        as_at: the day the build is measured at, with which review dates are compared.
        documents: where the store keeps a file, by its SHA-256; None where it does not.

    Raises:
        TransientFault: the store could not be read for a moment.
    """
    requests: list[Row] = []
    answers: list[Row] = []
    expected: list[Row] = []
    for framework in frameworks:
        try:
            resolved = resolve_requests(connection, framework, as_at=as_at, on=as_at, documents=documents)
        except TransientFault:
            raise
        except (Problem, duckdb.Error):
            requests += _without_answers(framework)
            continue
        requests += _request_rows(resolved)
        answers += _answer_rows(resolved)
        expected += _document_rows(resolved)
    for name, rows in (("requests", requests), ("answers", answers), ("documents", expected)):
        table = catalogue.by_name()[f"evidence.{name}"]
        create(connection, table)
        insert(connection, table, rows)


def _request_rows(resolved: ResolvedFramework) -> Iterator[Row]:
    for number, one in enumerate(resolved.requests, 1):
        request = one.request
        yield (
            resolved.framework.id,
            request.id,
            number,
            request.title,
            request.kind,
            request.sourced,
            request.due_day,
            None if request.due_day is None else request.day_sourced,
            one.owner,
            one.readiness.status,
            _text(one.open_reasons),
            _text(one.restricted_reasons),
            len(one.answers),
        )


def _without_answers(framework: Framework) -> Iterator[Row]:
    for number, request in enumerate(framework.documents, 1):
        due = (request.due_day, None if request.due_day is None else request.day_sourced)
        known = (framework.id, request.id, number, request.title, request.kind, request.sourced, *due, request.owner)
        yield (*known, None, NOT_WORKED_OUT, None, 0)


def _answer_rows(resolved: ResolvedFramework) -> Iterator[Row]:
    for request in resolved.requests:
        for number, answer in enumerate(request.answers, 1):
            yield (
                resolved.framework.id,
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


def _document_rows(resolved: ResolvedFramework) -> Iterator[Row]:
    expected = {(one.request.id, one.answer.title): one for one in resolved.expected}
    for request in resolved.requests:
        for number, answer in enumerate(request.answers, 1):
            if answer.product == "register":
                key = (resolved.framework.id, answer.request_id, number)
                yield from _of_register(key, expected[answer.request_id, answer.title])


def _of_register(key: Row, expected: ExpectedFromRegister) -> Iterator[Row]:
    """The documents of one answer, and a row for those that are lacking."""
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
