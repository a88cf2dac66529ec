"""A pack that could not be built as if the call came now is an alert until it can be."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from flows.commands.command_line import main
from flows.packing.alerts_of_a_rehearsal import send_alerts_of_rehearsals
from flows.packing.rehearsal_report import Rehearsals, Rehearsed
from tests.alert_servers import mail_server, mailing
from warehouse.problem import Problem

NIGHT = datetime.datetime(2026, 11, 2, 5, 45, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def rehearsed(problem: Problem | None = None) -> Rehearsals:
    one = Rehearsed(
        state="failed" if problem else "made",
        framework="slac_2009",
        title="Safeguarding and looked after children",
        short_title="SLAC",
        run_id="20261102T054500000000Z",
        received_at=NIGHT,
        problem=problem,
    )
    return Rehearsals(one.run_id, (one,))


def test_a_pack_that_cannot_be_built_is_an_alert_sent_once_until_it_can(tmp_path: Path) -> None:
    problem = Problem("A published file is not whole.", fix="Run the nightly run.")
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box)
        for number, result in enumerate([rehearsed(problem), rehearsed(problem), rehearsed(), rehearsed()]):
            send_alerts_of_rehearsals(result, settings, NIGHT + number * DAY, warn=pytest.fail)
    assert box.subjects == [
        "Daytwo, Borchester: the rehearsal of slac_2009 failed",
        "Daytwo, Borchester: resolved: the rehearsal of slac_2009 succeeds again",
    ]
    assert "1. SLAC: if the call came now, the pack could not be made." in box.texts()[0]
    assert "- A published file is not whole." in box.texts()[0]
    assert "RESOLVED: SLAC: the pack can be made again." in box.texts()[1]


def test_a_rehearsal_that_failed_is_sent_and_so_is_its_resolution(tmp_path: Path) -> None:
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box)
        send_alerts_of_rehearsals(ValueError("Zebedeeus"), settings, NIGHT, warn=pytest.fail)
        send_alerts_of_rehearsals(rehearsed(), settings, NIGHT + DAY, warn=pytest.fail)
    assert box.subjects == [
        "Daytwo, Borchester: the rehearsal failed",
        "Daytwo, Borchester: resolved: the rehearsal failed",
    ]
    assert "an unexpected error (ValueError)" in box.texts()[0]
    assert "Zebedeeus" not in "".join(box.texts())


def test_the_command_sends_alerts_of_a_scheduled_rehearsal_but_not_of_one_framework_somebody_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box)
        for name in ("store", "smtp_server", "smtp_security", "alert_from", "alert_to"):
            monkeypatch.setenv(f"DAYTWO_{name.upper()}", getattr(settings, name))
        monkeypatch.setenv("DAYTWO_REHEARSE", "slac_2009")
        assert main(["rehearse", "--framework", "slac_2009", "--json"]) == 1
        assert box.subjects == []
        assert main(["rehearse", "--json"]) == 1
        assert box.subjects == ["Daytwo: the rehearsal of slac_2009 failed"]
        assert "- Nothing has been published yet." in box.texts()[0]
