"""The ledger: a chain that is never forked, never loses an entry, and shows every change made to it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.problem import Problem
from warehouse.store.ledger import BEGINNING, KINDS, Draft, Head, Ledger
from warehouse.store.local_folder import LocalFolder

REPOSITORY = Path(__file__).resolve().parents[3]
AT = datetime(2026, 11, 2, 9, 14, tzinfo=UTC)
EACH = 200  # entries of each of three writers at once


@pytest.fixture
def store(tmp_path: Path) -> LocalFolder:
    return LocalFolder(tmp_path / "store")


@pytest.fixture
def ledger(store: LocalFolder) -> Ledger:
    return Ledger(store)


def entry_file(store: LocalFolder, number: int) -> Path:
    return store.root / f"ledger/{number:012d}.json"


def fill(store: LocalFolder, count: int) -> Ledger:
    ledger = Ledger(store)
    ledger.append_many(Draft("received", {"number": n}, AT + timedelta(minutes=n)) for n in range(1, count + 1))
    return ledger


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def canonical(fields: dict[str, Any]) -> bytes:
    return (json.dumps(fields, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def test_an_empty_ledger_is_at_its_beginning(ledger: Ledger) -> None:
    assert ledger.head() == BEGINNING == Head(0, "0" * 64)
    assert ledger.entries() == []
    assert ledger.last_at() is None
    assert ledger.verify() == BEGINNING


def test_an_entry_is_a_file_that_names_the_hash_of_the_one_before(store: LocalFolder, ledger: Ledger) -> None:
    ledger.append("received", {"source": "health", "extract": "a" * 64}, AT)
    ledger.append("decided", {"by": "Reviewing Manager", "why": "agréé"}, AT, "decision-1")
    first, second = (entry_file(store, number).read_bytes() for number in (1, 2))
    assert json.loads(first)["previous"] == "0" * 64
    assert json.loads(second) == {
        "at": "2026-11-02T09:14:00.000000+00:00",
        "body": {"by": "Reviewing Manager", "why": "agréé"},
        "entry_id": "decision-1",
        "kind": "decided",
        "previous": hashlib.sha256(first).hexdigest(),
        "sequence": 2,
    }
    assert second == canonical(json.loads(second))
    assert ledger.head() == (2, hashlib.sha256(second).hexdigest())


def test_what_is_read_back_is_what_was_appended(store: LocalFolder, ledger: Ledger) -> None:
    body = {
        "text": "line\nline \u2028 \U0001f600",
        "number": 0.1,
        "none": None,
        "list": [1, [True]],
        "inner": {"b": {}},
    }
    london = datetime(2026, 7, 1, 0, 30, tzinfo=ZoneInfo("Europe/London"))
    appended = ledger.append("sealed", body, london)
    (read,) = Ledger(store).entries()
    assert read == appended
    assert read.body == body
    assert read.at == london
    assert read.at.utcoffset() == timedelta()


def test_appending_the_same_entry_again_returns_the_existing_entry(store: LocalFolder, ledger: Ledger) -> None:
    first = ledger.append("received", {"extract": "a"}, AT)
    named = ledger.append("sealed", {"pack": "p"}, AT, "sealing-p")
    ledger.append("received", {"extract": "b"}, AT + timedelta(hours=1))
    again = Ledger(store)
    assert again.append("received", {"extract": "a"}, AT) == first
    assert again.append("sealed", {"pack": "p"}, AT + timedelta(hours=2), "sealing-p") == named
    assert again.head().sequence == 3


def test_the_same_statement_at_another_moment_is_another_entry(ledger: Ledger) -> None:
    ledger.append("opened", {"pack": "p"}, AT)
    assert ledger.append("opened", {"pack": "p"}, AT + timedelta(microseconds=1)).sequence == 2


def test_an_entry_id_cannot_belong_to_two_entries(ledger: Ledger) -> None:
    ledger.append("decided", {"due_on": "2026-11-04"}, AT, "override")
    with pytest.raises(Problem, match="belongs to another entry"):
        ledger.append("decided", {"due_on": "2026-11-05"}, AT, "override")


def test_an_entry_before_the_last_one_is_refused_and_not_written(ledger: Ledger) -> None:
    ledger.append("received", {"n": 1}, AT)
    with pytest.raises(Problem, match="before the ledger's last entry"):
        ledger.append("received", {"n": 2}, AT - timedelta(microseconds=1))
    assert ledger.append("received", {"n": 3}, AT).sequence == 2
    assert ledger.last_at() == AT


@pytest.mark.parametrize(
    ("draft", "what"),
    [
        (Draft("received", {}, datetime(2026, 11, 2)), "without its time zone"),  # noqa: DTZ001
        (Draft("received", {"when": AT}, AT), "cannot be written as JSON"),
        (Draft("received", {"share": float("nan")}, AT), "cannot be written as JSON"),
        (Draft("received", {"text": "\ud800"}, AT), "cannot be written as JSON"),
        (Draft("received", {"inner": [{1: "a number as key"}]}, AT), "a key that is not text"),
        (Draft("rewritten", {}, AT), "There is no kind of ledger entry called"),  # type: ignore[arg-type]
        (Draft("received", {}, AT, "../../outside"), "not an entry_id"),
        (Draft("received", {}, AT, ""), "not an entry_id"),
    ],
)
def test_a_batch_with_one_impossible_entry_writes_none(ledger: Ledger, draft: Draft, what: str) -> None:
    with pytest.raises(Problem, match=what):
        ledger.append_many([Draft("received", {"good": 1}, AT), draft])
    assert ledger.head() == BEGINNING


@pytest.mark.parametrize("kind", KINDS)
def test_every_declared_kind_is_accepted(ledger: Ledger, kind: Any) -> None:
    assert ledger.append(kind, {}, AT).kind == kind


def test_two_ledgers_open_at_once_take_turns_on_one_chain(store: LocalFolder) -> None:
    one, other = Ledger(store), Ledger(store)
    assert one.head() == other.head()
    for number in range(6):
        (one, other)[number % 2].append("received", {"number": number}, AT)
    assert [entry.body["number"] for entry in other.entries()] == list(range(6))
    assert one.verify() == other.verify() == one.head()


WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from warehouse.store.local_folder import LocalFolder
from warehouse.store.ledger import Ledger
store, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
ledger = Ledger(LocalFolder(store))
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    ledger.append("received", {"writer": name, "number": number}, datetime.fromisoformat(sys.argv[4]))
"""


def start_writer(store: LocalFolder, name: str, count: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store.root), name, str(count), AT.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_three_processes_appending_at_once_neither_fork_nor_lose(store: LocalFolder) -> None:
    writers = [start_writer(store, name, EACH) for name in "abc"]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    ledger = Ledger(store)
    assert ledger.verify().sequence == 3 * EACH
    for name in "abc":
        own = [entry.body["number"] for entry in ledger.entries() if entry.body["writer"] == name]
        assert own == list(range(EACH)), "each writer's own order is kept"


def test_a_writer_killed_anywhere_leaves_a_whole_chain_and_its_retry_completes_it(store: LocalFolder) -> None:
    chance = random.Random(2)
    for attempt in range(8):
        writer = start_writer(store, "killed", 400)
        if attempt < 7:
            kill_after_some(writer, store, chance.randint(1, 40))
        else:
            writer.communicate("\n", timeout=120)
        Ledger(store).verify()
    assert [entry.body["number"] for entry in Ledger(store).entries()] == list(range(400))


def kill_after_some(writer: subprocess.Popen[str], store: LocalFolder, more: int) -> None:
    wanted = Ledger(store).head().sequence + more
    assert writer.stdin is not None
    writer.stdin.write("\n")
    writer.stdin.flush()
    while not entry_file(store, wanted).exists():
        assert writer.poll() is None
    writer.kill()
    writer.communicate()


def test_a_put_whose_answer_was_lost_is_not_repeated(store: LocalFolder) -> None:
    class LosesOneAnswer(LocalFolder):
        lost = False

        def put_if_absent(self, key: str, source: Path | bytes) -> bool:
            written = super().put_if_absent(key, source)
            if not self.lost:
                self.lost = True
                raise ConnectionError
            return written

    ledger = Ledger(LosesOneAnswer(store.root))
    with pytest.raises(ConnectionError):
        ledger.append("published", {"restricted": "a"}, AT)
    assert ledger.append("published", {"restricted": "a"}, AT).sequence == 1
    assert ledger.append("published", {"restricted": "b"}, AT).sequence == 2


def altered_byte(content: bytes, where: float) -> bytes:
    position = int(where * len(content))
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


def altered_body(content: bytes, _where: float) -> bytes:
    return canonical({**json.loads(content), "body": {"number": "forged"}})


def altered_link(content: bytes, _where: float) -> bytes:
    return canonical({**json.loads(content), "previous": "f" * 64})


def altered_spacing(content: bytes, _where: float) -> bytes:
    return json.dumps(json.loads(content)).encode()


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 9).flatmap(lambda count: st.tuples(st.just(count), st.integers(1, count))),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from([altered_byte, altered_body, altered_link, altered_spacing]),
)
def test_an_altered_entry_is_found_and_named(
    place: tuple[int, int], where: float, alter: Callable[[bytes, float], bytes]
) -> None:
    count, number = place
    with tempfile.TemporaryDirectory() as folder:
        store = LocalFolder(Path(folder))
        head = fill(store, count).head()
        path = entry_file(store, number)
        overwrite(path, alter(path.read_bytes(), where))
        with pytest.raises(Problem) as raised:
            Ledger(store).verify(head)
        assert str(number) in re.findall(r"\d+", raised.value.what)
        if number < count:
            # Found without a known head, and no entry is appended to it.
            with pytest.raises(Problem):
                Ledger(store).verify()
            with pytest.raises(Problem):
                Ledger(store).append("received", {}, AT + timedelta(days=1))


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 9).flatmap(lambda count: st.tuples(st.just(count), st.integers(1, count - 1))))
def test_a_removed_entry_is_found_and_named(place: tuple[int, int]) -> None:
    count, number = place
    with tempfile.TemporaryDirectory() as folder:
        store = LocalFolder(Path(folder))
        fill(store, count)
        entry_file(store, number).unlink()
        for look in (Ledger(store).verify, Ledger(store).entries):
            with pytest.raises(Problem, match=f"entry {number} is missing"):
                look()


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 9), st.data())
def test_entries_in_another_order_are_found(count: int, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(1, count + 1)).filter(lambda order: order != sorted(order)))
    with tempfile.TemporaryDirectory() as folder:
        store = LocalFolder(Path(folder))
        fill(store, count)
        contents = [entry_file(store, number).read_bytes() for number in order]
        for number, content in enumerate(contents, start=1):
            overwrite(entry_file(store, number), content)
        first = next(number for number, came in enumerate(order, start=1) if number != came)
        with pytest.raises(Problem, match=f"entry {first} has been moved"):
            Ledger(store).verify()


@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_cut_tail_is_found_from_a_head_known_elsewhere(store: LocalFolder, left: int) -> None:
    ledger = fill(store, 5)
    head = ledger.head()
    for number in range(left + 1, 6):
        entry_file(store, number).unlink()
    assert Ledger(store).verify().sequence == left, "nothing in the store itself shows it"
    with pytest.raises(Problem, match=f"stops at entry {left}, but entry 5 was written"):
        Ledger(store).verify(head)
    with pytest.raises(Problem, match="has been cut off"):
        ledger.verify()


def test_a_rewritten_history_is_found_from_a_head_known_elsewhere(store: LocalFolder) -> None:
    head = fill(store, 5).head()
    for number in range(1, 6):
        entry_file(store, number).unlink()
    forged = Ledger(store)
    forged.append_many(Draft("received", {"forged": number}, AT) for number in range(6))
    with pytest.raises(Problem, match="entry 5 is not the one that was written"):
        Ledger(store).verify(head)


def test_a_head_of_any_earlier_entry_is_accepted(store: LocalFolder) -> None:
    ledger = fill(store, 5)
    assert Ledger(store).verify(BEGINNING, *(entry.head for entry in ledger.entries())) == ledger.head()


def test_an_entry_dated_before_the_one_it_follows_is_found(store: LocalFolder) -> None:
    fill(store, 2)
    path = entry_file(store, 2)
    overwrite(path, canonical({**json.loads(path.read_bytes()), "at": "2020-01-01T00:00:00.000000+00:00"}))
    with pytest.raises(Problem, match="entry 2 is dated before"):
        Ledger(store).verify()


def test_a_file_that_is_not_an_entry_is_found_but_stops_no_run(store: LocalFolder) -> None:
    fill(store, 2)
    (store.root / "ledger/000000000003.json.bak").write_text("{}")
    with pytest.raises(Problem, match="is not an entry"):
        Ledger(store).verify()
    assert Ledger(store).append("received", {}, AT + timedelta(days=1)).sequence == 3


def test_what_was_known_by_a_moment_a_day_or_a_number(store: LocalFolder) -> None:
    ledger = Ledger(store)
    summer_night = datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in London
    for number, seconds in enumerate((-60, 0, 1, 3600)):
        ledger.append("received", {"number": number}, summer_night + timedelta(seconds=seconds))
    assert len(ledger.until(summer_night)) == 2
    assert len(ledger.until(summer_night - timedelta(microseconds=1))) == 1
    assert len(ledger.until(date(2026, 6, 30))) == 2, "the day ends at midnight in London, not in UTC"
    assert len(ledger.until(date(2026, 7, 1))) == 4
    assert len(ledger.until(date(2026, 6, 29))) == 0
    assert [len(ledger.until(number)) for number in range(5)] == [0, 1, 2, 3, 4]
    assert len(ledger.until(datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/London")))) == 3


@pytest.mark.parametrize("moment", [3, -1, datetime(2026, 7, 1)])  # noqa: DTZ001
def test_an_unknown_number_or_a_naive_moment_is_refused(store: LocalFolder, moment: datetime | int) -> None:
    with pytest.raises(Problem):
        fill(store, 2).until(moment)
