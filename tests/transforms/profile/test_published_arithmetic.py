"""DfE's own arithmetic: local percentages from two counts, rates from last year's population; the neighbours' mean.

Local counts and populations are published unrounded, so each figure follows from them. Ours are divided and rounded
the same way, or a comparator would not stand for the same thing.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import duckdb
import pytest

from tests.transforms.profile.test_read_benchmarks import Released
from transforms.evidence.documents.figures import rounded
from transforms.profile.read_benchmarks import read_benchmarks

# The count a percentage is of, where it is not the file's first.
BASES = {
    "Re_referrals_child_percent": "Referrals_child",
    "3_months_or_less_transfer_percent": "3_months_or_less",
}
# Shares of a kind of disability: their counts are not published.
WITHOUT_COUNTS = "b2_children_in_need_recorded_disability"
# 69 of 240 is 28.75, which is published as 28.7.
NOT_HALF_UP = {("d5", "2017", "Shropshire", "more_than_6_months_less_than_1_year_percent", "28.7", "28.8")}


@dataclass(frozen=True)
class Published:
    """One published figure with the two numbers it is made of."""

    file: str
    year: str
    council: str
    column: str
    shown: str
    numerator: int
    denominator: int


def whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def local_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row.get("geographic_level") == "Local authority"]


def published_percentages(folder: Path) -> Iterator[Published]:
    """Every local percentage whose count and base are published, and not 0, in the same row."""
    for path in sorted(folder.glob("[bcd][0-9]_*.csv")):
        rows = local_rows(path)
        headings = list(rows[0])
        first_count = headings[headings.index("category") + 1]
        for column in (heading for heading in headings if heading.endswith("_percent")):
            count = column.removesuffix("_percent")
            if count not in headings:
                assert path.name.startswith(WITHOUT_COUNTS), column
                continue
            for row in rows:
                part, base = whole(row[count]), whole(row[BASES.get(column, first_count)])
                if part is not None and base and is_number(row[column]):
                    yield Published(path.name[:2], row["time_period"], row["la_name"], column, row[column], part, base)


def published_rates(folder: Path, years_before: int) -> Iterator[Published]:
    """Every local rate whose count is published, with the population of so many years before."""
    population = {
        (row["old_la_code"], int(row["time_period"])): persons
        for row in local_rows(next(folder.glob("ons_mid-year_population_estimates*.csv")))
        if (persons := whole(row["population_estimate"])) is not None
    }
    for path in sorted(folder.glob("[bcd][0-9]_*.csv")):
        rows = local_rows(path)
        for column in (heading for heading in rows[0] if heading.endswith("_rate")):
            for row in rows:
                count = whole(row[column.removesuffix("_rate")])
                persons = population.get((row["old_la_code"], int(row["time_period"]) - years_before))
                if count is not None and persons and is_number(row[column]):
                    yield Published(
                        path.name[:2], row["time_period"], row["la_name"], column, row[column], count, persons
                    )


def is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def differing(figures: list[Published], times: int) -> set[tuple[str, str, str, str, str, str]]:
    """The figures that our division and rounding would show otherwise."""
    found = set()
    for one in figures:
        ours = rounded(times * one.numerator / one.denominator).replace(",", "")
        if Decimal(ours) != Decimal(one.shown):
            found.add((one.file, one.year, one.council, one.column, one.shown, ours))
    return found


@pytest.fixture(scope="module")
def percentages(shared: Path) -> list[Published]:
    return list(published_percentages(shared / "data" / "dfe_children_in_need"))


@pytest.mark.shared
def test_every_published_local_percentage_follows_from_its_two_counts_half_up(percentages: list[Published]) -> None:
    assert len(percentages) > 63_000
    assert {one.file for one in percentages} == {"b2", "b4", "b5", "b6", "c1", "d3", "d5", "d6", "d7", "d8"}
    assert differing(percentages, 100) == NOT_HALF_UP


@pytest.mark.shared
def test_rounding_halves_to_even_would_miss_some(percentages: list[Published]) -> None:
    """Where the exact share lies half-way, DfE goes up; so the test above tells the two apart."""
    half_way = [one for one in percentages if (2000 * one.numerator) % one.denominator == 0
                and (2000 * one.numerator // one.denominator) % 2]  # fmt: skip
    to_even = [
        one
        for one in half_way
        if (Decimal(100 * one.numerator) / one.denominator).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
        != Decimal(one.shown)
    ]
    assert len(half_way) > 100
    assert len(to_even) > 70


@pytest.mark.shared
def test_every_published_local_rate_follows_from_the_previous_years_population(shared: Path) -> None:
    folder = shared / "data" / "dfe_children_in_need"
    rates = list(published_rates(folder, years_before=1))
    referrals = [one for one in rates if one.column == "Referrals_rate"]
    assert len(referrals) == 1794
    assert len(rates) > 42_000
    assert {one.file for one in rates} == {"b1", "b7", "c1", "c2", "c4", "d1"}
    assert differing(rates, 10_000) == set()


@pytest.mark.shared
def test_the_same_years_population_would_not_do(shared: Path) -> None:
    rates = list(published_rates(shared / "data" / "dfe_children_in_need", years_before=0))
    assert len(differing(rates, 10_000)) > len(rates) / 2


@pytest.mark.shared
@pytest.mark.parametrize("authority", ["E06000001", "E09000003", "E08000037", "E06000060", "E06000063"])
def test_the_neighbours_mean_is_what_plain_arithmetic_makes_of_their_rows(shared: Path, authority: str) -> None:
    """Councils of a county, of London, with a code that changed within a release, and one new in 2024."""
    folder = shared / "data" / "dfe_children_in_need"
    lookup = shared / "data" / "ofsted" / "Provider_data_lookup.csv"
    with lookup.open(encoding="utf-8-sig", newline="") as file:
        listed = next(row for row in csv.DictReader(file) if row["la_code_new"] == authority)
    numbers = {number.strip() for number in listed["stat_neighbours"].split(",")}
    with next(folder.glob("d7_*.csv")).open(encoding="utf-8-sig", newline="") as file:
        local = [row for row in csv.DictReader(file) if row["old_la_code"] in numbers]
    expected: dict[int, tuple[list[float], int]] = {}
    for row in local:
        values, withheld = expected.setdefault(int(row["time_period"]), ([], 0))
        try:
            values.append(float(row["2_years_or_more_percent"]))
        except ValueError:
            expected[int(row["time_period"])] = (values, withheld + 1)
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA profile")
    release = [(Released("2024", path.name, "0" * 64), path) for path in (*sorted(folder.glob("*.csv")), lookup)]
    read_benchmarks(connection, release, authority_code=authority, as_at=datetime.date(2026, 10, 31))
    given = connection.execute(
        "SELECT reporting_year, value, areas, areas_withheld, areas_absent FROM profile.comparators"
        " WHERE indicator_code = 'NI64' AND comparator = 'statistical_neighbours'"
    ).fetchall()
    assert len(given) == 12
    for year, value, areas, areas_withheld, areas_absent in given:
        values, withheld = expected[year]
        assert (areas, areas_withheld, areas_absent) == (len(values), withheld, 10 - len(values) - withheld)
        assert value == pytest.approx(sum(values) / len(values))


@pytest.mark.parametrize(
    ("part", "base", "shown"),
    [
        (1, 8, "12.5"),
        (1, 16, "6.3"),
        (3, 16, "18.8"),
        (123, 2000, "6.2"),
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (0, 5, "0.0"),
    ],
)
def test_a_share_half_way_between_two_tenths_goes_up(part: int, base: int, shown: str) -> None:
    assert rounded(100 * part / base) == shown


def test_a_figure_that_was_published_otherwise_is_found(tmp_path: Path) -> None:
    """The comparison can fail: of a right, a wrong and a withheld figure the wrong one alone is named."""
    area = "time_period,geographic_level,old_la_code,la_name,category"
    (tmp_path / "d3_invented.csv").write_text(
        f"{area},CPP_start,CPP_start_rate,CPP_subsequent,CPP_subsequent_percent\n"
        "2024,Local authority,801,Right,Plans,400,40,25,6.3\n"
        "2024,Local authority,802,Wrong,Plans,400,41,25,6.2\n"
        "2024,Local authority,803,Withheld,Plans,400,c,c,c\n"
        "2024,National,,,Plans,62110,51.8,15330,24.7\n",
        encoding="utf-8",
    )
    (tmp_path / "ons_mid-year_population_estimates.csv").write_text(
        f"{area},population_estimate\n" + "".join(f"2023,Local authority,80{at},,,100000\n" for at in (1, 2, 3)),
        encoding="utf-8",
    )
    percentages = list(published_percentages(tmp_path))
    rates = list(published_rates(tmp_path, years_before=1))
    assert [one.council for one in percentages] == [one.council for one in rates] == ["Right", "Wrong"]
    assert differing(percentages, 100) == {("d3", "2024", "Wrong", "CPP_subsequent_percent", "6.2", "6.3")}
    assert differing(rates, 10_000) == {("d3", "2024", "Wrong", "CPP_start_rate", "41", "40.0")}
