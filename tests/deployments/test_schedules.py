"""Each schedule runs exactly once when it shall, on the days the clocks change too, never in the hour that changes."""

from __future__ import annotations

import asyncio
import datetime
from zoneinfo import ZoneInfo

import pytest

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
from prefect.server.schemas.schedules import CronSchedule

from deployments.schedules import NIGHTLY, PLANNED, PULL, TIME_ZONE, Planned

SCHEDULED = [planned for planned in PLANNED if planned.cron]
CLOCKS_CHANGE = (datetime.date(2027, 3, 28), datetime.date(2027, 10, 31))


def runs(cron: str, first: datetime.date, last: datetime.date) -> list[datetime.datetime]:
    """The moments Prefect's own server would plan, on London's clock."""
    zone = ZoneInfo(TIME_ZONE)
    dates = asyncio.run(
        CronSchedule(cron=cron, timezone=TIME_ZONE).get_dates(
            n=1000,
            start=datetime.datetime.combine(first, datetime.time(), zone),
            end=datetime.datetime.combine(last, datetime.time.max, zone),
        )
    )
    return [date.astimezone(zone) for date in dates]


@pytest.mark.parametrize("day", CLOCKS_CHANGE, ids=str)
def test_on_the_nights_the_clocks_change_the_nightly_run_is_planned_once_at_the_same_time(day: datetime.date) -> None:
    around = runs(str(NIGHTLY.cron), day - datetime.timedelta(days=1), day + datetime.timedelta(days=1))
    assert [moment.date() for moment in around] == [day + datetime.timedelta(days=shift) for shift in (-1, 0, 1)]
    assert {moment.time() for moment in around} == {datetime.time(4, 15)}


@pytest.mark.parametrize("day", CLOCKS_CHANGE, ids=str)
def test_in_the_weeks_the_clocks_change_the_pull_is_planned_once_on_monday_at_the_same_time(day: datetime.date) -> None:
    around = runs(str(PULL.cron), day - datetime.timedelta(days=6), day + datetime.timedelta(days=7))
    assert [moment.date() for moment in around] == [day - datetime.timedelta(days=6), day + datetime.timedelta(days=1)]
    assert {moment.strftime("%A %H:%M") for moment in around} == {"Monday 03:00"}


@pytest.mark.parametrize("planned", SCHEDULED, ids=lambda planned: planned.title)
def test_it_is_planned_once_each_day_or_week_of_a_year_and_never_between_one_and_two(planned: Planned) -> None:
    year = runs(str(planned.cron), datetime.date(2027, 1, 1), datetime.date(2027, 12, 31))
    assert len(year) == len({moment.date() for moment in year}) == {NIGHTLY: 365, PULL: 52}[planned]
    assert len({moment.time() for moment in year}) == 1
    assert not [moment for moment in year if moment.hour == 1]


def test_the_pull_comes_before_the_nightly_run_of_its_morning() -> None:
    [pull] = runs(str(PULL.cron), datetime.date(2026, 11, 2), datetime.date(2026, 11, 2))
    [nightly] = runs(str(NIGHTLY.cron), datetime.date(2026, 11, 2), datetime.date(2026, 11, 2))
    assert pull < nightly


def test_the_pull_and_the_nightly_run_are_scheduled_and_nothing_else() -> None:
    assert SCHEDULED == [PULL, NIGHTLY]


def test_every_deployment_has_a_name_of_its_own() -> None:
    assert len({planned.title for planned in PLANNED}) == len(PLANNED)
