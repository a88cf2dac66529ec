"""A framework: what an inspectorate asks for and when, read from one TOML file with how well each fact is sourced.

A new framework is one more file under `transforms/evidence/frameworks/`; no code names a framework.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Literal

from warehouse.declared_facts import WRITTEN_AS, DeclaredFile
from warehouse.problem import Problem

Sourced = Literal["verified", "inferred", "unverified"]
Product = Literal["register", "figures", "lists", "surveys", "tables"]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]

SOURCED_MEANS: Mapping[str, str] = {
    "verified": "a named source says it",
    "inferred": "derived from a named source",
    "unverified": "general knowledge; no source found",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact about the inspection, with how well it is sourced and from where (ids of the framework's sources)."""

    sourced: Sourced
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce(Fact):
    """When the framework was in force; a month if the day is not known; `until` is empty if it is still in force."""

    begins: str = field(metadata={WRITTEN_AS: "from"})
    until: str = field(default="", metadata={WRITTEN_AS: "to"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Fact):
    """A fact in words."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Statement):
    """Something else known about the framework, under a title."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Statement):
    """Working days of notice, and the number the framework gives the day of notification (0 or 1).

    `weekday` is the day of the week on which the call comes, if a source says so.
    """

    working_days: int | None = None
    notification_is_day: Literal[0, 1]
    weekday: Weekday | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSite(Statement):
    """Working days on site."""

    working_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Fact):
    """A step of the timetable: on a day, or from `day` to `end_day`; counted in working or calendar days.

    If the source ties it to a day of the week, its date is that `weekday` (for its last day, `end_weekday`),
    `weeks_after` weeks after the week of notification, and `day` is its number in a week without bank holidays.
    Without `day`, it is known to happen but not when.
    """

    day: int | None = None
    title: str
    end_day: int | None = None
    unit: Literal["working day", "calendar day"] = "working day"
    weekday: Weekday | None = None
    end_weekday: Weekday | None = None
    weeks_after: int = 0
    end_weeks_after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementGroup:
    """Judgements that belong together: the headline ones and those that support them."""

    title: str
    headline: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements(Fact):
    """What is judged and on which scale, best grade first."""

    scale: tuple[str, ...] = ()
    groups: tuple[JudgementGroup, ...] = ()

    @property
    def count(self) -> int:
        return sum(len(group.headline) + len(group.supporting) for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredBy:
    """What we have that answers a request.

    Attributes:
        product: where the answer comes from.
        title: what the answer is, in the reader's words.
        register_ids: a document answers if its id in the register begins with one of these (`board_minutes_2026_09`).
        register_titles: a document answers if its title begins with these words (ignoring case and punctuation).
        copies: how many documents are asked for, newest first (six sets of minutes: 6); 0: as many as there are.
        figure_sets: ids of the figure sets that answer.
        lists: ids of the child-level or survey lists that answer.
        tables: ids of the lists that answer as tables built from records.
    """

    product: Product
    title: str
    register_ids: tuple[str, ...] = ()
    register_titles: tuple[str, ...] = ()
    copies: int = 1
    figure_sets: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedDocument(Fact):
    """A request: the day it is due, who in the council owns it (our proposal), and what answers it.

    `due_sourced` says how well the day is sourced, if that differs from how well the request is.
    """

    id: str
    title: str
    kind: Literal["narrative", "table", "list"]
    due_day: int | None = None
    due_sourced: Sourced | None = None
    owner: str
    answered_by: tuple[AnsweredBy, ...]

    @property
    def day_sourced(self) -> Sourced:
        """How well the day it is due is sourced."""
        return self.due_sourced or self.sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSample(Fact):
    """Files or cases that somebody chooses; `count` and `day` only if they are known."""

    title: str
    chosen_by: str
    count: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Fact):
    """A survey and who is asked."""

    title: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interviews(Fact):
    """Groups that inspectors meet."""

    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkSettings:
    """The council's choices for this framework.

    Attributes:
        survey_minimum_age: younger children are left off survey lists; 0: nobody is left off by age.
        survey_marked_age: the age in the survey lists' yes-or-no column.
        must_not_contact_in_touch_codes: in-touch codes of care leavers who must not be contacted.
        trend_periods: the most periods a figure's trend shows, including the current one.
        names_key: whether the pack includes a key to the names of the children on its lists.
    """

    survey_minimum_age: int = 0
    survey_marked_age: int = 0
    must_not_contact_in_touch_codes: tuple[str, ...] = ()
    trend_periods: int
    names_key: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSet:
    """A section of the performance profile, in the order shown.

    `headline` figures are on the cover; `titles` gives titles for indicators that may not be measured yet; `judgement`
    is the judgement the section belongs to, if the framework groups its figures by judgement.
    """

    id: str
    title: str
    judgement: str = ""
    indicators: tuple[str, ...]
    headline: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedWorkbook:
    """A workbook that several lists share, one sheet each; `remarks` are printed in its "Read me"."""

    id: str
    title: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAsked:
    """A list in the pack: the columns asked for, in order, each with the id of the request it serves.

    It has its own workbook, or is the `sheet` of a shared `workbook`.
    """

    id: str
    title: str
    columns: Mapping[str, str]
    months: int | None = None
    workbook: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """One framework as it was in force.

    Attributes:
        remarks: what else is known about it.
        unknown: what was looked for and not found.
        reconciliations: ids of the files that compare its lists with each other and the profile.
    """

    id: str
    title: str
    short_title: str
    inspectorate: str
    caution: str = ""
    sources: Mapping[str, str]
    in_force: InForce
    frequency: Statement | None = None
    notice: Notice
    on_site: OnSite | None = None
    team: Statement | None = None
    timeline: tuple[Step, ...]
    judgements: Judgements
    documents: tuple[RequestedDocument, ...]
    case_samples: tuple[CaseSample, ...] = ()
    surveys: tuple[Survey, ...] = ()
    interviews: Interviews | None = None
    remarks: tuple[Remark, ...] = ()
    unknown: tuple[str, ...] = ()
    settings: FrameworkSettings
    figure_sets: tuple[FigureSet, ...] = ()
    workbooks: tuple[SharedWorkbook, ...] = ()
    lists: tuple[ListAsked, ...] = ()
    reconciliations: tuple[str, ...] = ()

    def document(self, document_id: str) -> RequestedDocument:
        return next(document for document in self.documents if document.id == document_id)

    def list_asked(self, list_id: str) -> ListAsked:
        return next(asked for asked in self.lists if asked.id == list_id)

    def workbook(self, workbook_id: str) -> SharedWorkbook:
        return next(workbook for workbook in self.workbooks if workbook.id == workbook_id)

    def figure_set(self, set_id: str) -> FigureSet:
        return next(figures for figures in self.figure_sets if figures.id == set_id)


def framework_ids() -> tuple[str, ...]:
    """Ids of all frameworks, in order."""
    names = (entry.name for entry in files("transforms.evidence.frameworks").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def rehearsed_frameworks(setting: str) -> tuple[str, ...]:
    """The ids that the setting `rehearse` names, separated by commas, known or not; if empty, every framework."""
    named = tuple(dict.fromkeys(name.strip() for name in setting.split(",") if name.strip()))
    return named or framework_ids()


def load_framework(framework_id: str) -> Framework:
    """The framework with that id.

    Raises:
        Problem: there is no such framework, or its file is wrong.
    """
    if framework_id not in framework_ids():
        raise Problem(
            f"There is no framework {framework_id!r}.",
            where="transforms/evidence/frameworks/",
            why="The framework decides what is in the pack and when it is due.",
            fix=f"Name one of: {', '.join(framework_ids())}.",
        )
    name = f"{framework_id}.toml"
    return parse_framework((files("transforms.evidence.frameworks") / name).read_text("utf-8"), name=name)


def parse_framework(text: str, *, name: str) -> Framework:
    """A framework from TOML.

    Args:
        text: the TOML.
        name: the file's name, for error messages.

    Raises:
        Problem: not TOML; a key is missing, unknown or of the wrong type; or a reference names something that does not
            exist.
    """
    file = DeclaredFile(
        name,
        "framework file",
        why="This file decides due dates and what counts as missing.",
        fix="Correct the file; transforms/evidence/framework.py explains every key.",
    )
    framework = file.read(text, Framework)
    _check_references(framework, file)
    return framework


def _check_references(framework: Framework, file: DeclaredFile) -> None:
    asks = [document.id for document in framework.documents]
    lists = [asked.id for asked in framework.lists]
    sets = [figures.id for figures in framework.figure_sets]
    workbooks = [workbook.id for workbook in framework.workbooks]
    judgements = [one for group in framework.judgements.groups for one in (*group.headline, *group.supporting)]
    named_ids = (("documents", asks), ("lists", lists), ("figure_sets", sets), ("workbooks", workbooks))
    for what, ids in named_ids:
        if repeated := sorted({one for one in ids if ids.count(one) > 1}):
            raise file.problem(f"The id {repeated[0]!r} is used twice.", what)
    for fact, place in _facts(framework):
        for source in fact.sources:
            if source not in framework.sources:
                raise file.problem(f"The source {source!r} is not under [sources].", place)
        if fact.sourced != "unverified" and not fact.sources:
            raise file.problem(f"A fact marked {fact.sourced} names no source.", place)
    for step in framework.timeline:
        _check_step(step, framework.notice.notification_is_day, file)
    for document in framework.documents:
        asked_for = ("documents", document.id)
        if document.due_sourced is not None and document.due_day is None:
            raise file.problem("due_sourced is set but due_day is missing.", *asked_for)
        for answer in document.answered_by:
            named: tuple[tuple[Sequence[str], list[str]], ...] = (
                (answer.lists, lists),
                (answer.tables, lists),
                (answer.figure_sets, sets),
            )
            for wanted, there in named:
                if lost := [one for one in wanted if one not in there]:
                    raise file.problem(f"Its answer {lost[0]!r} does not exist.", *asked_for)
            filled = {
                "register": answer.register_ids or answer.register_titles,
                "figures": answer.figure_sets,
                "lists": answer.lists,
                "surveys": answer.lists,
                "tables": answer.tables,
            }[answer.product]
            if not filled:
                raise file.problem(f"An answer with product {answer.product!r} does not say which.", *asked_for)
    for one in framework.figure_sets:
        if strays := [code for code in (*one.headline, *one.titles) if code not in one.indicators]:
            raise file.problem(f"{strays[0]!r} is not among its indicators.", "figure_sets", one.id)
        if one.judgement and one.judgement not in judgements:
            raise file.problem(f"{one.judgement!r} is not among the judgements.", "figure_sets", one.id)
    for asked in framework.lists:
        if asked.workbook and asked.workbook not in workbooks:
            raise file.problem(f"There is no workbook {asked.workbook!r}.", "lists", asked.id)
        for column, ask in asked.columns.items():
            if ask not in asks:
                raise file.problem(f"The column {column!r} serves {ask!r}, which is not a request.", "lists", asked.id)


def _check_step(step: Step, first: int, file: DeclaredFile) -> None:
    place = ("timeline", step.title)
    if step.day is None:
        if step.end_day is not None or step.weekday is not None or step.end_weekday is not None:
            raise file.problem("A step has a last day or a day of the week but no first day.", *place)
        return
    if step.day < first or (step.end_day is not None and step.end_day < step.day):
        raise file.problem("A step ends before it begins, or begins before the notification.", *place)
    if step.end_weekday is not None and step.end_day is None:
        raise file.problem("A step has end_weekday but no end_day.", *place)


def _facts(framework: Framework) -> list[tuple[Fact, str]]:
    single = ("in_force", "frequency", "notice", "on_site", "team", "judgements", "interviews")
    many = ("timeline", "documents", "case_samples", "surveys", "remarks")
    found = [(getattr(framework, key), key) for key in single if getattr(framework, key) is not None]
    return found + [(fact, f"{key}, {fact.title}") for key in many for fact in getattr(framework, key)]
