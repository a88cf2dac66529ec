"""What is remembered of alerts: sent once while open, once when resolved, again when they come back."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from flows.alerts.alert import Alert, AlertPart, Kind
from flows.alerts.memory import (
    AlertMemory,
    Observation,
    ResolvedBecause,
    as_bytes,
    nothing_resolved,
    read_memory,
)
from warehouse.store.keys import ALERTS
from warehouse.store.local_folder import LocalFolder

NIGHT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def alert(kind: Kind = "source_late", subject: str = "health", *parts: AlertPart) -> Alert:
    return Alert(kind, subject, f"{subject} needs a look.", ("More of it.",), "Do something.", parts)


def resolved(kind: Kind, subject: str) -> str:
    return f"{subject} is resolved."


def after(memory: AlertMemory, number: int, *alerts: Alert, resolved: ResolvedBecause = resolved) -> AlertMemory:
    """The memory after an observation of that night, before anything is sent."""
    return memory.after_observation(Observation(alerts, resolved), NIGHT + number * DAY)


def night(
    memory: AlertMemory,
    number: int,
    *alerts: Alert,
    resolved: ResolvedBecause = resolved,
    channels: tuple[str, ...] = ("mail",),
) -> AlertMemory:
    """An observation, and what is new sent to every channel."""
    memory = after(memory, number, *alerts, resolved=resolved)
    for channel in channels:
        memory = memory.after_sending(channel, memory.news_for(channel), NIGHT + number * DAY)
    return memory


def to_send(
    memory: AlertMemory, number: int, *alerts: Alert, resolved: ResolvedBecause = resolved, channel: str = "mail"
) -> list[str]:
    """What an observation gives a channel to send: the headlines, and the sentences of what is resolved."""
    news = after(memory, number, *alerts, resolved=resolved).news_for(channel)
    return [one.resolved or one.alert.headline for one in news]


def test_an_alert_is_sent_once_while_open_once_when_resolved_and_again_when_it_comes_back() -> None:
    memory = AlertMemory()
    assert to_send(memory, 0, alert()) == ["health needs a look."]
    memory = night(memory, 0, alert())
    assert to_send(memory, 1, alert()) == []
    memory = night(memory, 1, alert())
    assert to_send(memory, 2) == ["health is resolved."]
    memory = night(memory, 2)
    assert memory.alerts == {}
    assert to_send(memory, 3) == []
    assert to_send(memory, 3, alert()) == ["health needs a look."]
    memory = night(memory, 3, alert())
    assert next(iter(memory.alerts.values())).open_since == NIGHT + 3 * DAY


def test_open_since_is_when_it_was_first_found() -> None:
    memory = night(night(AlertMemory(), 0, alert()), 1, alert())
    assert memory.open_alerts()[0].open_since == NIGHT


def test_an_alert_that_an_observation_does_not_resolve_stays_open() -> None:
    memory = night(AlertMemory(), 0, alert())
    assert to_send(memory, 1, resolved=nothing_resolved) == []
    assert night(memory, 1, resolved=nothing_resolved).open_alerts() == memory.open_alerts()


def test_two_observations_together_hold_the_alerts_of_both_and_resolve_what_either_resolves() -> None:
    late = Observation((alert(),), lambda kind, subject: "It came." if kind == "source_late" else "")
    failed = Observation((alert("nightly_failed", "nightly"),), ended_at=NIGHT)
    both = failed.and_also(late)
    assert [one.kind for one in both.alerts] == ["nightly_failed", "source_late"]
    assert both.ended_at == NIGHT
    assert [both.resolved_because(kind, "lado") for kind in ("source_late", "pull_failed")] == ["It came.", ""]


def test_when_a_run_last_succeeded_and_ended_and_the_first_watch_are_kept() -> None:
    memory = AlertMemory().after_observation(Observation(succeeded_at=NIGHT, ended_at=NIGHT, is_watching=True), NIGHT)
    memory = memory.after_observation(Observation(ended_at=NIGHT + DAY, is_watching=True), NIGHT + DAY)
    assert (memory.last_success_at, memory.last_ended_at, memory.watched_since) == (NIGHT, NIGHT + DAY, NIGHT)


def test_only_the_new_parts_of_an_alert_that_grows_are_sent() -> None:
    memory = night(
        AlertMemory(), 0, alert("file_refused", "health", AlertPart("a", "nhs_ae"), AlertPart("b", "nhs_camhs"))
    )
    more = alert("file_refused", "health", AlertPart("a", "nhs_ae"), AlertPart("c", "nhs_dental"))
    grown = after(memory, 1, more)
    (news,) = grown.news_for("mail")
    assert [part.line for part in news.parts] == ["nhs_dental"]
    assert news.sent_before == NIGHT
    memory = grown.after_sending("mail", [news], NIGHT + DAY)
    assert to_send(memory, 2, more) == []
    # A part that was resolved in between is new when it comes back.
    back = alert("file_refused", "health", AlertPart("a", "nhs_ae"), AlertPart("b", "nhs_camhs"))
    assert to_send(memory, 2, back) == ["health needs a look."]


@pytest.mark.parametrize(("rows", "is_sent"), [(11, False), (21, False), (24, False), (25, True), (3, False)])
def test_a_count_is_sent_again_only_when_it_has_more_than_doubled_and_by_ten_rows(rows: int, is_sent: bool) -> None:
    memory = night(AlertMemory(), 0, alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", 12)))
    grown = after(memory, 1, alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", rows)))
    assert [part.line for news in grown.news_for("mail") for part in news.parts] == (
        ["rows wait, more than doubled"] if is_sent else []
    )


def test_small_counts_that_double_are_not_sent() -> None:
    memory = night(AlertMemory(), 0, alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", 1)))
    assert to_send(memory, 1, alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", 5))) == []


def test_counts_that_go_up_and_down_are_compared_with_what_was_sent() -> None:
    counts = [100, 60, 130, 90, 180, 100]
    memory = AlertMemory()
    news = []
    for number, rows in enumerate(counts):
        found = alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", rows))
        news += to_send(memory, number, found)
        memory = night(memory, number, found)
    assert len(news) == 1


def test_each_channel_is_sent_what_is_new_to_it() -> None:
    memory = night(AlertMemory(), 0, alert(), channels=("mail",))
    assert to_send(memory, 1, alert(), channel="mail") == []
    assert to_send(memory, 1, alert(), channel="webhook") == ["health needs a look."]
    # The webhook never had it, so it needs no end.
    assert to_send(memory, 1, channel="webhook") == []
    assert to_send(memory, 1, channel="mail") == ["health is resolved."]


def test_a_resolution_that_could_not_be_sent_waits_and_is_dropped_if_the_alert_comes_back_first() -> None:
    memory = night(AlertMemory(), 0, alert())
    memory = night(memory, 1, channels=())
    assert to_send(memory, 2) == ["health is resolved."]
    assert to_send(memory, 2, resolved=nothing_resolved) == ["health is resolved."], "it is not open again by itself"
    assert to_send(memory, 2, alert()) == []


def test_a_channel_that_is_no_longer_set_is_forgotten() -> None:
    memory = after(night(AlertMemory(), 0, alert(), alert(subject="lado"), channels=("mail",)), 0, alert())
    left = memory.for_channels(["webhook"])
    assert [one.alert.subject for one in left.alerts.values()] == ["health"]
    assert to_send(left, 1, alert(), channel="mail") == ["health needs a look."]


def test_news_is_in_order_of_urgency_with_resolved_alerts_last() -> None:
    memory = night(AlertMemory(), 0, alert("nightly_failed", "nightly"))
    memory = after(memory, 0, alert("file_refused", "lado"), alert("nightly_stopped", "nightly"))
    assert [(one.alert.kind, bool(one.resolved)) for one in memory.news_for("mail")] == [
        ("nightly_stopped", False),
        ("file_refused", False),
        ("nightly_failed", True),
    ]


def test_what_is_remembered_reads_back_the_same(tmp_path: Path) -> None:
    store = LocalFolder(tmp_path)
    assert read_memory(store) == (AlertMemory(), "")
    memory = night(
        AlertMemory(last_success_at=NIGHT, watched_since=NIGHT),
        0,
        alert("file_refused", "lado", AlertPart("a", "é", 3)),
    )
    memory = after(memory, 1, alert())
    store.replace(ALERTS, as_bytes(memory))
    assert read_memory(store) == (memory, "")


NOT_TODAYS = {"last_success_at": None, "last_ended_at": None, "watched_since": None}


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"format": 3}',
        b'{"format": 2}',
        b'{"format": 1}',
        *(
            json.dumps({"format": number, **NOT_TODAYS, **said}).encode()
            for number, alerts in ((1, "standing"), (2, "alerts"))
            for said in (
                {"last_success_at": "2026-11-02T04:15:00", alerts: []},
                {alerts: [{"kind": "made up"}]},
                {alerts: 7},
                {"last_success_at": 7, alerts: []},
            )
        ),
    ],
)
def test_a_file_that_cannot_be_understood_starts_empty_and_says_so(tmp_path: Path, spoilt: bytes) -> None:
    store = LocalFolder(tmp_path)
    store.replace(ALERTS, spoilt)
    memory, said = read_memory(store)
    assert memory == AlertMemory()
    assert said.startswith("runs/alerts.json could not be read")


def test_a_file_of_version_0_3_0_is_read_so_that_nothing_is_sent_twice(tmp_path: Path) -> None:
    store = LocalFolder(tmp_path)
    store.replace(ALERTS, json.dumps(WRITTEN_BY_0_3_0).encode())
    memory, said = read_memory(store)
    assert said == ""
    assert (memory.last_success_at, memory.last_ended_at, memory.watched_since) == (NIGHT, NIGHT, NIGHT)
    assert [(one.alert.kind, one.open_since) for one in memory.open_alerts()] == [
        ("pull_failed", NIGHT),
        ("source_late", NIGHT),
        ("published_with_warnings", NIGHT),
    ]
    failed = AlertPart("The run stopped because of an unexpected error (KeyError).", "It failed.")
    still = (
        alert("pull_failed", "lado", failed),
        alert("source_late", "health"),
        alert("published_with_warnings", "nightly", AlertPart("set aside nhs_ae", "set aside", 41)),
    )
    # Only the end that 0.3.0 could not send by mail any more is new, and to the webhook all that it never had.
    assert to_send(memory, 1, *still) == ["No file of lado was refused."]
    assert len(to_send(memory, 1, *still, channel="webhook")) == 3
    assert sorted(to_send(night(memory, 1, *still), 2)) == [
        "health is resolved.",
        "lado is resolved.",
        "nightly is resolved.",
    ]
    assert json.loads(as_bytes(night(memory, 1, *still)))["format"] == 2
    store.replace(ALERTS, as_bytes(memory))
    assert read_memory(store) == (memory, "")


def written_by_0_3_0(kind: Kind, subject: str, rows: dict[str, int], over: str = "") -> dict[str, object]:
    return {
        "detail": ["Last received on 26 October 2026, 04:16."],
        "headline": f"{subject} has an alert.",
        "kind": kind,
        "over": over,
        "parts": [{"line": name, "name": name, "rows": number} for name, number in rows.items()],
        "since": "2026-11-02T04:15:00+00:00",
        "subject": subject,
        "told": {"mail": {"at": "2026-11-02T04:15:00+00:00", "parts": rows}},
        "what_to_do": "Do something.",
    }


WRITTEN_BY_0_3_0 = {
    "format": 1,
    "last_ended_at": "2026-11-02T04:15:00+00:00",
    "last_success_at": "2026-11-02T04:15:00+00:00",
    "standing": [
        written_by_0_3_0("file_refused", "lado", {"refused lado_log": 1}, over="No file of lado was refused."),
        written_by_0_3_0("published_with_warnings", "nightly", {"set aside nhs_ae": 41}),
        written_by_0_3_0("pull_failed", "lado", {"The run met a fault nobody foresaw (KeyError).": 0}),
        written_by_0_3_0("source_late", "health", {}),
    ],
    "watched_since": "2026-11-02T04:15:00+00:00",
}
"""As `as_bytes` of that version wrote it."""
