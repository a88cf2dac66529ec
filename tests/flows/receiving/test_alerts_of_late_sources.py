"""A source that is late is an alert until it is delivered."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.alerts.send import send_news
from flows.receiving.alerts_of_late_sources import observe_late_sources, source_late
from flows.receiving.sources import Late
from flows.settings import Settings
from tests.alert_servers import Mailbox, mail_server, mailing
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

NIGHT = datetime.datetime(2026, 11, 3, 4, 15, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def settings(tmp_path: Path, box: Mailbox) -> Settings:
    return mailing(tmp_path / "store", box, sources=str(tmp_path / "sources.toml"))


def test_a_late_source_says_since_when_what_arrived_last_and_whom_to_contact() -> None:
    alert = source_late(
        Late(
            "health",
            datetime.datetime(2026, 7, 6, 8, 0, tzinfo=datetime.UTC),
            datetime.datetime(2026, 6, 29, 3, 16, tzinfo=datetime.UTC),
            datetime.date(2026, 6, 26),
        )
    )
    assert alert.headline == "health is late: it was due by 6 July 2026, 09:00."
    assert alert.detail[0] == "Last received on 29 June 2026, 04:16, as at 26 June 2026."
    assert "Contact whoever delivers health" in alert.what_to_do
    assert source_late(Late("lado", NIGHT, None, None)).detail[0] == "Never received."


def test_a_source_is_late_until_it_is_delivered(settings: Settings, tmp_path: Path, box: Mailbox) -> None:
    (tmp_path / "sources.toml").write_text(
        '[health]\nkind = "delivered"\nexpected = {weekday = "monday", by = "09:00"}\n'
    )
    store = LocalFolder(tmp_path / "store")

    def look(at: datetime.datetime) -> None:
        send_news(store, settings, observe_late_sources(store, settings, at, pytest.fail), at, warn=pytest.fail)

    look(NIGHT)
    look(NIGHT + DAY)
    delivered = NIGHT + 2 * DAY
    body = {"source": "health", "as_at": "2026-10-30", "release": "", "file_name": "nhs_ae.csv", "sha256": "0" * 64}
    Ledger(store).append("received", {**body, "size": 1}, delivered)
    look(delivered + DAY)
    assert box.subjects == [
        "Daytwo, Borchester: health is late",
        "Daytwo, Borchester: resolved: health is no longer late",
    ]
    assert "health is late: it was due by 2 November 2026, 09:00." in box.texts()[0]
    assert "RESOLVED: health was delivered on 5 November 2026, 04:15." in box.texts()[1]


def test_an_unreadable_file_of_sources_resolves_nothing_and_is_a_warning(settings: Settings, tmp_path: Path) -> None:
    warnings: list[str] = []
    found = observe_late_sources(LocalFolder(tmp_path / "store"), settings, NIGHT, warnings.append)
    assert (found.alerts, found.resolved_because("source_late", "health")) == ((), "")
    assert warnings == ["Daytwo could not check whether a source is late: The file of sources cannot be read."]


def test_a_source_that_is_no_longer_in_the_settings_is_no_longer_late(tmp_path: Path) -> None:
    found = observe_late_sources(LocalFolder(tmp_path / "store"), Settings.read({}), NIGHT, pytest.fail)
    assert found.alerts == ()
    assert found.resolved_because("source_late", "health") == "health is no longer expected."
    assert found.resolved_because("pull_failed", "health") == ""
