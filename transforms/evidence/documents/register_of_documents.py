"""Narrative documents: which documents in the drop's register answer each request, and how ready each is.

A document answers a request if its id or title begins, word by word, with one of the ids or titles the framework
declares, ignoring case and punctuation. Only known kinds of file go into a pack.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from transforms.evidence.documents.figures import day_in_words
from transforms.evidence.documents.readiness import Answer, Readiness, readiness_from, worst
from transforms.evidence.framework import AnsweredBy, Framework, RequestedDocument
from transforms.evidence.pack_files import document_files

# Kinds of file that go into a pack, with the bytes such a file begins with (empty: anything).
KINDS: Mapping[str, bytes] = {
    "pdf": b"%PDF",
    "docx": b"PK",
    "xlsx": b"PK",
    "pptx": b"PK",
    "odt": b"PK",
    "ods": b"PK",
    "odp": b"PK",
    "png": b"\x89PNG",
    "jpg": b"\xff\xd8",
    "csv": b"",
    "txt": b"",
}


@dataclass(frozen=True, slots=True)
class Registered:
    """One line of the register. `extract_id` is the file's SHA-256; empty if the file was not received."""

    document_id: str
    title: str
    owner: str
    approver: str
    published_on: datetime.date | None
    review_on: datetime.date | None
    file_name: str
    extract_id: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A document that answers a request.

    Attributes:
        readiness: how ready it is on the day review dates are compared with.
        kept_at: where the store keeps its file; None if the file does not go into a pack.
        file: its file in a pack; empty if it does not go into one.
    """

    document: Registered
    readiness: Readiness
    kept_at: Path | None
    file: str = ""

    @property
    def kind(self) -> str:
        """The kind of its file, from the end of its name: a key of `KINDS`, or something else."""
        kind = self.document.file_name.rpartition(".")[2].casefold()
        return "jpg" if kind == "jpeg" else kind


@dataclass(frozen=True, slots=True)
class ExpectedFromRegister:
    """One answer the framework expects from the register, with the documents found for it, newest first."""

    request: RequestedDocument
    answer: AnsweredBy
    found: tuple[Carried, ...]

    @property
    def shortfall(self) -> str:
        """What the register lacks; empty if it has everything asked for."""
        if not self.found:
            return "not in the register"
        wanted = self.answer.copies
        return f"{len(self.found)} of {wanted} in the register" if len(self.found) < wanted else ""

    @property
    def readiness(self) -> Readiness:
        """The worst status among the documents; missing if there are too few."""
        short = readiness_from(missing=filter(None, [self.shortfall]))
        return worst((short, *(carried.readiness for carried in self.found)))

    def answered(self) -> Answer:
        """The documents as an answer to the request."""
        owners = dict.fromkeys(carried.document.owner for carried in self.found if carried.document.owner)
        return Answer(
            request_id=self.request.id,
            title=self.answer.title,
            product="register",
            readiness=self.readiness,
            owner=", ".join(owners) or self.request.owner,
            files=tuple(carried.file for carried in self.found if carried.file),
            found=len(self.found),
            asked=self.answer.copies or None,
        )


def read_register(connection: duckdb.DuckDBPyConnection) -> tuple[Registered, ...]:
    """The register's lines, newest first."""
    rows = connection.execute(
        "SELECT document_id, title, owner, approver, published_on, review_on, file_name, extract_id"
        " FROM records.documents ORDER BY published_on DESC NULLS LAST, document_id"
    ).fetchall()
    return tuple(
        Registered(
            str(document_id),
            title or "",
            owner or "",
            approver or "",
            published_on,
            review_on,
            file_name or "",
            extract or "",
        )
        for document_id, title, owner, approver, published_on, review_on, file_name, extract in rows
    )


def find_documents(
    framework: Framework,
    register: Sequence[Registered],
    documents: Callable[[str], Path | None],
    *,
    on: datetime.date,
) -> tuple[ExpectedFromRegister, ...]:
    """The documents that answer each request, how ready each is, and its file in a pack.

    Args:
        documents: finds a file in the store by its SHA-256; None if the store does not have it.
        on: the day review dates are compared with.
    """
    found = tuple(
        ExpectedFromRegister(
            request,
            answer,
            tuple(_judged(document, documents, on) for document in _chosen(register, answer)),
        )
        for request in framework.documents
        for answer in request.answered_by
        if answer.product == "register"
    )
    return _with_files(found)


def _chosen(register: Sequence[Registered], answer: AnsweredBy) -> Sequence[Registered]:
    """The documents that answer; only the newest if the framework asks for a number of copies."""
    matching = [document for document in register if answers(document, answer)]
    return matching[: answer.copies] if answer.copies else matching


def _with_files(found: Sequence[ExpectedFromRegister]) -> tuple[ExpectedFromRegister, ...]:
    """The same, with a file name in the pack for each document that goes into it; no two share one."""
    travelling = [
        (one.request.id, carried.document.document_id, carried.kind)
        for one in found
        for carried in one.found
        if carried.kept_at is not None
    ]
    files = iter(document_files(travelling))
    return tuple(
        replace(
            one,
            found=tuple(
                carried if carried.kept_at is None else replace(carried, file=next(files)) for carried in one.found
            ),
        )
        for one in found
    )


def answers(document: Registered, answer: AnsweredBy) -> bool:
    """Whether the document answers the request."""
    return any(_begins(document.document_id, declared) for declared in answer.register_ids) or any(
        _begins(document.title, declared) for declared in answer.register_titles
    )


def _begins(text: str, declared: str) -> bool:
    words, wanted = (re.findall(r"[^\W_]+", re.sub("['\u2019]", "", one.casefold())) for one in (text, declared))
    return bool(wanted) and words[: len(wanted)] == wanted


def _judged(document: Registered, documents: Callable[[str], Path | None], on: datetime.date) -> Carried:
    """The document with its status; its file is read to see whether it can go into a pack."""
    overdue = document.review_on is not None and document.review_on < on
    stale = [f"review was due on {day_in_words(document.review_on)}"] if overdue and document.review_on else []
    doubts = [] if document.review_on else ["the register gives no review date"]
    path = documents(document.extract_id) if document.extract_id else None
    carried = Carried(document, readiness_from(), path)
    if path is None or not path.is_file():
        lost = "in the register, but its file was not received"
    elif not _is_as_received(path, document.extract_id):
        lost = "its file has changed since it was received"
    elif carried.kind not in KINDS:
        lost = "packs do not include this kind of file"
    else:
        if not _begins_as(path, KINDS[carried.kind]):
            doubts.append(f"its file does not begin like a .{carried.kind} file")
        return replace(carried, readiness=readiness_from(stale=stale, doubtful=doubts))
    return replace(carried, readiness=readiness_from(missing=[lost], stale=stale), kept_at=None)


def _is_as_received(path: Path, sha256: str) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _begins_as(path: Path, beginning: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(beginning)) == beginning


def register_data(
    expected: Sequence[ExpectedFromRegister], register: Sequence[Registered], *, on: datetime.date
) -> dict[str, object]:
    """What register.typ shows: each expected document with its dates, then the other documents in the register."""
    used = {carried.document.document_id for one in expected for carried in one.found}

    def line(document: Registered) -> dict[str, str]:
        return {
            "title": document.title,
            "owner": document.owner,
            "approver": document.approver,
            "published_on": day_in_words(document.published_on) if document.published_on else "",
            "review_on": day_in_words(document.review_on) if document.review_on else "",
        }

    asks: dict[str, list[ExpectedFromRegister]] = {}
    for one in expected:
        asks.setdefault(one.request.id, []).append(one)
    return {
        "on": day_in_words(on),
        "asks": [
            {
                "title": ones[0].request.title,
                "sourced": ones[0].request.sourced,
                "answers": [
                    {
                        "title": one.answer.title,
                        "status": one.readiness.status,
                        "reasons": list(one.readiness.reasons),
                        "owner": one.request.owner,
                        "documents": [
                            line(carried.document)
                            | {
                                "status": carried.readiness.status,
                                "reasons": list(carried.readiness.reasons),
                                "file": carried.file.rpartition("/")[2],
                            }
                            for carried in one.found
                        ],
                    }
                    for one in ones
                ],
            }
            for ones in asks.values()
        ],
        "others": [line(document) for document in register if document.document_id not in used],
    }
