"""A ledger with its end cut off is found before a run overwrites the only evidence of it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from flows.packing.answer_notification import answer_notification
from flows.publishing.run_nightly import run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests.small_council import NIGHT
from warehouse.problem import Problem
from warehouse.store.checked_ledger import checked_ledger
from warehouse.store.keys import STATUS
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

LATER = NIGHT + datetime.timedelta(days=1)


@pytest.fixture
def store(council: Path) -> LocalFolder:
    return LocalFolder(council / "store")


def entry_file(store: LocalFolder, number: int) -> Path:
    return store.root / f"ledger/{number:012d}.json"


def everything_in(store: LocalFolder) -> dict[str, bytes]:
    files = [path for path in store.root.rglob("*") if path.is_file() and ".locks" not in path.parts]
    return {str(path): path.read_bytes() for path in files}


@pytest.mark.parametrize("cut", [1, 5])
def test_no_run_adds_to_a_ledger_whose_end_was_cut_off(store: LocalFolder, council: Path, cut: int) -> None:
    last = Ledger(store).head().sequence
    for number in range(last - cut + 1, last + 1):
        entry_file(store, number).unlink()
    Ledger(store).verify()  # in the ledger itself nothing shows it
    before = everything_in(store)
    settings = Settings.read({})
    said = f"stops at entry {last - cut}, but entry {last} published"
    with pytest.raises(Problem, match=said):
        run_nightly(store, drop=Folder(council / "drop"), settings=settings, started_at=LATER)
    with pytest.raises(Problem, match=said):
        answer_notification(store, framework="slac_2009", received_at=LATER, settings=settings, started_at=LATER)
    assert everything_in(store) == before


def test_a_different_history_from_the_one_that_published_is_found(store: LocalFolder) -> None:
    last = Ledger(store).head().sequence
    path = entry_file(store, last)
    fields = json.loads(path.read_bytes())
    forged = {**fields, "body": {**fields["body"], "figures": []}}
    path.chmod(0o600)
    path.write_text(json.dumps(forged, sort_keys=True, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    Ledger(store).verify()
    with pytest.raises(Problem, match=f"entry {last} is not the one that published"):
        checked_ledger(store)


@pytest.mark.parametrize("mark", [b"", b"{torn", b"[]", b'{"ledger_entry": null}', b'{"ledger_entry": "3"}', b"\xff"])
def test_a_mark_without_a_ledger_entry_stops_no_run(store: LocalFolder, mark: bytes) -> None:
    store.replace(STATUS, mark)
    assert checked_ledger(store).head() == Ledger(store).head()


def test_a_store_without_a_mark_has_a_ledger(tmp_path: Path) -> None:
    assert checked_ledger(LocalFolder(tmp_path / "store")).entries() == []
