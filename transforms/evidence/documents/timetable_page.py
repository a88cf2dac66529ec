"""The timetable as a page: steps with their dates, what is due, judgements, cases, surveys and interviews."""

from __future__ import annotations

from transforms.evidence.framework import SOURCED_MEANS, Fact, Framework
from transforms.evidence.timetable import DatedStep, Timetable, spoken


def timetable_data(framework: Framework, timetable: Timetable) -> dict[str, object]:
    """What timetable.typ shows, each fact with how well it is sourced."""
    used = dict.fromkeys(
        source
        for fact in (
            framework.notice,
            *(step.fact for step in timetable.steps),
            *timetable.undated,
            framework.judgements,
            *framework.case_samples,
            *framework.surveys,
            *([framework.interviews] if framework.interviews else []),
            *framework.remarks,
        )
        for source in fact.sources
    )
    return {
        "counted_so": timetable.counted_so,
        "notice": _fact(framework.notice) | {"text": framework.notice.text},
        "caution": framework.caution,
        "marks": [{"mark": mark, "means": means} for mark, means in SOURCED_MEANS.items()],
        "steps": [_step(step) for step in timetable.steps if step.kind == "step"],
        "undated": [_fact(step) | {"title": step.title} for step in timetable.undated],
        "due": [_step(step) for step in timetable.steps if step.kind == "documents due"],
        "not_due": [
            _fact(document) | {"title": document.title} for document in framework.documents if document.due_day is None
        ],
        "judgements": _fact(framework.judgements)
        | {
            "count": framework.judgements.count,
            "scale": list(framework.judgements.scale),
            "groups": [
                {"title": group.title, "headline": list(group.headline), "supporting": list(group.supporting)}
                for group in framework.judgements.groups
            ],
        },
        "samples": [
            _fact(sample)
            | {
                "title": sample.title,
                "count": "" if sample.count is None else str(sample.count),
                "chosen_by": sample.chosen_by,
                "day": f"Day {sample.day}, {spoken(timetable.date_of(sample.day))}" if sample.day is not None else "",
            }
            for sample in framework.case_samples
        ],
        "surveys": [_fact(survey) | {"title": survey.title, "who": survey.who} for survey in framework.surveys],
        "interviews": (
            _fact(framework.interviews) | {"groups": list(framework.interviews.groups)}
            if framework.interviews
            else None
        ),
        "remarks": [_fact(remark) | {"title": remark.title, "text": remark.text} for remark in framework.remarks],
        "unknown": list(framework.unknown),
        "sources": [{"id": source, "text": framework.sources[source]} for source in used],
    }


def _step(step: DatedStep) -> dict[str, object]:
    return _fact(step.fact) | {
        "days": step.days,
        "title": step.title,
        "first_on": spoken(step.first_on),
        "last_on": spoken(step.last_on) if step.last_on != step.first_on else "",
        "moved": step.moved,
        "day_sourced": step.sourced if step.sourced != step.fact.sourced else "",
    }


def _fact(fact: Fact) -> dict[str, object]:
    return {"sourced": fact.sourced, "sources": list(fact.sources), "note": fact.note}
