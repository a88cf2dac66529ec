"""The local folder: real files, real threads, real processes, real kills."""

from __future__ import annotations

import hashlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.evidence_store import (
    EvidenceStore,
    LocalFolder,
    build_key,
    check_key,
    extract_key,
    put_extract,
    verify_extract,
)
from warehouse.problem import Problem

REPOSITORY = Path(__file__).resolve().parents[2]
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


@contextmanager
def running(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A Python process of its own that has said `ready`; killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


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


def test_a_local_folder_is_an_evidence_store(store: LocalFolder) -> None:
    kept: EvidenceStore = store
    assert kept.keys("extracts") == []
    assert not store.root.exists(), "looking creates nothing"


def test_an_extract_is_kept_exactly_as_received_under_its_hash(store: LocalFolder, received: Path) -> None:
    stored = put_extract(store, received)
    assert stored.written
    assert stored.sha256 == hashlib.sha256(received.read_bytes()).hexdigest()
    assert stored.size == received.stat().st_size
    assert store.read(stored.key) == received.read_bytes()
    assert store.keys("extracts") == [extract_key(stored.sha256)]


def test_the_same_bytes_again_are_not_written(store: LocalFolder, received: Path, tmp_path: Path) -> None:
    first = put_extract(store, received)
    before = (store.root / first.key).stat()
    renamed = tmp_path / "the_same_under_another_name.csv"
    renamed.write_bytes(received.read_bytes())
    second = put_extract(store, renamed)
    assert (second.written, second.sha256) == (False, first.sha256)
    after = (store.root / first.key).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_kept_file_does_not_change_with_its_source(store: LocalFolder, received: Path) -> None:
    stored = put_extract(store, received)
    with received.open("r+b") as file:
        file.write(b"overwritten in place")
    verify_extract(store, stored.sha256)


def test_kept_files_are_read_only_and_closed_to_other_accounts(store: LocalFolder, received: Path) -> None:
    stored = put_extract(store, received)
    mode = (store.root / stored.key).stat().st_mode
    assert not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IRWXO)
    assert mode & stat.S_IRUSR
    assert not (store.root / "extracts").stat().st_mode & stat.S_IRWXO


def test_a_file_handed_over_becomes_the_kept_file(store: LocalFolder, received: Path) -> None:
    put_extract(store, received)
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


def test_an_empty_file_is_kept_too(store: LocalFolder, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    stored = put_extract(store, empty)
    assert (stored.size, store.read(stored.key)) == (0, b"")


def test_put_if_absent_never_overwrites(store: LocalFolder, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"second")
    assert store.put_if_absent("packs/slac_2009/one/bagit.txt", b"first")
    assert not store.put_if_absent("packs/slac_2009/one/bagit.txt", other)
    assert store.read("packs/slac_2009/one/bagit.txt") == b"first"


RACE = """
import sys, threading
from pathlib import Path
from warehouse.evidence_store import LocalFolder

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
def test_of_eight_writers_at_once_exactly_one_writes(store: LocalFolder, file_system: str) -> None:
    with running(RACE, store.root, file_system) as process:
        assert process.wait() == 0
    assert not list(store.root.rglob(".partial-*"))


def test_eight_threads_with_one_extract_keep_it_once(store: LocalFolder, received: Path) -> None:
    barrier = threading.Barrier(8)
    written: list[bool] = []

    def put() -> None:
        barrier.wait()
        written.append(put_extract(store, received).written)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written) == [False] * 7 + [True]
    assert len(everything_in(store.root / "extracts")) == 1


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_key_is_refused_everywhere_and_nothing_is_written(
    store: LocalFolder, tmp_path: Path, key: str
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"anything")
    before = everything_in(tmp_path)
    for use in (
        lambda: store.put_if_absent(key, b"anything"),
        lambda: store.put_if_absent(key, source),
        lambda: store.replace(key, source),
        lambda: store.remove(key),
        lambda: store.read(key),
        lambda: store.fetch(key, tmp_path / "fetched"),
        lambda: store.exists(key),
        lambda: store.sha256(key),
        lambda: store.local_copy(key),
    ):
        with pytest.raises(Problem, match="not a name under which the store keeps anything"):
            use()
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("folder", ["", "/", "..", "packs/..", "packs/../..", "/etc", "elsewhere", "packs/", ".locks"])
def test_a_hostile_folder_is_not_listed(store: LocalFolder, folder: str) -> None:
    with pytest.raises(Problem, match="not a name"):
        store.keys(folder)


@given(st.text() | st.text(alphabet="./\\abc:-_ \n").map(lambda text: f"packs/{text}"))
def test_whatever_the_key_it_stays_inside_the_store(key: str) -> None:
    root = Path("/store")
    try:
        checked = check_key(key)
    except Problem:
        return
    assert os.path.normpath(root / checked) == f"/store/{key}"


def test_a_hash_that_is_no_hash_is_not_a_key() -> None:
    for make_key in (extract_key, build_key):
        with pytest.raises(Problem, match="not a name"):
            make_key("../../outside")


def test_an_altered_extract_is_found_when_it_is_verified(store: LocalFolder, received: Path) -> None:
    stored = put_extract(store, received)
    path = store.root / stored.key
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(1000)
        file.write(b"X")
    with pytest.raises(Problem, match="no longer as it was received") as raised:
        verify_extract(store, stored.sha256)
    assert raised.value.where == stored.key


def test_a_truncated_extract_is_found_when_it_is_received_again(store: LocalFolder, received: Path) -> None:
    stored = put_extract(store, received)
    path = store.root / stored.key
    path.chmod(0o600)
    os.truncate(path, 10)
    with pytest.raises(Problem, match="no longer as it was received"):
        put_extract(store, received)


def test_a_missing_extract_is_said_to_be_missing(store: LocalFolder) -> None:
    with pytest.raises(Problem, match="not in the store"):
        verify_extract(store, "0" * 64)
    assert store.local_copy(extract_key("0" * 64)) is None


@pytest.mark.parametrize(
    "key", [f"extracts/{'0' * 64}", "ledger/000000000001.json", f"builds/{'0' * 64}.duckdb", "packs/slac_2009/one/a"]
)
def test_evidence_is_never_replaced(store: LocalFolder, received: Path, key: str) -> None:
    store.put_if_absent(key, b"as it was")
    with pytest.raises(Problem, match="may not be replaced"):
        store.replace(key, received)
    assert store.read(key) == b"as it was"


@pytest.mark.parametrize("key", ["ledger/000000000001.json", "published/warehouse.duckdb"])
def test_the_ledger_and_what_is_published_are_never_removed(store: LocalFolder, key: str) -> None:
    store.put_if_absent(key, b"as it was")
    with pytest.raises(Problem, match="may not be removed"):
        store.remove(key)
    assert store.read(key) == b"as it was"


def test_an_extract_can_be_disposed_of(store: LocalFolder, received: Path) -> None:
    stored = put_extract(store, received)
    store.remove(stored.key)
    store.remove(stored.key)
    assert not store.exists(stored.key)


def test_who_has_the_old_file_open_keeps_it_when_it_is_replaced(store: LocalFolder, tmp_path: Path) -> None:
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


def test_replacing_with_a_file_that_is_not_there_leaves_the_old_one(
    store: LocalFolder, received: Path, tmp_path: Path
) -> None:
    store.replace("published/warehouse.duckdb", received)
    with pytest.raises(Problem, match="not there"):
        store.replace("published/warehouse.duckdb", tmp_path / "absent")
    assert store.read("published/warehouse.duckdb") == received.read_bytes()


def test_keys_are_sorted_and_go_to_any_depth(store: LocalFolder) -> None:
    for name in ("b/data/two.csv", "a/bagit.txt", "b/bagit.txt", "b/data/one.csv"):
        store.put_if_absent(f"packs/slac_2009/{name}", b"x")
    (store.root / "packs/.partial-of-somebody").touch()
    assert store.keys("packs/slac_2009/b") == [
        "packs/slac_2009/b/bagit.txt",
        "packs/slac_2009/b/data/one.csv",
        "packs/slac_2009/b/data/two.csv",
    ]
    assert len(store.keys("packs")) == 4


def test_a_file_is_fetched_whole(store: LocalFolder, received: Path, tmp_path: Path) -> None:
    stored = put_extract(store, received)
    destination = tmp_path / "fetched.csv"
    destination.write_bytes(b"an older copy")
    store.fetch(stored.key, destination)
    assert destination.read_bytes() == received.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


HOLD = """
import sys
from pathlib import Path
from warehouse.evidence_store import LocalFolder
with LocalFolder(Path(sys.argv[1])).lock("writer"):
    print("ready", flush=True)
    sys.stdin.readline()
print("freed", flush=True)
sys.stdin.readline()
"""


def test_a_lock_held_by_a_living_process_is_refused_naming_it(store: LocalFolder) -> None:
    with running(HOLD, store.root) as process:
        for _ in range(2):
            with (
                pytest.raises(Problem, match="another run has been writing since 20") as raised,
                store.lock("writer"),
            ):
                pytest.fail("two hold one lock")
            assert f"process {process.pid} on " in raised.value.what
        with store.lock("another"):
            pass
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "freed\n"
        with store.lock("writer"):
            pass


def test_a_lock_is_taken_over_after_its_holder_was_killed(store: LocalFolder) -> None:
    with running(HOLD, store.root) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with store.lock("writer"), pytest.raises(Problem) as raised, LocalFolder(store.root).lock("writer"):
            pytest.fail("two hold one lock")
        assert f"process {os.getpid()} on " in raised.value.what


def test_a_lock_is_freed_when_its_work_fails(store: LocalFolder) -> None:
    with pytest.raises(ZeroDivisionError), store.lock("writer"):
        _ = 1 / 0
    with store.lock("writer"):
        pass


@pytest.mark.parametrize("name", ["", "../writer", "a/b", "Writer", "a" * 41])
def test_a_lock_has_a_plain_name(store: LocalFolder, name: str) -> None:
    with pytest.raises(Problem, match="not a name for a lock"), store.lock(name):
        pytest.fail("taken")


WRITE_FOREVER = """
import os, sys
from pathlib import Path
from warehouse.evidence_store import LocalFolder

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
from warehouse.evidence_store import LocalFolder
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
