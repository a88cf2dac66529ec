"""The store in a bucket, on an emulated service. On a real one: tests/integration/test_bucket_store_on_gateway.py"""

from __future__ import annotations

import pytest

from tests.every_bucket import EveryBucket
from tests.every_store import Opened
from tests.s3_servers import S3Server
from warehouse.store.evidence_store import EvidenceStore


@pytest.fixture(scope="module")
def server(moto_service: S3Server) -> S3Server:
    return moto_service


@pytest.fixture(params=["plain", "locked"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bucket(server: S3Server, kind: str) -> str:
    """One bucket for each test: to list versions, moto copies all versions in the bucket."""
    return server.new_bucket(object_lock=kind == "locked")


class TestOnMoto(EveryBucket):
    """The behaviour of every bucket."""

    # moto looks and puts in two steps: in a bucket without versions two may write, which no service allows. Only the
    # gateway test covers that case.
    @pytest.mark.parametrize("kind", ["locked"], indirect=True)
    def test_exactly_one_of_eight_writers_of_an_entry_succeeds(self, store: EvidenceStore, opened: Opened) -> None:
        super().test_exactly_one_of_eight_writers_of_an_entry_succeeds(store, opened)

    @pytest.mark.parametrize("kind", ["locked"], indirect=True)
    def test_exactly_one_of_six_takes_the_lock(self, opened: Opened) -> None:
        super().test_exactly_one_of_six_takes_the_lock(opened)
