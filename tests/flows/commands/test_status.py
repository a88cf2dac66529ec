"""What status shows of a store, and that it changes nothing."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.commands.status import read_status, show_status
from flows.publishing.run_nightly import run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from warehouse.england_time import LONDON
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder
from warehouse.store.publication import latest_published

PUBLISHED_AT = datetime.datetime(2026, 11, 1, 4, 15, tzinfo=LONDON)
NOW = PUBLISHED_AT + datetime.timedelta(hours=26)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one publication, of two sources a month apart."""
    folder = tmp_path_factory.mktemp("published")
    for place, name, text in (
        ("case_management/2026-10-31", "ssd_person.csv", "pers_person_id\nC1\n"),
        ("health/2026-09-30", "nhs_health_assessments.csv", "assessment_id\n"),
    ):
        delivery = folder / "drop" / place
        delivery.mkdir(parents=True)
        (delivery / "_complete").touch()
        (delivery / name).write_text(text)
    run_nightly(
        LocalFolder(folder / "store"), drop=Folder(folder / "drop"), settings=Settings(), started_at=PUBLISHED_AT
    )
    return folder / "store"


@pytest.fixture
def store(published: Path, tmp_path: Path) -> LocalFolder:
    shutil.copytree(published, tmp_path / "store")
    return LocalFolder(tmp_path / "store")


def spoil(path: Path, content: str | bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in folder.rglob("*")
    }


def test_an_empty_store_has_nothing_published_and_is_not_created(tmp_path: Path) -> None:
    said = read_status(LocalFolder(tmp_path / "store"), NOW)
    assert said["published"] is None
    assert said["look_at"] == []
    assert show_status(said)[0].startswith("Nothing has been published yet")
    assert not (tmp_path / "store").exists()


def test_a_published_store_shows_as_at_when_how_old_and_where_the_report_is(store: LocalFolder) -> None:
    said = read_status(store, NOW)
    assert said["published"] == {
        "as_at": "2026-10-31",
        "as_known_on": None,
        "ledger_entry": 3,
        "published_at": "2026-11-01T04:15:00+00:00",
        "hours_old": 26.0,
    }
    assert [file["state"] for file in said["files"]] == ["as published", "as published"]
    assert said["ledger"]["is_whole"]
    assert Path(said["last_run"]["report"]).is_file()
    assert json.loads(json.dumps(said)) == said
    assert "Published  as at 2026-10-31, ledger entry 3, 2026-11-01 04:15 (1 day ago)" in show_status(said)


def test_an_older_source_needs_attention(store: LocalFolder) -> None:
    said = read_status(store, NOW)
    assert [(source["source"], source["as_at"], source["is_stale"]) for source in said["sources"]] == [
        ("case_management", "2026-10-31", False),
        ("health", "2026-09-30", True),
    ]
    assert said["look_at"] == ["health is as at 2026-09-30, 31 days older."]


def test_reading_the_status_changes_nothing(store: LocalFolder) -> None:
    before = contents(store.root)
    read_status(store, NOW)
    assert contents(store.root) == before


def test_a_stale_mark_is_shown_with_its_reason(store: LocalFolder) -> None:
    mark = json.loads(store.read("published/status.json"))
    spoil(
        store.root / "published/status.json",
        json.dumps({**mark, "state": "stale", "because": "Stopped before publishing: too many rows."}),
    )
    lines = show_status(read_status(store, NOW))
    assert "Marked     stale: Stopped before publishing: too many rows." in lines
    assert any("The published files are stale" in line for line in lines)


def test_a_published_file_that_is_not_the_one_in_the_ledger_is_named(store: LocalFolder) -> None:
    spoil(store.root / "published/warehouse.duckdb", b"not a warehouse")
    (store.root / "published/warehouse_restricted.duckdb").unlink()
    said = read_status(store, NOW)
    assert [file["state"] for file in said["files"]] == ["missing", "not the file of ledger entry 3"]
    assert any("warehouse.duckdb cannot be read" in sentence for sentence in said["look_at"])


def test_an_altered_entry_of_the_ledger_is_named(store: LocalFolder) -> None:
    entry = store.root / "ledger/000000000001.json"
    spoil(entry, entry.read_text().replace("ssd_person", "ssd_parson"))
    said = read_status(store, NOW)
    assert not said["ledger"]["is_whole"]
    assert any("000000000001" in sentence for sentence in said["look_at"])
    assert any(line.startswith("Ledger     DAMAGED") for line in show_status(said))


@pytest.mark.parametrize("entries_left", [2, 1])
def test_a_ledger_whose_end_was_cut_off_is_found_from_the_published_files(
    store: LocalFolder, entries_left: int
) -> None:
    for number in range(entries_left + 1, 4):
        (store.root / f"ledger/{number:012d}.json").unlink()
    said = read_status(store, NOW)
    assert not said["ledger"]["is_whole"]
    assert "cut off" in said["ledger"]["broken"]["what"]


def test_a_rewritten_ledger_is_found_from_the_head_in_a_pack(store: LocalFolder) -> None:
    store.put_if_absent("packs/slac_2009/20261102T0914Z-v1/bag-info.txt", f"Ledger-Head: 2 {'a' * 64}\n".encode())
    said = read_status(store, NOW)
    assert said["ledger"]["broken"]["what"] == "Ledger entry 2 is not the one that was written."


def test_packs_are_drafts_until_released_and_a_missing_one_is_named(store: LocalFolder) -> None:
    ledger = Ledger(store)
    build = latest_published(ledger)
    assert build is not None
    for number, name in enumerate(("20261102T0914Z-v1", "20261102T0914Z-v2"), 1):
        store.put_if_absent(f"packs/slac_2009/{name}/bagit.txt", b"BagIt-Version: 1.0\n")
        ledger.append(
            "sealed",
            {"framework": "slac_2009", "pack_id": name, "version": number, "content_hash": str(number) * 64},
            NOW,
        )
    ledger.append("released", {"sealed": 5, "prepared_by": "A", "approved_by": "B", "route": "portal"}, NOW)
    assert [(pack["version"], pack["state"]) for pack in read_status(store, NOW)["packs"]] == [
        (1, "draft"),
        (2, "released"),
    ]
    store.remove("packs/slac_2009/20261102T0914Z-v1/bagit.txt")
    assert any("v1 was sealed as ledger entry 4" in sentence for sentence in read_status(store, NOW)["look_at"])


def test_a_run_that_is_writing_is_shown_and_one_that_was_killed_is_not(store: LocalFolder) -> None:
    holding = (
        "import sys, time; from pathlib import Path; from warehouse.store.local_folder import LocalFolder\n"
        "with LocalFolder(Path(sys.argv[1])).lock('writer'): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(store.root)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        now = datetime.datetime.now(tz=LONDON)
        assert [work["process"] for work in read_status(store, now)["working"]] == [process.pid]
        assert "Now        a nightly run is writing, for 0 minutes" in "\n".join(show_status(read_status(store, now)))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert (store.root / ".locks/writer.json").exists(), "its note still exists"
    assert read_status(store, now)["working"] == []
