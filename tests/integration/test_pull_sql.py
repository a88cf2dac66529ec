"""The SSD tables read straight from a reporting database: a real PostgreSQL, through ODBC."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.demo.invented_council.write_drop import write_drop
from flows.publishing.run_nightly import run_nightly
from flows.receiving import sql_tables
from flows.receiving.places import Folder
from flows.receiving.pull_extracts import PulledSource, pull_extracts
from flows.receiving.sources import read_sources
from flows.settings import Settings
from tests import small_council
from tests.integration.reporting_database import ReportingDatabase
from warehouse import catalogue
from warehouse.database import reading
from warehouse.problem import TransientFault
from warehouse.store.keys import extract_key
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.integration

AT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 10, 31)


@pytest.fixture(scope="module")
def server() -> Iterator[ReportingDatabase]:
    server = ReportingDatabase()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def database(server: ReportingDatabase) -> ReportingDatabase:
    """The server with an empty schema `ssd`."""
    server.sql("DROP SCHEMA ssd CASCADE; CREATE SCHEMA ssd; GRANT USAGE ON SCHEMA ssd TO reader;")
    server.sql("ALTER DEFAULT PRIVILEGES IN SCHEMA ssd GRANT SELECT ON TABLES TO reader;")
    return server


class World:
    """A store that pulls from the database."""

    def __init__(self, folder: Path, database: ReportingDatabase) -> None:
        self.folder = folder
        self.store = LocalFolder(folder / "store")
        self.secrets = folder / "secrets"
        self.secrets.mkdir()
        self.connect(database.connection_string(more="UseDeclareFetch=1;Fetch=5000;"))

    def connect(self, string: str) -> None:
        (self.secrets / "sql_connection_case_management").write_text(f"{string}\n")

    def pull(self, *lines: str, at: datetime.datetime = AT, as_at: datetime.date | None = DAY) -> PulledSource:
        path = self.folder / "sources.toml"
        path.write_text("\n".join(['[case_management]\nkind = "sql"', *(lines or ['schema = "ssd"'])]))
        settings = Settings(secrets=str(self.secrets), cache=str(self.folder / "cache"))
        pulled = pull_extracts(self.store, read_sources(path), settings=settings, now=lambda: at, as_at=as_at)
        return pulled.sources[0]

    def text(self, table: str) -> str:
        """What was kept of a table last."""
        entries = [entry for entry in Ledger(self.store).entries() if entry.body["file_name"] == f"{table}.csv"]
        return self.store.read(extract_key(entries[-1].body["sha256"])).decode()


@pytest.fixture
def world(database: ReportingDatabase, tmp_path: Path) -> World:
    return World(tmp_path, database)


PERSON = """
CREATE TABLE ssd.ssd_person (
    pers_person_id varchar(48) PRIMARY KEY, "PERS_DOB" timestamp, pers_sex char(5), pers_ethnicity text,
    pers_upn varchar(20), pers_forename varchar(100), pers_home_telephone varchar(30))
"""


def test_every_kind_of_value_becomes_the_text_the_contracts_read(world: World, database: ReportingDatabase) -> None:
    database.sql(
        """
        CREATE TABLE ssd.ssd_cla_placement (
            clap_cla_placement_id uuid, clap_cla_id bigint, clap_cla_placement_start_date date,
            clap_cla_placement_type "char", clap_cla_placement_distance double precision,
            clap_cla_placement_urn numeric, clap_cla_placement_postcode text, clap_cla_placement_end_date timestamptz,
            clap_cla_placement_provider boolean, clap_cla_placement_change_reason varchar(200));
        INSERT INTO ssd.ssd_cla_placement VALUES
            ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 9007199254740993, '2026-01-05', 'U', 0.1, 123456789012345678.5,
             E'Zoë, "the" 日本\\r\\nsecond line', '2026-07-31 09:14:05.25+00', true, ''),
            (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        ALTER ROLE reader SET TimeZone = 'Europe/London'
        """
    )
    assert world.pull().problem is None
    header, rest = world.text("ssd_cla_placement").split("\n", 1)
    columns = [str(column.heading) for column in catalogue.by_file()["ssd_cla_placement"].columns if column.heading]
    asked = header.split(",")
    assert asked == [name for name in columns if name in asked]
    values = dict(zip(asked, _cells(rest)[1], strict=True))
    assert values == {
        "clap_cla_placement_id": "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "clap_cla_id": "9007199254740993",
        "clap_cla_placement_start_date": "2026-01-05",
        "clap_cla_placement_type": "U",
        "clap_cla_placement_distance": "0.1",
        "clap_cla_placement_urn": "123456789012345678.5",
        "clap_cla_placement_postcode": 'Zoë, "the" 日本\r\nsecond line',
        "clap_cla_placement_end_date": "2026-07-31 10:14:05.25",
        "clap_cla_placement_provider": "1",
        "clap_cla_placement_change_reason": "",
    }
    assert set(_cells(rest)[0]) == {""}


def _cells(text: str) -> list[list[str]]:
    import csv
    import io

    return list(csv.reader(io.StringIO(text, newline="")))


def test_only_declared_columns_are_read_and_what_is_missing_is_said(world: World, database: ReportingDatabase) -> None:
    database.sql(PERSON)
    database.sql("INSERT INTO ssd.ssd_person VALUES ('P1', '2015-05-01', 'F', NULL, NULL, 'Zoë', '0123 456')")
    database.sql("CREATE TABLE ssd.payroll (salary int); CREATE TABLE ssd.ssd_person_archive (a int)")
    pulled = world.pull()
    assert pulled.problem is None
    assert pulled.received == ("case_management/2026-10-31/ssd_person.csv",)
    assert "pers_home_telephone" not in world.text("ssd_person"), "no contract declares it"
    assert "0123 456" not in world.text("ssd_person")
    assert "PERS_DOB" in world.text("ssd_person"), "as the database spells it"
    assert "case_management/2026-10-31/ssd_cp_plans: the database has no such table" in pulled.left
    assert len(pulled.left) == len([one for one in catalogue.by_file().values() if one.source == "case_management"]) - 1
    (entry,) = Ledger(world.store).entries()
    assert entry.body["pulled_from"] == {
        "kind": "sql",
        "name": "case_management",
        "place": "ssd.ssd_person",
        "rows": 1,
    }


def test_the_same_rows_give_the_same_bytes_in_whatever_order_they_lie(
    world: World, database: ReportingDatabase
) -> None:
    database.sql(PERSON)
    database.sql(
        "INSERT INTO ssd.ssd_person SELECT 'p' || n, DATE '2015-01-01' + n, 'F', NULL, NULL, 'N' || n"
        " FROM generate_series(1, 60000) AS g(n)"
    )
    assert len(world.pull().received) == 1
    database.sql("CREATE TABLE t AS SELECT * FROM ssd.ssd_person; TRUNCATE ssd.ssd_person")
    database.sql("INSERT INTO ssd.ssd_person SELECT * FROM t ORDER BY random(); DROP TABLE t")
    again = world.pull(at=AT + datetime.timedelta(hours=1))
    assert (again.received, again.known) == ((), 1)
    database.sql("UPDATE ssd.ssd_person SET pers_sex = 'M' WHERE pers_person_id = 'p7'")
    assert len(world.pull(at=AT + datetime.timedelta(hours=2)).received) == 1
    first, second = Ledger(world.store).entries()
    assert second.body["supersedes"] == first.sequence


def test_the_tables_are_true_for_the_day_they_are_pulled(world: World, database: ReportingDatabase) -> None:
    """A quarter past midnight in summer is still the day before in UTC."""
    database.sql(PERSON)
    at = datetime.datetime(2027, 7, 1, 23, 15, tzinfo=datetime.UTC)
    assert world.pull(at=at, as_at=None).received == ("case_management/2027-07-02/ssd_person.csv",)


def test_without_a_schema_a_table_must_be_there_once(world: World, database: ReportingDatabase) -> None:
    database.sql(PERSON)
    assert len(world.pull('tables = ["ssd_person"]').received) == 1
    database.sql("DROP SCHEMA IF EXISTS old CASCADE; CREATE SCHEMA old; GRANT USAGE ON SCHEMA old TO reader;")
    database.sql("CREATE TABLE old.ssd_person (pers_person_id text); GRANT SELECT ON old.ssd_person TO reader")
    problem = world.pull('tables = ["ssd_person"]').problem
    assert problem is not None
    assert "old.ssd_person and ssd.ssd_person" in problem.where
    assert world.pull('schema = "ssd"', 'tables = ["ssd_person"]').problem is None
    database.sql("DROP SCHEMA old CASCADE")


def test_a_table_that_cannot_be_read_whole_leaves_the_whole_source_as_it_was(
    world: World, database: ReportingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half the tables under a new day would stand for all of them."""
    database.sql(PERSON)
    database.sql("CREATE TABLE ssd.ssd_cp_plans (cppl_cp_plan_id varchar(10), cppl_person_id text)")
    database.sql("INSERT INTO ssd.ssd_cp_plans VALUES ('P1', repeat('Zebedeeus ', 900))")
    assert len(world.pull(at=AT - datetime.timedelta(hours=1)).received) == 2
    assert "Zebedeeus " * 900 in world.text("ssd_cp_plans")
    database.sql("UPDATE ssd.ssd_cp_plans SET cppl_cp_plan_id = 'P2'; INSERT INTO ssd.ssd_person VALUES ('P1')")
    monkeypatch.setattr(sql_tables, "LONGEST_TEXT", 1000)
    problem = world.pull().problem
    assert problem is not None
    assert "longer than 1,000 bytes" in problem.what
    assert "Zebedeeus" not in str(problem)
    assert len(Ledger(world.store).entries()) == 2, "the table that could be read was not received either"


def test_a_query_that_fails_on_a_value_does_not_tell_it(world: World, database: ReportingDatabase) -> None:
    database.sql("CREATE TABLE ssd.raw (id text, dob text); INSERT INTO ssd.raw VALUES ('P1', 'Zebedeeus')")
    database.sql(
        "CREATE VIEW ssd.ssd_person AS SELECT id AS pers_person_id, dob::date AS pers_dob FROM ssd.raw;"
        " GRANT SELECT ON ssd.ssd_person TO reader"
    )
    problem = world.pull().problem
    assert problem is not None
    assert "refused a query" in problem.what
    assert "ssd.ssd_person, SQLSTATE 22007" in problem.where
    assert "Zebedeeus" not in str(problem)


def test_what_cannot_be_connected_to_is_told_without_the_connection_string(
    world: World, database: ReportingDatabase
) -> None:
    strings = {
        "no driver": "Driver={No Such Driver};Server=secret-server;UID=reader;PWD=hidden",
        "no server": database.connection_string().replace(f"Port={database.port}", "Port=9"),
        "no password": database.connection_string(password="hidden"),
        "no string": "hidden",
    }
    for string in strings.values():
        world.connect(string)
        problem = world.pull().problem
        assert problem is not None
        for part in ("hidden", "secret-server", "reader", "127.0.0.1", database.password):
            assert part not in str(problem), string
    (world.secrets / "sql_connection_case_management").unlink()
    absent = world.pull().problem
    assert absent is not None
    assert "no connection string" in absent.what
    assert not isinstance(absent, TransientFault)


RECORDS = [table for table in catalogue.tables("records") if table.file and table.source == "case_management"]


@pytest.mark.parametrize("council", ["the small council", "an invented council"])
def test_tables_pulled_from_the_database_make_the_same_records_as_the_csv_files_of_a_drop(
    council: str, world: World, database: ReportingDatabase, tmp_path: Path
) -> None:
    drop = tmp_path / "drop"
    if council == "the small council":
        small_council.write(drop)
    else:
        write_drop(drop, children=300, as_at=DAY, seed=3, faults=False)
    database.load(drop / "case_management" / "2026-10-31")
    settings = Settings(settle_seconds=0.0)
    dropped = run_nightly(LocalFolder(tmp_path / "dropped"), drop=Folder(drop), settings=settings, started_at=AT)

    rest = tmp_path / "rest"
    drop.rename(rest)
    for path in (rest / "case_management" / "2026-10-31").iterdir():
        path.unlink()
    pulled_source = world.pull()
    assert pulled_source.problem is None
    pulled = run_nightly(
        world.store, drop=Folder(rest), settings=settings, started_at=AT + datetime.timedelta(minutes=5)
    )

    assert dropped.warehouse is not None
    assert pulled.warehouse is not None
    with reading(dropped.warehouse) as from_files, reading(pulled.warehouse) as from_tables:
        for table in RECORDS:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            query = f"SELECT {names} FROM {table.name} ORDER BY ALL"
            assert from_tables.execute(query).fetchall() == from_files.execute(query).fetchall(), table.name
        for query in (
            "SELECT indicator_code, period_kind, ends_on, numerator, denominator FROM profile.indicator_results",
            "SELECT source_table, key, rule FROM quality.rejected_rows",
        ):
            ordered = f"{query} ORDER BY ALL"
            assert from_tables.execute(ordered).fetchall() == from_files.execute(ordered).fetchall()
