"""A pull receives what partners have ready as if from a drop: whole deliveries, each file once, with a receipt."""

from __future__ import annotations

import datetime
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.commands.command_line import main
from flows.receiving.places import Folder
from flows.receiving.pull_extracts import WITH_ITS_DELIVERY, Pulled, PulledSource, pull_extracts
from flows.receiving.sources import read_sources
from flows.settings import Settings
from tests.s3_servers import S3Server
from warehouse.problem import Problem
from warehouse.store.extracts import known_extracts
from warehouse.store.keys import extract_key
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

AT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


class World:
    """A store, shares of partners, and the file of sources."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = LocalFolder(folder / "store")
        self.settings = Settings(cache=str(folder / "cache"), settle_seconds=1.5)
        self.slept: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.sources: dict[str, str] = {}

    def share(self, name: str, *more: str) -> Path:
        """A source in a folder of its own."""
        share = self.folder / "shares" / name
        share.mkdir(parents=True)
        self.sources[name] = "\n".join([f"[{name}]", 'kind = "folder"', f'place = "{share}"', *more])
        return share

    def file_of_sources(self) -> Path:
        path = self.folder / "sources.toml"
        path.write_text("\n".join(self.sources.values()), encoding="utf-8")
        return path

    def pull(self, *names: str, at: datetime.datetime = AT, as_at: datetime.date | None = None) -> Pulled:
        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.meanwhile()

        return pull_extracts(
            self.store,
            read_sources(self.file_of_sources()),
            names,
            settings=self.settings,
            now=lambda: at,
            as_at=as_at,
            sleep=sleep,
        )

    def entries(self) -> list[dict[str, object]]:
        return [dict(entry.body) for entry in Ledger(self.store).entries()]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def put(share: Path, place: str, content: bytes = b"a,b\n1,2\n") -> Path:
    path = share / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def only(pulled: Pulled) -> PulledSource:
    (source,) = pulled.sources
    return source


def test_a_pulled_file_is_kept_unchanged_and_the_ledger_says_where_it_came_from(world: World) -> None:
    content = b"\xef\xbb\xbfodd \x00 bytes\r\n"
    share = world.share("health")
    path = put(share, "2026-10-31/nhs_dental.csv", content)
    assert only(world.pull()).received == ("health/2026-10-31/nhs_dental.csv",)
    (entry,) = world.entries()
    assert entry["pulled_from"] == {
        "kind": "folder",
        "name": "health",
        "place": str(path),
        "modified": "2023-11-14T22:13:20+00:00",
        "size": len(content),
    }
    assert world.store.read(extract_key(str(entry["sha256"]))) == content
    (standing,) = known_extracts(Ledger(world.store).entries()).extracts
    assert (standing.source, str(standing.as_at), standing.file_name) == ("health", "2026-10-31", "nhs_dental.csv")
    assert path.read_bytes() == content, "nothing is changed at the source"


def test_an_unchanged_file_is_neither_waited_for_nor_received_again(world: World) -> None:
    share = world.share("health")
    put(share, "2026-10-31/nhs_dental.csv")
    world.pull()
    world.slept.clear()
    again = only(world.pull(at=AT + HOUR))
    assert (again.received, again.known, world.slept) == ((), 1, [])
    assert len(world.entries()) == 1


def test_new_bytes_supersede_and_both_are_kept(world: World) -> None:
    share = world.share("health")
    put(share, "2026-10-31/nhs_dental.csv", b"a\n1\n")
    world.pull()
    put(share, "2026-10-31/nhs_dental.csv", b"a\n1\n2\n")
    assert only(world.pull(at=AT + HOUR)).received == ("health/2026-10-31/nhs_dental.csv",)
    first, second = world.entries()
    assert second["supersedes"] == 1
    assert world.store.exists(extract_key(str(first["sha256"])))


def test_bytes_that_the_drop_brought_before_are_known(world: World, tmp_path: Path) -> None:
    from flows.receiving.receive_drop import receive_drop

    put(tmp_path / "drop", "health/2026-10-31/nhs_dental.csv")
    receive_drop(Folder(tmp_path / "drop"), world.store, Ledger(world.store), received_at=AT, settle_seconds=0.0)
    put(world.share("health"), "2026-10-31/nhs_dental.csv")
    pulled = only(world.pull(at=AT + HOUR))
    assert (pulled.received, pulled.known) == ((), 1)


def test_a_delivery_waits_as_a_whole_while_one_of_its_files_is_still_written(world: World) -> None:
    share = world.share("health")
    growing = put(share, "2026-10-31/nhs_ae.csv", b"half")
    put(share, "2026-10-31/nhs_dental.csv")
    put(share, "2026-10-24/nhs_dental.csv")
    world.meanwhile = lambda: (growing.write_bytes(b"half and more") and None) or None
    pulled = only(world.pull())
    assert pulled.received == ("health/2026-10-24/nhs_dental.csv",)
    assert pulled.left == (
        "health/2026-10-31/nhs_ae.csv: still being written; the next pull takes it",
        f"health/2026-10-31/nhs_dental.csv: {WITH_ITS_DELIVERY}",
    )
    assert world.slept == [1.5]
    world.meanwhile = lambda: None
    assert len(only(world.pull(at=AT + HOUR)).received) == 2


def test_a_marker_means_that_no_waiting_is_needed(world: World) -> None:
    share = world.share("health")
    put(share, "2026-10-31/nhs_dental.csv")
    put(share, "2026-10-31/_complete", b"")
    assert len(only(world.pull()).received) == 1
    assert world.slept == []


def test_files_of_a_flat_folder_are_received_by_the_day_in_their_names(world: World) -> None:
    share = world.share("council", 'as_at = "file_name"', 'files = ["hr_*"]')
    put(share, "hr_staff_20261031.csv")
    put(share, "hr_staff_20261107.csv")
    put(share, "canteen_20261107.csv")
    assert only(world.pull()).received == (
        "council/2026-10-31/hr_staff_20261031.csv",
        "council/2026-11-07/hr_staff_20261107.csv",
    )


def test_a_single_day_can_be_pulled(world: World) -> None:
    share = world.share("health")
    put(share, "2026-10-31/nhs_dental.csv")
    put(share, "2026-10-24/nhs_dental.csv")
    october = datetime.date(2026, 10, 24)
    assert only(world.pull(as_at=october)).received == ("health/2026-10-24/nhs_dental.csv",)
    assert only(world.pull(at=AT + HOUR)).received == ("health/2026-10-31/nhs_dental.csv",)
    world.slept.clear()
    assert (only(world.pull(as_at=october)).known, only(world.pull()).known, world.slept) == (1, 2, [])


def test_a_source_that_fails_stops_no_other(world: World) -> None:
    world.share("health").rmdir()
    put(world.share("lado"), "2026-10-31/lado_log.csv")
    health, lado = world.pull().sources
    assert health.problem is not None
    assert "was not found" in health.problem.what
    assert lado.received == ("lado/2026-10-31/lado_log.csv",)


def test_only_the_sources_named_are_pulled_and_each_must_exist(world: World) -> None:
    put(world.share("health"), "2026-10-31/nhs_dental.csv")
    put(world.share("lado"), "2026-10-31/lado_log.csv")
    world.sources["council"] = '[council]\nkind = "delivered"\nexpected = {by = "09:00"}'
    assert [source.name for source in world.pull("lado").sources] == ["lado"]
    with pytest.raises(Problem, match="No source of this name"):
        world.pull("haelth")
    with pytest.raises(Problem, match="delivered, not pulled"):
        world.pull("council")


def test_a_pull_during_another_is_refused(world: World) -> None:
    put(world.share("health"), "2026-10-31/nhs_dental.csv")
    with world.store.lock("pull"), pytest.raises(Problem, match="Another run"):
        world.pull()
    assert world.entries() == []


def test_a_pull_waits_for_the_run_that_is_writing(world: World) -> None:
    put(world.share("health"), "2026-10-31/nhs_dental.csv")
    with ThreadPoolExecutor(1) as thread:
        with world.store.lock("writer"):
            pull = thread.submit(world.pull)
            until = time.monotonic() + 30
            while not list((world.store.root / ".work").glob("pull/health/*")) and time.monotonic() < until:
                time.sleep(0.01)
            assert not pull.done(), "it has fetched, and may not write"
            assert world.entries() == []
        assert len(only(pull.result(timeout=30)).received) == 1


def test_what_a_killed_pull_left_is_cleared_by_the_next(world: World) -> None:
    put(world.share("health"), "2026-10-31/nhs_dental.csv")
    left = world.store.root / ".work" / "pull" / "health"
    left.mkdir(parents=True)
    (left / "0").write_bytes(b"half")
    assert len(only(world.pull()).received) == 1
    assert not left.exists()


def test_a_clock_that_is_behind_the_ledger_does_not_stop_a_pull(world: World) -> None:
    share = world.share("health")
    put(share, "2026-10-24/nhs_dental.csv")
    world.pull()
    put(share, "2026-10-31/nhs_dental.csv")
    assert only(world.pull(at=AT - HOUR)).problem is None
    assert [entry.at for entry in Ledger(world.store).entries()] == [AT, AT]


def test_a_prefix_of_a_bucket_is_pulled_without_waiting_and_fetched_once(
    world: World, moto_service: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in moto_service.environment().items():
        monkeypatch.setenv(name, value)
    client, bucket = moto_service.client(), moto_service.new_bucket()
    for number in range(3):
        client.put_object(Bucket=bucket, Key=f"out/2026-10-31/nhs_{number}.csv", Body=b"a\n%d\n" % number)
    world.sources["health"] = f'[health]\nkind = "s3"\nplace = "s3://{bucket}/out"'
    assert only(world.pull()).received == tuple(f"health/2026-10-31/nhs_{number}.csv" for number in range(3))
    assert world.slept == []
    assert world.entries()[0]["pulled_from"] == {
        "kind": "s3",
        "name": "health",
        "place": f"s3://{bucket}/out/2026-10-31/nhs_0.csv",
        "modified": client.head_object(Bucket=bucket, Key="out/2026-10-31/nhs_0.csv")["LastModified"].isoformat(),
        "size": 4,
    }
    client.put_object(Bucket=bucket, Key="out/2026-10-31/nhs_1.csv", Body=b"a\nnew\n")
    again = only(world.pull(at=AT + HOUR))
    assert (again.received, again.known) == (("health/2026-10-31/nhs_1.csv",), 2)


def test_the_command_pulls_lists_and_exits_1_if_a_source_could_not_be_pulled(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTWO_CACHE", world.settings.cache)
    monkeypatch.setenv("DAYTWO_SOURCES", str(world.folder / "sources.toml"))
    monkeypatch.setenv("DAYTWO_STORE", str(world.store.root))
    monkeypatch.setenv("DAYTWO_SETTLE_SECONDS", "0.01")
    share = world.share("health", 'expected = {weekday = "monday", by = "09:00", days_old = 366}')
    put(share, "2026-10-31/nhs_dental.csv")
    world.file_of_sources()

    assert main(["pull", "--list", "--json"]) == 0
    before = json.loads(capsys.readouterr().out)
    assert (before[0]["last_received"], before[0]["late_since"] is not None) == (None, True)
    assert main(["pull"]) == 0
    said = capsys.readouterr()
    assert "received: health/2026-10-31/nhs_dental.csv" in said.out
    assert "1 files received from 1 sources, 0 already known." in said.out
    assert main(["pull", "--list"]) == 0
    line = capsys.readouterr().out
    assert f"health: {share}; due monday by 09:00; last received " in line
    assert "as at 2026-10-31" in line
    world.share("lado").rmdir()
    world.file_of_sources()
    assert main(["pull", "--json"]) == 1
    sources = json.loads(capsys.readouterr().out)["sources"]
    assert [(one["source"], one["problem"] is None) for one in sources] == [("health", True), ("lado", False)]


def test_without_a_file_of_sources_the_command_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pull", "--store", str(tmp_path / "store")]) == 1
    assert "DAYTWO_SOURCES" in capsys.readouterr().err
