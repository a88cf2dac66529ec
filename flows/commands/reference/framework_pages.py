"""The reference page of the frameworks: what is asked for and when, and how well each fact is sourced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from flows.commands.reference.page_pieces import listed, page, table_of, tick
from transforms.evidence.documents.reconciliation import comparison
from transforms.evidence.framework import (
    SOURCED_MEANS,
    AnsweredBy,
    Fact,
    Framework,
    RequestedDocument,
    Step,
    framework_ids,
    load_framework,
)


def frameworks_page() -> str:
    """Every framework, and how well each of its facts is sourced."""
    blocks = [
        "What each inspectorate asks for and when; each framework is one file under `transforms/evidence/frameworks/`."
        " Each fact says how well it is sourced; owners and answers are our proposals.",
        listed(f"**{mark}**: {means}" for mark, means in SOURCED_MEANS.items()),
    ]
    for framework_id in framework_ids():
        blocks += _framework(load_framework(framework_id))
    return page("Frameworks", "`transforms/evidence/frameworks/`", *blocks)


def _framework(framework: Framework) -> Iterable[str]:
    force = framework.in_force
    yield f"## {framework.id}: {framework.title}"
    yield f"{framework.inspectorate}. In force {force.begins} to {force.until or 'now'} {_mark(force)}."
    yield f"> {framework.caution}" if framework.caution else ""
    told = (("how often", framework.frequency), ("notice", framework.notice), ("on site", framework.on_site))
    rows = [(name, fact.text, _mark(fact)) for name, fact in (*told, ("team", framework.team)) if fact]
    yield table_of(("", "", "sourced"), rows)
    weekday = f", a {framework.notice.weekday}" if framework.notice.weekday else ""
    yield f"The day of notification is day {framework.notice.notification_is_day}{weekday}."
    yield "### Timetable"
    yield table_of(
        ("day", "step", "sourced"),
        [(_days(step), _unit(step.title, step.unit), _mark(step)) for step in framework.timeline],
    )
    yield f"### Judgements {_mark(framework.judgements)}"
    yield f"{framework.judgements.count} in all. Scale: {', '.join(framework.judgements.scale) or 'none'}."
    yield listed(
        f"{group.title}: {', '.join((*group.headline, *group.supporting))}" for group in framework.judgements.groups
    )
    yield "### Asked for"
    yield table_of(
        ("what", "id", "due on day", "owner", "answered by", "sourced"),
        [
            (d.title, tick(d.id), _due(d), d.owner, "; ".join(_answer(a) for a in d.answered_by), _mark(d))
            for d in framework.documents
        ],
    )
    if framework.case_samples:
        yield "### Cases"
        yield table_of(
            ("what", "how many", "day", "chosen by", "sourced"),
            [(c.title, c.count, c.day, c.chosen_by, _mark(c)) for c in framework.case_samples],
        )
    if framework.surveys:
        yield "### Surveys"
        yield table_of(("survey", "who", "sourced"), [(s.title, s.who, _mark(s)) for s in framework.surveys])
    if framework.interviews:
        yield f"### Groups that inspectors meet {_mark(framework.interviews)}"
        yield listed(framework.interviews.groups)
    if framework.remarks:
        yield "### What else is known"
        yield table_of(("about", "what", "sourced"), [(r.title, r.text, _mark(r)) for r in framework.remarks])
    if framework.unknown:
        yield "### What is not known"
        yield listed(framework.unknown)
    if framework.figure_sets:
        yield "### Figures of the profile"
        sets = framework.figure_sets
        if any(one.judgement for one in sets):
            by_judgement = [(s.judgement, s.title, ", ".join(s.indicators), ", ".join(s.headline)) for s in sets]
            yield table_of(("judgement", "section", "figures", "on the cover"), by_judgement)
        else:
            rows = [(s.title, ", ".join(s.indicators), ", ".join(s.headline)) for s in sets]
            yield table_of(("section", "figures", "on the cover"), rows)
    if framework.lists:
        yield "### Lists"
        rows = [(one.title, tick(one.id), _serves(one.columns)) for one in framework.lists]
        yield table_of(("list", "id", "columns, by the request each serves"), rows)
    for workbook in framework.workbooks:
        sheets = [one.sheet for one in framework.lists if one.workbook == workbook.id]
        yield f"One workbook, `{workbook.id}`, has the sheets {', '.join(sheets)}: {workbook.title}."
        yield listed(workbook.remarks)
    if framework.reconciliations:
        yield "### Lists checked against each other and the profile"
        compared = [comparison(one) for one in framework.reconciliations]
        yield table_of(("compared", "first", "second"), [(one.title, one.first, one.second) for one in compared])
    yield "### Settings of this framework"
    yield table_of(
        ("setting", "value"),
        [(tick(one.name), _value(getattr(framework.settings, one.name))) for one in fields(framework.settings)],
    )
    yield "### Sources"
    yield listed(f"`{key}`: {title}" for key, title in framework.sources.items())


def _days(step: Step) -> str:
    """As "6 to 10", "6 (Monday)", or "not known"."""
    if step.day is None:
        return "not known"
    first = f"{step.day} ({step.weekday})" if step.weekday else f"{step.day}"
    last = f"{step.end_day} ({step.end_weekday})" if step.end_weekday else f"{step.end_day}"
    return first if step.end_day is None else f"{first} to {last}"


def _due(document: RequestedDocument) -> str:
    if document.due_day is None:
        return "not known"
    return f"{document.due_day}" + (f" (**{document.due_sourced}**)" if document.due_sourced else "")


def _value(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _unit(title: str, unit: str) -> str:
    return title if unit == "working day" else f"{title} ({unit}s)"


def _mark(fact: Fact) -> str:
    """How well a fact is sourced, its sources, and any note on it."""
    sources = f" ({', '.join(fact.sources)})" if fact.sources else ""
    note = f". {fact.note.rstrip('.')}" if fact.note else ""
    return f"**{fact.sourced}**{sources}{note}"


def _answer(answer: AnsweredBy) -> str:
    named = (*answer.register_ids, *answer.figure_sets, *answer.lists, *answer.tables)
    return f"{answer.title} ({answer.product}: {', '.join(named)})"


def _serves(columns: Mapping[str, str]) -> str:
    by_ask: dict[str, list[str]] = {}
    for column, ask in columns.items():
        by_ask.setdefault(ask, []).append(column)
    return "; ".join(f"{ask}: {', '.join(names)}" for ask, names in by_ask.items())
