"""The cover: everything asked for, when it is due and how it stands; what was set aside behind each list and figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transforms.evidence.documents.child_lists import ListMade
from transforms.evidence.documents.figures import Figure
from transforms.evidence.documents.readiness import WORST_FIRST, Answered, Readiness, worst
from transforms.evidence.documents.reconciliation import Reconciled, reconciled_data
from transforms.evidence.framework import SOURCED_MEANS, Framework, RequestedDocument
from transforms.evidence.timetable import Timetable, spoken


@dataclass(frozen=True, slots=True)
class AskStanding:
    """One thing asked for, with what answers it and how that stands."""

    ask: RequestedDocument
    answers: tuple[Answered, ...]
    standing: Readiness

    @property
    def owner(self) -> str:
        """Who owns the answer in the council, as the framework's file proposes."""
        return self.ask.owner


def ask_standings(framework: Framework, answers: Sequence[Answered]) -> tuple[AskStanding, ...]:
    """How each request stands: as the worst of its answers."""
    return tuple(
        AskStanding(ask, mine, worst(answer.standing for answer in mine))
        for ask in framework.documents
        for mine in [tuple(answer for answer in answers if answer.ask_id == ask.id)]
    )


def cover_data(
    framework: Framework,
    asks: Sequence[AskStanding],
    timetable: Timetable,
    lists: Sequence[ListMade],
    figures: Mapping[str, Figure],
    reconciled: Sequence[Reconciled],
    *,
    changes: Sequence[str],
) -> dict[str, object]:
    """What cover.typ shows.

    Args:
        lists: every list the pack carries.
        reconciled: what the lists were held against.
        changes: what changed since the version before, and why; empty for the first.
    """
    headline = [code for one in framework.figure_sets for code in one.headline]
    return {
        "caution": framework.caution,
        "in_force": {
            "text": f"{framework.in_force.begins} to {framework.in_force.until or 'now'}",
            "sourced": framework.in_force.sourced,
        },
        "notice": {"text": framework.notice.text, "sourced": framework.notice.sourced},
        "received": f"{spoken(timetable.received_at.date())}, {timetable.received_at:%H:%M}",
        "counted_so": timetable.counted_so,
        "counts": [
            {"status": status, "count": sum(one.standing.status == status for one in asks)}
            for status in reversed(WORST_FIRST)
        ],
        "marks": [{"mark": mark, "means": means} for mark, means in SOURCED_MEANS.items()],
        "asks": [
            {
                "title": one.ask.title,
                "sourced": one.ask.sourced,
                "note": one.ask.note,
                "due": spoken(timetable.date_of(one.ask.due_day)) if one.ask.due_day is not None else "not known",
                "day": f"Day {one.ask.due_day}" if one.ask.due_day is not None else "",
                "day_sourced": one.ask.day_sourced if one.ask.due_sourced is not None else "",
                "owner": one.owner,
                "status": one.standing.status,
                "files": _places([file for answer in one.answers for file in answer.files]),
                "answers": [
                    {
                        "title": answer.title,
                        "status": answer.standing.status,
                        "reasons": list(answer.standing.reasons),
                    }
                    for answer in one.answers
                ],
            }
            for one in asks
        ],
        "lists": [
            {
                "title": made.asked.title,
                "rows": f"{made.frame.height:,}",
                "left_off": f"{sum(made.left_off.values()):,}" if made.left_off else "",
                "set_aside": f"{sum(feed.rows_set_aside for feed in made.feeds):,}",
                "unmatched": f"{sum(feed.rows_unmatched for feed in made.feeds):,}",
                "reference": ", ".join(feed.file for feed in made.feeds if feed.rows_set_aside or feed.rows_unmatched),
            }
            for made in lists
        ],
        "figures": [
            {
                "code": code,
                "title": figures[code].title,
                "value": _value(figures[code]),
                "set_aside": f"{figures[code].rows_set_aside:,}",
                "unmatched": f"{figures[code].rows_unmatched:,}",
                "reference": figures[code].reference,
            }
            for code in headline
        ],
        "reconciled": reconciled_data(reconciled),
        "changes": list(changes),
    }


def _places(files: Sequence[str]) -> str:
    """Where in the payload the files are: by name, or by folder and number where a folder has several."""
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
    return (
        f"{current.numerator} of {current.denominator}"
        if current.held_back and current.denominator
        else "not computable"
    )
