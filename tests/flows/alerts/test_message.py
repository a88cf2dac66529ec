"""The message of a run: one for all its news, the most urgent first, as text and as JSON."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

from flows.alerts.alert import UNENDED, URGENCY, WHOLE_RUN, Alert, AlertPart
from flows.alerts.memory import News
from flows.alerts.message import MOST_LINES, compose

NIGHT = datetime.datetime(2026, 7, 6, 3, 16, tzinfo=datetime.UTC)
FAULT = Alert(
    "nightly_failed",
    "nightly",
    "The nightly run failed.",
    (),
    "Make room. Then run it again: daytwo nightly.",
    (AlertPart("the store cannot be written", "The store cannot be written."),),
)
FAILED = News(FAULT, NIGHT, FAULT.parts)
LATE = News(Alert("source_late", "health", "health is late.", ("Last week's is used.",), "Ask.", ()), NIGHT)


def test_the_subject_names_the_most_urgent_and_how_many_more() -> None:
    message = compose([FAILED, LATE], council="Borchester", at=NIGHT)
    assert message.subject == "Daytwo, Borchester: the nightly run failed, and 1 more"
    assert compose([LATE], council="", at=NIGHT).subject == "Daytwo: health is late"


def test_the_text_has_each_alert_with_what_to_do_and_since_when_in_london_time() -> None:
    text = compose([FAILED, LATE], council="Borchester", at=NIGHT).text
    assert text.startswith("Daytwo, Borchester, 6 July 2026, 04:16\n")
    assert text.index("1. The nightly run failed.") < text.index("2. health is late.")
    assert "- The store cannot be written." in text
    assert "What to do: Make room. Then run it again: daytwo nightly." in text
    assert "Open since 6 July 2026, 04:16." in text


def test_a_resolved_alert_says_so_and_what_was_open() -> None:
    message = compose([News(LATE.alert, NIGHT, resolved="health was delivered on Monday.")], council="", at=NIGHT)
    assert message.subject == "Daytwo: resolved: health is no longer late"
    assert "1. RESOLVED: health was delivered on Monday." in message.text
    assert "Open since 6 July 2026, 04:16: health is late." in message.text
    assert message.as_json()["state"] == "resolved"
    assert message.as_json()["headline"] == "health was delivered on Monday."


def test_at_most_ten_parts_are_named() -> None:
    parts = tuple(AlertPart(f"p{number}", f"part {number}") for number in range(40))
    news = News(Alert("published_with_warnings", "nightly", "With warnings.", (), "Read.", parts), NIGHT, parts)
    text = compose([news], council="", at=NIGHT).text
    assert text.count("- part") == MOST_LINES
    assert "- and 30 more" in text


def test_json_has_the_most_urgent_at_the_top_all_as_alerts_and_text_for_chat() -> None:
    said = compose([FAILED, LATE], council="Borchester", at=NIGHT).as_json()
    assert (said["source"], said["council"], said["kind"], said["subject"], said["state"]) == (
        "daytwo",
        "Borchester",
        "nightly_failed",
        "nightly",
        "open",
    )
    assert said["open_since"] == "2026-07-06T03:16:00+00:00"
    assert {"headline", "detail", "what_to_do"} <= set(said)
    assert [one["kind"] for one in said["alerts"]] == ["nightly_failed", "source_late"]
    assert said["text"].startswith("Daytwo, Borchester: the nightly run failed, and 1 more\n\n")


def test_a_setting_with_a_line_end_adds_no_second_header() -> None:
    message = compose([LATE], council="Borchester\r\nBcc: everybody@example.org", at=NIGHT)
    assert message.subject == "Daytwo, Borchester Bcc: everybody@example.org: health is late"


def test_every_kind_of_subject_reads_as_a_sentence() -> None:
    subjects = [
        compose([News(one, NIGHT)], council="", at=NIGHT).subject
        for one in (
            Alert("nightly_missing", UNENDED, "The nightly run was killed.", (), "Run it again."),
            Alert("rehearsal_failed", "slac_2009", "SLAC.", (), "Look."),
            Alert("rehearsal_failed", WHOLE_RUN, "The rehearsal.", (), "Look."),
            Alert("file_refused", "drop", "Left.", (), "Look.", ()),
        )
    ]
    assert subjects == [
        "Daytwo: a nightly run did not end",
        "Daytwo: the rehearsal of slac_2009 failed",
        "Daytwo: the rehearsal failed",
        "Daytwo: files of the drop were not received",
    ]


def test_notes_about_the_sending_come_first() -> None:
    text = compose([LATE], council="", at=NIGHT, notes=["What was sent before is not known."]).text
    assert text.index("Note: What was sent before is not known.") < text.index("1. health")


def test_the_json_shown_on_the_page_for_operators_has_the_fields_that_are_posted() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "alerts.md").read_text(encoding="utf-8")
    (text,) = [text for text in re.findall(r"```json\n(.*?)```", page, re.S) if "what_to_do" in text]
    assert json.loads(text).keys() == compose([LATE], council="Borchester", at=NIGHT).as_json().keys()


def test_the_page_for_operators_names_every_kind() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "alerts.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z_]+)` \|", page, re.M) == list(URGENCY)
