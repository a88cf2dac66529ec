"""The page of a run's checks: self-contained, every outcome, no value of a record; and the list of rows with it."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flows.publishing.run_nightly import Outcome
from warehouse.database import reading


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.links += [link for name in ("href", "src") if (link := found.get(name))]
        self.language = self.language or (found.get("lang") or "" if tag == "html" else "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture
def run_folder(published: tuple[Path, Outcome]) -> Path:
    return next((published[0] / "store" / "runs").iterdir())


@pytest.fixture
def page(run_folder: Path) -> _Page:
    read = _Page()
    read.feed((run_folder / "checks.html").read_text("utf-8"))
    return read


def test_it_is_self_contained_titled_and_marked_as_english(page: _Page) -> None:
    assert page.language == "en-GB"
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("title") == 1
    assert page.links == ["#coverage", "#broken", "#not", "#all"]
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert "OFFICIAL-SENSITIVE" in page.text


def test_it_has_every_check_with_its_outcome(page: _Page, small_warehouse: Path) -> None:
    text = " ".join(page.text)
    with reading(small_warehouse) as connection:
        for code, outcome in connection.execute("SELECT check_code, outcome FROM quality.checks").fetchall():
            assert code in text
            assert outcome in text
        coverage = connection.execute("SELECT sum(checks) FROM quality.coverage").fetchall()
        assert coverage == connection.execute("SELECT count(*) FROM quality.checks").fetchall()


def test_no_key_of_a_record_is_on_it(page: _Page, small_warehouse: Path) -> None:
    text = " ".join(page.text).split()
    with reading(small_warehouse) as connection:
        keys = connection.execute("SELECT child_id FROM records.children UNION SELECT plan_id FROM"
                                  " records.child_protection_plans").fetchall()  # fmt: skip
    assert len(keys) > 20
    assert not {key for (key,) in keys} & set(text)


def test_every_row_that_breaks_a_check_is_listed_for_those_who_correct_it(
    run_folder: Path, small_warehouse: Path
) -> None:
    rows = list(csv.DictReader(io.StringIO((run_folder / "issues.csv").read_text("utf-8"))))
    with reading(small_warehouse) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM quality.issues").fetchall()
    assert len(rows) == count > 0
    assert all(row["table"] and row["team"] and row["what is wrong"] for row in rows)
