"""The cover: everything asked for, when it is due and how ready it is; rows set aside behind each list and figure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from transforms.evidence.documents.child_lists import ListMade
from transforms.evidence.documents.figures import Figure, day_in_words
from transforms.evidence.documents.readiness import WORST_FIRST, RequestWithAnswers
from transforms.evidence.documents.reconciliation import reconciled_data
from transforms.evidence.documents.tables_as_arrived import reference_to
from transforms.evidence.framework import SOURCED_MEANS
from transforms.evidence.resolve_requests import ResolvedFramework
from transforms.evidence.timetable import Timetable, spoken


def cover_data(resolved: ResolvedFramework, timetable: Timetable, *, changes: Sequence[str]) -> dict[str, object]:
    """What cover.typ shows.

    Args:
        changes: what changed since the previous version, and why; empty for the first version.
    """
    framework = resolved.framework
    headline = [code for one in framework.figure_sets for code in one.headline]
    return {
        "caution": framework.caution,
        "in_force": {
            "text": _in_force(framework.in_force.begins, framework.in_force.until),
            "sourced": framework.in_force.sourced,
        },
        "notice": {"text": framework.notice.text, "sourced": framework.notice.sourced},
        "received": f"{spoken(timetable.received_at.date())}, {timetable.received_at:%H:%M}",
        "counted_so": timetable.counted_so,
        "counts": [
            {"status": status, "count": sum(one.readiness.status == status for one in resolved.requests)}
            for status in reversed(WORST_FIRST)
        ],
        "marks": [{"mark": mark, "means": means} for mark, means in SOURCED_MEANS.items()],
        "asks": [_request(one, timetable) for one in resolved.requests],
        "lists": [_list(made) for made in resolved.lists.values()],
        "figures": [_headline(resolved.figures[code]) for code in headline],
        "reconciled": reconciled_data(resolved.reconciled),
        "changes": list(changes),
    }


def _in_force(begins: str, until: str) -> str:
    """For example "from 1 April 2009 to April 2012"; a day is an ISO date, or a month if the day is not known."""

    def in_words(day: str) -> str:
        if len(day) > len("2012-04"):
            return day_in_words(datetime.date.fromisoformat(day))
        return f"{datetime.date.fromisoformat(f'{day}-01'):%B %Y}"

    return f"from {in_words(begins)}" + (f" to {in_words(until)}" if until else "")


def _request(one: RequestWithAnswers, timetable: Timetable) -> dict[str, object]:
    """A request with its due day, files and answers."""
    request = one.request
    return {
        "title": request.title,
        "sourced": request.sourced,
        "note": request.note,
        "due": spoken(timetable.date_of(request.due_day)) if request.due_day is not None else "not known",
        "day": f"Day {request.due_day}" if request.due_day is not None else "",
        "day_sourced": request.day_sourced if request.due_sourced is not None else "",
        "owner": one.owner,
        "status": one.readiness.status,
        "files": _places([file for answer in one.answers for file in answer.files]),
        "answers": [
            {
                "title": answer.title,
                "status": answer.readiness.status,
                "reasons": list(answer.readiness.reasons),
            }
            for answer in one.answers
        ],
    }


def _list(made: ListMade) -> dict[str, str]:
    """How many rows a list has, and how many rows of its sources were set aside or unmatched."""
    return {
        "title": made.asked.title,
        "rows": f"{made.frame.height:,}",
        "left_off": f"{sum(made.left_off.values()):,}" if made.left_off else "",
        "set_aside": f"{sum(feed.rows_set_aside for feed in made.feeds):,}",
        "unmatched": f"{sum(feed.rows_unmatched for feed in made.feeds):,}",
        "reference": reference_to(made.feeds),
    }


def _headline(figure: Figure) -> dict[str, str]:
    """A figure on the cover, and how many rows of its sources were set aside or unmatched."""
    return {
        "code": figure.code,
        "title": figure.title,
        "value": _value(figure),
        "set_aside": f"{figure.rows_set_aside:,}",
        "unmatched": f"{figure.rows_unmatched:,}",
        "reference": figure.reference,
    }


def _places(files: Sequence[str]) -> str:
    """Where in the payload the files are: by name, or as a folder with the number of files if it has several."""
    folders: dict[str, list[str]] = {}
    for file in dict.fromkeys(files):
        folder, _, name = file.removeprefix("data/").rpartition("/")
        folders.setdefault(folder, []).append(f"{folder}/{name}".lstrip("/"))
    return ", ".join(
        f"{folder} ({len(names)} files)" if folder and len(names) > 1 else ", ".join(names)
        for folder, names in folders.items()
    )


def _value(figure: Figure) -> str:
    current = figure.current
    if current is None:
        return "not measured"
    if current.value:
        return current.value
    if current.held_back and current.denominator:
        return f"{current.numerator} of {current.denominator}"
    # A figure that has all it needs and still no value has no cases.
    return "not computable" if current.held_back or figure.readiness.status == "missing" else "no cases"
