"""DfE's published tables beside ours: what is withheld stays withheld, and their own arithmetic is reproduced."""

from __future__ import annotations

import csv
import datetime
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.documents.figures import rounded
from transforms.read_benchmarks import read_benchmarks

AS_AT = datetime.date(2026, 10, 31)
HEADINGS = (
    "time_period,geographic_level,country_name,new_la_code,la_name,CPP_End,2_years_or_more,2_years_or_more_percent"
)


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


def comparators(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT comparator, reporting_year, numerator, denominator, value, status, published_as"
        " FROM profile.comparators ORDER BY ALL"
    ).fetchall()


@pytest.mark.parametrize("mark", ["c", "x", "z", ":", "u"])
def test_a_mark_in_place_of_a_number_stays_withheld_and_is_never_nought(tmp_path: Path, mark: str) -> None:
    (tmp_path / "d7_cpps_ending_by_duration.csv").write_text(
        f"{HEADINGS}\n2024,National,England,,,62870,2400,3.8\n"
        f"2024,Local authority,England,E06000001,Ours,130,{mark},{mark}\n",
        encoding="utf-8",
    )
    assert comparators(read(tmp_path)) == [
        ("council", 2024, None, 130.0, None, "withheld", mark),
        ("england", 2024, 2400.0, 62870.0, 3.8, "published", None),
    ]


def test_a_published_nought_is_a_nought(tmp_path: Path) -> None:
    (tmp_path / "d7_cpps_ending_by_duration.csv").write_text(
        f"{HEADINGS}\n2024,Local authority,England,E06000001,Ours,130,0,0\n", encoding="utf-8"
    )
    assert comparators(read(tmp_path)) == [("council", 2024, 0.0, 130.0, 0.0, "published", None)]


def test_a_year_that_has_not_ended_and_another_council_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "d7_cpps_ending_by_duration.csv").write_text(
        f"{HEADINGS}\n2027,National,England,,,1,1,100\n2024,Local authority,England,E06000002,Theirs,130,3,2.3\n",
        encoding="utf-8",
    )
    assert comparators(read(tmp_path)) == []


def test_a_release_whose_columns_were_renamed_gives_nothing_rather_than_something_wrong(tmp_path: Path) -> None:
    (tmp_path / "d7_cpps_ending_by_duration.csv").write_text(
        "time_period,geographic_level,country_name,new_la_code,la_name,ended\n2024,National,England,,,1\n",
        encoding="utf-8",
    )
    assert comparators(read(tmp_path)) == []


@pytest.mark.shared
def test_every_twin_is_found_in_what_dfe_published(shared: Path) -> None:
    connection = read(shared / "data" / "dfe_children_in_need", authority="E06000001")
    found = connection.execute(
        "SELECT indicator_code, count(*) FILTER (comparator = 'england' AND status = 'published'),"
        " count(*) FILTER (comparator = 'council') FROM profile.comparators GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert {code for code, england, council in found if england and council} == {
        "NI64", "NI65", "NI67", "FD05", "AS01", "CP02", "CP08", "CN01",
    }  # fmt: skip
    latest = dict(
        connection.execute(
            "SELECT indicator_code, value FROM profile.comparators"
            " WHERE comparator = 'england' AND reporting_year = 2024"
        ).fetchall()
    )
    assert latest["NI64"] == 3.8
    assert latest["NI65"] == 24.7
    assert latest["NI67"] == 89.8
    assert latest["FD05"] == 22.4
    assert latest["CP08"] == 41.6
    assert latest["CP02"] == pytest.approx(100 * (6800 + 50780) / 72250)


def _published_percentages(folder: Path) -> Iterator[tuple[float, float, str]]:
    """Count, base and published percentage of every local row of every twin that publishes all three."""
    for mapping in files("transforms.benchmarks").iterdir():
        if not mapping.name.endswith(".toml"):
            continue
        for twin in tomllib.loads(mapping.read_text(encoding="utf-8"))["twin"]:
            if not {"value", "denominator"} <= twin.keys():
                continue
            path = next(folder.glob(f"{twin['file']}*.csv"))
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    if row["geographic_level"] != "Local authority":
                        continue
                    try:
                        part, whole = float(row[twin["numerator"]]), float(row[twin["denominator"]])
                        float(row[twin["value"]])
                    except ValueError:
                        continue
                    if whole:
                        yield part, whole, row[twin["value"]]


@pytest.mark.shared
def test_their_local_percentages_are_reproduced_from_their_counts_half_up(shared: Path) -> None:
    """Local counts are published unrounded, so each percentage follows from them; rounding to even would miss some."""
    published = list(_published_percentages(shared / "data" / "dfe_children_in_need"))
    assert len(published) > 5000
    wrong = [
        (part, whole, shown) for part, whole, shown in published if float(rounded(100 * part / whole)) != float(shown)
    ]
    assert wrong == []
