"""Groups of a figure as a reader meets them: with England's published group; none where one gives children away."""

from __future__ import annotations

import datetime

import duckdb
import pytest

from tests.worked_example import empty_warehouse
from transforms.evidence.documents.figures import read_figures
from transforms.profile.indicator import by_code
from transforms.profile.measure_indicators import measure_indicators
from warehouse import catalogue
from warehouse.database import create

AS_AT = datetime.date(2026, 3, 31)


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = empty_warehouse(AS_AT)
    create(connection, catalogue.by_name()["profile.comparators"])
    return connection


def test_a_group_stands_beside_englands_published_group(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "INSERT INTO records.child_in_need_episodes (referral_id, referred_on, referral_source_code)"
        " SELECT 'R' || range, DATE '2026-01-05', CASE WHEN range < 6 THEN '6' ELSE '1A' END FROM range(8)"
    )
    warehouse.execute(
        "INSERT INTO profile.comparators"
        " (indicator_code, breakdown, comparator, reporting_year, is_latest, value, status)"
        " VALUES ('FD08', 'police', 'england', 2025, true, 28.46, 'published'),"
        "        ('FD08', 'individual', 'england', 2025, true, NULL, 'withheld')"
    )
    measure_indicators(warehouse, {}, authority_code=None, only=[by_code("FD08")])
    groups = {one.name: one for one in read_figures(warehouse, {"FD08": ""}, {}, trend_periods=4)["FD08"].groups}
    assert (groups["police"].value, groups["police"].numerator, groups["police"].england) == (
        "75.0%",
        "6",
        "28.5% (2025)",
    )
    assert groups["individual"].england == "withheld (2025)"


def test_where_one_group_is_small_none_is_shown(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "INSERT INTO records.allegations (lado_ref, contacted_on, contact_type_code, referring_agency_code)"
        " SELECT 'L' || range, DATE '2026-01-05', 'REFERRAL',"
        "        CASE WHEN range < 2 THEN 'POLICE' ELSE 'HEALTH' END FROM range(20)"
    )
    measure_indicators(warehouse, {}, authority_code=None, only=[by_code("LD02")])
    figure = read_figures(warehouse, {"LD02": ""}, {}, trend_periods=4)["LD02"]
    assert figure.current is not None
    assert figure.current.value == "20"
    assert (figure.groups, figure.groups_held_back) == ((), "small numbers (S4)")
