"""What is told of a run: what a person needs, and never the name of a file as received."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from flows.alerts.alert import (
    DROP,
    URGENCY,
    Alert,
    nightly_missing,
    nightly_unended,
    of_late,
    of_outcome,
    of_problem,
    of_pull,
    of_rehearsal,
    safe_place,
    urgency,
    warnings_of,
)
from flows.publishing.run_nightly import Outcome
from flows.publishing.run_report import Arrived, Report
from flows.receiving.receive_drop import Receipt
from flows.receiving.sources import Late
from warehouse.problem import Problem

NAME = "Zebedeeus Quillfeather.csv"
NIGHT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)


def arrived(source: str, table: str | None, status: str, file_name: str = NAME) -> Arrived:
    return Arrived(source, "2026-10-31", table, file_name, status, 2, 0, 2, f"{NAME} cannot be read", f"{NAME}!")


def report(**given: Any) -> Report:
    empty: dict[str, Any] = dict.fromkeys(Report.__dataclass_fields__, ())
    return Report(**{**empty, "as_at": "2026-10-31", "ledger_sequence": 7, "code_version": "1", **given})


def outcome(state: str = "published", said: Report | None = None, **given: Any) -> Outcome:
    made: dict[str, Any] = {
        "receipt": None,
        "healed": (),
        "entry": None,
        "warehouse": None,
        "run_id": "20261102T041500000000Z",
        **given,
    }
    return Outcome(state, "", report=said, **made)


def everything(alert: Alert) -> str:
    return "\n".join(
        [
            alert.subject,
            alert.headline,
            *alert.detail,
            alert.what_to_do,
            *(f"{part.name} {part.line}" for part in alert.parts),
        ]
    )


def test_refused_files_are_told_by_source_and_table_and_where_to_look_and_not_by_name() -> None:
    told = of_outcome(
        outcome(
            said=report(
                arrivals=(
                    arrived("health", "nhs_dental", "refused"),
                    arrived("health", "nhs_ae", "refused"),
                    arrived("mappings", None, "refused"),
                    arrived("lado", "lado_log", "loaded"),
                )
            )
        )
    )
    assert [(alert.kind, alert.subject) for alert in told] == [("file_refused", "health"), ("file_refused", "mappings")]
    assert told[0].headline.startswith("2 files of health were refused")
    assert [part.line for part in told[0].parts] == ["nhs_ae", "nhs_dental"]
    assert "runs/20261102T041500000000Z/report.md" in told[0].detail[0]
    assert told[1].headline.startswith("1 file of mappings was refused")
    for alert in told:
        assert "Zebedeeus" not in everything(alert)
        assert alert.what_to_do


def test_what_was_left_alone_in_the_drop_is_counted_and_not_named() -> None:
    told = of_outcome(outcome("nothing new", receipt=Receipt((), 0, (f"{NAME}: not inside a source's folder",))))
    assert [(alert.kind, alert.subject) for alert in told] == [("file_refused", DROP)]
    assert "1 file or folder that was left alone" in told[0].headline
    assert "Zebedeeus" not in everything(told[0])


def test_a_run_that_stopped_names_the_tables_over_the_limit_and_no_warnings() -> None:
    stale = report(sources=(("health", "2026-10-24", True, 7),), arrivals=(arrived("health", "nhs_ae", "loaded"),))
    told = of_outcome(outcome("stopped", stale, stopped_because=("ssd_person",)))
    assert [alert.kind for alert in told] == ["nightly_stopped"]
    assert "ssd_person" in told[0].parts[0].line
    assert told[0].detail[0] == "Nothing is published yet."


def test_warnings_are_what_is_stale_set_aside_waiting_unchecked_or_broken() -> None:
    parts = warnings_of(
        report(
            arrivals=(
                arrived("health", "nhs_ae", "loaded"),
                arrived("health", None, "not known"),
                arrived("zebedeeus", None, "not known"),
            ),
            sources=(("health", "2026-10-24", True, 7), ("zebedeeus", "2026-10-01", True, 30)),
            set_aside=(("nhs_ae", "key is missing", 2), ("nhs_ae", "event date is blank", 3)),
            unmatched=(("nhs_ae", 6),),
            not_checked=(("nhs_ae", "attended_at is a day", "skipped", "column attended_at is absent"),),
            broken=(
                ("cin_8608", "ssd_cin_assessments", "warning", "An assessment was authorised before it started", 2),
                ("x008", "nhs_ae", "info", "A row of the delivery before is gone", 1),
                ("set aside:key", "nhs_ae", "critical", "every row has its key", 2),
            ),
        )
    )
    assert [part.line for part in parts] == [
        "stale: health is as at 24 October 2026, 7 days older",
        "another folder: 1 file whose name no contract knows",
        "health: 1 file whose name no contract knows",
        "set aside: 5 rows of nhs_ae",
        "matches no child and waits: 6 rows of nhs_ae",
        "could not be checked: nhs_ae: attended_at is a day",
        "broken: ssd_cin_assessments: An assessment was authorised before it started (cin_8608)",
    ]


def test_checks_that_a_refused_file_prevents_are_not_told_again_as_warnings() -> None:
    said = report(
        arrivals=(arrived("health", "nhs_ae", "refused"),),
        not_checked=(
            ("nhs_ae", "a key for every row", "skipped", "nhs_ae was refused"),
            ("nhs_camhs", "leads to nhs_ae", "skipped", "nhs_ae did not arrive, is empty or lacks nhs_number"),
            ("nhs_aes", "is a day", "skipped", "column x is absent"),
        ),
    )
    assert [part.name for part in warnings_of(said)] == ["not checked nhs_aes is a day"]


def test_a_run_published_without_a_warning_has_nothing_to_tell() -> None:
    assert of_outcome(outcome(said=report(arrivals=(arrived("health", "nhs_ae", "loaded"),)))) == ()


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("flows/publishing/build_warehouse.py, line 12", "flows/publishing/build_warehouse.py, line 12"),
        ("environment variable DAYTWO_THREADS", "environment variable DAYTWO_THREADS"),
        ("ledger/000000000007.json", "ledger/000000000007.json"),
        ("/srv/drop", "/srv/drop"),
        (f"case_management 2026-10-31 {NAME}, ledger entry 12", "ledger entry 12"),
        (f"/srv/drop/{NAME}", ""),
        (NAME, ""),
        ("", ""),
    ],
)
def test_where_a_fault_lies_is_told_only_where_it_cannot_be_the_name_of_a_file(where: str, told: str) -> None:
    assert safe_place(where, ("/srv/drop", "/srv/store")) == told
    alert = of_problem(Problem("it failed", where=where, fix="mend it."), ("/srv/drop", "/srv/store"))
    assert "Zebedeeus" not in everything(alert)
    assert alert.parts[0].line == "It failed."
    assert alert.what_to_do.startswith("mend it.")


def test_a_late_source_says_since_when_what_came_last_and_whom_to_ask() -> None:
    alert = of_late(
        Late(
            "health",
            datetime.datetime(2026, 7, 6, 8, 0, tzinfo=datetime.UTC),
            datetime.datetime(2026, 6, 29, 3, 16, tzinfo=datetime.UTC),
            datetime.date(2026, 6, 26),
        )
    )
    assert alert.headline == "health is late: it was due by 6 July 2026, 09:00."
    assert alert.detail[0] == "Last received on 29 June 2026, 04:16, as at 26 June 2026."
    assert "Ask whoever delivers health" in alert.what_to_do
    assert of_late(Late("lado", NIGHT, None, None)).detail[0] == "Nothing of it was ever received."


def test_every_kind_has_an_alert_that_says_what_to_do_and_is_sorted_by_urgency() -> None:
    problem = Problem("it failed")
    refused = report(arrivals=(arrived("health", "nhs_ae", "refused"),), unmatched=(("nhs_ae", 6),))
    made = [
        *of_outcome(outcome(said=refused, receipt=Receipt((), 0, ("x",)))),
        *of_outcome(outcome("stopped", report(), stopped_because=("ssd_person",))),
        of_problem(problem),
        of_late(Late("health", NIGHT, None, None)),
        of_pull("health", problem),
        of_rehearsal("slac_2009", "SLAC", problem),
        nightly_missing(None, 26),
        nightly_unended(NIGHT, is_gone=True, hours=3),
    ]
    assert {alert.kind for alert in made} == set(URGENCY)
    assert all(alert.headline.endswith(".") and alert.what_to_do.endswith(".") for alert in made)
    ordered = sorted(made, key=urgency)
    assert ordered[0].kind == "nightly_failed"
    assert ordered[-1].kind == "published_with_warnings"
    assert [alert.subject for alert in ordered if alert.kind == "file_refused"] == ["health", DROP]
