"""The commands in a bucket, each run by an account with only the rights of its role."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import small_council
from tests.s3_servers import S3Server

pytestmark = pytest.mark.integration
PROGRAMS = Path(sys.executable).parent
PARTS = ("writer", "analyst", "named-reader", "releaser", "custodian")


@dataclass(frozen=True)
class Council:
    """A store in a bucket with a policy, and the machines of those who use it."""

    address: str
    owner: S3Server
    accounts: dict[str, S3Server]
    desks: Path

    def run(self, account: str, *command: str, code: int = 0) -> str:
        """What a command prints when an account runs it on its own machine."""
        server = self.accounts.get(account, self.owner)
        desk = self.desks / account
        desk.mkdir(exist_ok=True)
        done = subprocess.run(
            [PROGRAMS / command[0], *command[1:]],
            cwd=desk,
            env={
                **os.environ,
                **server.environment(),
                "DAYTWO_STORE": self.address,
                "DAYTWO_CACHE": str(desk / "copies"),
                "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            },
            check=False,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert server.secret_key not in done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def council(gateway: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Council:
    """Set up, and one night published by the writer."""
    folder = tmp_path_factory.mktemp("council")
    address = f"s3://daytwo-{uuid.uuid4().hex[:12]}/council"
    made = Council(address, gateway, {part: gateway.new_user(f"s3-{part}") for part in PARTS}, folder)
    arns = [text for part in PARTS for text in (f"--{part}", f"arn:aws:iam:::user/s3-{part}")]
    made.run("owner", "python", "-m", "deployments.s3.set_up", address, *arns)
    small_council.write(folder / "drop")
    assert "Published as at" in made.run("writer", "daytwo", "nightly", "--drop", str(folder / "drop"))
    return made


def test_the_writer_runs_night_after_night(council: Council) -> None:
    drop = str(council.desks / "drop")
    assert "Nothing new" in council.run("writer", "daytwo", "nightly", "--drop", drop)
    extract = next((council.desks / "drop").rglob("ssd_person.csv"))
    extract.write_bytes(extract.read_bytes() + b"\r\n")
    assert "Published as at" in council.run("writer", "daytwo", "nightly", "--drop", drop)
    said = council.run("writer", "daytwo", "status")
    assert "Ledger     intact" in said
    assert said.count("as published") == 2


def test_an_analyst_fetches_and_asks_the_general_file_and_no_other(council: Council) -> None:
    said = council.run("analyst", "daytwo", "fetch", "--to", "mine.duckdb")
    assert "may not read the ledger" in said
    assert (council.desks / "analyst" / "mine.duckdb").stat().st_size > 0
    question = "SELECT count(*) AS children FROM records.children"
    assert '"children": 20' in council.run("analyst", "daytwo", "sql", "--json", question)
    for refused in (["fetch", "--restricted"], ["sql", "--restricted", question], ["status"]):
        assert "refused a request" in council.run("analyst", "daytwo", *refused, code=1)


def test_a_named_reader_fetches_both_files_and_no_evidence(council: Council) -> None:
    council.run("named-reader", "daytwo", "fetch", "--to", "general.duckdb")
    council.run("named-reader", "daytwo", "fetch", "--restricted", "--to", "restricted.duckdb")
    assert "refused a request" in council.run("named-reader", "daytwo", "status", code=1)


def test_a_pack_is_sealed_by_the_writer_and_let_go_by_the_releaser(council: Council) -> None:
    notify = ["notify", "--framework", "slac_2009", "--received", "2026-11-02T09:14"]
    said = council.run("writer", "daytwo", *notify)
    assert "(GOVERNANCE) and under a legal hold" in said
    (zipped,) = [line.split("/packs/")[1] for line in said.splitlines() if line.startswith("Zip ")]
    council.run("releaser", "daytwo", "fetch", "--pack", zipped.removesuffix(".zip"))
    pack = zipped.rsplit("/", 1)[1]
    people = ["--prepared-by", "A. Person", "--approved-by", "B. Person", "--route", "by hand"]
    council.run("releaser", "daytwo", "release", pack, *people)
    assert "released as ledger entry" in council.run("releaser", "daytwo", "verify", pack, "--store", council.address)
    assert "released, locked in the bucket" in council.run("writer", "daytwo", "status")
