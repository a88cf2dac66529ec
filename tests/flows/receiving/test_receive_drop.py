"""Every complete file of a drop is kept once, exactly as received; a file outside the layout is named, not received."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest

from flows.receiving.places import Folder
from flows.receiving.receive_drop import Receipt, receive_drop
from warehouse.problem import Problem
from warehouse.store.extracts import known_extracts, tables_named
from warehouse.store.keys import extract_key
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

AT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def put(drop: Path, place: str, content: bytes = b"a,b\n1,2\n", *, touched: float = 1000.0) -> Path:
    path = drop / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (touched, touched))
    return path


def receive(tmp_path: Path, clock: Clock | None = None, at: datetime.datetime = AT) -> Receipt:
    clock = clock or Clock(10_000.0)
    store = LocalFolder(tmp_path / "store")
    return receive_drop(
        Folder(tmp_path / "drop"),
        store,
        Ledger(store),
        received_at=at,
        settle_seconds=2.0,
        now=clock.time,
        sleep=clock.sleep,
    )


def test_a_file_is_kept_byte_for_byte_under_its_hash_and_named_in_the_ledger(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfodd \x00 bytes\r\n"
    put(tmp_path / "drop", "case_management/2026-10-31/ssd_person.csv", content)
    receive(tmp_path)
    store = LocalFolder(tmp_path / "store")
    entry = Ledger(store).entries()[0]
    assert entry.body["source"] == "case_management"
    assert entry.body["as_at"] == "2026-10-31"
    assert store.read(extract_key(entry.body["sha256"])) == content


def test_receiving_the_same_bytes_again_does_nothing(tmp_path: Path) -> None:
    put(tmp_path / "drop", "health/2026-10-31/nhs_dental.csv")
    assert len(receive(tmp_path).received) == 1
    again = receive(tmp_path)
    assert (again.received, again.known) == ((), 1)
    assert len(Ledger(LocalFolder(tmp_path / "store")).entries()) == 1


def test_earlier_bytes_that_return_after_others_are_received_again(tmp_path: Path) -> None:
    """A, then B, then A once more: A is used."""
    drop = tmp_path / "drop"
    for content in (b"a\n1\n", b"a\n2\n", b"a\n1\n"):
        put(drop, "health/2026-10-31/nhs_dental.csv", content)
        assert len(receive(tmp_path).received) == 1
    store = LocalFolder(tmp_path / "store")
    standing = known_extracts(Ledger(store).entries()).extracts
    assert [store.read(extract_key(one.sha256)) for one in standing] == [b"a\n1\n"]


def test_a_file_still_being_written_is_waited_for(tmp_path: Path) -> None:
    put(tmp_path / "drop", "health/2026-10-31/nhs_dental.csv", touched=999.5)
    clock = Clock(1000.0)
    receive(tmp_path, clock)
    assert clock.slept == [1.5]


def test_a_marker_says_a_delivery_is_complete(tmp_path: Path) -> None:
    put(tmp_path / "drop", "health/2026-10-31/nhs_dental.csv", touched=999.9)
    put(tmp_path / "drop", "health/2026-10-31/_complete", b"", touched=999.9)
    clock = Clock(1000.0)
    assert receive(tmp_path, clock).received == ("health/2026-10-31/nhs_dental.csv",)
    assert clock.slept == []


def test_a_file_outside_the_layout_is_not_received_and_is_named(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    put(drop, "stray.csv")
    put(drop, "health/last week/nhs_dental.csv")
    put(drop, "Bad Name/2026-10-31/x.csv")
    put(drop, "health/2026-10-31/~$open.xlsx")
    put(drop, "health/2026-10-31/half.csv.part")
    (drop / "health" / "2026-10-31" / "link.csv").symlink_to("/etc/hostname")
    receipt = receive(tmp_path)
    assert receipt.received == ()
    assert [place.split(":")[0] for place in receipt.left_alone] == [
        "Bad Name", "health/2026-10-31/link.csv", "health/last week", "stray.csv",
    ]  # fmt: skip


def test_a_drop_that_does_not_exist_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="not a folder"):
        receive(tmp_path)


def test_the_newest_delivery_of_each_source_is_used_whatever_arrives_last(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    put(drop, "health/2026-10-31/nhs_dental.csv", b"new\n")
    receive(tmp_path)
    put(drop, "health/2026-10-24/nhs_dental.csv", b"old\n")
    put(drop, "lado/2026-10-17/lado_log.xlsx", b"lado\n")
    receive(tmp_path, at=AT + datetime.timedelta(days=1))
    known = known_extracts(Ledger(LocalFolder(tmp_path / "store")).entries())
    assert {(one.source, str(one.as_at)) for one in known.extracts} == {
        ("health", "2026-10-31"),
        ("lado", "2026-10-17"),
    }
    assert str(known.as_at) == "2026-10-31"


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("ssd_person.csv", ["ssd_person"]),
        ("SSD_PERSON_20261031.csv", ["ssd_person"]),
        ("ssd_person-2026-10-31.parquet", ["ssd_person"]),
        ("private_fostering.xlsx", ["private_fostering", "pf_visits"]),
        ("private_fostering.csv", ["private_fostering"]),
        ("pf_visits.csv", ["pf_visits"]),
        ("ssd_person.txt", []),
        ("ssd_persons.csv", []),
    ],
)
def test_a_files_name_says_which_tables_it_holds(name: str, tables: list[str]) -> None:
    assert [table.file for table in tables_named(name)] == tables
