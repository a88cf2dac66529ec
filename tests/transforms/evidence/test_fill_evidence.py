"""The room evidence says in SQL what a pack of the same warehouse says on its cover, for every framework."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from pack_world import AS_AT, AUTHORITY, PackWorld, make_world

from transforms.evidence.build_pack import PackSummary, build_pack
from transforms.evidence.fill_evidence import NOT_WORKED_OUT, fill_evidence
from transforms.evidence.framework import Framework, framework_ids, load_framework
from warehouse.general_file import make_general_file
from warehouse.problem import TransientFault

CALLED_ON_THE_DAY = datetime.datetime.combine(AS_AT, datetime.time(9, 14))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> PackWorld:
    world = make_world(tmp_path_factory.mktemp("world"))
    with duckdb.connect(str(world.database)) as connection:
        # Two complaints of the drop were set aside: a count of restricted rows.
        connection.execute(
            "INSERT INTO quality.rejected_rows (source_table, extract_id, row_number, key, rule, reason)"
            " SELECT 'complaints', 'c', row_number, 'k', 'r', 'why' FROM range(2) AS numbers(row_number)"
        )
        connection.execute("UPDATE profile.indicators SET handling = 'restricted' WHERE indicator_code = 'CO01'")
        connection.execute("UPDATE profile.indicator_results SET rows_set_aside = 2 WHERE indicator_code = 'CO01'")
    return world


@pytest.fixture(scope="module")
def filled(world: PackWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse with the room filled for every framework."""
    path = tmp_path_factory.mktemp("filled") / "restricted.duckdb"
    path.write_bytes(world.database.read_bytes())
    with duckdb.connect(str(path)) as connection:
        fill(connection, world, [load_framework(one) for one in framework_ids()])
    return path


@pytest.fixture
def connection(filled: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(filled), read_only=True) as connection:
        yield connection


def fill(connection: duckdb.DuckDBPyConnection, world: PackWorld, frameworks: list[Framework]) -> None:
    for name in ("requests", "answers", "documents"):
        connection.execute(f"DROP TABLE evidence.{name}")
    fill_evidence(connection, frameworks, as_at=AS_AT, documents=world.document)


def pack(world: PackWorld, framework_id: str, folder: Path) -> PackSummary:
    with world.connection() as connection:
        return build_pack(
            connection,
            load_framework(framework_id),
            CALLED_ON_THE_DAY,
            documents=world.document,
            folder=folder,
            version=1,
            authority_name=AUTHORITY,
        )


def reasons(*texts: str | None) -> set[str]:
    return {reason for text in texts if text for reason in text.split("; ")}


@pytest.mark.parametrize("framework_id", framework_ids())
def test_the_tables_say_what_a_pack_of_the_same_day_says(
    world: PackWorld, connection: duckdb.DuckDBPyConnection, framework_id: str, tmp_path: Path
) -> None:
    summary = pack(world, framework_id, tmp_path / "pack")

    requests = connection.execute(
        "SELECT request_id, title, due_day, owner, status, answer_count, reasons, restricted_reasons"
        " FROM evidence.requests WHERE framework_id = ? ORDER BY request_number",
        [framework_id],
    ).fetchall()
    assert [row[:6] for row in requests] == [
        (one.request.id, one.request.title, one.request.due_day, one.owner, one.readiness.status, len(one.answers))
        for one in summary.requests
    ]
    assert [reasons(*row[6:]) for row in requests] == [reasons(*one.readiness.reasons) for one in summary.requests]

    answers = connection.execute(
        "SELECT request_id, product, answer.title, answer.status, answer.owner, found_count,"
        " answer.reasons, answer.restricted_reasons"
        " FROM evidence.answers AS answer JOIN evidence.requests AS request USING (framework_id, request_id)"
        " WHERE framework_id = ? ORDER BY request_number, answer_number",
        [framework_id],
    ).fetchall()
    made = [answer for one in summary.requests for answer in one.answers]
    assert [row[:6] for row in answers] == [
        (one.request_id, one.product, one.title, one.readiness.status, one.owner, one.found) for one in made
    ]
    assert [reasons(*row[6:]) for row in answers] == [reasons(*one.readiness.reasons) for one in made]

    documents = connection.execute(
        "SELECT request_id, document_id, document.status, is_file_there FROM evidence.documents AS document"
        " JOIN evidence.requests AS request USING (framework_id, request_id)"
        " WHERE framework_id = ? AND document_id IS NOT NULL"
        " ORDER BY request_number, answer_number, document_number",
        [framework_id],
    ).fetchall()
    assert documents == [
        (one.request.id, carried.document.document_id, carried.readiness.status, bool(carried.file))
        for one in summary.resolved.expected
        for carried in one.found
    ]


def test_what_is_missing_and_whose_it_is_can_be_asked(connection: duckdb.DuckDBPyConnection) -> None:
    lacking = connection.execute(
        "SELECT status, reasons, is_file_there FROM evidence.documents"
        " WHERE framework_id = 'slac_2009' AND request_id = 'slac_scr' AND document_id IS NULL"
    ).fetchall()
    assert lacking == [("missing", "not in the register", False)]
    stale = connection.execute(
        "SELECT title, status, reasons, is_file_there FROM evidence.documents"
        " WHERE framework_id = 'slac_2009' AND reasons LIKE 'review was due%'"
    ).fetchall()
    assert ("stale", "review was due on 31 January 2026", True) in [row[1:] for row in stale]


def test_every_table_and_column_is_commented(connection: duckdb.DuckDBPyConnection) -> None:
    assert (
        connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'evidence' AND comment IS NULL"
        ).fetchall()
        == []
    )
    assert (
        connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'evidence' AND comment IS NULL"
        ).fetchall()
        == []
    )


def test_counts_of_restricted_rows_are_in_the_restricted_file_alone(filled: Path, tmp_path: Path) -> None:
    general = tmp_path / "general.duckdb"
    make_general_file(filled, general, memory_limit="200MB", threads=1)
    query = (
        "SELECT product, status, reasons, restricted_reasons, found_count, is_restricted FROM evidence.answers"
        " WHERE request_id = 'slac_complaints' AND product IN ('figures', 'tables') ORDER BY product"
    )
    with duckdb.connect(str(filled), read_only=True) as connection:
        figures, table = connection.execute(query).fetchall()
        assert table == ("tables", "doubtful", None, "2 rows set aside", 1, True)
        assert figures[3] == "rows set aside affect CO01 (2)"
        whole = connection.execute("SELECT count(*) FROM evidence.requests").fetchall()
    with duckdb.connect(str(general), read_only=True) as connection:
        assert connection.execute(query).fetchall() == [
            (*figures[:3], None, figures[4], False),
            ("tables", "doubtful", None, None, None, True),
        ]
        for name in ("requests", "answers"):
            shown = connection.execute(f"SELECT reasons, restricted_reasons FROM evidence.{name}").fetchall()
            assert not [row for row in shown if row[1] or "CO01 (" in (row[0] or "")]
        assert connection.execute("SELECT count(*) FROM evidence.requests").fetchall() == whole


def test_a_framework_that_cannot_be_resolved_costs_nobody_else_and_says_so(world: PackWorld, tmp_path: Path) -> None:
    slac, ilacs = load_framework("slac_2009"), load_framework("ilacs_2026")
    broken = replace(ilacs, lists=tuple(replace(one, columns={"no_such_column": "x"}) for one in ilacs.lists))
    path = tmp_path / "restricted.duckdb"
    path.write_bytes(world.database.read_bytes())
    with duckdb.connect(str(path)) as connection:
        fill(connection, world, [broken, slac])
        found = dict(
            connection.execute(
                "SELECT framework_id, list(DISTINCT (status, reasons)) FROM evidence.requests"
                " WHERE framework_id = 'ilacs_2026' OR request_id = 'slac_lscb_min' GROUP BY framework_id"
            ).fetchall()
        )
    assert found == {"ilacs_2026": [(None, NOT_WORKED_OUT)], "slac_2009": [("ready", None)]}


def test_a_store_that_cannot_be_read_for_a_moment_stops_it(world: PackWorld, tmp_path: Path) -> None:
    def unreachable(sha256: str) -> Path | None:
        raise TransientFault("The bucket does not answer.")

    path = tmp_path / "restricted.duckdb"
    path.write_bytes(world.database.read_bytes())
    with duckdb.connect(str(path)) as connection, pytest.raises(TransientFault):
        fill_evidence(connection, [load_framework("slac_2009")], as_at=AS_AT, documents=unreachable)
