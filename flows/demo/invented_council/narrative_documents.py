"""The narrative documents an inspection asks for: a register, and a small file for all but one of them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import typst

from flows.demo.invented_council.days import as_date
from flows.demo.invented_council.names import COUNCIL

HEADINGS = ("id", "title", "owner", "approver", "published_on", "review_on", "file")
OVERDUE, FILE_MISSING = "supervision_policy", "sufficiency_strategy"
"""The document overdue for review, and the one in the register whose file is missing."""
MEETINGS = 6
DAYS_BETWEEN_MEETINGS = 61


@dataclass(frozen=True)
class InventedDocument:
    """A document of the register; days are counted back from the world's last day."""

    number: str
    title: str
    owner: str
    approver: str
    published_before: int
    review_after: int
    file: str
    text: tuple[str, ...]


def documents() -> tuple[InventedDocument, ...]:
    """What a safeguarding and looked-after inspection asks for, except the adoption report and early help figures."""
    manager, board, director = "Safeguarding board business manager", "Independent chair", "Director"
    audits, strategy = "Head of quality assurance", "Head of strategy"
    minutes = tuple(
        InventedDocument(
            f"lscb_minutes_{MEETINGS - place}",
            f"Safeguarding board minutes, meeting {MEETINGS - place}",
            manager,
            board,
            30 + DAYS_BETWEEN_MEETINGS * place,
            3650,
            f"safeguarding_board_minutes_{MEETINGS - place}.txt",
            (
                "Present: the independent chair, the council, police, health, schools, probation, lay members.",
                f"Item {place + 1}: the board received the performance report and asked for a trend of re-referrals.",
                "Actions were agreed with an owner and a date each.",
            ),
        )
        for place in range(MEETINGS)
    )
    return (
        *minutes,
        _document("complaints_annual_report", "Complaints annual report", "Complaints manager", director, 120, 365,
                  "Seven in ten complaints at stage one were answered in time. Learning is followed up each quarter."),
        _document("serious_case_reviews", "Serious case reviews and action plans", manager, board, 210, 365,
                  "One review was published in the period; its eleven actions are done but two."),
        _document("regulatory_outcomes", "Notifications and regulatory outcomes", audits, director, 40, 120,
                  "Inspections of the council's homes and services, and serious incidents notified."),
        _document("performance_report", "Quarterly performance report", "Head of performance", director, 32, 120,
                  "The profile of the last quarter with commentary by each head of service."),
        _document("audit_report", "Quality assurance and audit report", audits, director, 60, 180,
                  "Six audits in ten were judged good or better. Moderation changed one grade in four."),
        _document("participation", "Views of children and families", "Participation lead", director, 75, 365,
                  "Views gathered by survey, by the council of children in care, and on visits."),
        _document("self_assessment", "Self-assessment", "Assistant director", director, 45, 365,
                  "What we do well, what we must do better, and how we know."),
        _document("cypp", "Children and young people's plan", strategy, "Cabinet", 400, 1095,
                  "Safe at home, settled in care, ready for adult life."),
        _document("jsna", "Joint strategic needs assessment", "Director of public health", "Health board", 330, 1095,
                  "Who lives here, how they are, and what will change."),
        _document("lscb_annual_report", "Safeguarding board annual report and business plan", manager, board, 150, 365,
                  "The year's work of the partnership and its plan for the next."),
        _document("thresholds", "Thresholds of need", "Head of the front door", "Safeguarding board", 300, 730,
                  "Four levels of need with examples of each."),
        _document("structure_chart", "Structure chart", "Head of human resources", director, 20, 180,
                  "Services, teams and the posts that lead them."),
        _document(OVERDUE, "Supervision policy", "Principal social worker", "Assistant director", 800, 730,
                  "Personal supervision every four weeks, and of each case at least every six."),
        _document(FILE_MISSING, "Sufficiency strategy", "Head of commissioning", "Cabinet", 500, 1095, ""),
        _document("corporate_parenting_strategy", "Corporate parenting strategy", "Head of children in care",
                  "Corporate parenting board", 250, 730, "What the council promises the children it looks after."),
        _document("fostering_annual_report", "Fostering annual report", "Head of fostering", director, 155, 365,
                  "Carers recruited and lost, and where children live."),
        _document("iro_annual_report", "Independent reviewing officers' annual report", audits, director, 140, 365,
                  "Reviews in time, children's part in them, and concerns raised."),
        _document("lado_annual_report", "LADO annual report", "LADO", "Safeguarding board", 170, 365,
                  "Allegations against adults who work with children: numbers, speed, outcomes, learning."),
        _document("private_fostering_annual_report", "Private fostering annual report", "Head of fostering", director,
                  165, 365, "Notifications, first visits, and what was done to raise awareness."),
    )  # fmt: skip


def _document(
    number: str, title: str, owner: str, approver: str, before: int, review: int, text: str
) -> InventedDocument:
    return InventedDocument(number, title, owner, approver, before, review, f"{number}.pdf", (text,))


def document_files(ends: int) -> dict[str, bytes]:
    """File name to content: `register.csv` and the documents, the same bytes for the same last day."""
    found: dict[str, bytes] = {}
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(HEADINGS)
    for document in documents():
        published = ends - document.published_before
        dates = [as_date(published).isoformat(), as_date(published + document.review_after).isoformat()]
        writer.writerow([document.number, document.title, document.owner, document.approver, *dates, document.file])
        if document.number == FILE_MISSING:
            continue
        if document.file.endswith(".txt"):
            text = [document.title, f"{COUNCIL}, {as_date(published):%d %B %Y}", "", *document.text, ""]
            found[document.file] = "\n".join(text).encode()
        else:
            found[document.file] = _pdf(document, f"{as_date(published):%d %B %Y}")
    found["register.csv"] = lines.getvalue().encode()
    return found


def _pdf(document: InventedDocument, published: str) -> bytes:
    source = "\n\n".join(
        [
            f'#set document(title: "{document.title}", date: none)\n#set text(lang: "en", region: "GB")',
            f"= {document.title}",
            f"{COUNCIL} Council, {published}. Owner: {document.owner}. Approved by: {document.approver}.",
            *document.text,
            "This document is invented.",
        ]
    )
    written = typst.compile(source.encode(), format="pdf")
    assert isinstance(written, bytes)
    return written
