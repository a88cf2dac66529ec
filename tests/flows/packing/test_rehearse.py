"""A rehearsal shows how a notification would be answered, keeps only its report, and disturbs no other run."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.commands.command_line import main
from flows.packing.answer_notification import SealedPack, answer_notification
from flows.packing.rehearsal_report import Rehearsals, Rehearsed, last_rehearsals
from flows.packing.rehearse import rehearse, rehearse_all
from flows.publishing.run_nightly import run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests.small_council import NIGHT
from transforms.evidence.framework import framework_ids
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder
from warehouse.store.publication import PUBLISHED, heal, publish

pytestmark = pytest.mark.slow

NOW = datetime.datetime(2026, 11, 3, 5, 0, tzinfo=LONDON)
NEXT_NIGHT = NOW + datetime.timedelta(days=1)
ROOT = Path(__file__).resolve().parents[3]


def rehearsed(council: Path, now: datetime.datetime = NOW, framework: str = "slac_2009") -> Rehearsed:
    return rehearse(LocalFolder(council / "store"), framework=framework, settings=Settings(), now=now)


def all_rehearsed(council: Path, now: datetime.datetime = NOW, frameworks: str = "") -> Rehearsals:
    return rehearse_all(LocalFolder(council / "store"), settings=Settings(rehearse=frameworks), now=now)


def notified(council: Path, framework: str = "slac_2009") -> SealedPack:
    return answer_notification(
        LocalFolder(council / "store"), framework=framework, received_at=NOW, settings=Settings(), started_at=NOW
    )


def deliver(council: Path, register: str, *files: str) -> None:
    """More lines of the register and files of documents; then the night that takes them."""
    folder = council / "drop" / "documents"
    with (folder / "register.csv").open("a", encoding="utf-8") as file:
        file.write(register)
    for name in files:
        (folder / name).write_text(f"{name}: invented for a test\n", encoding="utf-8")
    run_nightly(
        LocalFolder(council / "store"),
        drop=Folder(council / "drop"),
        settings=Settings(),
        started_at=NIGHT + datetime.timedelta(days=1, hours=2),
    )


def contents(folder: Path, *but: str) -> dict[str, bytes]:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name.split("/")[0] not in but}


def work_left(council: Path) -> list[str]:
    return sorted(path.name for path in (council / "store" / ".work").iterdir())


@pytest.mark.parametrize("framework", framework_ids())
def test_it_gives_each_request_the_status_that_a_notification_then_seals(council: Path, framework: str) -> None:
    one = rehearsed(council, framework=framework)
    answer = notified(council, framework)

    assert [
        {"id": ask.id, "title": ask.title, "due_day": ask.due_day, "status": ask.status, "why": list(ask.why)}
        for ask in one.asks
    ] == answer.asks
    assert one.content_hash == answer.content_hash
    assert answer.summary is not None
    assert [ask.due_on for ask in one.asks if ask.due_day is not None] == [
        answer.summary.timetable.date_of(one.request.due_day)
        for one in answer.summary.requests
        if one.request.due_day is not None
    ]


def test_it_keeps_its_report_and_changes_nothing_else(council: Path) -> None:
    store = council / "store"
    before, head = contents(store, ".locks"), Ledger(LocalFolder(store)).head()

    one = rehearsed(council)

    assert Ledger(LocalFolder(store)).head() == head
    assert not (store / "packs").exists()
    assert work_left(council) == []
    after = contents(store, ".locks")
    report = f"runs/{one.run_id}/rehearsal_slac_2009"
    assert {name: content for name, content in after.items() if name in before} == before
    assert set(after) - set(before) == {f"{report}.md", f"{report}.json"}
    assert json.loads(after[f"{report}.json"]) == one.as_json()
    assert Path(one.report).read_bytes() == after[f"{report}.md"]


def test_it_names_the_evidence_it_used(council: Path) -> None:
    one = rehearsed(council)
    assert one.warehouse is not None
    published = Ledger(LocalFolder(council / "store")).entries()[-1]
    assert (one.warehouse.published_entry, one.warehouse.published_at) == (published.sequence, published.at)
    assert one.warehouse.ledger_sequence == published.body["known_sequence"]
    assert one.warehouse.ledger_head == published.body["known_sha256"]
    assert (council / "store" / "runs" / one.warehouse.nightly_run / "rows_set_aside.csv").is_file()


def test_no_child_is_named_in_what_it_keeps_or_prints(council: Path) -> None:
    steps: list[str] = []
    result = rehearse_all(LocalFolder(council / "store"), settings=Settings(), now=NOW, say=steps.append)
    told = result.said + "".join(steps)
    for one in result.results:
        told += Path(one.report).read_text(encoding="utf-8") + json.dumps(one.as_json())
    for value in ("Ashdown", "Birch", "Dunn", "9990000018", "9990000026"):
        assert value not in told


def test_a_document_that_arrived_is_better_the_next_day_and_worse_after_its_review_date(council: Path) -> None:
    first = rehearsed(council)
    assert first.since is None
    assert next(ask for ask in first.asks if ask.id == "slac_views").status == "missing"
    deliver(
        council, "D4,Structure chart,HR,Board,2026-10-01,2027-10-01,chart.txt\n", "never_delivered.txt", "chart.txt"
    )

    second = rehearsed(council, NEXT_NIGHT)

    assert second.since is not None
    assert (second.since.run_id, second.since.received_at) == (first.run_id, NOW)
    assert second.since.worse == ()
    moved = [(change.ask_id, change.part, change.before, change.now) for change in second.since.better]
    assert ("slac_views", "", "missing", "ready") in moved
    assert [(part, before, now) for ask, part, before, now in moved if ask != "slac_views"] == [
        ("Structure charts", "missing", "ready")
    ], "the plans are still missing as a whole, but one of them has arrived"

    third = rehearsed(council, datetime.datetime(2027, 1, 2, 5, 0, tzinfo=LONDON))
    assert third.since is not None
    assert ("slac_views", "ready", "stale") in [(one.ask_id, one.before, one.now) for one in third.since.worse]


def test_it_is_compared_with_the_newest_earlier_rehearsal_that_can_be_read(council: Path) -> None:
    first = rehearsed(council)
    kept = council / "store" / "runs" / first.run_id / "rehearsal_slac_2009.json"
    failed = json.dumps({**first.as_json(), "state": "failed"})
    for number, content in enumerate(("{", "[]", '{"state": "made"}', failed)):
        spoilt = kept.parents[1] / f"20261103T12{number:02}00000000Z" / kept.name
        spoilt.parent.mkdir()
        spoilt.write_text(content, encoding="utf-8")
    later = kept.parents[1] / "20261111T050000000000Z" / kept.name
    later.parent.mkdir()
    later.write_text(json.dumps({**first.as_json(), "run_id": later.parent.name}), encoding="utf-8")

    again = rehearsed(council, NEXT_NIGHT)

    assert again.since is not None
    assert again.since.run_id == first.run_id
    assert [one["run_id"] for one in last_rehearsals(LocalFolder(council / "store"))] == [later.parent.name]
    later.write_text("{", encoding="utf-8")
    assert [one["run_id"] for one in last_rehearsals(LocalFolder(council / "store"))] == [again.run_id]


def test_it_runs_while_a_real_notification_is_being_answered(council: Path) -> None:
    with LocalFolder(council / "store").lock("pack"), LocalFolder(council / "store").lock("writer"):
        assert rehearsed(council).state == "made"


def test_a_real_notification_is_answered_while_it_runs(council: Path) -> None:
    answers: list[SealedPack] = []

    def meanwhile(told: str) -> None:
        if told == "sealing":
            answers.append(notified(council))

    one = rehearse(LocalFolder(council / "store"), framework="slac_2009", settings=Settings(), now=NOW, say=meanwhile)

    assert [answer.state for answer in answers] == ["sealed"]
    assert one.content_hash == answers[0].content_hash


def test_a_missing_build_is_built_again_separately_from_a_notifications(council: Path) -> None:
    store = LocalFolder(council / "store")
    shutil.rmtree(council / "store" / "builds")
    with store.workspace("warehouse_for_pack") as building, store.workspace("pack") as gathering:
        for folder in (building, gathering):
            (folder / "half_made").touch()
        one = rehearsed(council)
        assert (building / "half_made").exists()
        assert (gathering / "half_made").exists()
    assert one.state == "made"
    assert work_left(council) == []


def test_a_second_rehearsal_at_once_is_refused(council: Path) -> None:
    with LocalFolder(council / "store").lock("rehearsal"):
        with pytest.raises(Problem, match="Another run"):
            rehearsed(council)
        with pytest.raises(Problem, match="Another run"):
            all_rehearsed(council)


KILLED = """
import datetime, os, signal, sys
from pathlib import Path
from flows.packing.rehearse import rehearse
from flows.settings import Settings
from warehouse.store.local_folder import LocalFolder

folder, step, now = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Store(LocalFolder):
    def replace(self, key, source):
        super().replace(key, source)
        if step == "page kept":
            die()

rehearse(
    Store(Path(folder)),
    framework="slac_2009",
    settings=Settings(),
    now=datetime.datetime.fromisoformat(now),
    say=lambda told: die() if told == step else None,
)
"""


@pytest.mark.parametrize("step", ["documents", "page kept"])
def test_the_next_rehearsal_clears_what_a_killed_one_left(council: Path, step: str) -> None:
    before = rehearsed(council)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(council / "store"), step, NEXT_NIGHT.isoformat()], cwd=ROOT, check=False
    )
    assert ended.returncode == -signal.SIGKILL

    store = LocalFolder(council / "store")
    later = NEXT_NIGHT + datetime.timedelta(days=1)
    one = rehearsed(council, later)

    assert one.since is not None
    assert one.since.run_id == before.run_id
    assert [kept["run_id"] for kept in last_rehearsals(store)] == [one.run_id]
    assert work_left(council) == []
    assert not (council / "store" / "packs").exists()
    assert heal(store, Ledger(store)) == ([], True)


def test_a_framework_that_fails_is_reported_and_stops_no_other(council: Path) -> None:
    result = all_rehearsed(council, frameworks="slac_2008, slac_2009")
    assert [(one.framework, one.state) for one in result.results] == [("slac_2008", "failed"), ("slac_2009", "made")]
    assert result.failed == result.results[:1]
    assert "slac_2008: the pack could not be made. There is no framework 'slac_2008'." in result.said
    assert [kept["framework"] for kept in last_rehearsals(LocalFolder(council / "store"))] == ["slac_2009"]


def test_every_framework_is_rehearsed_for_the_same_moment_if_none_is_named(council: Path) -> None:
    result = all_rehearsed(council)
    assert [one.framework for one in result.results] == list(framework_ids())
    assert {one.run_id for one in result.results} == {result.run_id}
    last = last_rehearsals(LocalFolder(council / "store"))
    assert [one["framework"] for one in last] == list(framework_ids())
    for kept, one in zip(last, result.results, strict=True):
        assert kept["said"] == one.said
        assert kept["report"] == one.report
        assert sum(kept["counts"].values()) == len(one.asks)


def test_a_pack_that_can_no_longer_be_built_is_reported_with_when_it_last_could(council: Path) -> None:
    first = all_rehearsed(council)
    for room in ("builds", "extracts"):
        shutil.rmtree(council / "store" / room)

    second = all_rehearsed(council, NEXT_NIGHT)

    assert [one.state for one in second.results] == ["failed"] * len(first.results)
    for one in second.results:
        assert one.since is not None
        assert one.since.run_id == first.run_id
        page = Path(one.report).read_text(encoding="utf-8")
        assert "the pack could not be made" in page
        assert "It was last made at the rehearsal of Tuesday 3 November 2026 at 05:00." in page
    assert [kept["state"] for kept in last_rehearsals(LocalFolder(council / "store"))] == ["failed"] * 2
    assert work_left(council) == []


def test_a_rehearsal_before_anything_is_published_says_so(tmp_path: Path) -> None:
    result = rehearse_all(LocalFolder(tmp_path), settings=Settings(rehearse="slac_2009"), now=NOW)
    assert [one.problem.what for one in result.failed if one.problem] == ["Nothing has been published yet."]
    with pytest.raises(Problem, match="Nothing has been published yet"):
        rehearse(LocalFolder(tmp_path), framework="slac_2009", settings=Settings(), now=NOW)


def test_an_unexpected_error_is_reported_without_its_message(council: Path) -> None:
    """What was published is no DuckDB file: DuckDB's own text names the path, and could name a value."""
    store = LocalFolder(council / "store")
    ledger = Ledger(store)
    last = ledger.entries()[-1]
    path = council / "no warehouse.duckdb"
    path.write_bytes(b"Ada Ashdown")
    body = {name: value for name, value in last.body.items() if name not in PUBLISHED}
    publish(store, ledger, restricted=path, general=path, at=last.at, body=body)
    result = all_rehearsed(council)
    assert len(result.failed) == len(result.results)
    kept = "".join(Path(one.report).read_text(encoding="utf-8") for one in result.results)
    assert "A file could not be read or written" in kept
    assert "Ashdown" not in kept + result.said


def test_files_marked_stale_are_reported_as_stale(council: Path) -> None:
    mark = council / "store" / "published" / "status.json"
    said = json.loads(mark.read_text(encoding="utf-8"))
    mark.chmod(0o600)
    mark.write_text(json.dumps({**said, "state": "stale", "because": "Stopped before publishing."}), encoding="utf-8")
    one = rehearsed(council)
    assert one.warehouse is not None
    assert one.warehouse.marked == "stale: Stopped before publishing."
    assert "**The published files are marked stale: Stopped before publishing.**" in Path(one.report).read_text()


def test_the_command_prints_the_status_of_each_request_and_where_the_report_is(
    council: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", "--framework", "slac_2009", "--store", str(council / "store")]) == 0
    told = capsys.readouterr().out
    assert told.startswith("SLAC, as if the call came on ")
    assert "User views / participation evidence\n" in told
    assert "in the register, but its file was not received" in told
    assert "This is the first rehearsal" in told
    report = Path(told.rpartition("Report: ")[2].strip())
    assert report.name == "rehearsal_slac_2009.md"
    assert report.is_file()


def test_the_command_fails_if_a_pack_could_not_be_built(
    council: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", "--framework", "slac_2008", "--store", str(council / "store")]) == 1
    told = capsys.readouterr()
    assert "how to fix it: Name one of: ilacs_2026, slac_2009." in told.out
    assert "daytwo: slac_2008: the pack could not be made." in told.err
    assert main(["rehearse", "--json", "--store", str(tmp_path / "new")]) == 1
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert [one["problem"]["what"] for one in said["rehearsed"]] == ["Nothing has been published yet."] * 2


def test_a_store_without_rehearsals_has_no_last_rehearsal(tmp_path: Path) -> None:
    assert last_rehearsals(LocalFolder(tmp_path / "store")) == []
    assert not os.path.exists(tmp_path / "store")
