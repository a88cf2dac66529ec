"""Each schedule runs exactly once a day, on the days the clocks change too, and never in the hour that changes."""

from __future__ import annotations

import asyncio
import datetime
from zoneinfo import ZoneInfo

import pytest

import flows.prefect_environment  # noqa: F401

# isort: split
from prefect.server.schemas.schedules import CronSchedule

from deployments.schedules import PLANNED, TIME_ZONE, Planned

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


@pytest.mark.parametrize("planned", SCHEDULED, ids=lambda planned: planned.name)
@pytest.mark.parametrize("day", CLOCKS_CHANGE, ids=str)
def test_on_the_day_the_clocks_change_it_runs_once(planned: Planned, day: datetime.date) -> None:
    around = runs(str(planned.cron), day - datetime.timedelta(days=1), day + datetime.timedelta(days=1))
    assert [moment.date() for moment in around] == [day + datetime.timedelta(days=shift) for shift in (-1, 0, 1)]
    assert len({moment.time() for moment in around}) == 1


@pytest.mark.parametrize("planned", SCHEDULED, ids=lambda planned: planned.name)
def test_it_runs_once_each_day_of_a_year_and_never_between_one_and_two(planned: Planned) -> None:
    year = runs(str(planned.cron), datetime.date(2027, 1, 1), datetime.date(2027, 12, 31))
    assert len(year) == len({moment.date() for moment in year}) == 365
    assert not [moment for moment in year if moment.hour == 1]


def test_the_nightly_run_is_scheduled_and_the_notification_is_not() -> None:
    assert {planned.flow.partition(":")[2]: planned.cron is not None for planned in PLANNED} == {
        "nightly": True,
        "notification_received": False,
    }
