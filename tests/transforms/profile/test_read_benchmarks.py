"""DfE's published tables beside ours: England, region, the neighbours' mean, council; withheld stays withheld."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.profile.indicator import by_code
from transforms.profile.published_twins import neighbour_forms, twins
from transforms.profile.read_benchmarks import read_benchmarks

AS_AT = datetime.date(2026, 10, 31)
AREA = "time_period,geographic_level,country_name,region_code,region_name,old_la_code,new_la_code,la_name"
# Plans that ended: all, of two years or more, percent of two years or more.
HEADINGS = f"{AREA},CPP_End,2_years_or_more,2_years_or_more_percent"
ENGLAND = "National,England,,,,,"
REGION = "Regional,England,E12000001,North East,,,"
COUNCILS = {
    name: f"Local authority,England,E12000001,North East,{801 + at},E0600000{1 + at},{name}"
    for at, name in enumerate(("Ours", "Near", "Next", "Third", "Far"))
}
OURS = COUNCILS["Ours"]
OWN_LIST = "la_code,neighbour_code,rank,source\n"


@dataclass(frozen=True)
class Released:
    release: str
    file_name: str
    sha256: str


def read(folder: Path, authority: str | None = "E06000001", as_at: datetime.date = AS_AT) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA profile")
    released = [(Released("2024", path.name, "0" * 64), path) for path in sorted(folder.glob("*.csv"))]
    read_benchmarks(connection, released, authority_code=authority, as_at=as_at)
    return connection


def publish(folder: Path, *rows: str, name: str = "d7_cpps_ending_by_duration_2013_to_2024.csv") -> None:
    (folder / name).write_text("\n".join((HEADINGS, *rows)) + "\n", encoding="utf-8")


def neighbours(folder: Path, *rows: str, headings: str = OWN_LIST, name: str = "statistical_neighbours.csv") -> None:
    (folder / name).write_text(headings + "\n".join(rows) + "\n", encoding="utf-8")


def rows(connection: duckdb.DuckDBPyConnection, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {columns} FROM profile.comparators WHERE {where}").fetchall()


@pytest.mark.parametrize("mark", ["c", "x", "z", ":", "u", "low", "nan", "inf"])
def test_a_mark_in_place_of_a_number_stays_withheld_and_is_never_nought(tmp_path: Path, mark: str) -> None:
    publish(tmp_path, f"2024,{ENGLAND},62870,2400,3.8", f"2024,{OURS},130,{mark},{mark}")
    connection = read(tmp_path)
    columns = "numerator, denominator, value, status, published_as, areas, areas_withheld"
    assert rows(connection, columns, "comparator = 'council'") == [(None, 130.0, None, "withheld", mark, 0, 1)]
    assert rows(connection, columns, "comparator = 'england'") == [(2400.0, 62870.0, 3.8, "published", None, 1, 0)]
    assert rows(connection, "count(*)", "value = 0") == [(0,)]


def test_a_published_nought_is_a_nought(tmp_path: Path) -> None:
    publish(tmp_path, f"2024,{OURS},130,0,0")
    council = rows(read(tmp_path), "numerator, denominator, value, status", "comparator = 'council'")
    assert council == [(0.0, 130.0, 0.0, "published")]


def test_england_the_councils_own_region_and_the_council_are_told_apart(tmp_path: Path) -> None:
    elsewhere = "Regional,England,E12000002,North West,,,"
    publish(
        tmp_path,
        f"2024,{ENGLAND},62870,2400,3.8",
        f"2024,{REGION},5000,100,2",
        f"2024,{elsewhere},6000,60,1",
        f"2024,{OURS},130,13,10",
        f"2024,{COUNCILS['Near']},100,20,20",
    )
    assert rows(read(tmp_path), "comparator, area_code, area_name, value", "status = 'published'") == [
        ("england", "E92000001", "England", 3.8),
        ("region", "E12000001", "North East", 2.0),
        ("council", "E06000001", "Ours", 10.0),
    ]


def test_the_latest_year_and_the_one_before_it_are_marked_by_the_as_at_date(tmp_path: Path) -> None:
    publish(tmp_path, *(f"{year},{OURS},100,{year - 2000},{year - 2000}" for year in range(2021, 2028)))
    where = "comparator = 'council'"
    flagged = "reporting_year, value, is_latest, is_previous"
    assert rows(read(tmp_path), flagged, where)[-3:] == [
        (2024, 24.0, False, False),
        (2025, 25.0, False, True),
        (2026, 26.0, True, False),
    ]
    # The year to 31 March 2025 had not ended the day before.
    assert rows(read(tmp_path, as_at=datetime.date(2025, 3, 30)), flagged, where)[-2:] == [
        (2023, 23.0, False, True),
        (2024, 24.0, True, False),
    ]
    assert rows(read(tmp_path, as_at=datetime.date(2025, 3, 31)), flagged, where)[-1] == (2025, 25.0, True, False)


def test_the_latest_year_is_the_publications_also_where_the_councils_own_figure_is_withheld(tmp_path: Path) -> None:
    publish(tmp_path, f"2023,{OURS},90,9,10", f"2024,{ENGLAND},9,9,9", f"2024,{OURS},90,c,c")
    council = rows(read(tmp_path), "reporting_year, value, status, is_latest, is_previous", "comparator = 'council'")
    assert council == [(2023, 10.0, "published", False, True), (2024, None, "withheld", True, False)]


def test_the_neighbours_are_a_plain_mean_that_says_what_it_is_made_of(tmp_path: Path) -> None:
    publish(
        tmp_path,
        f"2024,{OURS},130,13,10",
        f"2024,{COUNCILS['Near']},1000,10,1",
        f"2024,{COUNCILS['Next']},10,c,c",
        f"2024,{COUNCILS['Third']},10,2,20.5",
        f"2024,{COUNCILS['Far']},10,9,90",
    )
    neighbours(
        tmp_path,
        "E06000001,E06000004,3,invented",
        "E06000001,E06000002,1,invented",
        "E06000001,E06000003,2,invented",
        "E06000001,E06000099,4,invented",
        "E06000002,E06000005,1,invented",
    )
    assert rows(
        read(tmp_path),
        "numerator, denominator, value, status, published_as, areas, areas_withheld, areas_absent, made_of,"
        " neighbours_source",
        "comparator = 'statistical_neighbours'",
    ) == [
        (
            None,
            None,
            10.75,
            "published",
            None,
            2,
            1,
            1,
            "Near 1.0; Next withheld (c); Third 20.5; E06000099 not published",
            "invented",
        )
    ]


def test_neighbours_all_withheld_are_withheld_and_none_published_is_not_given(tmp_path: Path) -> None:
    publish(
        tmp_path,
        f"2023,{OURS},130,13,10",
        f"2024,{OURS},130,13,10",
        f"2024,{COUNCILS['Near']},10,c,c",
        f"2024,{COUNCILS['Next']},10,x,x",
    )
    neighbours(tmp_path, "E06000001,E06000002,1,invented", "E06000001,E06000003,2,invented")
    assert rows(
        read(tmp_path),
        "reporting_year, value, status, published_as, areas, areas_withheld, areas_absent, not_given_because",
        "comparator = 'statistical_neighbours'",
    ) == [
        (2023, None, "not given", None, 0, 0, 2, "the file has no figure for any neighbour for the year"),
        (2024, None, "withheld", "c x", 0, 2, 0, None),
    ]


def test_the_mean_is_of_the_neighbours_figures_also_where_these_are_worked_out_from_counts(tmp_path: Path) -> None:
    columns = "Assessments_completed,Same_day,1-10_days,11-20_days,21-30_days,31-40_days,41-45_days"
    (tmp_path / "c2_children_in_need_assessments_duration.csv").write_text(
        f"{AREA},{columns}\n"
        f"2024,{OURS},8,1,1,1,1,1,1\n"
        f"2024,{COUNCILS['Near']},1000,100,100,100,100,100,0\n"
        f"2024,{COUNCILS['Next']},3,1,0,0,0,0,0\n"
        f"2024,{COUNCILS['Third']},0,0,0,0,0,0,0\n"
        f"2024,{COUNCILS['Far']},30,c,2,3,4,5,6\n",
        encoding="utf-8",
    )
    neighbours(tmp_path, *(f"E06000001,E0600000{1 + at},{at},invented" for at in range(1, 5)))
    connection = read(tmp_path)
    assert rows(connection, "indicator_code, value", "comparator = 'council'") == [("AS01", 75.0)]
    [(value, areas, withheld, absent, made_of)] = rows(
        connection,
        "value, areas, areas_withheld, areas_absent, made_of",
        "comparator = 'statistical_neighbours'",
    )
    # (50 + 33 1/3) / 2: not 501 of 1003, and a council without an assessment has no figure.
    assert value == pytest.approx((50 + 100 / 3) / 2)
    assert (areas, withheld, absent) == (2, 1, 1)
    assert made_of == "Near 50.0; Next 33.3; Third not published; Far withheld (c)"


def test_nothing_to_share_out_is_no_figure_and_not_withheld(tmp_path: Path) -> None:
    (tmp_path / "c4_children_in_need_section_47s_and_icpcs.csv").write_text(
        f"{AREA},Section47,Section47_rate,ICPC,ICPC_rate,Duration_0-10_days,Duration_11-15_days\n"
        f"2024,{OURS},3,1.5,0,0,0,0\n",
        encoding="utf-8",
    )
    assert rows(read(tmp_path), "indicator_code, value, status, not_given_because", "comparator = 'council'") == [
        ("CP01", 1.5, "published", None),
        ("CP02", None, "not given", "no cases in the year"),
        ("CP04", 0.0, "published", None),
    ]


def test_without_a_list_the_neighbours_are_not_given_and_that_is_said(tmp_path: Path) -> None:
    publish(tmp_path, f"2024,{OURS},130,13,10")
    assert rows(read(tmp_path), "value, status, not_given_because", "comparator = 'statistical_neighbours'") == [
        (None, "not given", "the release was dropped without a statistical_neighbours.csv")
    ]


@pytest.mark.parametrize(
    ("written", "because"),
    [
        (["E06000001,E0600000,1,s"], "row 2: the neighbour's code is neither nine characters nor three digits"),
        (["E06000001,,1,s"], "row 2: the neighbour's code is neither nine characters nor three digits"),
        (["E06000001,E06000002,1,s", "E06000001,E06000003,,s"], "row 3: the rank is not a whole number from 1"),
        (["E06000001,E06000002,0,s"], "row 2: the rank is not a whole number from 1"),
        (["E06000001,E06000002,first,s"], "row 2: the rank is not a whole number from 1"),
        (["E06000001,E06000002,1, "], "row 2: the source is blank"),
        (["E06000001,E06000001,1,s"], "row 2: the council is named as its own neighbour"),
        (["E06000001,801,1,s"], "row 2: the council is named as its own neighbour"),
        (["E06000001,E06000002,1,s", "E06000001,802,2,s"], "row 2: the neighbour is named twice"),
        (["E06000001,E06000002,1,s", "E06000001,E06000003,1,s"], "row 2: the rank is given twice"),
        (["E06000002,E06000003,1,s"], "names no neighbour of E06000001"),
        (['E06000001,"E06000002,1,s'], "cannot be read as comma-separated UTF-8 text"),
    ],
)
def test_a_list_with_a_fault_gives_no_mean_and_says_where(tmp_path: Path, written: list[str], because: str) -> None:
    publish(tmp_path, f"2024,{OURS},130,13,10", f"2024,{COUNCILS['Near']},10,1,10", f"2024,{COUNCILS['Next']},10,1,10")
    neighbours(tmp_path, *written)
    connection = read(tmp_path)
    assert rows(connection, "value, status, not_given_because", "comparator = 'statistical_neighbours'") == [
        (None, "not given", f"statistical_neighbours.csv {because}")
    ]
    assert rows(connection, "value", "comparator = 'council'") == [(10.0,)]


def test_a_list_without_its_columns_names_those_it_lacks(tmp_path: Path) -> None:
    publish(tmp_path, f"2024,{OURS},130,13,10")
    neighbours(tmp_path, "E06000001,E06000002", headings="la_code,neighbour\n")
    assert rows(read(tmp_path), "not_given_because", "comparator = 'statistical_neighbours'") == [
        ("statistical_neighbours.csv has no column neighbour_code, rank, source",)
    ]


def test_three_digit_numbers_do_and_so_does_a_list_compiled_with_one_row_an_authority(tmp_path: Path) -> None:
    publish(tmp_path, f"2024,{OURS},9,9,9", f"2024,{COUNCILS['Near']},10,1,10", f"2024,{COUNCILS['Next']},10,2,20")
    where = "comparator = 'statistical_neighbours'"
    neighbours(tmp_path, "801,803,2,invented", "801,802,1,invented")
    assert rows(read(tmp_path), "value, made_of", where) == [(15.0, "Near 10.0; Next 20.0")]
    (tmp_path / "statistical_neighbours.csv").unlink()
    neighbours(
        tmp_path,
        '1,801,E06000001,"803, 802",Ours',
        "2,802,E06000002,,Near",
        headings="urn,la_code,la_code_new,stat_neighbours,local_authority_ons_name\n",
        name="Provider_data_lookup.csv",
    )
    assert rows(read(tmp_path), "value, made_of, neighbours_source", where) == [
        (15.0, "Next 20.0; Near 10.0", "Provider_data_lookup.csv")
    ]
    # The council's own list goes before a compiled one.
    neighbours(tmp_path, "E06000001,E06000002,1,invented")
    assert rows(read(tmp_path), "value, neighbours_source", where) == [(10.0, "invented")]


def test_a_council_whose_code_changed_goes_on_under_its_number(tmp_path: Path) -> None:
    publish(
        tmp_path,
        f"2023,{OURS.replace('E06000001', 'E10000001')},100,10,10",
        f"2024,{OURS},100,20,20",
        f"2023,{COUNCILS['Near'].replace('E06000002', 'E10000002')},100,30,30",
        f"2024,{COUNCILS['Near']},100,40,40",
    )
    neighbours(tmp_path, "E10000001,E06000002,1,invented")
    for code in ("E06000001", "E10000001"):
        assert rows(read(tmp_path, code), "comparator, value", "value IS NOT NULL") == [
            ("statistical_neighbours", 30.0),
            ("statistical_neighbours", 40.0),
            ("council", 10.0),
            ("council", 20.0),
        ]


def test_a_council_that_is_not_known_or_not_there_is_said(tmp_path: Path) -> None:
    publish(tmp_path, f"2024,{ENGLAND},62870,2400,3.8", f"2024,{OURS},130,13,10")
    unknown = "the population file has no authority or several, and none is chosen (DAYTWO_AUTHORITY)"
    columns = "comparator, status, not_given_because"
    names = ["England", "Region", "Statistical neighbours", "Council"]
    assert [name for (name,) in rows(read(tmp_path, None), "area_name")] == names
    assert rows(read(tmp_path, None), columns) == [
        ("england", "published", None),
        ("region", "not given", unknown),
        ("statistical_neighbours", "not given", unknown),
        ("council", "not given", unknown),
    ]
    assert rows(read(tmp_path, "E06000009"), columns) == [
        ("england", "published", None),
        ("region", "not given", "the release does not say which region E06000009 is in"),
        ("statistical_neighbours", "not given", "the release was dropped without a statistical_neighbours.csv"),
        ("council", "not given", "the file has no row for E06000009 for the year"),
    ]


def _renamed(folder: Path) -> None:
    (folder / "d7_cpps_ending_by_duration.csv").write_text(f"{AREA},ended\n2024,{ENGLAND},1\n", encoding="utf-8")


def _not_text(folder: Path) -> None:
    (folder / "d7_cpps_ending_by_duration.csv").write_bytes(b"PK\x03\x04\xff\xfe\x00")


def _ragged(folder: Path) -> None:
    publish(folder, f"2024,{ENGLAND},1,1,100", "2024,National,England", name="d7_cpps_ending_by_duration.csv")


def _empty(folder: Path) -> None:
    (folder / "d7_cpps_ending_by_duration.csv").write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "because"),
    [
        (_renamed, "has no column 2_years_or_more, CPP_End, 2_years_or_more_percent"),
        (_not_text, "cannot be read as comma-separated UTF-8 text"),
        (_ragged, "cannot be read as comma-separated UTF-8 text"),
        (_empty, "cannot be read as comma-separated UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_used_says_so_and_costs_no_other(
    tmp_path: Path, spoil: Callable[[Path], None], because: str
) -> None:
    spoil(tmp_path)
    (tmp_path / "b1_children_in_need.csv").write_text(
        f"{AREA},At31_episodes,At31_episodes_rate\n2024,{ENGLAND},399460,332.9\n", encoding="utf-8"
    )
    connection = read(tmp_path)
    assert rows(connection, "DISTINCT status, not_given_because, is_latest", "indicator_code = 'NI64'") == [
        ("not given", f"d7_cpps_ending_by_duration.csv {because}", True)
    ]
    assert rows(connection, "value", "indicator_code = 'CN01' AND comparator = 'england'") == [(332.9,)]


def test_of_two_files_for_one_table_the_later_name_stands_year_by_year(tmp_path: Path) -> None:
    publish(tmp_path, f"2022,{OURS},9,9,1", f"2023,{OURS},9,9,2", name="d7_cpps_ending_by_duration_2013_to_2023.csv")
    publish(tmp_path, f"2023,{OURS},9,9,3", f"2024,{OURS},9,9,4", name="d7_cpps_ending_by_duration_2013_to_2024.csv")
    assert rows(read(tmp_path), "reporting_year, value", "comparator = 'council'") == [
        (2022, 1.0),
        (2023, 3.0),
        (2024, 4.0),
    ]


def test_several_rows_of_an_area_for_one_year_are_not_chosen_between(tmp_path: Path) -> None:
    publish(tmp_path, f"2024,{ENGLAND},9,9,1", f"2024,{OURS},9,9,2", f"2024,{OURS},9,9,3")
    assert rows(read(tmp_path), "value, status, not_given_because", "comparator = 'council'") == [
        (None, "not given", "the file has several rows for the area for the year")
    ]


def test_a_group_has_comparators_of_its_own(tmp_path: Path) -> None:
    sources = (
        "Individual,Schools,Education_Services,Health_Services,Housing,LA_Services,Police,Other_legal_agency,Other,"
        "Anonymous"
    )
    (tmp_path / "c5_children_in_need_referrals_by_source_2014_to_2024.csv").write_text(
        f"{AREA},Referrals,{sources}\n2024,{ENGLAND},1000,100,150,50,0,0,0,300,0,0,0\n"
        f"2024,{OURS},100,c,20,c,0,0,0,30,0,0,0\n",
        encoding="utf-8",
    )
    connection = read(tmp_path)
    assert rows(connection, "count(*)", "breakdown IS NULL") == [(0,)]
    columns = "comparator, numerator, denominator, value, status"
    assert rows(connection, columns, "breakdown = 'school' AND status <> 'not given'") == [
        ("england", 200.0, 1000.0, 20.0, "published"),
        ("council", None, 100.0, None, "withheld"),
    ]
    assert rows(connection, columns, "breakdown = 'police' AND comparator = 'council'") == [
        ("council", 30.0, 100.0, 30.0, "published")
    ]


def test_every_twin_is_of_a_figure_we_measure_in_its_unit_and_says_its_source() -> None:
    for twin in twins():
        indicator = by_code(twin.indicator)
        assert twin.source
        assert indicator.unit == ("percent" if twin.denominator else "rate_per_10000"), twin
        # A group must be named as the indicator names it, or it would stand beside nothing.
        assert bool(twin.breakdown) == bool(indicator.breakdown), twin
        assert not twin.breakdown or f"THEN '{twin.breakdown}'" in indicator.query, twin


@pytest.fixture(scope="module")
def release(shared: Path) -> list[tuple[Released, Path]]:
    """DfE's tables with the real list of neighbours, as a council would drop them."""
    lookup = shared / "data" / "ofsted" / "Provider_data_lookup.csv"
    paths = [*sorted((shared / "data" / "dfe_children_in_need").glob("*.csv")), lookup]
    return [(Released("2024", path.name, "0" * 64), path) for path in paths]


def compare(release: list[tuple[Released, Path]], authority: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA profile")
    read_benchmarks(connection, release, authority_code=authority, as_at=AS_AT)
    return connection


@pytest.mark.shared
def test_every_twin_is_found_in_what_dfe_published(release: list[tuple[Released, Path]]) -> None:
    connection = compare(release, "E06000001")
    assert rows(connection, "count(*)", "status = 'not given'") == [(0,)]
    found = rows(
        connection,
        "indicator_code, coalesce(breakdown, ''), list_sort(list(DISTINCT comparator))",
        "is_latest GROUP BY ALL",
    )
    assert {(code, breakdown) for code, breakdown, _ in found} == {(one.indicator, one.breakdown) for one in twins()}
    assert all(compared == ["council", "england", "region", "statistical_neighbours"] for _, _, compared in found)
    latest = dict(
        rows(
            connection,
            "indicator_code, value",
            "comparator = 'england' AND reporting_year = 2024 AND breakdown IS NULL",
        )
    )
    assert latest.pop("AS01") == pytest.approx(100 * 543210 / 643170)
    assert latest.pop("CP02") == pytest.approx(100 * (6800 + 50780) / 72250)
    assert latest == {
        "NI64": 3.8, "NI65": 24.7, "NI67": 89.8, "FD05": 22.4, "FD06": 6.3, "CN01": 332.9, "CP01": 187.1,
        "CP04": 60.2, "CP08": 41.6, "CP09": 51.8, "CP11": 2.6,
    }  # fmt: skip
    assert rows(
        connection,
        "comparator, area_name, reporting_year, value",
        "indicator_code = 'NI65' AND comparator IN ('region', 'council') AND (is_latest OR is_previous)",
    ) == [
        ("region", "North East", 2023, 24.6),
        ("region", "North East", 2024, 25.7),
        ("council", "Hartlepool", 2023, 21.0),
        ("council", "Hartlepool", 2024, 20.9),
    ]


@pytest.mark.shared
def test_one_row_for_each_comparator_and_year_and_withheld_is_never_a_number(
    release: list[tuple[Released, Path]],
) -> None:
    connection = compare(release, "E08000016")
    repeated = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM profile.comparators"
        " GROUP BY indicator_code, breakdown, comparator, reporting_year HAVING count(*) > 1)"
    ).fetchall()
    assert repeated == [(0,)]
    assert rows(connection, "count(*)", "status <> 'published' AND value IS NOT NULL") == [(0,)]
    assert rows(connection, "count(*)", "status = 'published' AND (value IS NULL OR areas = 0)") == [(0,)]
    assert rows(connection, "count(*) > 0", "status = 'withheld' AND comparator = 'council'") == [(True,)]


@pytest.mark.shared
def test_a_borough_of_london_is_compared_with_the_part_of_london_its_row_names(
    release: list[tuple[Released, Path]],
) -> None:
    region = rows(compare(release, "E09000003"), "DISTINCT area_code, area_name", "comparator = 'region'")
    assert region == [("E13000002", "Outer London")]


def test_the_page_for_people_names_every_file_with_its_figures_and_every_heading_of_the_list() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "comparators.md").read_text(encoding="utf-8")
    told = {
        (file, code)
        for file, figures in re.findall(r"^\| `([b-d]\d_\w+)` \| (.+) \|$", page, re.M)
        for code in re.findall(r"[A-Z]{2}\d{2}", figures)
    }
    assert told == {(twin.file, twin.indicator) for twin in twins()}
    forms = neighbour_forms()
    assert [f"| `{heading}` |" for heading in forms.own.columns if f"| `{heading}` |" not in page] == []
    assert [heading for heading in forms.compiled.columns if f"`{heading}`" not in page] == []
