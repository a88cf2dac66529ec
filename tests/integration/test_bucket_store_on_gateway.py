"""The store in a bucket, on a real S3 service: Ceph's gateway. The same on an emulator: tests/warehouse."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.every_bucket import AT, LATER, EveryBucket, Raw
from tests.every_store import PACK, REPOSITORY, Opened
from tests.s3_servers import S3Server
from warehouse.store.bucket_store import BucketStore
from warehouse.store.ledger import Ledger

pytestmark = pytest.mark.integration
WRITERS, ENTRIES = 3, 200
WRITE = """
import sys
from datetime import UTC, datetime

from flows.settings import Settings
from flows.stores import open_store
from warehouse.store.ledger import Ledger

store, cache, writer, entries = sys.argv[1:]
ledger = Ledger(open_store(Settings(store=store, cache=cache)))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(entries)):
    ledger.append("received", {"writer": writer, "number": number}, datetime(2026, 11, 2, 9, 14, tzinfo=UTC))
"""


@pytest.fixture(scope="module")
def server(gateway: S3Server) -> S3Server:
    return gateway


@pytest.fixture(params=["plain", "locked"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def buckets(server: S3Server) -> Mapping[str, str]:
    return {"plain": server.new_bucket(), "locked": server.new_bucket(object_lock=True)}


@pytest.fixture
def bucket(buckets: Mapping[str, str], kind: str) -> str:
    return buckets[kind]


class TestOnTheGateway(EveryBucket):
    """What every bucket does, and what an emulator does not show."""

    def test_three_processes_writing_the_ledger_at_once_neither_fork_nor_lose(
        self, store: BucketStore, opened: Opened, server: S3Server
    ) -> None:
        processes = [
            subprocess.Popen(
                # Each is a machine of its own: no two share copies.
                [sys.executable, "-c", WRITE, opened.address, opened.cache / str(writer), str(writer), str(ENTRIES)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, **server.environment(), "PYTHONPATH": str(REPOSITORY)},
            )
            for writer in range(WRITERS)
        ]
        try:
            for process in processes:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
            for process in processes:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
            assert [process.wait(timeout=600) for process in processes] == [0] * WRITERS
        finally:
            for process in processes:
                process.kill()
                process.communicate()
        ledger = Ledger(store)
        assert ledger.verify().sequence == WRITERS * ENTRIES
        written = [(entry.body["writer"], entry.body["number"]) for entry in ledger.entries()]
        assert len(set(written)) == WRITERS * ENTRIES
        for writer in range(WRITERS):
            assert [number for who, number in written if who == str(writer)] == list(range(ENTRIES))
        assert Ledger(opened.store(opened.cache / "elsewhere")).head() == ledger.head()

    def test_what_is_being_sent_is_not_taken_back(self, raw: Raw, store: BucketStore) -> None:
        key = f"extracts/{'0' * 64}"
        upload = raw.client.create_multipart_upload(**raw.name(key))["UploadId"]
        assert store.remove_leftovers() == [], "it may be of a run that is going on"
        raw.client.abort_multipart_upload(**raw.name(key), UploadId=upload)

    @pytest.mark.parametrize("kind", ["locked"], indirect=True)
    def test_a_retention_is_never_shortened_by_protecting_again(self, store: BucketStore, raw: Raw) -> None:
        store.put_if_absent(PACK, b"sealed")
        store.protect([PACK], LATER)
        refused = store.protect([PACK], LATER - timedelta(days=365))
        assert not refused.is_locked
        assert "AccessDenied" in refused.said
        assert raw.head(PACK)["ObjectLockRetainUntilDate"] == LATER
        assert store.protect([PACK], LATER + timedelta(days=365)).is_locked

    @pytest.mark.parametrize("kind", ["locked"], indirect=True)
    def test_a_lock_yields_to_who_may_bypass_it_once_the_hold_is_lifted(self, store: BucketStore, raw: Raw) -> None:
        store.put_if_absent(PACK, b"sealed")
        store.protect([PACK], LATER)
        (version,) = raw.versions(PACK)
        erase = {**raw.name(PACK), "VersionId": version}
        with pytest.raises(ClientError, match="AccessDenied"):
            raw.client.delete_object(**erase, BypassGovernanceRetention=True)
        raw.client.put_object_legal_hold(**erase, LegalHold={"Status": "OFF"})
        with pytest.raises(ClientError, match="AccessDenied"):
            raw.client.delete_object(**erase)
        raw.client.delete_object(**erase, BypassGovernanceRetention=True)
        assert raw.versions(PACK) == []


def test_the_ledger_of_a_run_that_waited_is_dated_by_who_wrote_it(server: S3Server, tmp_path: Path) -> None:
    """The service's clock orders versions and ages of locks; the entries' own moments are the caller's."""
    store = BucketStore(server.client(), server.new_bucket(object_lock=True), "", tmp_path / "copies")
    assert Ledger(store).append("received", {"extract": "a" * 64}, AT).at == AT
    assert str(store).count("/") == 2, "a store may be a whole bucket"
