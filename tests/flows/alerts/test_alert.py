"""What an alert is: every kind says what to do, and the most urgent comes first."""

from __future__ import annotations

import datetime
from pathlib import Path

from flows.alerts.alert import DROP, URGENCY, Alert, counted, day_and_time, long_day, sentence, trial, urgency
from flows.alerts.heartbeat import Heartbeat, unended
from flows.packing.alerts_of_a_rehearsal import rehearsal_failed
from flows.publishing.alerts_of_a_night import alerts_of_outcome, nightly_failed
from flows.publishing.run_nightly import Outcome
from flows.publishing.run_report import Arrived, Report
from flows.receiving.alerts_of_a_pull import pull_failed
from flows.receiving.alerts_of_late_sources import source_late
from flows.receiving.receive_drop import Receipt
from flows.receiving.sources import Late
from flows.watch import nightly_missing
from warehouse.problem import Problem
from warehouse.store.local_folder import LocalFolder

NIGHT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)


def of_a_night(state: str, receipt: Receipt | None = None, stopped_because: tuple[str, ...] = ()) -> tuple[Alert, ...]:
    """The alerts of a run with a refused file and rows that wait."""
    empty: dict[str, tuple[object, ...]] = dict.fromkeys(Report.__dataclass_fields__, ())
    refused = Arrived("health", "2026-10-31", "nhs_ae", "x.csv", "refused", 2, 0, 2, "it cannot be read", None)
    found = {"as_at": "2026-10-31", "ledger_sequence": 7, "code_version": "1"}
    report = Report(**{**empty, **found, "arrivals": (refused,), "unmatched": (("nhs_ae", 6),)})  # type: ignore[arg-type]
    return alerts_of_outcome(
        Outcome(
            state,
            "",
            report=report,
            receipt=receipt,
            healed=(),
            entry=None,
            warehouse=None,
            run_id="20261102T041500000000Z",
            stopped_because=stopped_because,
        )
    )


def test_every_kind_has_an_alert_that_says_what_to_do_and_is_sorted_by_urgency(tmp_path: Path) -> None:
    problem = Problem("it failed")
    hangs = Heartbeat("running", NIGHT, None, None, None, "", "0.4.0", "elsewhere", 1)
    made = [
        *of_a_night("published", Receipt((), 0, ("x",))),
        *of_a_night("stopped", stopped_because=("ssd_person",)),
        nightly_failed(problem),
        source_late(Late("health", NIGHT, None, None)),
        pull_failed("health", problem),
        rehearsal_failed("slac_2009", "SLAC", problem),
        nightly_missing(None, 26),
        *unended(LocalFolder(tmp_path), hangs, NIGHT + datetime.timedelta(hours=4)),
    ]
    assert {alert.kind for alert in made} == set(URGENCY)
    assert all(alert.headline.endswith(".") and alert.what_to_do.endswith(".") for alert in (*made, trial()))
    ordered = sorted(made, key=urgency)
    assert ordered[0].kind == "nightly_failed"
    assert ordered[-1].kind == "published_with_warnings"
    assert [alert.subject for alert in ordered if alert.kind == "file_refused"] == ["health", "health", DROP]


def test_a_rehearsal_and_a_pull_say_what_to_do() -> None:
    problem = Problem("it failed", fix="Mend it.")
    assert rehearsal_failed("slac_2009", "SLAC", problem).what_to_do == "Mend it. Then run: daytwo rehearse."
    assert pull_failed("health", problem).what_to_do == "Mend it. Then run: daytwo pull."


def test_numbers_days_and_sentences_are_written_as_people_write_them() -> None:
    assert [counted(number, "file or folder") for number in (1, 2500)] == ["1 file or folder", "2,500 files or folders"]
    assert day_and_time(datetime.datetime(2026, 7, 6, 3, 16, tzinfo=datetime.UTC)) == "6 July 2026, 04:16"
    assert long_day("2026-10-31") == "31 October 2026"
    assert [sentence(text) for text in ("it failed", "Is it?")] == ["It failed.", "Is it?"]
