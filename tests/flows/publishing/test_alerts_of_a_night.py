"""The alerts of a nightly run: what a person needs, and never the name of a file as received."""

from __future__ import annotations

from typing import Any

import pytest

from flows.alerts.alert import DROP, Alert
from flows.publishing.alerts_of_a_night import alerts_of_outcome, nightly_failed, safe_place, warnings_of
from flows.publishing.run_nightly import Outcome
from flows.publishing.run_report import Arrived, Report
from flows.receiving.receive_drop import Receipt
from warehouse.problem import Problem

NAME = "Zebedeeus Quillfeather.csv"


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


def test_refused_files_are_reported_by_source_and_table_and_never_by_name() -> None:
    alerts = alerts_of_outcome(
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
    assert [(alert.kind, alert.subject) for alert in alerts] == [
        ("file_refused", "health"),
        ("file_refused", "mappings"),
    ]
    assert alerts[0].headline.startswith("2 files of health were refused")
    assert [part.line for part in alerts[0].parts] == ["nhs_ae", "nhs_dental"]
    assert "runs/20261102T041500000000Z/report.md" in alerts[0].detail[0]
    assert alerts[1].headline.startswith("1 file of mappings was refused")
    for alert in alerts:
        assert "Zebedeeus" not in everything(alert)
        assert alert.what_to_do


def test_files_not_received_from_the_drop_are_counted_and_not_named() -> None:
    receipt = Receipt((), 0, (f"{NAME}: not inside a source's folder",))
    alerts = alerts_of_outcome(outcome("nothing new", receipt=receipt))
    assert [(alert.kind, alert.subject) for alert in alerts] == [("file_refused", DROP)]
    assert "1 file or folder in the drop was not received" in alerts[0].headline
    assert "Zebedeeus" not in everything(alerts[0])


def test_a_run_that_stopped_names_the_tables_over_the_limit_and_no_warnings() -> None:
    stale = report(sources=(("health", "2026-10-24", True, 7),), arrivals=(arrived("health", "nhs_ae", "loaded"),))
    alerts = alerts_of_outcome(outcome("stopped", stale, stopped_because=("ssd_person",)))
    assert [alert.kind for alert in alerts] == ["nightly_stopped"]
    assert "ssd_person" in alerts[0].parts[0].line
    assert alerts[0].detail[0] == "Nothing is published yet."


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
                ("x008", "nhs_ae", "info", "A row of the previous delivery is missing", 1),
                ("set aside:key", "nhs_ae", "critical", "every row has a key", 2),
            ),
        )
    )
    assert [part.line for part in parts] == [
        "stale: health is as at 24 October 2026, 7 days older than the as-at date",
        "another folder: 1 file whose name matches no contract",
        "health: 1 file whose name matches no contract",
        "set aside: 5 rows of nhs_ae",
        "waiting to be matched to a child: 6 rows of nhs_ae",
        "could not be checked: nhs_ae: attended_at is a day",
        "broken: ssd_cin_assessments: An assessment was authorised before it started (cin_8608)",
    ]


def test_checks_that_a_refused_file_prevents_are_not_separate_warnings() -> None:
    said = report(
        arrivals=(arrived("health", "nhs_ae", "refused"),),
        not_checked=(
            ("nhs_ae", "a key for every row", "skipped", "nhs_ae was refused"),
            ("nhs_camhs", "leads to nhs_ae", "skipped", "nhs_ae did not arrive, is empty or lacks nhs_number"),
            ("nhs_aes", "is a day", "skipped", "column x is absent"),
        ),
    )
    assert [part.name for part in warnings_of(said)] == ["not checked nhs_aes is a day"]


def test_a_run_published_without_a_warning_has_no_alerts() -> None:
    assert alerts_of_outcome(outcome(said=report(arrivals=(arrived("health", "nhs_ae", "loaded"),)))) == ()


@pytest.mark.parametrize(
    ("where", "sent"),
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
def test_the_place_of_an_error_is_sent_only_if_it_cannot_be_a_file_name(where: str, sent: str) -> None:
    assert safe_place(where, ("/srv/drop", "/srv/store")) == sent
    alert = nightly_failed(Problem("it failed", where=where, fix="mend it."), ("/srv/drop", "/srv/store"))
    assert "Zebedeeus" not in everything(alert)
    assert alert.parts[0].line == "It failed."
    assert alert.what_to_do.startswith("mend it.")
