"""Publication: one commit point, whenever the process dies; readers keep the file they have open."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from warehouse.problem import Problem
from warehouse.store.evidence_store import sha256_of
from warehouse.store.keys import build_key, name_of_run
from warehouse.store.ledger import Entry, Ledger
from warehouse.store.local_folder import LocalFolder
from warehouse.store.publication import PUBLISHED, heal, latest_published, prune, prune_reports, publish

REPOSITORY = Path(__file__).resolve().parents[3]
AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> LocalFolder:
    return LocalFolder(tmp_path / "store")


@pytest.fixture
def ledger(store: LocalFolder) -> Ledger:
    return Ledger(store)


def build(store: LocalFolder, ledger: Ledger, number: int) -> Entry:
    """Publish build `number`: two files that contain which they are."""
    folder = store.root.parent
    restricted, general = folder / "restricted.duckdb", folder / "general.duckdb"
    restricted.write_bytes(f"restricted {number}".encode() * 1000)
    general.write_bytes(f"general {number}".encode() * 1000)
    return publish(
        store,
        ledger,
        restricted=restricted,
        general=general,
        at=AT + timedelta(days=number),
        body={"as_at": "2026-10-31", "number": number, "run_id": name_of_run(AT + timedelta(days=number))},
    )


def published(store: LocalFolder) -> dict[str, str]:
    return {name: sha256_of(store.root / key) for name, key in PUBLISHED.items()}


def spoil(path: Path, content: bytes = b"spoilt") -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def test_publishing_keeps_both_builds_commits_them_and_puts_them_in_place(store: LocalFolder, ledger: Ledger) -> None:
    entry = build(store, ledger, 1)
    assert (entry.kind, entry.body["as_at"]) == ("published", "2026-10-31")
    assert published(store) == {name: entry.body[name] for name in PUBLISHED}
    assert store.keys("builds") == sorted(build_key(entry.body[name]) for name in PUBLISHED)
    assert latest_published(ledger) == entry
    assert heal(store, ledger) == ([], True)


def test_a_published_file_shares_nothing_with_the_build(store: LocalFolder, ledger: Ledger) -> None:
    entry = build(store, ledger, 1)
    spoil(store.root / PUBLISHED["restricted"])
    assert store.sha256(build_key(entry.body["restricted"])) == entry.body["restricted"]


def test_publishing_the_same_again_adds_nothing(store: LocalFolder, ledger: Ledger) -> None:
    assert build(store, ledger, 1) == build(store, Ledger(store), 1)
    assert ledger.head().sequence == 1


def test_files_handed_over_are_published_and_gone(store: LocalFolder, ledger: Ledger, tmp_path: Path) -> None:
    restricted, general = tmp_path / "restricted", tmp_path / "general"
    restricted.write_bytes(b"r")
    general.write_bytes(b"g")
    entry = publish(store, ledger, restricted=restricted, general=general, at=AT, body={}, move=True)
    assert published(store) == {name: entry.body[name] for name in PUBLISHED}
    assert not restricted.exists()
    assert not general.exists()


def test_what_was_published_by_a_moment(store: LocalFolder, ledger: Ledger) -> None:
    assert latest_published(ledger) is None
    first, second = build(store, ledger, 1), build(store, ledger, 2)
    assert latest_published(ledger) == second
    assert latest_published(ledger, first.at) == first
    assert latest_published(ledger, first.at - timedelta(seconds=1)) is None
    assert latest_published(ledger, 1) == first


def test_a_publication_the_ledger_refuses_changes_nothing_readers_see(store: LocalFolder, ledger: Ledger) -> None:
    build(store, ledger, 2)
    before = published(store)
    with pytest.raises(Problem, match="before the ledger's last entry"):
        build(store, ledger, 1)
    assert published(store) == before
    assert heal(store, ledger) == ([], True)


def test_a_build_still_in_duckdbs_log_is_not_published(store: LocalFolder, ledger: Ledger, tmp_path: Path) -> None:
    unfinished, finished = tmp_path / "unfinished.duckdb", tmp_path / "finished.duckdb"
    finished.write_bytes(b"x")
    connection = duckdb.connect(str(unfinished))
    connection.execute("CREATE TABLE plans AS SELECT 1 AS plan_id")
    with pytest.raises(Problem, match="not finished"):
        publish(store, ledger, restricted=unfinished, general=finished, at=AT, body={})
    connection.close()
    assert publish(store, ledger, restricted=unfinished, general=finished, at=AT, body={}).sequence == 1


def test_the_body_cannot_name_other_hashes(store: LocalFolder, ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    with pytest.raises(Problem, match="may not name general"):
        publish(store, ledger, restricted=file, general=file, at=AT, body={"general": "0" * 64})


@pytest.mark.parametrize("name", sorted(PUBLISHED))
@pytest.mark.parametrize("fault", ["altered", "removed"])
def test_a_published_file_that_does_not_match_the_ledger_is_restored(
    store: LocalFolder, ledger: Ledger, name: str, fault: str
) -> None:
    build(store, ledger, 1)
    before = published(store)
    path = store.root / PUBLISHED[name]
    if fault == "altered":
        spoil(path)
    else:
        path.unlink()
    (said,) = heal(store, ledger).done
    assert said.startswith(f"restored {PUBLISHED[name]} from ledger entry 1")
    assert published(store) == before
    assert heal(store, ledger) == ([], True)


def test_a_file_that_cannot_be_restored_is_reported_and_left(store: LocalFolder, ledger: Ledger) -> None:
    entry = build(store, ledger, 1)
    store.remove(build_key(entry.body["general"]))
    spoil(store.root / build_key(entry.body["restricted"]))
    assert heal(store, ledger) == ([], True), "what readers have is whole"
    for key in PUBLISHED.values():
        spoil(store.root / key)
    said = heal(store, ledger).done
    assert len(said) == 2
    assert "has been altered" in said[0]
    assert "is not in the store" in said[1]
    assert store.read(PUBLISHED["restricted"]) == b"spoilt", "never replaced by something else that is wrong"
    build(store, ledger, 2)
    assert heal(store, ledger) == ([], True)


def test_a_published_file_without_a_ledger_is_reported(store: LocalFolder, ledger: Ledger, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_bytes(b"x")
    store.replace(PUBLISHED["general"], foreign)
    (said,) = heal(store, ledger).done
    assert "not known to the ledger" in said


def test_an_empty_store_has_nothing_to_repair_or_prune(store: LocalFolder, ledger: Ledger) -> None:
    assert heal(store, ledger) == ([], True)
    assert prune(store, ledger) == []
    assert not store.root.exists()


def hashes(entries: Iterable[Entry]) -> set[str]:
    return {entry.body[name] for entry in entries for name in PUBLISHED}


def test_pruning_keeps_the_last_builds_and_those_a_pack_names(store: LocalFolder, ledger: Ledger) -> None:
    entries = {number: build(store, ledger, number) for number in range(1, 21)}
    ledger.append("sealed", {"pack": "one", "build": entries[2].body["restricted"]}, AT + timedelta(days=30))
    ledger.append("released", {"pack": "two", "builds": [entries[4].body["general"]]}, AT + timedelta(days=30))
    ledger.append("opened", {"build": entries[3].body["restricted"]}, AT + timedelta(days=30))
    store.put_if_absent(build_key("0" * 64), b"of a run killed before its commit")
    removed = prune(store, ledger)
    wanted = [entries[number] for number in (2, 4, *range(7, 21))]
    assert store.keys("builds") == sorted(build_key(sha256) for sha256 in hashes(wanted))
    assert removed == sorted(
        {build_key(sha256) for sha256 in hashes(entries[number] for number in (1, 3, 5, 6))} | {build_key("0" * 64)}
    )
    assert prune(store, ledger) == []
    assert heal(store, ledger) == ([], True)


def test_the_same_build_published_again_counts_once_as_the_newest(store: LocalFolder, ledger: Ledger) -> None:
    entries = [build(store, ledger, number) for number in (1, 2, 3)]
    ledger.append("published", {**entries[0].body, "again": True}, AT + timedelta(days=9))
    prune(store, ledger, keep=2)
    assert store.keys("builds") == sorted(build_key(sha256) for sha256 in hashes([entries[0], entries[2]]))
    with pytest.raises(Problem, match="At least one"):
        prune(store, ledger, keep=0)


def test_nothing_is_pruned_by_a_damaged_ledger(store: LocalFolder, ledger: Ledger) -> None:
    for number in range(1, 4):
        build(store, ledger, number)
    kept = store.keys("builds")
    (store.root / "ledger/000000000002.json").unlink()
    with pytest.raises(Problem, match="entry 2 is missing"):
        prune(store, Ledger(store), keep=1)
    assert store.keys("builds") == kept


def test_old_reports_are_removed_except_those_of_kept_builds_and_files_that_are_not_reports(
    store: LocalFolder, ledger: Ledger
) -> None:
    entries = {number: build(store, ledger, number) for number in range(1, 6)}
    ledger.append("sealed", {"build": entries[1].body["restricted"]}, AT + timedelta(days=30))
    rehearsed, stopped = name_of_run(AT + timedelta(days=2, hours=1)), name_of_run(AT + timedelta(days=4, hours=1))
    for run in (*(entry.body["run_id"] for entry in entries.values()), rehearsed, stopped):
        for name in ("report.md", "rows_set_aside.csv"):
            store.replace(f"runs/{run}/{name}", b"a report")
    store.replace("runs/alerts.json", b"{}")
    removed = prune_reports(store, ledger, AT + timedelta(days=4), keep=2)
    gone = (entries[2].body["run_id"], entries[3].body["run_id"], rehearsed)
    assert removed == sorted(f"runs/{run}/{name}" for run in gone for name in ("report.md", "rows_set_aside.csv"))
    kept = [entries[number].body["run_id"] for number in (1, 4, 5)] + [stopped]
    assert {key.split("/")[1] for key in store.keys("runs")} == {*kept, "alerts.json"}
    assert prune_reports(store, ledger, AT + timedelta(days=4), keep=2) == []


# Publishes build 2 and kills itself at the n-th request to the operating system inside the store.
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from warehouse.store.local_folder import LocalFolder
from warehouse.store.ledger import Ledger
from warehouse.store.publication import publish

root, restricted, general = (Path(argument) for argument in sys.argv[1:4])
at, left = datetime.fromisoformat(sys.argv[4]), int(sys.argv[5])
store = LocalFolder(root)
ledger = Ledger(store)
WATCHED = {"open", "os.link", "os.rename", "os.remove", "os.chmod", "os.mkdir", "fcntl.flock", "shutil.copyfile"}

def count(event, arguments):
    global left
    if event in WATCHED:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

print("ready", flush=True)
if left:
    sys.addaudithook(count)
publish(store, ledger, restricted=restricted, general=general, at=at, body={"number": 2})
"""


def start_publishing(store: LocalFolder, restricted: Path, general: Path, kill_at: int = 0) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, *map(str, (store.root, restricted, general, AT + timedelta(days=2), kill_at))],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def heal_and_look(store: LocalFolder) -> int:
    """After a kill: the build that readers see, 1 or 2, after every invariant was checked."""
    for key in PUBLISHED.values():
        number_before = (store.root / key).stat().st_size
        assert number_before, "a reader never finds the file absent or empty"
    ledger = Ledger(store)
    heal(store, ledger)
    assert heal(store, Ledger(store)) == ([], True)
    assert ledger.verify().sequence in (1, 2)
    entry = latest_published(ledger)
    assert entry is not None
    assert published(store) == {name: entry.body[name] for name in PUBLISHED}
    assert not list(store.root.rglob(".partial-*"))
    return entry.sequence


def test_killed_at_any_step_the_next_start_finds_yesterday_or_today_and_nothing_between(tmp_path: Path) -> None:
    restricted, general = tmp_path / "restricted", tmp_path / "general"
    seen = []
    for step in range(1, 200):
        store = LocalFolder(tmp_path / f"store-{step}")
        build(store, Ledger(store), 1)
        restricted.write_bytes(b"restricted 2" * 1000)
        general.write_bytes(b"general 2" * 1000)
        process = start_publishing(store, restricted, general, kill_at=step)
        process.communicate(timeout=60)
        seen.append(heal_and_look(store))
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        # The run is started again: it completes, and the ledger says so once.
        second_day = AT + timedelta(days=2)
        publish(store, Ledger(store), restricted=restricted, general=general, at=second_day, body={"number": 2})
        assert heal_and_look(store) == 2
        assert len(store.keys("builds")) == 4
    assert seen == sorted(seen), "there is one commit point: before it yesterday's, after it today's"
    assert set(seen) == {1, 2}
    assert len(seen) > 20, "the kills went through all of it"


def test_killed_at_random_moments_of_publishing_large_files(tmp_path: Path) -> None:
    chance = random.Random(2)
    restricted, general = tmp_path / "large_restricted", tmp_path / "large_general"
    restricted.write_bytes(os.urandom(1 << 20) * 40)
    general.write_bytes(os.urandom(1 << 20) * 30)
    store = LocalFolder(tmp_path / "store")
    build(store, Ledger(store), 1)
    for _ in range(6):
        process = start_publishing(store, restricted, general)
        time.sleep(chance.uniform(0, 0.2))
        process.kill()
        process.communicate()
        heal_and_look(store)
    process = start_publishing(store, restricted, general)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert heal_and_look(store) == 2


READER = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("ready", flush=True)
for _ in sys.stdin:
    answer = connection.execute("SELECT any_value(build), count(*), sum(length(filler)) FROM plans").fetchone()
    print(*answer, flush=True)
"""


def start_reading(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ask(process: subprocess.Popen[str]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def make_warehouse(path: Path, number: int) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE plans AS SELECT $1 AS build, md5(range::VARCHAR) AS filler FROM range(200000)", [number]
        )
    return path


def test_an_analyst_with_the_old_file_open_keeps_reading_it_and_the_next_sees_the_new(
    store: LocalFolder, ledger: Ledger, tmp_path: Path
) -> None:
    readers = []
    try:
        for number in (1, 2):
            built = make_warehouse(tmp_path / f"{number}.duckdb", number)
            publish(store, ledger, restricted=built, general=built, at=AT + timedelta(days=number), body={})
            # The first reader has not read its table yet when the file is replaced.
            readers.append(start_reading(store.root / PUBLISHED["general"]))
        prune(store, ledger, keep=1)
        assert [ask(reader) for reader in readers] == ["1 200000 6400000", "2 200000 6400000"]
        assert heal(store, ledger) == ([], True), "reading changes nothing"
    finally:
        for reader in readers:
            reader.kill()
            reader.communicate()
