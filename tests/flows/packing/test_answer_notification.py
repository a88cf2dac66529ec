"""A notification is answered with a sealed draft; the same extracts give the same pack; two people release it."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import bagit
import pytest

from flows.packing.answer_notification import SealedPack, answer_notification
from flows.packing.verify_and_release import release_pack, verify_pack
from flows.publishing.run_nightly import run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests.small_council import NIGHT
from warehouse.problem import Problem
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow

RECEIVED = datetime.datetime(2026, 11, 2, 9, 14, tzinfo=ZoneInfo("Europe/London"))
NOW = NIGHT + datetime.timedelta(hours=6)
LATER = NIGHT + datetime.timedelta(days=7)


def notify(
    council: Path, started_at: datetime.datetime = NOW, as_known_on: int | datetime.date | None = None
) -> SealedPack:
    return answer_notification(
        LocalFolder(council / "store"),
        framework="slac_2009",
        received_at=RECEIVED,
        settings=Settings.read({}),
        started_at=started_at,
        as_known_on=as_known_on,
    )


def ledger(council: Path) -> Ledger:
    return Ledger(LocalFolder(council / "store"))


def change_a_plan(council: Path) -> None:
    plans = council / "drop" / "case_management" / "2026-10-31" / "ssd_cp_plans.csv"
    plans.write_text(plans.read_text(encoding="utf-8").replace("2026-01-31", "2026-01-30"), encoding="utf-8")
    run_nightly(
        LocalFolder(council / "store"), drop=Folder(council / "drop"), settings=Settings.read({}), started_at=LATER
    )


def test_the_draft_is_sealed_and_valid_for_the_library_of_congress(council: Path) -> None:
    answer = notify(council)
    bagit.Bag(str(folder_of(answer))).validate()
    sealed = ledger(council).entries()[-1]
    assert (sealed.kind, sealed.sequence) == ("sealed", answer.ledger_entry)
    assert sealed.body["content_hash"] == answer.content_hash
    verified = verify_pack(folder_of(answer), ledger(council))
    assert verified.good
    assert verified.sealed_as is not None
    assert verified.released_as is None


def test_asking_again_from_the_same_evidence_seals_nothing_new(council: Path) -> None:
    first = notify(council)
    head = ledger(council).head()
    again = notify(council, LATER)
    assert again.state == "sealed before"
    assert again.content_hash == first.content_hash
    assert ledger(council).head() == head


def test_a_rebuild_from_the_evidence_after_later_corrections_has_the_same_content_hash(council: Path) -> None:
    known = ledger(council).head().sequence
    first = notify(council)
    change_a_plan(council)
    second = notify(council, LATER)
    assert (second.state, second.version) == ("sealed", 2)
    assert second.content_hash != first.content_hash
    rebuilt = notify(council, LATER, as_known_on=known)
    assert (rebuilt.state, rebuilt.version, rebuilt.content_hash) == ("rebuilt", 1, first.content_hash)


def alter(build: Path) -> None:
    content = build.read_bytes()
    build.chmod(0o600)
    build.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize("harm", [Path.unlink, alter])
def test_a_rebuild_without_the_build_builds_the_warehouse_from_the_extracts(
    council: Path, harm: Callable[[Path], None]
) -> None:
    known = ledger(council).head().sequence
    first = notify(council)
    for build in (council / "store" / "builds").iterdir():
        harm(build)
    rebuilt = notify(council, LATER, as_known_on=known)
    assert (rebuilt.state, rebuilt.content_hash) == ("rebuilt", first.content_hash)


def test_a_new_version_says_which_files_changed(council: Path) -> None:
    notify(council)
    change_a_plan(council)
    second = notify(council, LATER)
    assert second.summary is not None
    from pypdf import PdfReader

    cover = "".join(page.extract_text() for page in PdfReader(folder_of(second) / "data" / "00_cover.pdf").pages)
    assert "ssd_cp_plans.csv" in cover.replace("\n", "")


def test_what_a_killed_run_left_unsealed_does_not_mix_with_the_pack(council: Path) -> None:
    first = notify(council)
    shutil.copytree(council, council.parent / "again")
    again = council.parent / "again"
    entry = again / "store" / "ledger" / f"{first.ledger_entry:012d}.json"
    entry.unlink()
    stray = again / "store" / "packs" / "slac_2009" / first.pack_id / "data" / "stray.txt"
    stray.write_text("half written", encoding="utf-8")
    second = notify(again)
    assert not stray.exists()
    assert verify_pack(folder_of(second), ledger(again)).good


def test_an_altered_pack_is_damaged_and_found_when_requested_again(council: Path) -> None:
    answer = notify(council)
    page = folder_of(answer) / "data" / "07_evidence_manifest.json"
    page.chmod(0o644)
    page.write_text("{}", encoding="utf-8")
    verified = verify_pack(folder_of(answer), ledger(council))
    assert not verified.good
    assert verified.bag.altered == ("data/07_evidence_manifest.json",)
    with pytest.raises(Problem, match="no longer whole"):
        notify(council, LATER)


def test_nothing_published_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Nothing has been published yet"):
        notify(tmp_path)


def folder_of(answer: SealedPack) -> Path:
    assert answer.folder is not None
    return Path(answer.folder)


def release(
    council: Path, pack: Path, prepared_by: str = "A Analyst", approved_by: str = "B Director"
) -> dict[str, object]:
    return release_pack(
        pack,
        ledger(council),
        prepared_by=prepared_by,
        approved_by=approved_by,
        route="Ofsted's portal",
        at=LATER,
    )


def test_two_different_people_release_a_pack_into_the_ledger(council: Path) -> None:
    answer = notify(council)
    written = release(council, folder_of(answer).with_name(f"{answer.pack_id}.zip"))
    entry = ledger(council).entries()[-1]
    assert (entry.kind, entry.sequence) == ("released", written["ledger_entry"])
    assert (entry.body["prepared_by"], entry.body["approved_by"]) == ("A Analyst", "B Director")
    assert entry.body["content_hash"] == answer.content_hash


@pytest.mark.parametrize(("prepared_by", "approved_by"), [("A Analyst", " a  ANALYST "), ("A", ""), ("", "B")])
def test_one_person_cannot_release_alone(council: Path, prepared_by: str, approved_by: str) -> None:
    answer = notify(council)
    with pytest.raises(Problem, match="two different people"):
        release(council, folder_of(answer), prepared_by, approved_by)


def test_a_pack_is_released_once_and_a_release_changes_no_file_of_it(council: Path) -> None:
    answer = notify(council)
    before = {path: path.read_bytes() for path in folder_of(answer).rglob("*") if path.is_file()}
    release(council, folder_of(answer))
    assert {path: path.read_bytes() for path in folder_of(answer).rglob("*") if path.is_file()} == before
    with pytest.raises(Problem, match="released before"):
        release(council, folder_of(answer), "C", "D")
    assert verify_pack(folder_of(answer), ledger(council)).released_as is not None


def test_a_pack_of_another_store_cannot_be_released(council: Path, tmp_path: Path) -> None:
    answer = notify(council)
    other = tmp_path / "other"
    shutil.copytree(council / "store" / "ledger", other / "store" / "ledger")
    (other / "store" / "ledger" / f"{answer.ledger_entry:012d}.json").unlink()
    with pytest.raises(Problem, match="not sealed in this store"):
        release(other, folder_of(answer))


def test_the_payload_names_no_host_path_run_or_clock(council: Path) -> None:
    answer = notify(council)
    for path in (folder_of(answer) / "data").rglob("*"):
        if path.suffix in (".json", ".csv", ".ics"):
            content = path.read_text(encoding="utf-8")
            assert str(council) not in content
            assert NOW.strftime("%Y%m%dT%H%M%S") not in content
