"""The published files and a rehearsal of the same day agree on requests, answers and documents."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from flows.packing.rehearse import rehearse
from flows.publishing.describe_build import fingerprint
from flows.publishing.run_nightly import run_nightly
from flows.settings import Settings
from tests.small_council import NIGHT
from transforms.evidence.framework import framework_ids
from warehouse.database import reading
from warehouse.england_time import LONDON
from warehouse.store.extracts import known_extracts
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow

ON_THE_DAY = datetime.datetime(2026, 10, 31, 9, 0, tzinfo=LONDON)
"""The small council's as-at date: review dates are compared with the same day in both."""


def asked(council: Path, query: str, file: str = "warehouse_restricted") -> list[tuple[Any, ...]]:
    with reading(council / "store" / "published" / f"{file}.duckdb") as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("framework", framework_ids())
def test_the_tables_and_a_rehearsal_of_that_day_agree(council: Path, framework: str) -> None:
    one = rehearse(LocalFolder(council / "store"), framework=framework, settings=Settings(), now=ON_THE_DAY)

    requests = asked(
        council,
        "SELECT request_id, due_day, coalesce(due_day_sourced, ''), owner, status,"
        " list_sort(string_split(concat_ws('; ', reasons, restricted_reasons), '; '))"
        f" FROM evidence.requests WHERE framework_id = '{framework}' ORDER BY request_number",
    )
    assert requests == [
        (ask.id, ask.due_day, ask.day_sourced, ask.owner, ask.status, sorted("; ".join(ask.why).split("; ")))
        for ask in one.asks
    ]
    answers = asked(
        council,
        "SELECT request_id, answer.title, answer.status, answer.owner,"
        " list_sort(string_split(concat_ws('; ', answer.reasons, answer.restricted_reasons), '; '))"
        " FROM evidence.answers AS answer JOIN evidence.requests AS request USING (framework_id, request_id)"
        f" WHERE framework_id = '{framework}' ORDER BY request_number, answer_number",
    )
    assert answers == [
        (ask.id, part.title, part.status, part.owner, sorted("; ".join(part.why).split("; ")))
        for ask in one.asks
        for part in ask.parts
    ]


def test_every_framework_is_included_unless_the_setting_names_some(council: Path) -> None:
    query = "SELECT DISTINCT framework_id FROM evidence.requests ORDER BY framework_id"
    assert [name for (name,) in asked(council, query)] == list(framework_ids())

    outcome = run_nightly(
        LocalFolder(council / "store"),
        drop=None,
        settings=Settings(rehearse="slac_2009, no_such_framework"),
        started_at=NIGHT + datetime.timedelta(days=1),
    )

    assert outcome.state == "published", "another choice of frameworks is another build"
    assert asked(council, query) == [("slac_2009",)]


def test_the_choice_of_frameworks_is_in_the_fingerprint_whatever_its_order(council: Path) -> None:
    known = known_extracts(Ledger(LocalFolder(council / "store")).entries())
    assert known.as_at is not None
    prints = {
        chosen: fingerprint(known, known.as_at, Settings(rehearse=chosen))
        for chosen in ("", "slac_2009,ilacs_2026", "ilacs_2026, slac_2009", "slac_2009", "slac_2009,no_such_framework")
    }
    assert prints[""] == prints["slac_2009,ilacs_2026"] == prints["ilacs_2026, slac_2009"]
    assert prints["slac_2009"] == prints["slac_2009,no_such_framework"] != prints[""]


def test_the_general_file_has_every_request_and_no_count_of_restricted_rows(council: Path) -> None:
    query = "SELECT framework_id, request_id, status FROM evidence.requests ORDER BY ALL"
    assert asked(council, query, "warehouse") == asked(council, query)
    hidden = (
        "SELECT count(restricted_reasons) + count(found_count) FILTER (is_restricted), count(*) FILTER (is_restricted)"
        " FROM evidence.answers"
    )
    ((shown, restricted),) = asked(council, hidden, "warehouse")
    assert (shown, restricted > 0) == (0, True)
    assert asked(council, hidden)[0][0] > 0
