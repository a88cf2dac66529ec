"""A council's reporting database for the tests: a real PostgreSQL, filled from csv files, with typed columns."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import duckdb
import pytest

from tests.s3_servers import free_port
from warehouse import catalogue
from warehouse.contract import Column, Kind
from warehouse.database import literal, quoted

# Types as in a database of the standard; a column with a value of another kind is text.
TYPES: dict[Kind, tuple[str, str]] = {
    "text": ("VARCHAR", "varchar(400)"),
    "date": ("DATE", "date"),
    "moment": ("TIMESTAMP", "timestamp"),
    "whole_number": ("INTEGER", "integer"),
    "number": ("DOUBLE", "double precision"),
    "yes_no": ("VARCHAR", "char(1)"),
    "code": ("VARCHAR", "varchar(400)"),
    "json": ("JSON", "json"),
}


class ReportingDatabase:
    """PostgreSQL on a port of its own. `reader` may read the schema `ssd` and nothing else, by its password."""

    def __init__(self) -> None:
        self._bin = _binaries()
        assert list(Path("/usr/lib").glob("*/odbc/psqlodbcw.so")), (
            "PostgreSQL's ODBC driver is not installed: the Debian package odbc-postgresql has it"
        )
        self.version = self._output(str(self._bin / "postgres"), "--version")
        # Root cannot run it, and its account cannot enter the folders of the tests.
        self.folder = Path(tempfile.mkdtemp(prefix="daytwo_reporting_"))
        self._account: list[str] = []
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._account = ["runuser", "-u", "postgres", "--"]
        self.port = free_port()
        self.password = secrets.token_hex(8)

    def start(self) -> None:
        data = self.folder / "data"
        self._do(
            "initdb", "-D", str(data), "-U", "owner", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            "--auth-local=trust", "--auth-host=scram-sha-256",
        )  # fmt: skip
        settings = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off"
        self._do("pg_ctl", "-D", str(data), "-l", str(self.folder / "log"), "-o", settings, "-w", "start")
        self.sql("CREATE DATABASE reporting", database="postgres")
        self.sql(f"CREATE ROLE reader LOGIN PASSWORD {literal(self.password)}")
        self.sql("CREATE SCHEMA ssd; GRANT USAGE ON SCHEMA ssd TO reader;")
        self.sql("ALTER DEFAULT PRIVILEGES IN SCHEMA ssd GRANT SELECT ON TABLES TO reader;")

    def stop(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self._do("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def connection_string(self, *, password: str = "", more: str = "") -> str:
        """ODBC's connection string, for `reader`."""
        return (
            f"Driver={{PostgreSQL Unicode}};Server=127.0.0.1;Port={self.port};Database=reporting;"
            f"UID=reader;PWD={password or self.password};{more}"
        )

    def sql(self, statements: str, *, database: str = "reporting", given: Path | None = None) -> str:
        """Run statements as the owner; returns what psql says."""
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder)]
        command += ["-p", str(self.port), "-U", "owner", "-d", database, "-c", statements]
        with (given or Path(os.devnull)).open("rb") as incoming:
            done = subprocess.run(
                [str(self._bin / command[0]), *command[1:]], stdin=incoming, capture_output=True, text=True, check=False
            )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def load(self, delivery: Path, schema: str = "ssd") -> list[str]:
        """Create and fill a table for each csv of a delivery; returns their names."""
        loaded = []
        for path in sorted(delivery.glob("*.csv")):
            columns = _columns(path)
            declared = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
            self.sql(f"CREATE TABLE {schema}.{path.stem} ({declared})")
            names = ", ".join(map(quoted, columns))
            self.sql(f"COPY {schema}.{path.stem} ({names}) FROM STDIN (FORMAT csv, HEADER)", given=path)
            loaded.append(path.stem)
        return loaded

    def _do(self, program: str, *arguments: str) -> None:
        self._output(*self._account, str(self._bin / program), *arguments)

    def _output(self, *command: str) -> str:
        # What the server inherits must not keep this waiting for its end.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/", check=False)
            said.seek(0)
            assert done.returncode == 0, said.read()
            said.seek(0)
            return said.read().strip()


def _columns(path: Path) -> dict[str, str]:
    """The columns of a csv with the type each has in the database."""
    contract = {str(column.heading).lower(): column for column in catalogue.by_file()[path.stem].columns}
    with duckdb.connect() as connection:
        relation = f"read_csv({literal(str(path))}, all_varchar = true, header = true, delim = ',', quote = '\"')"
        names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]
        return {name: _type(connection, relation, name, contract.get(name.lower())) for name in names}


def _type(connection: duckdb.DuckDBPyConnection, relation: str, name: str, column: Column | None) -> str:
    cast, kind = TYPES[column.kind] if column else TYPES["text"]
    longest = 1 if kind == "char(1)" else 400
    bad = connection.execute(
        f"SELECT count(*) FROM {relation} WHERE {quoted(name)} IS NOT NULL"
        f" AND (TRY_CAST({quoted(name)} AS {cast}) IS NULL OR length({quoted(name)}) > {longest})"
    ).fetchone()
    return "text" if bad and bad[0] else kind


def _binaries() -> Path:
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = there[-1] if there else shutil.which("initdb")
    if not found:
        pytest.fail("PostgreSQL is not on this machine: the Debian package postgresql has it")
    return Path(found).parent
