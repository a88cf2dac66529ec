"""What a store does in every bucket, whichever the service: `class TestOnAService(EveryBucket)` in a module that gives
the fixtures `server`, `kind` (plain, or locked: with Object Lock and so with versions) and `bucket`, one of that kind.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import signal
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.httpsession import URLLib3Session

from tests.every_store import ENTRY, GENERAL, PACK, EveryStore, Opened
from tests.s3_servers import S3Server
from warehouse.problem import Problem, TransientFault
from warehouse.store import bucket_lock, bucket_store
from warehouse.store.bucket_store import BucketStore
from warehouse.store.ledger import Draft, Head, Ledger

AT = datetime(2026, 11, 2, 9, 14, tzinfo=UTC)
PART = 5 << 20
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Raw:
    """The bucket itself, past the store: what an administrator, an attacker or an accident does."""

    client: Any
    bucket: str
    prefix: str

    def name(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": f"{self.prefix}/{key}"}

    def put(self, key: str, content: bytes, **arguments: Any) -> None:
        self.client.put_object(**self.name(key), Body=content, **arguments)

    def head(self, key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.client.head_object(**self.name(key))
        return found

    def delete(self, key: str) -> None:
        self.client.delete_object(**self.name(key))

    def versions(self, key: str) -> list[str]:
        """The versions and delete markers of a key."""
        found = self.client.list_object_versions(Bucket=self.bucket, Prefix=f"{self.prefix}/{key}")
        return [one["VersionId"] for one in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))]

    def erase(self, key: str) -> None:
        """Every version of it."""
        for version in self.versions(key):
            self.client.delete_object(**self.name(key), VersionId=version)

    def all_keys(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.bucket, Prefix=f"{self.prefix}/").get("Contents", ())
        return [one["Key"].removeprefix(f"{self.prefix}/") for one in found]

    @contextmanager
    def told(self, event: str, handler: Callable[..., Any]) -> Iterator[None]:
        """Have botocore call a handler, as it does for its own parts."""
        self.client.meta.events.register_first(event, handler)
        try:
            yield
        finally:
            self.client.meta.events.unregister(event, handler)


def answered(status: int, code: str, times: int) -> Callable[..., AWSResponse | None]:
    """The service answers so, so many times, and did nothing."""
    left = [times]

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        if not left[0]:
            return None
        left[0] -= 1
        body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        return AWSResponse(request.url, status, {"content-type": "application/xml"}, Body(body))

    return answer


def answer_lost(times: int = 1) -> Callable[..., None]:
    """The service does what it was asked to, and its answer does not arrive, so many times."""
    left = [times]

    def lose(request: Any, **_: Any) -> None:
        if left[0]:
            left[0] -= 1
            URLLib3Session().send(request)
            raise ConnectionClosedError(endpoint_url=request.url)

    return lose


class Body:
    """A body as AWSResponse reads one."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


class EveryBucket(EveryStore):
    """The tests."""

    @pytest.fixture
    def opened(self, server: S3Server, bucket: str, tmp_path: Path) -> Opened:
        return Opened(f"s3://{bucket}/council/{secrets.token_hex(8)}", tmp_path / "copies", server)

    @pytest.fixture
    def store(self, opened: Opened) -> BucketStore:
        store = opened.store()
        assert isinstance(store, BucketStore)
        return store

    @pytest.fixture
    def raw(self, server: S3Server, opened: Opened) -> Raw:
        bucket, _, prefix = opened.address.removeprefix("s3://").partition("/")
        return Raw(server.client(), bucket, prefix)

    @pytest.fixture
    def fragile(self, raw: Raw, tmp_path: Path) -> BucketStore:
        """The store through the client to which faults are done."""
        return BucketStore(raw.client, raw.bucket, raw.prefix, tmp_path / "copies")

    @pytest.fixture
    def impatient(self, server: S3Server, raw: Raw) -> Raw:
        """A client that asks once and no more: what boto3 repeats takes it half a minute."""
        return replace(raw, client=server.client(attempts=1))

    @pytest.fixture
    def every_change_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the minute in which a second version may be another writer's of the same moment."""
        monkeypatch.setattr(bucket_store, "_SAME_MOMENT", timedelta(seconds=-1))

    # ---- large files

    def test_a_large_file_travels_in_parts_both_ways(self, raw: Raw, tmp_path: Path) -> None:
        store = BucketStore(raw.client, raw.bucket, raw.prefix, tmp_path / "copies", part_bytes=PART)
        large = tmp_path / "large"
        large.write_bytes(os.urandom(2 * PART + 1))
        sha256 = hashlib.sha256(large.read_bytes()).hexdigest()
        kept = store.put_by_hash("extracts", large)
        assert (kept.written, kept.sha256, kept.size) == (True, sha256, 2 * PART + 1)
        assert not store.put_by_hash("extracts", large).written
        assert store.put_if_absent("packs/slac_2009/one.zip", large)
        assert not store.put_if_absent("packs/slac_2009/one.zip", large)
        store.replace(GENERAL, large)
        build = store.put_by_hash("builds", large)
        store.replace_with("published/warehouse_restricted.duckdb", build.key)
        for key in (kept.key, "packs/slac_2009/one.zip", GENERAL, build.key):
            assert raw.head(key)["ETag"].strip('"').endswith("-3"), "three parts"
        elsewhere = BucketStore(raw.client, raw.bucket, raw.prefix, tmp_path / "elsewhere", part_bytes=PART)
        for key in (kept.key, "packs/slac_2009/one.zip", "published/warehouse_restricted.duckdb"):
            assert elsewhere.recorded_sha256(key) == elsewhere.sha256(key) == sha256
            copy = elsewhere.local_copy(key)
            assert copy is not None
            assert copy.read_bytes() == large.read_bytes()

    def test_a_part_that_fails_leaves_no_file(self, impatient: Raw, tmp_path: Path) -> None:
        store = BucketStore(impatient.client, impatient.bucket, impatient.prefix, tmp_path / "copies", part_bytes=PART)
        large = tmp_path / "large"
        large.write_bytes(bytes(2 * PART + 1))
        with (
            impatient.told("before-send.s3.UploadPart", answered(503, "SlowDown", 100)),
            pytest.raises(TransientFault, match="SlowDown"),
        ):
            store.put_by_hash("extracts", large)
        assert store.keys("extracts") == []
        assert store.put_by_hash("extracts", large).written

    def test_what_was_half_sent_long_ago_is_taken_back(
        self, raw: Raw, store: BucketStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key = f"extracts/{'0' * 64}"
        upload = raw.client.create_multipart_upload(**raw.name(key))["UploadId"]
        raw.client.upload_part(**raw.name(key), UploadId=upload, PartNumber=1, Body=b"half")
        monkeypatch.setattr(bucket_store, "_DAY_SECONDS", -60)
        assert store.remove_leftovers() == [key]
        assert store.remove_leftovers() == []

    # ---- an answer that was lost, and other weather

    @pytest.mark.parametrize("times", [1, 4])
    def test_a_put_whose_answer_was_lost_is_ours(self, raw: Raw, fragile: BucketStore, times: int) -> None:
        with raw.told("before-send.s3.PutObject", answer_lost(times)):
            assert fragile.put_if_absent(ENTRY, b"ours")
            assert fragile.put_if_absent(PACK, b"ours")
        assert not fragile.put_if_absent(ENTRY, b"ours")
        assert fragile.read(ENTRY) == fragile.read(PACK) == b"ours"

    def test_an_entry_whose_answer_was_lost_is_not_written_twice(self, raw: Raw, fragile: BucketStore) -> None:
        ledger = Ledger(fragile)
        with raw.told("before-send.s3.PutObject", answer_lost(4)):
            first = ledger.append("received", {"extract": "a" * 64}, AT)
        assert ledger.append("received", {"extract": "b" * 64}, AT).previous == first.sha256
        assert Ledger(fragile).verify().sequence == 2

    @pytest.mark.parametrize(("status", "code"), [(409, "ConditionalRequestConflict"), (503, "SlowDown")])
    def test_a_service_that_is_busy_for_a_moment_is_asked_again(
        self, raw: Raw, fragile: BucketStore, status: int, code: str
    ) -> None:
        with raw.told("before-send.s3.PutObject", answered(status, code, 2)):
            assert fragile.put_if_absent(ENTRY, b"written in the end")
        assert fragile.read(ENTRY) == b"written in the end"

    def test_a_service_that_stays_away_is_a_passing_fault_and_nothing_is_written(
        self, impatient: Raw, tmp_path: Path
    ) -> None:
        store = BucketStore(impatient.client, impatient.bucket, impatient.prefix, tmp_path / "copies")
        with impatient.told("before-send.s3.PutObject", answered(503, "SlowDown", 100)):
            with pytest.raises(TransientFault, match="SlowDown"):
                store.put_if_absent(ENTRY, b"never")
            with pytest.raises(TransientFault, match="SlowDown"):
                store.replace(GENERAL, b"never")
        assert impatient.all_keys() == []

    def test_a_condition_that_was_not_met_is_somebody_elses_file(self, raw: Raw, fragile: BucketStore) -> None:
        raw.put(ENTRY, b"somebody's")
        with raw.told("before-send.s3.PutObject", answered(412, "PreconditionFailed", 1)):
            assert not fragile.put_if_absent(ENTRY, b"ours")
        assert fragile.read(ENTRY) == b"somebody's"

    @pytest.mark.parametrize("status", [409, 412])
    def test_a_condition_that_nobody_set_is_a_passing_fault(self, raw: Raw, fragile: BucketStore, status: int) -> None:
        with (
            raw.told("before-send.s3.PutObject", answered(status, "Conflict", 1)),
            pytest.raises(TransientFault, match="Conflict"),
        ):
            fragile.replace(GENERAL, b"new")

    @pytest.mark.parametrize("operation", ["GetObject", "HeadObject", "PutObject", "ListObjectsV2"])
    def test_a_refusal_says_which_request_and_what_to_compare(
        self, raw: Raw, fragile: BucketStore, operation: str
    ) -> None:
        raw.put(PACK, b"there")
        uses = {
            "GetObject": lambda: fragile.read(PACK),
            "HeadObject": lambda: fragile.exists(PACK),
            "PutObject": lambda: fragile.replace(GENERAL, b"new"),
            "ListObjectsV2": lambda: fragile.keys("packs"),
        }
        with (
            raw.told(f"before-send.s3.{operation}", answered(403, "AccessDenied", 100)),
            pytest.raises(Problem, match=r"refused a request \((AccessDenied|403)\)") as raised,
        ):
            uses[operation]()
        assert not isinstance(raised.value, TransientFault), "trying again gives no rights"
        assert "docs/s3.md" in raised.value.fix

    def test_no_bucket_and_no_service_are_told_apart(self, server: S3Server, tmp_path: Path) -> None:
        nowhere = BucketStore(server.client(), "daytwo-absent", "", tmp_path / "copies")
        with pytest.raises(Problem, match="bucket does not exist") as raised:
            nowhere.keys("ledger")
        assert "deployments.s3.set_up" in raised.value.fix
        silent = replace(server, endpoint="http://127.0.0.1:9")
        with pytest.raises(TransientFault, match="could not be reached") as away:
            BucketStore(silent.client(attempts=1), "daytwo-absent", "", tmp_path / "copies").keys("ledger")
        assert server.secret_key not in str(away.value)

    # ---- the first version counts, and who changes the ledger is found

    # A bucket without versions has no first one to go by; there the chain finds it (below).
    @pytest.mark.parametrize("kind", ["locked"], indirect=True)
    def test_an_entry_written_over_is_read_as_it_was_and_named(
        self, raw: Raw, store: BucketStore, opened: Opened, every_change_counts: None
    ) -> None:
        store.put_if_absent(ENTRY, b"as it was")
        raw.put(ENTRY, b"forged")
        another = opened.store(opened.cache / "elsewhere")
        for each in (store, another):
            assert each.read(ENTRY) == b"as it was"
            assert each.read_many([ENTRY]) == each.read_many([ENTRY], fresh=True) == [b"as it was"]
            assert each.sha256(ENTRY) == hashlib.sha256(b"as it was").hexdigest()
            assert not each.put_if_absent(ENTRY, b"once more")
            assert each.rewritten("ledger") == [ENTRY]

    @pytest.mark.parametrize("kind", ["locked"], indirect=True)
    def test_an_entry_deleted_is_still_read_and_named(self, raw: Raw, store: BucketStore, opened: Opened) -> None:
        store.put_if_absent(ENTRY, b"as it was")
        raw.delete(ENTRY)
        for each in (store, opened.store(opened.cache / "elsewhere")):
            assert each.keys("ledger") == [ENTRY]
            assert each.exists(ENTRY)
            assert each.read(ENTRY) == b"as it was"
            assert not each.put_if_absent(ENTRY, b"in its place")
            assert each.rewritten("ledger") == [ENTRY]

    @pytest.fixture
    def written(self, store: BucketStore) -> tuple[Ledger, Head]:
        """A ledger of five entries, read by its own object, and its head as a pack would carry it."""
        ledger = Ledger(store)
        ledger.append_many(Draft("received", {"number": n}, AT + timedelta(minutes=n)) for n in range(1, 6))
        return ledger, ledger.head()

    @pytest.mark.parametrize("number", [1, 3, 5])
    def test_an_entry_forged_is_found_by_verify(
        self,
        raw: Raw,
        opened: Opened,
        written: tuple[Ledger, Head],
        number: int,
        every_change_counts: None,
    ) -> None:
        key = f"ledger/{number:012d}.json"
        content = raw.client.get_object(**raw.name(key))["Body"].read()
        raw.put(key, content.replace(f'"number": {number}'.encode(), b'"number": 77'))
        for ledger in (written[0], Ledger(opened.store(opened.cache / "elsewhere"))):
            with pytest.raises(Problem, match=r"altered|written again|not the one that was written|do not fit"):
                ledger.verify(written[1])

    @pytest.mark.parametrize("number", [1, 3, 5])
    def test_an_entry_deleted_is_found_by_verify(
        self, raw: Raw, opened: Opened, written: tuple[Ledger, Head], number: int
    ) -> None:
        raw.delete(f"ledger/{number:012d}.json")
        for ledger in (written[0], Ledger(opened.store(opened.cache / "elsewhere"))):
            with pytest.raises(Problem, match=r"is missing|was deleted|cut off"):
                ledger.verify(written[1])

    @pytest.mark.parametrize("left", [0, 3, 4])
    def test_a_tail_erased_with_all_its_versions_is_found_by_verify(
        self, raw: Raw, opened: Opened, written: tuple[Ledger, Head], left: int
    ) -> None:
        for number in range(left + 1, 6):
            raw.erase(f"ledger/{number:012d}.json")
        with pytest.raises(Problem, match=f"cut off: it stops at entry {left}, but entry {left + 1 if left else 1}"):
            written[0].verify()
        elsewhere = Ledger(opened.store(opened.cache / "elsewhere"))
        with pytest.raises(Problem, match="cut off"):
            elsewhere.verify(written[1])
        assert len(elsewhere.entries()) == left, "without a head from elsewhere nobody can know"

    def test_an_entry_erased_from_the_middle_is_found_at_the_first_reading(
        self, raw: Raw, opened: Opened, written: tuple[Ledger, Head]
    ) -> None:
        raw.erase("ledger/000000000003.json")
        with pytest.raises(Problem, match="entry 3 is missing"):
            Ledger(opened.store(opened.cache / "elsewhere")).entries()
        with pytest.raises(Problem, match="entry 3 is missing"):
            written[0].verify()

    # ---- the lock, between machines

    def test_a_lock_of_another_machine_is_refused_naming_it(self, store: BucketStore, opened: Opened) -> None:
        with opened.held_elsewhere(opened.cache / "another machine") as process:
            with pytest.raises(Problem, match="Another run has been writing since 20") as raised, store.lock("writer"):
                pytest.fail("two hold one lock")
            assert f"process {process.pid} on " in raised.value.what
            assert [holder.process for holder in store.holders()] == [process.pid]

    def test_a_lock_of_another_machine_that_died_is_taken_over_when_its_mark_is_old(
        self, store: BucketStore, opened: Opened, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with opened.held_elsewhere(opened.cache / "another machine") as process:
            process.send_signal(signal.SIGKILL)
            process.wait()
        with pytest.raises(Problem, match="Another run has been writing"), store.lock("writer"):
            pytest.fail("its mark is not old: it might live")
        monkeypatch.setattr(bucket_lock, "LOCK_SECONDS", 2.0)
        until = time.monotonic() + 60
        while store.holders():
            assert time.monotonic() < until
            time.sleep(0.2)
        with store.lock("writer"):
            assert [holder.process for holder in store.holders()] == [os.getpid()]

    def test_a_holder_whose_lock_was_taken_over_may_not_write_any_more(
        self, store: BucketStore, opened: Opened, raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = tmp_path / "source"
        source.write_bytes(b"mine")
        with store.lock("writer"):
            store.replace(GENERAL, b"mine")
            # Its marks do not get through, and the other machine sees an old one.
            monkeypatch.setattr(bucket_lock, "LOCK_SECONDS", -1.0)
            with opened.store(opened.cache / "another machine").lock("writer"):
                for use in (
                    lambda: store.replace(GENERAL, b"mine again"),
                    lambda: store.put_if_absent(PACK, b"mine"),
                    lambda: store.put_by_hash("extracts", source),
                    lambda: store.remove(PACK),
                    lambda: Ledger(store).append("received", {}, AT),
                ):
                    with pytest.raises(Problem, match="lost the store's lock"):
                        use()
        assert store.read(GENERAL) == b"mine"
        assert store.keys("ledger") == store.keys("packs") == store.keys("extracts") == []

    def test_a_holder_that_sees_the_next_claim_stops(
        self, store: BucketStore, opened: Opened, raw: Raw, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bucket_lock, "BEAT_SECONDS", 0.05)
        with store.lock("writer"):
            (claim,) = [key for key in raw.all_keys() if re.fullmatch(r"locks/writer/[0-9]{12}\.json", key)]
            number = int(claim[-17:-5])
            raw.put(f"locks/writer/{number + 1:012d}.json", b"{}")

            def write_on() -> None:
                until = time.monotonic() + 60
                while time.monotonic() < until:
                    store.replace(GENERAL, b"mine")

            with pytest.raises(Problem, match="lost the store's lock"):
                write_on()

    def test_a_lock_leaves_little_behind_however_often_it_is_taken(self, store: BucketStore, raw: Raw) -> None:
        left = []
        for _ in range(2 * bucket_lock.MOST_OLD):
            with store.lock("writer"):
                pass
            left.append(sum(key.startswith("locks/") for key in raw.all_keys()))
        assert max(left) <= bucket_lock.MOST_OLD + 4
        assert min(left[bucket_lock.MOST_OLD :]) <= 4

    # ---- this machine's copies

    def test_copies_are_for_their_owner_alone(self, store: BucketStore, opened: Opened, received: Path) -> None:
        kept = store.put_by_hash("extracts", received)
        store.replace(GENERAL, received)
        assert store.local_copy(kept.key)
        assert store.local_copy(GENERAL)
        for path in opened.cache.rglob("*"):
            mode = stat.S_IMODE(path.stat().st_mode)
            assert path.is_dir() or not mode & (stat.S_IWUSR | stat.S_IRWXO) or path.name.startswith((".", "writer"))
        (top,) = opened.cache.iterdir()
        assert stat.S_IMODE(top.stat().st_mode) == 0o700

    def test_a_copy_is_brought_once_and_found_again(self, raw: Raw, fragile: BucketStore, tmp_path: Path) -> None:
        source = tmp_path / "source"
        source.write_bytes(b"as received")
        key = fragile.put_by_hash("extracts", source).key
        elsewhere = BucketStore(raw.client, raw.bucket, raw.prefix, tmp_path / "elsewhere")
        asked: list[str] = []

        def count(request: Any, **_: Any) -> None:
            asked.append(request.method)

        with raw.told("before-send.s3.GetObject", count):
            first, second = elsewhere.local_copy(key), elsewhere.local_copy(key)
            assert fragile.local_copy(key) is not None
        assert first == second
        assert asked == ["GET"], "who has sent it has it"

    def test_two_stores_may_share_the_folder_of_copies(
        self, server: S3Server, raw: Raw, opened: Opened, store: BucketStore
    ) -> None:
        other = BucketStore(server.client(), raw.bucket, f"{raw.prefix}-other", opened.cache)
        store.replace(GENERAL, b"ours")
        other.replace(GENERAL, b"theirs")
        store.put_if_absent(ENTRY, b"ours")
        assert other.keys("ledger") == other.keys("packs") == []
        for each, content in ((store, b"ours"), (other, b"theirs")):
            copy = each.local_copy(GENERAL)
            assert copy is not None
            assert copy.read_bytes() == content

    def test_a_file_altered_in_the_bucket_is_not_taken(
        self, raw: Raw, store: BucketStore, opened: Opened, received: Path, tmp_path: Path
    ) -> None:
        key = store.put_by_hash("extracts", received).key
        store.replace(GENERAL, b"as published")
        metadata = raw.head(GENERAL)["Metadata"]
        raw.put(key, b"X" * received.stat().st_size)
        raw.put(GENERAL, b"as forged..", Metadata=metadata)
        elsewhere = opened.store(opened.cache / "elsewhere")
        for altered in (key, GENERAL):
            with pytest.raises(Problem, match="no longer as it was received"):
                elsewhere.local_copy(altered)
            with pytest.raises(Problem, match="no longer as it was received"):
                elsewhere.fetch(altered, tmp_path / "fetched")
        assert not (tmp_path / "fetched").exists()
        assert not [path for path in opened.cache.rglob("*") if ".partial-" in path.name]

    def test_an_extract_cut_short_in_the_bucket_is_found_when_it_is_received_again(
        self, raw: Raw, store: BucketStore, received: Path
    ) -> None:
        raw.put(store.put_by_hash("extracts", received).key, b"short")
        with pytest.raises(Problem, match="no longer as it was received"):
            store.put_by_hash("extracts", received)

    def test_a_hash_that_nobody_recorded_is_read_in_full(self, raw: Raw, store: BucketStore) -> None:
        raw.put(GENERAL, b"put by hand")
        assert store.recorded_sha256(GENERAL) == hashlib.sha256(b"put by hand").hexdigest()
        copy = store.local_copy(GENERAL)
        assert copy is not None
        assert copy.read_bytes() == b"put by hand"

    def test_copies_of_what_the_bucket_no_longer_has_are_removed(
        self, store: BucketStore, opened: Opened, received: Path, tmp_path: Path
    ) -> None:
        elsewhere = opened.store(opened.cache / "elsewhere")
        kept = store.put_by_hash("extracts", received)
        other = tmp_path / "other"
        other.write_bytes(b"stays")
        stays = store.put_by_hash("extracts", other)
        gone, left = elsewhere.local_copy(kept.key), elsewhere.local_copy(stays.key)
        assert gone is not None
        assert left is not None
        store.remove(kept.key)
        elsewhere.remove_leftovers()
        assert not gone.exists()
        assert left.exists()
        month = left.stat().st_mtime - 40 * 24 * 60 * 60
        os.utime(left, (month, month))
        elsewhere.remove_leftovers()
        assert not left.exists(), "nobody used it for a month"
        assert elsewhere.local_copy(stays.key) is not None

    def test_a_file_replaced_while_it_is_brought_is_brought_whole(
        self, raw: Raw, store: BucketStore, opened: Opened, tmp_path: Path
    ) -> None:
        contents = [bytes([65 + n]) * 400_000 for n in range(4)]
        store.replace(GENERAL, contents[0])
        elsewhere = opened.store(opened.cache / "elsewhere")
        left = contents[1:]

        def replaced(**_: Any) -> None:
            if left:
                store.replace(GENERAL, left.pop(0))

        with raw.told("before-send.s3.GetObject", replaced):
            copy = elsewhere.local_copy(GENERAL)
            assert copy is not None
            assert copy.read_bytes() == contents[3]
            left += contents[1:3]
            elsewhere.fetch(GENERAL, tmp_path / "fetched")
        assert (tmp_path / "fetched").read_bytes() == contents[2]
        assert store.read(GENERAL) == contents[2]

    # ---- kept from being lost

    def test_what_is_protected_is_said_as_it_is(self, raw: Raw, store: BucketStore, kind: str) -> None:
        store.put_if_absent(PACK, b"sealed")
        store.put_if_absent("packs/slac_2009/one.zip", b"sealed")
        assert not store.is_protected(PACK)
        protection = store.protect([PACK, "packs/slac_2009/one.zip"], LATER)
        again = store.protect([PACK], LATER)
        assert protection.is_locked == again.is_locked == store.is_protected(PACK) == (kind == "locked")
        if kind != "locked":
            assert "no Object Lock" in protection.said
            return
        assert (
            protection.said
            == again.said
            == ("Locked in the bucket: retained until 2100-01-01 (GOVERNANCE) and under a legal hold.")
        )
        for key in (PACK, "packs/slac_2009/one.zip"):
            there = raw.head(key)
            assert (there["ObjectLockMode"], there["ObjectLockLegalHoldStatus"]) == ("GOVERNANCE", "ON")
            assert there["ObjectLockRetainUntilDate"] == LATER

    @pytest.mark.parametrize("kind", ["locked"], indirect=True)
    def test_what_is_under_a_lock_can_be_hidden_and_is_not_lost(self, store: BucketStore, raw: Raw) -> None:
        store.put_if_absent(PACK, b"sealed")
        store.protect([PACK], LATER)
        (version,) = raw.versions(PACK)
        store.remove(PACK)
        assert not store.exists(PACK)
        for bypass in (False, True):
            with pytest.raises(ClientError, match="AccessDenied"):
                raw.client.delete_object(**raw.name(PACK), VersionId=version, BypassGovernanceRetention=bypass)
        assert raw.client.get_object(**raw.name(PACK), VersionId=version)["Body"].read() == b"sealed"
