"""The local folder: real files, real threads, real processes, real kills."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.every_store import EveryStore, Opened, running
from warehouse.problem import Problem
from warehouse.store.evidence_store import proved_extract
from warehouse.store.keys import build_key, check_key, extract_key
from warehouse.store.local_folder import LocalFolder


def everything_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.fixture
def store(tmp_path: Path) -> LocalFolder:
    return LocalFolder(tmp_path / "store")


@pytest.fixture
def received(tmp_path: Path) -> Path:
    path = tmp_path / "ssd_person.csv"
    path.write_bytes(b"pers_person_id\r\n1\r\n" * 200_000)
    return path


class TestInAFolder(EveryStore):
    """The behaviour of every store."""

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Opened:
        return Opened(str(tmp_path / "store"), tmp_path / "copies")


def test_reading_creates_nothing(store: LocalFolder) -> None:
    assert store.keys("extracts") == []
    assert store.holders() == []
    assert not store.root.exists()


def test_the_same_bytes_again_do_not_touch_what_is_kept(store: LocalFolder, received: Path, tmp_path: Path) -> None:
    first = store.put_by_hash("extracts", received)
    before = (store.root / first.key).stat()
    renamed = tmp_path / "the_same_under_another_name.csv"
    renamed.write_bytes(received.read_bytes())
    second = store.put_by_hash("extracts", renamed)
    assert (second.written, second.sha256) == (False, first.sha256)
    after = (store.root / first.key).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_kept_files_are_read_only_and_closed_to_other_accounts(store: LocalFolder, received: Path) -> None:
    stored = store.put_by_hash("extracts", received)
    mode = (store.root / stored.key).stat().st_mode
    assert not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IRWXO)
    assert mode & stat.S_IRUSR
    assert not (store.root / "extracts").stat().st_mode & stat.S_IRWXO


def test_a_file_handed_over_becomes_the_kept_file(store: LocalFolder, received: Path) -> None:
    store.put_by_hash("extracts", received)
    inode, content = received.stat().st_ino, received.read_bytes()
    stored = store.put_by_hash("builds", received, move=True)
    kept = (store.root / stored.key).stat()
    assert (stored.written, kept.st_ino, kept.st_nlink) == (True, inode, 1)
    assert store.read(stored.key) == content
    assert not kept.st_mode & 0o222
    assert not received.exists()


def test_a_file_handed_over_twice_is_kept_once_and_gone(store: LocalFolder, received: Path) -> None:
    copy = received.with_name("copy")
    copy.write_bytes(received.read_bytes())
    first = store.put_by_hash("builds", received, move=True)
    second = store.put_by_hash("builds", copy, move=True)
    assert (second.written, second.key) == (False, first.key)
    assert not copy.exists()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second file system")
def test_a_file_handed_over_from_another_disk_is_copied_and_gone(store: LocalFolder) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        elsewhere = Path(folder) / "build.duckdb"
        elsewhere.write_bytes(b"x" * 100)
        assert elsewhere.stat().st_dev != store.root.parent.stat().st_dev
        stored = store.put_by_hash("builds", elsewhere, move=True)
        assert not elsewhere.exists()
    assert stored.written
    assert store.read(stored.key) == b"x" * 100


RACE = """
import sys, threading
from pathlib import Path
from warehouse.store.local_folder import LocalFolder

def refuse_links(event, arguments):
    if event == "os.link":
        raise PermissionError(1, "Operation not permitted")

if sys.argv[2] == "links refused":
    sys.addaudithook(refuse_links)
store = LocalFolder(Path(sys.argv[1]))
rounds, writers = 20, 8
won = [[] for _ in range(rounds)]
barrier = threading.Barrier(writers)

def write(writer):
    for number in range(rounds):
        barrier.wait()
        if store.put_if_absent(f"packs/race/{number}", f"written by {writer}".encode() * 5000):
            won[number].append(writer)

threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
for number in range(rounds):
    assert len(won[number]) == 1, won
    assert store.read(f"packs/race/{number}") == f"written by {won[number][0]}".encode() * 5000
assert len(store.keys("packs")) == rounds
print("ready")
"""


@pytest.mark.parametrize("file_system", ["links allowed", "links refused"])
def test_exactly_one_of_eight_writers_at_once_succeeds(store: LocalFolder, file_system: str) -> None:
    with running(RACE, store.root, file_system) as process:
        assert process.wait() == 0
    assert not list(store.root.rglob(".partial-*"))


def test_eight_threads_with_one_extract_keep_it_once(store: LocalFolder, received: Path) -> None:
    barrier = threading.Barrier(8)
    written: list[bool] = []

    def put() -> None:
        barrier.wait()
        written.append(store.put_by_hash("extracts", received).written)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written) == [False] * 7 + [True]
    assert len(everything_in(store.root / "extracts")) == 1


@given(st.text() | st.text(alphabet="./\\abc:-_ \n").map(lambda text: f"packs/{text}"))
def test_no_key_leads_outside_the_store(key: str) -> None:
    root = Path("/store")
    try:
        checked = check_key(key)
    except Problem:
        return
    assert os.path.normpath(root / checked) == f"/store/{key}"


def test_a_text_that_is_not_a_hash_is_not_a_key() -> None:
    for make_key in (extract_key, build_key):
        with pytest.raises(Problem, match="not a name"):
            make_key("../../outside")


def test_an_altered_extract_is_found_when_it_is_verified(store: LocalFolder, received: Path) -> None:
    stored = store.put_by_hash("extracts", received)
    path = store.root / stored.key
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(1000)
        file.write(b"X")
    with pytest.raises(Problem, match="no longer has the bytes received") as raised:
        proved_extract(store, stored.sha256)
    assert raised.value.where == str(path)


def test_a_truncated_extract_is_found_when_it_is_received_again(store: LocalFolder, received: Path) -> None:
    stored = store.put_by_hash("extracts", received)
    path = store.root / stored.key
    path.chmod(0o600)
    os.truncate(path, 10)
    with pytest.raises(Problem, match="no longer as it was received"):
        store.put_by_hash("extracts", received)


def test_a_reader_with_the_old_file_open_keeps_it_when_it_is_replaced(store: LocalFolder, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old" * 100_000)
    new.write_bytes(b"new")
    store.replace("published/warehouse.duckdb", old)
    with (store.root / "published/warehouse.duckdb").open("rb") as reader:
        assert reader.read(3) == b"old"
        store.replace("published/warehouse.duckdb", new)
        assert reader.read() == b"old" * 99_999
    assert store.read("published/warehouse.duckdb") == b"new"


def test_a_replaced_file_keeps_the_permissions_the_operator_gave_it(store: LocalFolder, received: Path) -> None:
    store.replace("published/warehouse.duckdb", received)
    path = store.root / "published/warehouse.duckdb"
    assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0
    path.chmod(0o444)
    store.replace("published/warehouse.duckdb", received)
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_a_half_written_file_is_not_listed(store: LocalFolder) -> None:
    store.put_if_absent("packs/slac_2009/a/bagit.txt", b"x")
    (store.root / "packs/.partial-of-somebody").touch()
    assert store.keys("packs") == ["packs/slac_2009/a/bagit.txt"]


WRITE_FOREVER = """
import os, sys
from pathlib import Path
from warehouse.store.local_folder import LocalFolder

read, write = os.pipe()  # `write` stays open: the source never ends
print("ready", flush=True)
LocalFolder(Path(sys.argv[1])).put_if_absent("packs/slow", Path(f"/dev/fd/{read}"))
"""


def test_half_written_files_are_removed_once_their_writer_is_dead(store: LocalFolder) -> None:
    with running(WRITE_FOREVER, store.root) as process:
        while not (begun := list(store.root.glob("packs/.partial-*"))):
            assert process.poll() is None
        (half_written,) = begun
        assert store.remove_leftovers() == [], "its writer lives"
        assert half_written.exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert store.keys("packs") == []
        assert store.remove_leftovers() == [f"packs/{half_written.name}"]
    assert not half_written.exists()
    assert store.put_if_absent("packs/slow", b"whole")


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
from warehouse.store.local_folder import LocalFolder
from warehouse.problem import Problem

def full(event, arguments):  # what the system answers on a full disk
    if event == "os.link":
        raise OSError(28, "No space left on device")

sys.addaudithook(full)
try:
    LocalFolder(Path(sys.argv[1])).put_if_absent("packs/file", b"bytes")
except Problem as problem:
    assert "No space left" in problem.what
    print("ready")
"""
    with running(script, tmp_path) as process:
        assert process.wait() == 0
    assert list((tmp_path / "packs").iterdir()) == []
