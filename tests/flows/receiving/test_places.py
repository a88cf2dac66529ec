"""Files are read by where they are: in a folder, below a bucket's prefix, or in a source's own folder."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from flows.receiving.places import (
    Changed,
    DropBucket,
    Folder,
    Found,
    Listed,
    Share,
    day_in,
    laid_out,
    laid_out_for,
    open_drop,
)
from flows.receiving.receive_drop import Receipt, receive_drop, seen_before, seen_file
from flows.receiving.sources import Source
from flows.settings import Settings
from tests.s3_servers import S3Server
from warehouse.problem import Problem, TransientFault
from warehouse.store.keys import extract_key
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

AT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 10, 31)


def listed(*paths: str) -> list[Listed]:
    return [Listed(path, "folder" if path.endswith("/") else "file") for path in paths]


def placed(found: list[Found]) -> list[str]:
    return [one.place for one in found]


class Drop:
    """A prefix of a bucket of an S3 server, filled by the test."""

    def __init__(self, server: S3Server) -> None:
        self.client = server.client()
        self.bucket = server.new_bucket()
        self.address = f"s3://{self.bucket}/weekly/drop"

    def put(self, path: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=f"weekly/drop/{path}", Body=content)


@pytest.fixture
def bucket(moto_service: S3Server, monkeypatch: pytest.MonkeyPatch) -> Drop:
    for name, value in moto_service.environment().items():
        monkeypatch.setenv(name, value)
    return Drop(moto_service)


def receive(tmp_path: Path, drop: str) -> Receipt:
    store = LocalFolder(tmp_path / "store")
    place = open_drop(drop)
    seen = seen_before(place, store, Settings(cache=str(tmp_path / "cache")))
    return receive_drop(place, store, Ledger(store), received_at=AT, settle_seconds=60.0, seen=seen)


def test_the_place_of_a_file_says_its_source_its_day_and_its_release() -> None:
    found, left = laid_out(
        listed(
            "health/",
            "health/2026-10-31/",
            "health/2026-10-31/nhs_dental.csv",
            "documents/register.csv",
            "mappings/lado_log_2026-01-01.toml",
            "benchmarks/2025/b1.csv",
        ),
    )
    assert left == []
    assert [(one.source, one.as_at, one.release, one.name) for one in found] == [
        ("health", DAY, "", "nhs_dental.csv"),
        ("documents", None, "", "register.csv"),
        ("mappings", None, "", "lado_log_2026-01-01.toml"),
        ("benchmarks", None, "2025", "b1.csv"),
    ]


def test_a_file_outside_the_layout_is_named_once_with_the_reason() -> None:
    found, left = laid_out(
        [
            *listed("stray.csv", "Health/2026-10-31/a.csv", "Health/2026-10-31/b.csv", "health/last week/a.csv"),
            *listed("health/20261031/a.csv", "health/2026-10-31/deeper/a.csv", "health/2026-10-31.csv"),
            *listed("documents/old/a.docx", "benchmarks/b1.csv", "health/2026-10-31/a.csv.part", ".snapshot/a"),
            Listed("health/2026-10-31/link.csv", "link"),
            Listed("health/2026-10-31/caf\udce9.csv"),
        ],
    )
    assert found == []
    assert left == [
        "stray.csv: not inside a source's folder",
        "Health: not the name of a source (lower-case letters, digits, underscores)",
        "health/last week: not a delivery named YYYY-MM-DD",
        "health/20261031: not a delivery named YYYY-MM-DD",
        "health/2026-10-31/deeper: a link or a folder, not a file",
        "health/2026-10-31.csv: not a delivery named YYYY-MM-DD",
        "documents/old: a link or a folder, not a file",
        "benchmarks/b1.csv: a link or a file, not a folder of files",
        "health/2026-10-31/link.csv: a link or a folder, not a file",
        "health/2026-10-31/caf\\udce9.csv: its name is not UTF-8",
    ]


def test_a_sources_own_folder_is_read_as_its_part_of_a_drop() -> None:
    source = Source("health", "sftp", files=("*.csv",))
    found, left = laid_out_for(
        source, listed("2026-10-31/nhs_dental.csv", "2026-10-31/notes.txt", "2026-10-31/_complete", "x.csv")
    )
    assert placed(found) == ["health/2026-10-31/nhs_dental.csv"]
    assert [one.is_marked for one in found] == [True]
    assert left == ["health/x.csv: not a delivery named YYYY-MM-DD"]


def test_in_a_flat_folder_the_day_is_in_the_name() -> None:
    source = Source("health", "folder", as_at="file_name")
    found, left = laid_out_for(
        source,
        listed("nhs_dental_20261031.csv", "nhs_ae-2026-11-07.csv", "nhs_ae.csv", "old/nhs_ae_20261031.csv", ".tmp"),
    )
    assert placed(found) == [
        "health/2026-10-31/nhs_dental_20261031.csv",
        "health/2026-11-07/nhs_ae-2026-11-07.csv",
    ]
    assert left == ["health/nhs_ae.csv: its name has no date, or several (20261031 or 2026-10-31)"]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("nhs_dental_20261031.csv", DAY),
        ("2026-10-31 nhs_dental.csv", DAY),
        ("nhs_20261031_made_2026-10-31.csv", DAY),
        ("nhs_20261031_20261107.csv", None),
        ("nhs_20261331.csv", None),
        ("nhs_202610311.csv", None),
        ("nhs_2026-1031.csv", None),
        ("nhs.csv", None),
    ],
)
def test_a_name_has_one_day_or_none(name: str, day: datetime.date | None) -> None:
    assert day_in(name) == day


def test_a_share_returns_a_copy_of_what_was_listed_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    file = tmp_path / "share" / "a.csv"
    file.write_bytes(b"a\n1\n")
    share = Share(tmp_path / "share")
    (there,) = share.listing()
    assert share.bring(there, tmp_path / "copy").read_bytes() == b"a\n1\n"
    file.write_bytes(b"a\n1\n2\n")
    with pytest.raises(Changed):
        share.bring(there, tmp_path / "copy")
    file.unlink()
    with pytest.raises(Changed):
        share.bring(there, tmp_path / "copy")


def test_a_folder_of_links_is_not_followed_out_of_the_drop(tmp_path: Path) -> None:
    (tmp_path / "drop" / "health").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.csv").write_bytes(b"a\n")
    (tmp_path / "drop" / "health" / "2026-10-31").symlink_to(tmp_path / "elsewhere")
    assert [(one.path, one.kind) for one in Folder(tmp_path / "drop").listing()] == [
        ("health", "folder"),
        ("health/2026-10-31", "link"),
    ]


def test_objects_below_a_prefix_are_received_like_files_of_a_folder(tmp_path: Path, bucket: Drop) -> None:
    content = b"\xef\xbb\xbfodd \x00 bytes\r\n"
    bucket.put("health/2026-10-31/nhs_dental.csv", content)
    bucket.put("health/2026-10-31/", b"")
    bucket.put("health/2026-10-31/half.csv.part", b"half")
    bucket.put("documents/register.csv", b"id\n")
    bucket.put("stray.csv", b"a\n")
    bucket.client.put_object(Bucket=bucket.bucket, Key="weekly/drop2/health/2026-10-31/other.csv", Body=b"not this")
    receipt = receive(tmp_path, bucket.address)
    assert receipt.received == ("documents/register.csv", "health/2026-10-31/nhs_dental.csv")
    assert receipt.left_alone == ("stray.csv: not inside a source's folder",)
    store = LocalFolder(tmp_path / "store")
    entry = Ledger(store).entries()[1]
    assert (entry.body["source"], entry.body["as_at"], entry.body["file_name"]) == (
        "health",
        "2026-10-31",
        "nhs_dental.csv",
    )
    assert store.read(extract_key(entry.body["sha256"])) == content


def test_an_object_that_has_not_changed_is_not_fetched_again(
    tmp_path: Path, bucket: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("health/2026-10-31/nhs_dental.csv", b"a\n1\n")
    assert receive(tmp_path, bucket.address).known == 0
    fetched = counted(monkeypatch)
    again = receive(tmp_path, bucket.address)
    assert (again.received, again.known, fetched) == ((), 1, [])
    bucket.put("health/2026-10-31/nhs_dental.csv", b"a\n2\n")
    assert receive(tmp_path, bucket.address).received == ("health/2026-10-31/nhs_dental.csv",)
    assert fetched == ["health/2026-10-31/nhs_dental.csv"]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is fetched from now on."""
    fetched: list[str] = []
    bring = DropBucket.bring

    def noting(self: DropBucket, file: Listed, to: Path) -> Path:
        fetched.append(file.path)
        return bring(self, file, to)

    monkeypatch.setattr(DropBucket, "bring", noting)
    return fetched


@pytest.mark.parametrize("lost", ["the note", "the extract", "a note that is no JSON"])
def test_what_is_no_longer_known_or_kept_is_fetched_again(tmp_path: Path, bucket: Drop, lost: str) -> None:
    bucket.put("health/2026-10-31/nhs_dental.csv", b"a\n1\n")
    receive(tmp_path, bucket.address)
    store = LocalFolder(tmp_path / "store")
    note = seen_file(bucket.address, store, Settings(cache=str(tmp_path / "cache")))
    key = extract_key(Ledger(store).entries()[0].body["sha256"])
    if lost == "the note":
        note.unlink()
    elif lost == "the extract":
        (store.root / key).unlink()
    else:
        note.write_text('["not what was written"')
    again = receive(tmp_path, bucket.address)
    assert (again.received, again.known) == ((), 1)
    assert store.read(key) == b"a\n1\n"
    assert json.loads(note.read_text()).keys() == {"health/2026-10-31/nhs_dental.csv"}


def test_an_object_replaced_while_it_is_fetched_is_left_for_the_next_run(
    tmp_path: Path, bucket: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("health/2026-10-31/nhs_dental.csv", b"a\n1\n")
    listing = DropBucket.listing

    def replaced_after(self: DropBucket) -> list[Listed]:
        found = listing(self)
        bucket.put("health/2026-10-31/nhs_dental.csv", b"a\n2\n")
        return found

    monkeypatch.setattr(DropBucket, "listing", replaced_after)
    receipt = receive(tmp_path, bucket.address)
    assert receipt.received == ()
    assert receipt.left_alone == (
        "health/2026-10-31/nhs_dental.csv: it changed while being read; the next run takes it",
    )


def test_a_missing_bucket_and_a_service_that_does_not_answer_are_different_problems(
    bucket: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Problem, match="The bucket does not exist") as absent:
        open_drop("s3://no-such-bucket-of-ours/drop").listing()
    assert not isinstance(absent.value, TransientFault)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(TransientFault, match="could not be reached"):
        open_drop(bucket.address).listing()


def test_bytes_that_were_disposed_of_are_not_received_again(tmp_path: Path) -> None:
    path = tmp_path / "drop" / "health" / "2026-10-31" / "nhs_dental.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a\n1\n")
    (path.parent / "_complete").touch()
    receive(tmp_path, str(tmp_path / "drop"))
    store = LocalFolder(tmp_path / "store")
    ledger = Ledger(store)
    sha256 = ledger.entries()[0].body["sha256"]
    ledger.append("disposed", {"sha256": sha256, "why": "a request"}, AT)
    store.remove(extract_key(sha256))
    receipt = receive(tmp_path, str(tmp_path / "drop"))
    assert receipt.received == ()
    assert "disposed of" in receipt.left_alone[0]
    assert not store.exists(extract_key(sha256))


def test_a_run_receives_a_drop_in_a_bucket(bucket: Drop, tiny_drop: Path, tmp_path: Path) -> None:
    from flows.publishing.run_nightly import run_nightly

    for path in sorted(tiny_drop.rglob("*.csv")):
        bucket.put(path.relative_to(tiny_drop).as_posix(), path.read_bytes())
    arguments: dict[str, Any] = {"settings": Settings(cache=str(tmp_path / "cache")), "drop": open_drop(bucket.address)}
    store = LocalFolder(tmp_path / "store")
    assert run_nightly(store, started_at=AT, **arguments).state == "published"
    later = run_nightly(store, started_at=AT + datetime.timedelta(days=1), **arguments)
    assert (later.state, later.receipt and later.receipt.known) == ("nothing new", 2)
