"""Drops and sources in a bucket of Ceph's gateway, into a store in another: more objects than one page lists."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.receiving.places import open_drop
from flows.receiving.pull_extracts import pull_extracts
from flows.receiving.receive_drop import receive_drop, seen_before
from flows.receiving.sources import read_sources
from flows.settings import Settings
from flows.stores import open_store
from tests.s3_servers import S3Server
from warehouse.store.keys import extract_key
from warehouse.store.ledger import Ledger

pytestmark = pytest.mark.integration

AT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
OBJECTS = 1_050
"""A page lists 1,000."""


@pytest.fixture
def account(gateway: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    for name, value in gateway.environment().items():
        monkeypatch.setenv(name, value)
    return gateway


def test_a_drop_of_more_than_a_page_is_received_whole_and_not_fetched_again(account: S3Server, tmp_path: Path) -> None:
    client, bucket = account.client(), account.new_bucket()

    def put(number: int) -> None:
        client.put_object(Bucket=bucket, Key=f"drop/documents/d{number:04d}.txt", Body=b"document %d" % number)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(OBJECTS)))
    client.put_object(Bucket=bucket, Key="drop/health/2026-10-31/nhs_dental.csv", Body=b"row_id\nD1\n")
    settings = Settings(store=str(tmp_path / "store"), cache=str(tmp_path / "cache"))
    store = open_store(settings)
    place = open_drop(f"s3://{bucket}/drop/")
    for known in (0, OBJECTS + 1):
        receipt = receive_drop(
            place,
            store,
            Ledger(store),
            received_at=AT,
            settle_seconds=0.0,
            seen=seen_before(place, store, settings),
        )
        assert (len(receipt.received), receipt.known) == (OBJECTS + 1 - known, known)


def test_a_source_in_a_bucket_is_pulled_into_a_store_in_a_bucket(account: S3Server, tmp_path: Path) -> None:
    client, outgoing, kept = account.client(), account.new_bucket(), account.new_bucket(versioning=True)
    for number in range(12):
        client.put_object(Bucket=outgoing, Key=f"out/2026-10-31/nhs_{number}.csv", Body=b"row_id\n%d\n" % number)
    (tmp_path / "sources.toml").write_text(f'[health]\nkind = "s3"\nplace = "s3://{outgoing}/out"\n')
    settings = Settings(store=f"s3://{kept}/daytwo", cache=str(tmp_path / "cache"))
    store = open_store(settings)
    sources = read_sources(tmp_path / "sources.toml")
    (first,) = pull_extracts(store, sources, settings=settings, now=lambda: AT).sources
    assert (first.problem, len(first.received)) == (None, 12)
    entries = Ledger(store).entries()
    assert [store.read(extract_key(entry.body["sha256"])) for entry in entries[:2]] == [b"row_id\n0\n", b"row_id\n1\n"]
    (again,) = pull_extracts(store, sources, settings=settings, now=lambda: AT + datetime.timedelta(hours=1)).sources
    assert (again.problem, again.received, again.known) == (None, (), 12)
