"""A framework's days as real dates: for a page and for a calendar.

Day 1 (or whatever number the framework gives the day of notification) is the first working day on or after the day the
notification was received. The time of day makes no difference: a call after hours on a working day counts for that day.
A step that the source ties to a day of the week is on that day, and is numbered by the working days up to it.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from icalendar import Calendar, Event

from transforms.evidence.framework import Fact, Framework, RequestedDocument, Sourced, Step, Weekday
from warehouse.england_time import in_london
from warehouse.problem import Problem

Kind = Literal["step", "documents due"]
WEEKDAYS: tuple[Weekday, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True, slots=True)
class DatedStep:
    """A step with its dates; `last_on` is `first_on` if it takes one day.

    `sourced` says how well its day is sourced; `moved` says which bank holiday moved it from the day of the week the
    source names.
    """

    day: int
    end_day: int
    first_on: datetime.date
    last_on: datetime.date
    title: str
    kind: Kind
    fact: Fact
    sourced: Sourced
    moved: str = ""

    @property
    def days(self) -> str:
        """For example "Day 4" or "Days 6 to 10"."""
        return f"Day {self.day}" if self.end_day == self.day else f"Days {self.day} to {self.end_day}"


@dataclass(frozen=True, slots=True)
class Timetable:
    """The framework's steps and due documents, in order of date; `undated` are steps whose day is not known."""

    framework_id: str
    received_at: datetime.datetime
    notification_is_day: int
    notified_on: datetime.date
    counted_so: str
    steps: tuple[DatedStep, ...]
    working_days: tuple[datetime.date, ...]
    undated: tuple[Step, ...] = ()

    def date_of(self, day: int, unit: str = "working day") -> datetime.date:
        """The date of a numbered day.

        Raises:
            Problem: the calendar of working days does not reach it.
        """
        return _date_of(self.working_days, self.notified_on, day - self.notification_is_day, unit)


def timetable(framework: Framework, received_at: datetime.datetime, working_days: Iterable[datetime.date]) -> Timetable:
    """The framework's timetable from the moment the notification was received.

    Args:
        framework: whose days are numbered.
        received_at: when the notification was received; England's time if it has no zone.
        working_days: England's working days, from on or before that day until after the last step.

    Raises:
        Problem: the working days do not cover the timetable.
    """
    calendar = tuple(sorted(set(working_days)))
    received = in_london(received_at)
    notified_on = _date_of(calendar, received.date(), 0, "working day")
    first = framework.notice.notification_is_day
    if notified_on == received.date():
        counted_so = f"Day {first} is {spoken(notified_on)}, the working day on which the notification was received."
    else:
        counted_so = (
            f"The notification was received on {spoken(received.date())}, which is not a working day; "
            f"day {first} is {spoken(notified_on)}, the first working day after it."
        )
    counted_so += " Days are working days in England unless stated otherwise; the time of day makes no difference."
    counted_so += _not_the_usual_day(framework.notice.weekday, notified_on, calendar, first)
    if any(step.weekday or step.end_weekday for step in framework.timeline):
        counted_so += (
            " If the source names a day of the week for a step, it is on that day; we assume that a bank holiday moves "
            "it within its week."
        )
    steps = [_step(step, notified_on, calendar, first) for step in framework.timeline if step.day is not None]
    steps += [
        _due(document, document.due_day, notified_on, calendar, first)
        for document in framework.documents
        if document.due_day is not None
    ]
    steps.sort(key=lambda step: (step.first_on, step.last_on))
    undated = tuple(step for step in framework.timeline if step.day is None)
    return Timetable(framework.id, received, first, notified_on, counted_so, tuple(steps), calendar, undated)


def _not_the_usual_day(
    usual: Weekday | None, notified_on: datetime.date, working_days: Sequence[datetime.date], first: int
) -> str:
    """What to say if day 1 is not the day of the week on which the source says the call comes."""
    if usual is None or WEEKDAYS[notified_on.weekday()] == usual:
        return ""
    expected = _weekday_of(notified_on, usual, 0)
    if expected not in working_days:
        return f" The call is expected on a {usual}; {spoken(expected)} is not a working day."
    return (
        f" The source says that the call comes on a {usual}, but this one is counted from a {notified_on:%A}. Ask the "
        f"lead inspector whether that is day {first}."
    )


def _step(step: Step, notified_on: datetime.date, working_days: Sequence[datetime.date], first: int) -> DatedStep:
    assert step.day is not None

    def dated(day: int, weekday: Weekday | None, weeks_after: int) -> tuple[int, datetime.date, str]:
        """The day's number and date, by count or by day of the week, and which bank holiday moved it."""
        if weekday is None:
            return day, _date_of(working_days, notified_on, day - first, step.unit), ""
        meant = _weekday_of(notified_on, weekday, weeks_after)
        on = _working_day_of_the_week(working_days, meant)
        number = bisect_left(working_days, on) - bisect_left(working_days, notified_on) + first
        return number, on, "" if on == meant else f"{spoken(meant)} is not a working day."

    day, first_on, first_moved = dated(step.day, step.weekday, step.weeks_after)
    end_day, last_on, last_moved = (
        (day, first_on, "") if step.end_day is None else dated(step.end_day, step.end_weekday, step.end_weeks_after)
    )
    moved = " ".join(filter(None, (first_moved, last_moved)))
    return DatedStep(day, end_day, first_on, last_on, step.title, "step", step, step.sourced, moved)


def _due(
    document: RequestedDocument, day: int, notified_on: datetime.date, working_days: Sequence[datetime.date], first: int
) -> DatedStep:
    on = _date_of(working_days, notified_on, day - first, "working day")
    return DatedStep(day, day, on, on, document.title, "documents due", document, document.day_sourced)


def _weekday_of(notified_on: datetime.date, weekday: Weekday, weeks_after: int) -> datetime.date:
    """That day of the week, this many weeks after the week of notification."""
    return notified_on + datetime.timedelta(weeks=weeks_after, days=WEEKDAYS.index(weekday) - notified_on.weekday())


def _working_day_of_the_week(working_days: Sequence[datetime.date], on: datetime.date) -> datetime.date:
    """The day, or the nearest working day of its week: a later one if there is one.

    Raises:
        Problem: the calendar of working days does not reach that week.
    """
    _date_of(working_days, on, 0, "working day")
    days = [on + datetime.timedelta(days=at - on.weekday()) for at in range(len(WEEKDAYS))]
    open_days = [day for day in days if day in working_days]
    later = [day for day in open_days if day >= on]
    return later[0] if later else open_days[-1] if open_days else _date_of(working_days, on, 0, "working day")


def spoken(day: datetime.date) -> str:
    """For example "Monday 2 November 2026"."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def calendar_file(timetable: Timetable, framework: Framework, authority_name: str) -> bytes:
    """The timetable as an iCalendar file: one all-day event per step, and one for everything due on a day.

    Every timestamp is the moment the notification was received, so that the same notification gives the same bytes.
    """
    stamp = timetable.received_at.astimezone(datetime.UTC).replace(microsecond=0)
    calendar = Calendar()
    calendar.add("prodid", "-//daytwo//inspection timetable//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{framework.short_title} {authority_name}")
    for number, (step, title, description) in enumerate(_events(timetable), 1):
        event = Event()
        event.add("uid", f"{timetable.framework_id}-{timetable.notified_on:%Y%m%d}-{number:03d}@daytwo")
        event.add("dtstamp", stamp)
        event.add("dtstart", step.first_on)
        event.add("dtend", step.last_on + datetime.timedelta(days=1))
        event.add("summary", f"{framework.short_title} {step.days.lower()}: {title}")
        event.add("description", description)
        event.add("class", "CONFIDENTIAL")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(timetable: Timetable) -> list[tuple[DatedStep, str, str]]:
    events = [
        (step, step.title, " ".join(part for part in (f"{step.days}. Sourcing: {step.sourced}.", step.moved) if part))
        for step in timetable.steps
        if step.kind == "step"
    ]
    due: dict[int, list[DatedStep]] = {}
    for step in timetable.steps:
        if step.kind == "documents due":
            due.setdefault(step.day, []).append(step)
    for day, steps in sorted(due.items()):
        lines = [
            f"- {step.title} (sourcing: {step.fact.sourced}"
            + (f"; sourcing of the day: {step.sourced})" if step.sourced != step.fact.sourced else ")")
            for step in steps
        ]
        events.append((steps[0], f"due: {len(steps)} of the requests", f"Due on day {day}:\n" + "\n".join(lines)))
    return events


def _date_of(working_days: Sequence[datetime.date], from_on: datetime.date, after: int, unit: str) -> datetime.date:
    if unit == "calendar day":
        return from_on + datetime.timedelta(days=after)
    at = bisect_left(working_days, from_on) + after
    if not working_days or from_on < working_days[0] or not 0 <= at < len(working_days):
        raise Problem(
            f"The calendar of working days does not reach {after} working days after {from_on:%d %B %Y}.",
            where="records.calendar",
            why="Due dates would be wrong.",
            fix="Rebuild the warehouse with an as-at date near the notification (the calendar runs six years past it).",
        )
    return working_days[at]
