"""Narrative documents: what the drop's register has for each request, copied under names of our own making.

A document answers where its id goes on from one of the ids the framework declares, or its title begins with one of the
declared titles, word by word, case and punctuation aside. What it is called in the pack is decided here: no name from
the outside says where a file is written, and only known kinds of file travel.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from transforms.evidence.documents.figures import day_in_words
from transforms.evidence.documents.readiness import Answered, Readiness, standing, worst
from transforms.evidence.framework import AnsweredBy, Framework, RequestedDocument

# Kinds of file that travel, with how such a file begins (empty: anything).
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
    """One line of the register. `extract_id` is the file's SHA-256; empty where the file did not come."""

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
    """A document that answers a request: the file it became in the pack (empty: none) and how it stands."""

    document: Registered
    file: str
    standing: Readiness


@dataclass(frozen=True, slots=True)
class ExpectedFromRegister:
    """One answer the framework expects of the register, with what was found."""

    ask: RequestedDocument
    answer: AnsweredBy
    found: tuple[Carried, ...]
    standing: Readiness

    def answered(self) -> Answered:
        owners = dict.fromkeys(carried.document.owner for carried in self.found if carried.document.owner)
        return Answered(
            self.ask.id,
            self.answer.title,
            "register",
            self.standing,
            ", ".join(owners) or self.ask.owner,
            tuple(carried.file for carried in self.found if carried.file),
            len(self.found),
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


def gather_documents(
    framework: Framework,
    register: Sequence[Registered],
    documents: Callable[[str], Path | None],
    folder: Path,
    *,
    on: datetime.date,
) -> tuple[ExpectedFromRegister, ...]:
    """Copy what answers each request into `folder`, and say how each answer stands.

    Args:
        documents: where the store keeps a file, by its SHA-256; None where it does not.
        folder: the payload's folder of documents (its parents are data/ and the bag's).
        on: the day against which review dates are held.
    """
    taken: set[str] = set()
    gathered = []
    for ask in framework.documents:
        for answer in ask.answered_by:
            if answer.product != "register":
                continue
            matching = [document for document in register if answers(document, answer)]
            chosen = matching[: answer.copies] if answer.copies else matching
            found = tuple(_carry(ask, document, documents, folder, taken, on) for document in chosen)
            gathered.append(ExpectedFromRegister(ask, answer, found, _standing(answer, found)))
    return tuple(gathered)


def answers(document: Registered, answer: AnsweredBy) -> bool:
    """Whether the document answers what is asked for."""
    return any(_begins(document.document_id, declared) for declared in answer.register_ids) or any(
        _begins(document.title, declared) for declared in answer.register_titles
    )


def _begins(text: str, declared: str) -> bool:
    words, wanted = (re.findall(r"[^\W_]+", re.sub("['\u2019]", "", one.casefold())) for one in (text, declared))
    return bool(wanted) and words[: len(wanted)] == wanted


def _standing(answer: AnsweredBy, found: Sequence[Carried]) -> Readiness:
    wanted = max(answer.copies, 1)
    if not found:
        return Readiness("missing", ("not in the register",))
    short = [f"{len(found)} of {wanted} in the register"] if len(found) < wanted else []
    return worst((standing(missing=short), *(carried.standing for carried in found)))


def _carry(
    ask: RequestedDocument,
    document: Registered,
    documents: Callable[[str], Path | None],
    folder: Path,
    taken: set[str],
    on: datetime.date,
) -> Carried:
    overdue = document.review_on is not None and document.review_on < on
    stale = [f"review was due on {day_in_words(document.review_on)}"] if overdue and document.review_on else []
    doubts = [] if document.review_on else ["the register gives no review date"]
    kind = document.file_name.rpartition(".")[2].casefold()
    kind = "jpg" if kind == "jpeg" else kind
    path = documents(document.extract_id) if document.extract_id else None
    content = path.read_bytes() if path is not None and path.is_file() else None
    if content is None:
        lost = "the register names it, its file is not there"
    elif hashlib.sha256(content).hexdigest() != document.extract_id:
        lost = "its file is not as it was received"
    elif kind not in KINDS:
        lost = "its kind of file is not carried"
    else:
        if not content.startswith(KINDS[kind]):
            doubts.append(f"its file does not begin as a .{kind} does")
        name = _name(ask.id, document.document_id, kind, taken)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        return Carried(document, f"data/{folder.name}/{name}", standing(stale=stale, doubtful=doubts))
    return Carried(document, "", standing(missing=[lost], stale=stale))


def _name(ask_id: str, document_id: str, kind: str, taken: set[str]) -> str:
    stem = f"{ask_id}_{re.sub('[^a-z0-9]+', '_', document_id.lower()).strip('_')[:60] or 'document'}"
    name, number = f"{stem}.{kind}", 2
    while name in taken:
        name, number = f"{stem}_{number}.{kind}", number + 1
    taken.add(name)
    return name


def register_data(
    expected: Sequence[ExpectedFromRegister], register: Sequence[Registered], *, on: datetime.date
) -> dict[str, object]:
    """What register.typ shows: each expected document with its dates, then what the register holds beside them."""
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
        asks.setdefault(one.ask.id, []).append(one)
    return {
        "on": day_in_words(on),
        "asks": [
            {
                "title": ones[0].ask.title,
                "sourced": ones[0].ask.sourced,
                "answers": [
                    {
                        "title": one.answer.title,
                        "status": one.standing.status,
                        "reasons": list(one.standing.reasons),
                        "owner": one.ask.owner,
                        "documents": [
                            line(carried.document)
                            | {
                                "status": carried.standing.status,
                                "reasons": list(carried.standing.reasons),
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
