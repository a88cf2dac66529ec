"""What is remembered of alerts: told once while they stand, once when they are over, again when they come back."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from flows.alerts.alert import Alert, AlertPart, Kind
from flows.alerts.memory import ResolvedBecause, State, as_bytes, cannot_tell, read_state
from warehouse.store.keys import ALERTS
from warehouse.store.local_folder import LocalFolder

NIGHT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def alert(kind: Kind = "source_late", subject: str = "health", *parts: AlertPart) -> Alert:
    return Alert(kind, subject, f"{subject} is told of.", ("More of it.",), "Do something.", parts)


def over(kind: Kind, subject: str) -> str:
    return f"{subject} is over."


def night(
    state: State, number: int, *alerts: Alert, over: ResolvedBecause = over, channels: tuple[str, ...] = ("mail",)
) -> State:
    """A look, and every channel told of what it finds."""
    at = NIGHT + number * DAY
    state = state.after_look(alerts, over, at)
    for channel in channels:
        state = state.after_telling(channel, state.news_for(channel), at)
    return state


def told(state: State, number: int, *alerts: Alert, over: ResolvedBecause = over, channel: str = "mail") -> list[str]:
    """What a look makes news for a channel: the headlines, and the sentences of what is over."""
    looked = state.after_look(alerts, over, NIGHT + number * DAY)
    return [news.over or news.alert.headline for news in looked.news_for(channel)]


def test_an_alert_is_told_once_while_it_stands_once_when_it_is_over_and_again_when_it_is_back() -> None:
    state = State()
    assert told(state, 0, alert()) == ["health is told of."]
    state = night(state, 0, alert())
    assert told(state, 1, alert()) == []
    state = night(state, 1, alert())
    assert told(state, 2) == ["health is over."]
    state = night(state, 2)
    assert state.standing == {}
    assert told(state, 3) == []
    assert told(state, 3, alert()) == ["health is told of."]
    state = night(state, 3, alert())
    assert next(iter(state.standing.values())).since == NIGHT + 3 * DAY


def test_since_is_when_it_was_first_found() -> None:
    state = night(night(State(), 0, alert()), 1, alert())
    assert state.in_order()[0].since == NIGHT


def test_what_a_look_cannot_tell_of_stays() -> None:
    state = night(State(), 0, alert())
    assert told(state, 1, over=cannot_tell) == []
    assert night(state, 1, over=cannot_tell).in_order() == state.in_order()


def test_of_something_that_grows_only_what_is_new_is_told() -> None:
    state = night(State(), 0, alert("file_refused", "health", AlertPart("a", "nhs_ae"), AlertPart("b", "nhs_camhs")))
    more = alert("file_refused", "health", AlertPart("a", "nhs_ae"), AlertPart("c", "nhs_dental"))
    looked = state.after_look([more], over, NIGHT + DAY)
    (news,) = looked.news_for("mail")
    assert [part.line for part in news.parts] == ["nhs_dental"]
    assert news.since_told == NIGHT
    state = looked.after_telling("mail", [news], NIGHT + DAY)
    assert told(state, 2, more) == []
    # What was put right in between is new when it is back.
    back = alert("file_refused", "health", AlertPart("a", "nhs_ae"), AlertPart("b", "nhs_camhs"))
    assert told(state, 2, back) == ["health is told of."]


@pytest.mark.parametrize(("rows", "is_told"), [(11, False), (21, False), (24, False), (25, True), (3, False)])
def test_a_count_is_told_again_only_when_it_has_more_than_doubled_and_by_ten_rows(rows: int, is_told: bool) -> None:
    state = night(State(), 0, alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", 12)))
    grown = alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", rows))
    looked = state.after_look([grown], over, NIGHT + DAY)
    assert [part.line for news in looked.news_for("mail") for part in news.parts] == (
        ["rows wait, more than doubled"] if is_told else []
    )


def test_small_counts_that_double_are_not_told() -> None:
    state = night(State(), 0, alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", 1)))
    assert told(state, 1, alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", 5))) == []


def test_counts_that_go_up_and_down_are_held_against_what_was_told() -> None:
    counts = [100, 60, 130, 90, 180, 100]
    state = State()
    news = []
    for number, rows in enumerate(counts):
        found = alert("published_with_warnings", "nightly", AlertPart("waits", "rows wait", rows))
        news += told(state, number, found)
        state = night(state, number, found)
    assert len(news) == 1


def test_each_channel_is_told_what_it_does_not_know() -> None:
    state = night(State(), 0, alert(), channels=("mail",))
    assert told(state, 1, alert(), channel="mail") == []
    assert told(state, 1, alert(), channel="webhook") == ["health is told of."]
    # The webhook never knew of it, so it needs no end.
    assert told(state, 1, channel="webhook") == []
    assert told(state, 1, channel="mail") == ["health is over."]


def test_an_end_that_could_not_be_told_waits_and_is_dropped_where_it_comes_back_first() -> None:
    state = night(State(), 0, alert())
    state = night(state, 1, channels=())
    assert told(state, 2) == ["health is over."]
    assert told(state, 2, over=cannot_tell) == ["health is over."], "a look that sees nothing of it does not revive it"
    assert told(state, 2, alert()) == []


def test_a_channel_that_is_no_longer_set_is_forgotten_and_keeps_no_end_waiting() -> None:
    state = night(State(), 0, alert(), alert(subject="lado"), channels=("mail",)).after_look([alert()], over, NIGHT)
    left = state.for_channels(["webhook"])
    assert [one.alert.subject for one in left.standing.values()] == ["health"]
    assert told(left, 1, alert(), channel="mail") == ["health is told of."]


def test_news_come_by_urgency_and_ends_last() -> None:
    state = night(State(), 0, alert("nightly_failed", "nightly"))
    looked = state.after_look([alert("file_refused", "lado"), alert("nightly_stopped", "nightly")], over, NIGHT)
    assert [(one.alert.kind, bool(one.over)) for one in looked.news_for("mail")] == [
        ("nightly_stopped", False),
        ("file_refused", False),
        ("nightly_failed", True),
    ]


def test_what_is_remembered_reads_back_the_same(tmp_path: Path) -> None:
    store = LocalFolder(tmp_path)
    assert read_state(store) == (State(), "")
    state = night(
        State(last_success_at=NIGHT, watched_since=NIGHT), 0, alert("file_refused", "lado", AlertPart("a", "é", 3))
    )
    state = state.after_look([alert()], over, NIGHT + DAY)
    store.replace(ALERTS, as_bytes(state))
    assert read_state(store) == (state, "")


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"format": 2}',
        b'{"format": 1}',
        b'{"format": 1, "last_success_at": "2026-11-02T04:15:00", "last_ended_at": null, "watched_since": null,'
        b' "standing": []}',
        b'{"format": 1, "last_success_at": null, "last_ended_at": null, "watched_since": null,'
        b' "standing": [{"kind": "made up"}]}',
        b'{"format": 1, "last_success_at": 7, "last_ended_at": null, "watched_since": null, "standing": 7}',
    ],
)
def test_a_file_that_cannot_be_understood_starts_anew_and_says_so(tmp_path: Path, spoilt: bytes) -> None:
    store = LocalFolder(tmp_path)
    store.replace(ALERTS, spoilt)
    state, said = read_state(store)
    assert state == State()
    assert said.startswith("runs/alerts.json could not be read")
