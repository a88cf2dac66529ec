"""Nightly runs as an operator sees them: the heartbeat, the mails over several nights, nothing of a child in any."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.alerts.heartbeat import read_heartbeat
from flows.commands.command_line import main
from flows.publishing.run_nightly import Outcome
from flows.publishing.send_alerts_of_a_night import is_tonights, sending_alerts
from flows.settings import Settings
from tests.alert_servers import PASSWORD, USER, Mailbox, Posts, certificates, mail_server, web_server
from tests.flows.conftest import FORENAME, NHS_NUMBER, PERSON, PrefectServer
from warehouse.problem import Problem, TransientFault
from warehouse.store.keys import ALERTS
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow

TOKEN = "T0K3N-8f1c"
NIGHT = datetime.datetime(2026, 11, 3, 4, 15, tzinfo=datetime.UTC)
DELIVERY = "case_management/2026-10-31"


@dataclass
class Office:
    """Where the mails and posts of the nights arrive, and the folder of the store and the heartbeat."""

    box: Mailbox
    posts: Posts
    folder: Path
    drop: Path

    def beat(self) -> Any:
        return json.loads((self.folder / "heartbeat.json").read_text())

    def night(self, *more: str) -> int:
        return main(["nightly", "--as-at", "2026-10-31", "--json", *more])

    def everything(self) -> str:
        """Every byte that left or is remembered."""
        return "\n".join(
            [
                *(raw.decode() for raw in self.box.raw),
                *self.box.texts(),
                *self.box.subjects,
                json.dumps(self.posts.taken, ensure_ascii=False),
                (self.folder / "store" / ALERTS).read_text(),
                (self.folder / "heartbeat.json").read_text(),
            ]
        )


@pytest.fixture
def office(tmp_path: Path, tiny_drop: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A mail server that wants an encrypted, signed-in connection, and a webhook with a token in its address."""
    context, trusted = certificates(tmp_path)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "smtp_password").write_text(f"{PASSWORD}\n")
    with mail_server(starttls=context, signs_in=True) as box, web_server() as posts:
        (tmp_path / "secrets" / "alert_webhook").write_text(f"http://127.0.0.1:{posts.port}/{TOKEN}\n")
        given = {
            "DAYTWO_DROP": tiny_drop,
            "DAYTWO_STORE": tmp_path / "store",
            "DAYTWO_AUTHORITY_NAME": "Borchester",
            "DAYTWO_SMTP_SERVER": f"localhost:{box.port}",
            "DAYTWO_SMTP_USER": USER,
            "DAYTWO_ALERT_FROM": "daytwo@borchester.example",
            "DAYTWO_ALERT_TO": "ops@borchester.example",
            "DAYTWO_SECRETS": tmp_path / "secrets",
            "DAYTWO_HEARTBEAT": tmp_path / "heartbeat.json",
            "SSL_CERT_FILE": trusted,
        }
        for name, value in given.items():
            monkeypatch.setenv(name, str(value))
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield Office(box, posts, tmp_path, tiny_drop)


def spoil(drop: Path) -> None:
    """Names of a child wherever an outside name can be: files refused, unknown or not received, headings, cells."""
    delivery = drop / DELIVERY
    (delivery / "ssd_cp_plans.csv").write_text(f"P1,{PERSON},{FORENAME},{NHS_NUMBER}\n")
    (delivery / f"{FORENAME}.csv").write_text("a letter,put here by mistake\n")
    (delivery / "ssd_person.csv").write_text(
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_dob,pers_common_child_id\n"
        f"{PERSON},{FORENAME},Quillfeather,M,2015-05-01,{NHS_NUMBER}\n"
        + "".join(f"Z{number},{FORENAME},Q,M,2015-05-01,\n" for number in range(40))
        + f"{PERSON},{FORENAME},Quillfeather,M,{FORENAME},{NHS_NUMBER}\n"
    )
    (drop / f"{FORENAME}.txt").touch()
    (drop / FORENAME.lower() / "2026-10-24").mkdir(parents=True)
    (drop / FORENAME.lower() / "2026-10-24" / "x.csv").write_text("a\n1\n")


def test_over_several_nights_each_alert_is_sent_once_and_holds_nothing_of_a_child_or_a_secret(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = (office.drop / DELIVERY / "ssd_cp_plans.csv").read_text()
    # The first night reports everything; the second has nothing new.
    assert office.night() == 0
    assert office.night() == 0
    assert office.box.subjects == ["Daytwo, Borchester: published, with warnings"]
    assert (office.beat()["state"], office.beat()["run_id"][:2]) == ("nothing new", "20")

    # A night with a refused file, one that no contract knows and one in the wrong place: one mail; then silence.
    spoil(office.drop)
    assert office.night() == 0
    assert office.night() == 0
    assert office.box.subjects[1:] == ["Daytwo, Borchester: files of case_management were refused, and 2 more"]
    text = office.box.texts()[1]
    assert "- ssd_cp_plans" in text
    assert "New since the message of" in text
    assert "- set aside: 1 row of ssd_person" in text
    run_id = json.loads((office.folder / "store" / ALERTS).read_text())["alerts"][0]["detail"][0].split("/")[1]
    assert (office.folder / "store" / "runs" / run_id / "report.md").is_file()

    # The share is gone for two nights.
    office.drop.rename(office.folder / "gone")
    before = office.beat()["last_success_at"]
    assert office.night() == 1
    assert (office.beat()["state"], office.beat()["last_success_at"]) == ("failed", before)
    assert office.night() == 1
    assert office.box.subjects[2:] == ["Daytwo, Borchester: the nightly run failed"]
    assert "- The drop is not a folder." in office.box.texts()[2]
    (office.folder / "gone").rename(office.drop)

    # Everything is corrected: the resolved alerts are sent together.
    (office.drop / DELIVERY / "ssd_cp_plans.csv").write_text(plans)
    (office.drop / f"{FORENAME}.txt").unlink()
    assert office.night() == 0
    assert office.night() == 0
    assert len(office.box.raw) == len(office.posts.taken) == 4
    text = office.box.texts()[3]
    assert "RESOLVED: The nightly run of" in text
    assert "refused no file of case_management that is in use." in text
    assert "found nothing in the drop that it could not receive." in text

    everything = office.everything()
    assert "ssd_person" in everything, "what is looked through is what was sent"
    for value in (FORENAME, FORENAME.lower(), NHS_NUMBER, PERSON, "Quillfeather", PASSWORD, TOKEN):
        assert value not in everything
    assert office.box.was_encrypted == [True] * 4
    assert "warning" not in capsys.readouterr().err


def test_a_run_that_stops_is_an_alert_and_no_success(office: Office) -> None:
    (office.drop / DELIVERY / "ssd_person.csv").write_text(
        f"pers_person_id,pers_forename\n{PERSON},{FORENAME}\n,{FORENAME}\n"
    )
    assert office.night() == 3
    assert office.beat()["state"] == "stopped"
    assert office.beat()["last_success_at"] is None
    assert office.box.subjects == ["Daytwo, Borchester: the nightly run stopped, nothing was published"]
    assert "- over the limit: ssd_person" in office.box.texts()[0]
    assert FORENAME not in office.everything()


def test_a_mail_server_that_is_down_fails_no_night_and_the_next_sends_what_it_missed(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = f"localhost:{office.box.port}"
    monkeypatch.setenv("DAYTWO_SMTP_SERVER", "localhost:1")
    assert office.night() == 0
    err = capsys.readouterr().err
    assert "daytwo: warning: The mail could not be sent: connection refused. (mail server localhost:1)" in err
    assert PASSWORD not in err
    monkeypatch.setenv("DAYTWO_SMTP_SERVER", server)
    assert office.night() == 0
    assert office.box.subjects == ["Daytwo, Borchester: published, with warnings"]
    assert len(office.posts.taken) == 1


def test_runs_that_rebuild_the_past_or_publish_nothing_send_no_alert(office: Office) -> None:
    assert office.night("--received-at", "2026-11-01T04:15") == 0
    assert office.night("--as-known-on", "1", "--no-publish") == 0
    assert (office.box.raw, office.posts.taken) == ([], [])
    assert not (office.folder / "heartbeat.json").exists()
    assert is_tonights(as_known_on=None, received_at=None, publishing=True)


def settings_of(office: Office) -> Settings:
    return Settings.read()


def test_an_unexpected_error_is_sent_with_only_its_kind_and_place(office: Office) -> None:
    warnings: list[str] = []
    with (
        pytest.raises(ValueError, match=FORENAME),
        sending_alerts(settings_of(office), clock=lambda: NIGHT, warn=warnings.append, is_tonights=True),
    ):
        raise ValueError(f"could not convert {FORENAME}")
    assert warnings == []
    assert "(ValueError)." in office.box.texts()[0]
    assert FORENAME not in office.everything()
    assert office.beat()["state"] == "failed"


def test_a_run_stopped_from_the_keyboard_sends_no_alert(office: Office) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        sending_alerts(settings_of(office), clock=lambda: NIGHT, warn=pytest.fail, is_tonights=True),
    ):
        raise KeyboardInterrupt
    assert office.box.raw == []
    assert office.beat()["state"] == "failed"


def test_a_run_without_an_outcome_is_sent_as_failed(office: Office) -> None:
    with sending_alerts(settings_of(office), clock=lambda: NIGHT, warn=pytest.fail, is_tonights=True):
        pass
    assert office.box.subjects == ["Daytwo, Borchester: the nightly run failed"]


def test_alerts_are_sent_without_a_store_that_can_be_opened(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAYTWO_STORE")
    assert office.night() == 1
    assert office.box.subjects == ["Daytwo, Borchester: the nightly run failed"]
    assert "- No store is named." in office.box.texts()[0]


def test_a_second_run_leaves_the_heartbeat_of_one_under_way_and_sends_nothing(office: Office) -> None:
    code = (
        "import sys, datetime; from flows.alerts import heartbeat\n"
        "heartbeat.begin(sys.argv[1], datetime.datetime.now(tz=datetime.UTC), hours=26, warn=print)\n"
        "print(flush=True); input()"
    )
    beat = str(office.folder / "heartbeat.json")
    with subprocess.Popen([sys.executable, "-c", code, beat], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with LocalFolder(office.folder / "store").lock("writer"):
            assert office.night() == 1
        said = read_heartbeat(beat)
        assert said is not None
        assert (said.state, said.process) == ("running", other.pid)
        other.communicate(b"\n")
    assert office.box.raw == []


def test_a_run_refused_because_something_else_writes_is_sent_once(office: Office) -> None:
    with LocalFolder(office.folder / "store").lock("writer"):
        assert office.night() == 1
        assert office.night() == 1
    assert office.box.subjects == ["Daytwo, Borchester: the nightly run failed"]
    assert "Another run has been writing since" in office.box.texts()[0]


def test_under_prefect_the_same_is_sent_but_not_an_error_that_a_retry_resolves(
    prefect_server: PrefectServer, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.nightly
    from flows.nightly import as_flow

    def run(**given: Any) -> Outcome:
        # A day of its own: the server's runs are named by it, and are other tests' too.
        asked = {"as_at": datetime.date(2026, 11, 9), "as_known_on": None, "received_at": None, "publishing": True}
        return as_flow(Settings.read(**given), drop=str(office.drop), **asked)

    attempts: list[int] = []
    real = flows.nightly.run_nightly

    def fails_once(*given: Any, **named: Any) -> Outcome:
        attempts.append(1)
        if len(attempts) == 1:
            raise TransientFault("The share cannot be reached.")
        return real(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(flows.nightly, "run_nightly", fails_once)
        patch.setattr(
            flows.nightly,
            "receive_build_publish",
            flows.nightly.receive_build_publish.with_options(retry_delay_seconds=0),
        )
        assert run().state == "published"
    assert len(attempts) == 2
    assert office.box.subjects == ["Daytwo, Borchester: published, with warnings"]
    assert office.beat()["state"] == "published"

    office.drop.rename(office.folder / "gone")
    with pytest.raises(Problem, match="The drop is not a folder"):
        run(smtp_server="localhost:1")
    assert office.beat()["state"] == "failed"
    assert len(office.posts.taken) == 2
    assert prefect_server.wait_for(
        "SELECT 1 FROM log WHERE message LIKE 'The mail could not be sent: connection refused.%'"
    )
    kept = prefect_server.everything_kept()
    for secret in (PASSWORD, TOKEN, FORENAME):
        assert secret.encode() not in kept
