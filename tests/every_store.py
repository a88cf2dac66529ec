"""What every evidence store does, wherever it is: `class TestOneKind(EveryStore)` in a module with its fixtures.

The module gives the fixture `opened`: an empty store and how to open it, here and in another process.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.stores import bucket_and_prefix
from tests.s3_servers import S3Server
from warehouse.problem import Problem
from warehouse.store.bucket_store import BucketStore
from warehouse.store.evidence_store import EvidenceStore, proved_extract
from warehouse.store.keys import extract_key
from warehouse.store.local_folder import LocalFolder

REPOSITORY = Path(__file__).resolve().parents[1]
PACK = "packs/slac_2009/one/bagit.txt"
GENERAL = "published/warehouse.duckdb"
ENTRY = "ledger/000000000001.json"
HOSTILE = [
    "",
    "extracts",
    "extracts/",
    "/etc/passwd",
    "//extracts/" + "a" * 64,
    "../outside",
    "packs/../../outside",
    "packs/slac/../../../outside",
    "packs/./file",
    "packs//file",
    "packs/..",
    "packs/slac\\..\\outside",
    "packs/C:/outside",
    "packs/file\n",
    "packs/file\0.txt",
    "packs/.hidden",
    "packs/.partial-0000",
    "packs/trailing.",
    "packs/na\u00efve",
    "packs/\uff0e\uff0e/outside",
    "packs/a b",
    "packs/" + "a" * 151,
    "packs/" + "a/" * 400 + "a",
    "elsewhere/file",
    "locks/writer/000000000001.json",
    ".locks/writer.lock",
    "extracts/short",
    "extracts/" + "A" * 64,
    "extracts/" + "a" * 64 + "/file",
    "ledger/1.json",
    "ledger/000000000001.json.json",
    "ledger/\u0661" + "0" * 11 + ".json",
    "builds/" + "a" * 64,
    "published/folder/file",
]
HOSTILE_FOLDERS = ["", "/", "..", "packs/..", "packs/../..", "/etc", "elsewhere", "packs/", "locks", ".locks"]
HOLD = """
import sys
from pathlib import Path
from flows.settings import Settings
from flows.stores import open_store

with open_store(Settings(store=sys.argv[1], cache=sys.argv[2])).lock("writer"):
    print("ready", flush=True)
    sys.stdin.readline()
print("freed", flush=True)
sys.stdin.readline()
"""


@contextmanager
def running(script: str, *arguments: object, environment: Mapping[str, str] | None = None) -> Iterator[Process]:
    """A Python process of its own that has said `ready`; killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {}), "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Opened:
    """A store as one machine has opened it."""

    address: str
    cache: Path
    server: S3Server | None = None

    def store(self, cache: Path | None = None) -> EvidenceStore:
        """The store; as another machine opens it where that has a folder of copies of its own."""
        if self.server is None:
            return LocalFolder(Path(self.address))
        return BucketStore(self.server.client(), *bucket_and_prefix(self.address), cache or self.cache)

    @contextmanager
    def held_elsewhere(self, cache: Path | None = None) -> Iterator[Process]:
        """The lock `writer`, held by another process; of another machine where that has a folder of its own."""
        environment = self.server.environment() if self.server else None
        with running(HOLD, self.address, cache or self.cache, environment=environment) as process:
            yield process


def say(process: Process) -> str:
    """Let a process go on, and what it says next."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline()


class EveryStore:
    """The tests; `store` is empty."""

    @pytest.fixture
    def store(self, opened: Opened) -> EvidenceStore:
        return opened.store()

    @pytest.fixture
    def received(self, tmp_path: Path) -> Path:
        path = tmp_path / "ssd_person.csv"
        path.write_bytes(b"pers_person_id\r\n1\r\n" * 20_000)
        return path

    # ---- kept once

    def test_a_new_store_is_empty_and_has_a_name(self, store: EvidenceStore, opened: Opened) -> None:
        assert [store.keys(room) for room in ("extracts", "ledger", "builds", "runs", "published", "packs")] == [[]] * 6
        assert str(store) == opened.address
        assert store.place(PACK) == f"{opened.address}/{PACK}"
        assert store.holders() == []

    def test_an_extract_is_kept_exactly_as_received_under_its_hash(self, store: EvidenceStore, received: Path) -> None:
        stored = store.put_by_hash("extracts", received)
        assert stored.written
        assert stored.sha256 == hashlib.sha256(received.read_bytes()).hexdigest()
        assert stored.size == received.stat().st_size
        assert store.read(stored.key) == received.read_bytes()
        assert store.keys("extracts") == [extract_key(stored.sha256)]
        assert store.sha256(stored.key) == store.recorded_sha256(stored.key) == stored.sha256
        assert proved_extract(store, stored.sha256) is not None

    def test_the_same_bytes_again_are_not_written(self, store: EvidenceStore, received: Path, tmp_path: Path) -> None:
        first = store.put_by_hash("extracts", received)
        renamed = tmp_path / "the_same_under_another_name.csv"
        renamed.write_bytes(received.read_bytes())
        second = store.put_by_hash("extracts", renamed)
        assert (second.written, second.sha256) == (False, first.sha256)
        assert store.keys("extracts") == [first.key]

    def test_a_kept_file_does_not_change_with_its_source(self, store: EvidenceStore, received: Path) -> None:
        stored = store.put_by_hash("extracts", received)
        with received.open("r+b") as file:
            file.write(b"overwritten in place")
        assert proved_extract(store, stored.sha256) is not None
        copy = store.local_copy(stored.key)
        assert copy is not None
        assert hashlib.sha256(copy.read_bytes()).hexdigest() == stored.sha256

    def test_a_file_handed_over_is_kept_and_gone(self, store: EvidenceStore, received: Path) -> None:
        content = received.read_bytes()
        again = received.with_name("again")
        again.write_bytes(content)
        first = store.put_by_hash("builds", received, move=True)
        second = store.put_by_hash("builds", again, move=True)
        assert (first.written, second.written, second.key) == (True, False, first.key)
        assert not received.exists()
        assert not again.exists()
        assert store.read(first.key) == content

    def test_an_empty_file_is_kept_too(self, store: EvidenceStore, tmp_path: Path) -> None:
        empty = tmp_path / "empty.csv"
        empty.touch()
        stored = store.put_by_hash("extracts", empty)
        assert (stored.size, store.read(stored.key)) == (0, b"")
        copy = store.local_copy(stored.key)
        assert copy is not None
        assert copy.read_bytes() == b""

    def test_put_if_absent_never_overwrites(self, store: EvidenceStore, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.write_bytes(b"second")
        for key in (PACK, ENTRY):
            assert store.put_if_absent(key, b"first")
            assert not store.put_if_absent(key, other)
            assert not store.put_if_absent(key, b"first"), "the same bytes of another writer are not ours"
            assert store.read(key) == b"first"

    def test_exactly_one_of_eight_writers_of_an_entry_succeeds(self, store: EvidenceStore, opened: Opened) -> None:
        keys = [f"ledger/{number:012d}.json" for number in range(1, 6)]
        barrier = threading.Barrier(8)
        won: dict[str, list[int]] = {key: [] for key in keys}

        def write(writer: int) -> None:
            own = opened.store()
            for key in keys:
                barrier.wait()
                if own.put_if_absent(key, str(writer).encode()):
                    won[key].append(writer)

        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [len(writers) for writers in won.values()] == [1] * len(keys)
        for read in (store.read_many(keys), store.read_many(keys, fresh=True), [store.read(key) for key in keys]):
            assert read == [str(writers[0]).encode() for writers in won.values()]
        assert store.keys("ledger") == keys
        assert store.rewritten("ledger") == []

    def test_eight_threads_with_one_extract_keep_it_once(self, store: EvidenceStore, received: Path) -> None:
        barrier = threading.Barrier(8)
        kept: list[str] = []

        def put() -> None:
            barrier.wait()
            kept.append(store.put_by_hash("extracts", received).sha256)

        threads = [threading.Thread(target=put) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(kept) == 8
        assert store.keys("extracts") == [extract_key(sha256) for sha256 in set(kept)]
        assert proved_extract(store, kept[0]) is not None

    # ---- names

    @pytest.mark.parametrize("key", HOSTILE)
    def test_a_hostile_key_is_refused_everywhere_and_nothing_is_written(
        self, store: EvidenceStore, tmp_path: Path, key: str
    ) -> None:
        source = tmp_path / "source"
        source.write_bytes(b"anything")
        before = set(tmp_path.rglob("*"))
        for use in (
            lambda: store.put_if_absent(key, b"anything"),
            lambda: store.put_if_absent(key, source),
            lambda: store.replace(key, source),
            lambda: store.replace_with(key, PACK),
            lambda: store.remove(key),
            lambda: store.read(key),
            lambda: store.read_many([key]),
            lambda: store.fetch(key, tmp_path / "fetched"),
            lambda: store.exists(key),
            lambda: store.sha256(key),
            lambda: store.recorded_sha256(key),
            lambda: store.local_copy(key),
            lambda: store.place(key),
            lambda: store.is_protected(key),
        ):
            with pytest.raises(Problem, match="not a name that the store can use for a file"):
                use()
        assert set(tmp_path.rglob("*")) == before

    @pytest.mark.parametrize("folder", HOSTILE_FOLDERS)
    def test_a_hostile_folder_is_not_listed(self, store: EvidenceStore, folder: str) -> None:
        for use in (lambda: store.keys(folder), lambda: store.rewritten(folder)):
            with pytest.raises(Problem, match="not a name"):
                use()

    def test_keys_are_sorted_go_to_any_depth_and_follow_one(self, store: EvidenceStore) -> None:
        for name in ("b/data/two.csv", "a/bagit.txt", "b/bagit.txt", "b/data/one.csv", "b2/bagit.txt"):
            store.put_if_absent(f"packs/slac_2009/{name}", b"x")
        assert store.keys("packs/slac_2009/b") == [
            "packs/slac_2009/b/bagit.txt",
            "packs/slac_2009/b/data/one.csv",
            "packs/slac_2009/b/data/two.csv",
        ]
        assert len(store.keys("packs")) == 5
        assert store.keys("packs", after="packs/slac_2009/b/data/one.csv") == [
            "packs/slac_2009/b/data/two.csv",
            "packs/slac_2009/b2/bagit.txt",
        ]
        for number in (1, 2, 3):
            store.put_if_absent(f"ledger/{number:012d}.json", b"{}")
        assert store.keys("ledger", after="ledger/000000000002.json") == ["ledger/000000000003.json"]

    # ---- what may change and what may not

    @pytest.mark.parametrize("key", [f"extracts/{'0' * 64}", ENTRY, f"builds/{'0' * 64}.duckdb", PACK])
    def test_evidence_is_never_replaced(self, store: EvidenceStore, received: Path, key: str) -> None:
        store.put_if_absent(key, b"as it was")
        for use in (lambda: store.replace(key, received), lambda: store.replace_with(key, PACK)):
            with pytest.raises(Problem, match="may not be replaced"):
                use()
        assert store.read(key) == b"as it was"

    @pytest.mark.parametrize("key", [ENTRY, GENERAL])
    def test_the_ledger_and_what_is_published_are_never_removed(self, store: EvidenceStore, key: str) -> None:
        store.put_if_absent(key, b"as it was")
        with pytest.raises(Problem, match="may not be removed"):
            store.remove(key)
        assert store.read(key) == b"as it was"

    def test_an_extract_can_be_disposed_of_and_received_again(self, store: EvidenceStore, received: Path) -> None:
        stored = store.put_by_hash("extracts", received)
        store.remove(stored.key)
        store.remove(stored.key)
        assert not store.exists(stored.key)
        assert store.local_copy(stored.key) is None
        assert store.keys("extracts") == []
        assert store.put_by_hash("extracts", received).written
        assert proved_extract(store, stored.sha256) is not None

    def test_what_is_published_is_replaced_by_a_file_by_bytes_and_by_a_build(
        self, store: EvidenceStore, received: Path, tmp_path: Path
    ) -> None:
        store.replace(GENERAL, b"some bytes")
        assert store.read(GENERAL) == b"some bytes"
        store.replace(GENERAL, received)
        assert store.recorded_sha256(GENERAL) == hashlib.sha256(received.read_bytes()).hexdigest()
        (tmp_path / "build").write_bytes(b"a build" * 1000)
        build = store.put_by_hash("builds", tmp_path / "build")
        store.replace_with(GENERAL, build.key)
        assert store.recorded_sha256(GENERAL) == store.sha256(GENERAL) == build.sha256
        copy = store.local_copy(GENERAL)
        assert copy is not None
        assert copy.read_bytes() == b"a build" * 1000

    def test_replacing_with_what_is_not_there_leaves_the_old_one(self, store: EvidenceStore, tmp_path: Path) -> None:
        store.replace(GENERAL, b"as it was")
        with pytest.raises(Problem, match="file to put in the store is missing"):
            store.replace(GENERAL, tmp_path / "absent")
        with pytest.raises(Problem, match="not in the store"):
            store.replace_with(GENERAL, f"builds/{'0' * 64}.duckdb")
        assert store.read(GENERAL) == b"as it was"

    def test_who_has_a_copy_open_keeps_it_when_it_is_replaced(self, store: EvidenceStore) -> None:
        store.replace(GENERAL, b"old" * 100_000)
        copy = store.local_copy(GENERAL)
        assert copy is not None
        with copy.open("rb") as reader:
            assert reader.read(3) == b"old"
            store.replace(GENERAL, b"new")
            newer = store.local_copy(GENERAL)
            assert newer is not None
            assert newer.read_bytes() == b"new"
            assert reader.read() == b"old" * 99_999

    # ---- brought and looked at

    def test_a_file_is_fetched_whole(self, store: EvidenceStore, received: Path, tmp_path: Path) -> None:
        stored = store.put_by_hash("extracts", received)
        destination = tmp_path / "fetched.csv"
        destination.write_bytes(b"an older copy")
        store.fetch(stored.key, destination)
        assert destination.read_bytes() == received.read_bytes()
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".") and path.is_file()]

    def test_what_is_absent_is_said_to_be_absent(self, store: EvidenceStore, tmp_path: Path) -> None:
        absent = extract_key("0" * 64)
        assert proved_extract(store, "0" * 64) is None
        for use in (
            lambda: store.read(absent),
            lambda: store.read(ENTRY),
            lambda: store.read_many([ENTRY]),
            lambda: store.fetch(absent, tmp_path / "fetched"),
            lambda: store.recorded_sha256(GENERAL),
        ):
            with pytest.raises(Problem, match="not in the store"):
                use()
        assert [store.local_copy(key) for key in (absent, GENERAL, PACK)] == [None] * 3
        assert not store.exists(absent)
        assert not store.is_protected(absent)
        assert not (tmp_path / "fetched").exists()

    def test_many_small_files_are_read_in_the_order_asked_for(self, store: EvidenceStore) -> None:
        keys = [f"ledger/{number:012d}.json" for number in range(1, 30)]
        for key in keys:
            store.put_if_absent(key, key.encode())
        assert store.read_many(keys[::-1]) == [key.encode() for key in keys[::-1]]
        assert store.read_many([]) == []

    # ---- locks and leftovers

    def test_a_lock_held_by_a_living_process_is_refused_naming_it(self, store: EvidenceStore, opened: Opened) -> None:
        with opened.held_elsewhere() as process:
            for _ in range(2):
                with (
                    pytest.raises(Problem, match="Another run has been writing since 20") as raised,
                    store.lock("writer"),
                ):
                    pytest.fail("two hold one lock")
                assert f"process {process.pid} on " in raised.value.what
            assert [(holder.lock, holder.process) for holder in store.holders()] == [("writer", process.pid)]
            with store.lock("another"):
                pass
            assert say(process) == "freed\n"
            assert store.holders() == []
            with store.lock("writer"):
                pass

    def test_a_lock_is_taken_over_at_once_after_its_holder_was_killed(
        self, store: EvidenceStore, opened: Opened
    ) -> None:
        with opened.held_elsewhere() as process:
            process.send_signal(signal.SIGKILL)
            process.wait()
            with store.lock("writer"), pytest.raises(Problem) as raised, opened.store().lock("writer"):
                pytest.fail("two hold one lock")
            assert f"process {os.getpid()} on " in raised.value.what
        assert store.holders() == []

    def test_a_lock_is_freed_when_its_work_fails(self, store: EvidenceStore) -> None:
        with pytest.raises(ZeroDivisionError), store.lock("writer"):
            _ = 1 / 0
        for _ in range(3):
            with store.lock("writer"):
                assert store.put_if_absent(PACK, b"x") in (True, False)

    def test_exactly_one_of_six_takes_the_lock(self, opened: Opened) -> None:
        barrier = threading.Barrier(6)
        have: list[int] = []
        done = threading.Barrier(6)

        def want(number: int) -> None:
            store = opened.store()
            with ExitStack() as held:
                barrier.wait()
                try:
                    held.enter_context(store.lock("writer"))
                    have.append(number)
                except Problem:
                    pass
                done.wait()

        threads = [threading.Thread(target=want, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(have) == 1

    @pytest.mark.parametrize("name", ["", "../writer", "a/b", "Writer", "a" * 41])
    def test_a_lock_has_a_plain_name(self, store: EvidenceStore, name: str) -> None:
        with pytest.raises(Problem, match="not a name for a lock"), store.lock(name):
            pytest.fail("taken")

    def test_a_workspace_is_empty_and_gone_afterwards(self, store: EvidenceStore) -> None:
        with store.workspace("nightly") as folder:
            (folder / "half").write_bytes(b"of a run that is killed")
            with store.workspace("nightly") as again:
                assert (again, list(again.iterdir())) == (folder, [])
        assert not folder.exists()

    def test_nothing_is_left_over_by_work_that_went_well(self, store: EvidenceStore, received: Path) -> None:
        store.put_by_hash("extracts", received)
        store.replace(GENERAL, received)
        assert store.remove_leftovers() == []
        assert isinstance(store, BucketStore) or not list(received.parent.rglob("*partial*"))
        assert proved_extract(store, store.keys("extracts")[0].split("/")[1]) is not None
