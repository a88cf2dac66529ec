"""What is fetched from a store is what its ledger names, or nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from flows.commands.fetch import fetch_pack, fetch_warehouse
from tests.every_bucket import Raw, answered
from tests.s3_servers import S3Server
from tests.small_council import NIGHT
from warehouse.problem import Problem
from warehouse.store.bucket_store import BucketStore
from warehouse.store.evidence_store import EvidenceStore, sha256_of
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder
from warehouse.store.publication import publish


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EvidenceStore:
    """A store with one published warehouse and one sealed pack."""
    store: EvidenceStore = LocalFolder(tmp_path / "store")
    if request.param == "bucket":
        server: S3Server = request.getfixturevalue("moto_service")
        store = BucketStore(server.client(), server.new_bucket(versioning=True), "daytwo", tmp_path / "copies")
    files = {}
    for name in ("restricted", "general"):
        files[name] = tmp_path / f"{name}.duckdb"
        with duckdb.connect(str(files[name])) as connection:
            connection.execute(f"CREATE TABLE told AS SELECT '{name}' AS name")
    ledger = Ledger(store)
    publish(store, ledger, **files, at=NIGHT, body={"as_at": "2026-10-31"})
    store.put_if_absent("packs/slac_2009/one.zip", b"a zip")
    sealed = {"framework": "slac_2009", "pack_id": "one", "zip_sha256": hashlib.sha256(b"a zip").hexdigest()}
    ledger.append("sealed", sealed, NIGHT)
    return store


@pytest.mark.parametrize(("restricted", "name"), [(False, "general"), (True, "restricted")])
def test_the_published_warehouse_is_fetched_and_replaces_last_weeks(
    store: EvidenceStore, tmp_path: Path, restricted: bool, name: str
) -> None:
    before = tmp_path / "mine.duckdb"
    before.write_bytes(b"last week's")
    with before.open("rb") as opened:
        fetched = fetch_warehouse(store, before, restricted=restricted)
        assert opened.read() == b"last week's", "a reader with the file open keeps it"
    assert fetched.entry is not None
    assert fetched.entry.body[name] == sha256_of(before)
    with duckdb.connect(str(before), read_only=True) as connection:
        assert connection.execute("SELECT name FROM told").fetchall() == [(name,)]


def test_a_file_fetched_into_a_folder_keeps_its_name(store: EvidenceStore, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    assert fetch_warehouse(store, tmp_path / "desk", restricted=False).path.name == "warehouse.duckdb"
    assert fetch_pack(store, tmp_path / "desk", "slac_2009/one").path.read_bytes() == b"a zip"


def test_a_file_that_is_not_what_was_published_is_not_fetched(store: EvidenceStore, tmp_path: Path) -> None:
    store.replace("published/warehouse.duckdb", b"somebody's own")
    with pytest.raises(Problem, match="not what was published"):
        fetch_warehouse(store, tmp_path / "mine.duckdb", restricted=False)
    assert not list(tmp_path.glob("*mine*"))


def test_a_pack_that_was_never_sealed_or_a_file_that_exists_is_a_problem(store: EvidenceStore, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="No pack of that name"):
        fetch_pack(store, tmp_path, "slac_2009/two")
    fetch_pack(store, tmp_path, "slac_2009/one")
    with pytest.raises(Problem, match="A file of this name already"):
        fetch_pack(store, tmp_path, "slac_2009/one")


def test_an_account_that_may_not_read_the_ledger_gets_what_the_bucket_records(
    moto_service: S3Server, tmp_path: Path
) -> None:
    store = BucketStore(moto_service.client(), moto_service.new_bucket(), "daytwo", tmp_path / "copies")
    store.replace("published/warehouse.duckdb", b"as published")
    service = Raw(moto_service.client(), "", "")
    with service.told("before-send.s3.ListObjectVersions", answered(403, "AccessDenied", 1)):
        fetched = fetch_warehouse(store, tmp_path / "mine.duckdb", restricted=False)
    assert fetched.path.read_bytes() == b"as published"
    assert (fetched.entry, fetched.sha256) == (None, sha256_of(fetched.path))
    assert "may not read the ledger" in fetched.proof


def test_an_empty_store_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Nothing has been published yet"):
        fetch_warehouse(LocalFolder(tmp_path / "empty"), None, restricted=False)
