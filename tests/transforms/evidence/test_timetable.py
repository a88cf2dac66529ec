from __future__ import annotations

import datetime

import duckdb
import pytest
from icalendar import Calendar

from transforms.evidence.framework import Framework, load_framework
from transforms.evidence.timetable import Timetable, calendar_file, timetable
from transforms.records.working_days import build_calendar
from warehouse.england_time import LONDON
from warehouse.problem import Problem


@pytest.fixture(scope="module")
def slac() -> Framework:
    return load_framework("slac_2009")


@pytest.fixture(scope="module")
def working_days() -> list[datetime.date]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA records")
        build_calendar(connection, datetime.date(2026, 10, 31))
        rows = connection.execute("SELECT day FROM records.calendar WHERE is_working_day").fetchall()
    return [row[0] for row in rows]


def received(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def made(slac: Framework, working_days: list[datetime.date], text: str) -> Timetable:
    return timetable(slac, received(text), working_days)


def test_day_1_is_the_working_day_of_the_notification(slac: Framework, working_days: list[datetime.date]) -> None:
    dates = made(slac, working_days, "2026-11-02T09:14")
    assert dates.date_of(1) == datetime.date(2026, 11, 2)
    assert dates.date_of(2) == datetime.date(2026, 11, 3)
    assert dates.date_of(40) == datetime.date(2026, 12, 29)  # 25 and 28 December are bank holidays
    assert "the working day on which the notification was received" in dates.counted_so


@pytest.mark.parametrize(
    ("text", "day_1"),
    [
        ("2026-11-02T19:45", "2026-11-02"),  # after hours: still that working day
        ("2026-11-07T10:00", "2026-11-09"),  # a Saturday
        ("2026-12-25T10:00", "2026-12-29"),  # Christmas Day, then a weekend and the substitute for Boxing Day
        ("2026-12-24T10:00", "2026-12-24"),
    ],
)
def test_a_notification_off_a_working_day_counts_from_the_next(
    slac: Framework, working_days: list[datetime.date], text: str, day_1: str
) -> None:
    dates = made(slac, working_days, text)
    assert dates.date_of(1) == datetime.date.fromisoformat(day_1)
    assert ("is not a working day" in dates.counted_so) == (day_1 != text[:10])


def test_day_2_of_a_call_on_christmas_eve_is_after_the_holidays(
    slac: Framework, working_days: list[datetime.date]
) -> None:
    assert made(slac, working_days, "2026-12-24T16:30").date_of(2) == datetime.date(2026, 12, 29)


def test_the_day_of_a_moment_with_a_zone_is_englands(slac: Framework, working_days: list[datetime.date]) -> None:
    # 23:30 UTC on 30 June is half past midnight on 1 July in England.
    moment = datetime.datetime(2026, 6, 30, 23, 30, tzinfo=datetime.UTC)
    assert timetable(slac, moment, working_days).date_of(1) == datetime.date(2026, 7, 1)


def test_a_calendar_that_ends_too_soon_is_refused(slac: Framework, working_days: list[datetime.date]) -> None:
    short = [day for day in working_days if day < datetime.date(2026, 12, 1)]
    with pytest.raises(Problem, match="does not reach"):
        timetable(slac, received("2026-11-02T09:14"), short)


def test_every_step_and_everything_due_has_its_dates(slac: Framework, working_days: list[datetime.date]) -> None:
    dates = made(slac, working_days, "2026-11-02T09:14")
    assert len([step for step in dates.steps if step.kind == "step"]) == len(slac.timeline)
    assert len([step for step in dates.steps if step.kind == "documents due"]) == len(slac.documents)
    assert [step.first_on for step in dates.steps] == sorted(step.first_on for step in dates.steps)
    assert all(step.last_on in working_days for step in dates.steps)


def test_the_calendar_file_is_read_by_others_and_covers_the_same_days(
    slac: Framework, working_days: list[datetime.date]
) -> None:
    dates = made(slac, working_days, "2026-11-02T09:14")
    events = Calendar.from_ical(calendar_file(dates, slac, "Tarnshire")).walk("VEVENT")
    audits = next(event for event in events if "audits the case files" in event["summary"])
    assert audits.decoded("dtstart") == datetime.date(2026, 11, 9)
    assert audits.decoded("dtend") == datetime.date(2026, 11, 14)  # the day after day 10
    assert {event.decoded("dtstamp") for event in events} == {
        datetime.datetime(2026, 11, 2, 9, 14, tzinfo=datetime.UTC)
    }
    assert len({str(event["uid"]) for event in events}) == len(events)


def test_the_same_notification_gives_the_same_calendar_bytes(
    slac: Framework, working_days: list[datetime.date]
) -> None:
    first, second = (
        calendar_file(made(slac, days, "2026-11-02T09:14"), slac, "Tarnshire")
        for days in (working_days, list(reversed(working_days)))
    )
    assert first == second
