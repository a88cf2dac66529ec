"""Mail and webhook against real servers: what arrives, what is refused, and what is never shown."""

from __future__ import annotations

import datetime
import logging
import socket
from pathlib import Path

import pytest

from flows.alerts.alert import trial
from flows.alerts.channels import Broken, Mail, Webhook, channels
from flows.alerts.memory import News
from flows.alerts.message import Message, compose
from flows.settings import Settings
from tests.alert_servers import PASSWORD, USER, Mailbox, certificates, mail_server, web_server
from warehouse.problem import Problem

NIGHT = datetime.datetime(2026, 11, 2, 4, 16, tzinfo=datetime.UTC)
TOKEN = "T0K3N-8f1c"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy set on the machine must not come between a test and its own server."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def message() -> Message:
    return compose([News(trial(), NIGHT)], council="Borchester Süd", at=NIGHT)


def secrets(folder: Path, **named: str) -> str:
    folder.mkdir()
    for name, said in named.items():
        (folder / name).write_text(f"{said}\n")
    return str(folder)


def settings(port: int = 25, **given: str) -> Settings:
    said = {
        "smtp_server": f"localhost:{port}",
        "smtp_security": "none",
        "alert_from": "daytwo@borchester.example",
        "alert_to": "ops@borchester.example, data@borchester.example",
        **given,
    }
    return Settings.read({}, **said)


def mail(box: Mailbox, **given: str) -> Mail:
    (made,) = channels(settings(box.port, **given))
    assert isinstance(made, Mail)
    return made


def closed_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def test_a_mail_arrives_encrypted_signed_in_and_says_that_a_program_wrote_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: Message
) -> None:
    context, trusted = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    folder = secrets(tmp_path / "secrets", smtp_password=PASSWORD)
    with mail_server(starttls=context, signs_in=True) as box:
        assert mail(box, smtp_security="starttls", smtp_user=USER, secrets=folder).send(message) == ""
    (mail_received,) = box.mails
    assert (box.was_encrypted, box.signed_in) == ([True], [USER])
    assert box.receivers == [["ops@borchester.example", "data@borchester.example"]]
    assert mail_received["Subject"] == message.subject == "Daytwo, Borchester Süd: a test"
    assert mail_received["From"] == "daytwo@borchester.example"
    assert mail_received["Auto-Submitted"] == "auto-generated"
    assert mail_received["Date"].datetime == NIGHT
    assert mail_received.get_content_type() == "text/plain"
    assert mail_received.get_content_charset() == "utf-8"
    assert mail_received.get_content().replace("\r\n", "\n") == message.text


def test_the_same_message_is_the_same_mail_and_another_has_another_id(message: Message) -> None:
    with mail_server() as box:
        mail(box).send(message)
        mail(box).send(message)
        later = NIGHT + datetime.timedelta(minutes=15)
        mail(box).send(compose([News(trial(), NIGHT)], council="Borchester Süd", at=later))
    assert box.raw[0] == box.raw[1]
    ids = [str(one["Message-ID"]) for one in box.mails]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@borchester.example>")


@pytest.mark.parametrize("council", ["Borchester", "Llanfair Pwllgwyngyll Gogerychwyrndrobwll Llantysilio", "Süd" * 30])
def test_a_long_subject_arrives_as_it_was_written(council: str) -> None:
    written = compose([News(trial(), NIGHT)], council=council, at=NIGHT)
    with mail_server() as box:
        mail(box).send(written)
    assert box.subjects == [written.subject]
    lines = box.raw[0].split(b"\r\n")
    assert b"Subject:" not in [line.strip() for line in lines]
    assert all(len(line) <= 76 for line in lines[lines.index(b"") :])


def test_tls_from_the_first_byte_works_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: Message) -> None:
    context, trusted = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mail_server(tls=context) as box:
        mail(box, smtp_security="tls").send(message)
    assert box.was_encrypted == [True]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_whose_certificate_is_not_trusted_is_sent_nothing(
    tmp_path: Path, message: Message, security: str
) -> None:
    context, _ = certificates(tmp_path)
    folder = secrets(tmp_path / "secrets", smtp_password=PASSWORD)
    starttls, tls = (context, None) if security == "starttls" else (None, context)
    with mail_server(starttls=starttls, tls=tls) as box:
        way = mail(box, smtp_security=security, smtp_user=USER, secrets=folder)
        with pytest.raises(Problem, match="its certificate is not one this machine trusts"):
            way.send(message)
    assert (box.raw, box.signed_in) == ([], [])


def test_a_server_without_starttls_is_sent_nothing(message: Message) -> None:
    with mail_server() as box, pytest.raises(Problem, match="does not support what the settings ask for"):
        mail(box, smtp_security="starttls").send(message)
    assert box.raw == []


def test_a_wrong_password_is_a_problem_that_does_not_hold_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: Message
) -> None:
    context, trusted = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    folder = secrets(tmp_path / "secrets", smtp_password="wrong-one-44")
    with mail_server(starttls=context, signs_in=True) as box:
        way = mail(box, smtp_security="starttls", smtp_user=USER, secrets=folder)
        with pytest.raises(Problem, match=r"it refused the sign-in \(535\)") as caught:
            way.send(message)
    assert "wrong-one-44" not in f"{caught.value}{way!r}"
    assert caught.value.__context__ is None, "a log shows what led to it"


def test_a_refused_address_is_counted_and_the_others_get_the_mail(message: Message) -> None:
    with mail_server() as box:
        box.refuses = {"data@borchester.example"}
        said = mail(box).send(message)
        assert said == f"mail server localhost:{box.port} refused 1 of 2 addresses of DAYTWO_ALERT_TO."
        box.refuses.add("ops@borchester.example")
        with pytest.raises(Problem, match="it refused every address") as caught:
            mail(box).send(message)
    assert len(box.raw) == 1
    assert "borchester" not in str(caught.value)


def test_a_server_that_cannot_be_reached_is_a_problem(message: Message) -> None:
    (way,) = channels(settings(closed_port()))
    with pytest.raises(Problem, match="connection refused"):
        way.send(message)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"smtp_server": "mail server"}, "DAYTWO_SMTP_SERVER is not a host"),
        ({"smtp_security": "ssl"}, "DAYTWO_SMTP_SECURITY is not"),
        ({"alert_to": ""}, "DAYTWO_ALERT_TO is empty, or contains"),
        ({"alert_to": "ops"}, "DAYTWO_ALERT_TO is empty, or contains"),
        ({"alert_from": "a@b\r\nBcc: c@d"}, "DAYTWO_ALERT_FROM is not an address"),
        ({"smtp_user": USER}, "DAYTWO_SMTP_SECURITY is none, but DAYTWO_SMTP_USER is set"),
        ({"smtp_user": USER, "smtp_security": "tls"}, "The password for the mail server"),
    ],
)
def test_settings_that_cannot_work_are_a_problem_when_they_are_used(
    message: Message, given: dict[str, str], said: str
) -> None:
    (way,) = channels(settings(**given))
    assert isinstance(way, Broken)
    with pytest.raises(Problem, match=said):
        way.send(message)


def test_without_settings_there_is_no_channel() -> None:
    assert channels(Settings.read({})) == ()


def test_a_webhook_named_by_the_setting_or_the_secret_gets_json(tmp_path: Path, message: Message) -> None:
    with web_server() as posts:
        address = f"http://127.0.0.1:{posts.port}/{TOKEN}"
        (way,) = channels(Settings.read({}, alert_webhook=address))
        assert way.send(message) == ""
        (kept,) = channels(Settings.read({}, secrets=secrets(tmp_path / "secrets", alert_webhook=address)))
        kept.send(message)
    assert posts.taken == [message.as_json()] * 2
    assert posts.paths == [f"/{TOKEN}"] * 2


def test_a_webhook_over_tls_needs_a_certificate_this_machine_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: Message
) -> None:
    context, trusted = certificates(tmp_path)
    with web_server(context) as posts:
        way = Webhook(f"https://localhost:{posts.port}/{TOKEN}")
        with pytest.raises(Problem, match="its certificate is not one this machine trusts"):
            way.send(message)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        way.send(message)
    assert len(posts.taken) == 1


def test_a_webhook_that_fails_once_is_tried_once_more(message: Message) -> None:
    with web_server() as posts:
        posts.answers = [503, 200]
        Webhook(f"http://127.0.0.1:{posts.port}/").send(message)
        assert len(posts.taken) == 1
        posts.answers = [500, 500, 200]
        with pytest.raises(Problem, match="it answered 500"):
            Webhook(f"http://127.0.0.1:{posts.port}/").send(message)
        posts.answers = [404, 200]
        with pytest.raises(Problem, match="it answered 404"):
            Webhook(f"http://127.0.0.1:{posts.port}/").send(message)
    assert len(posts.paths) == 5


def test_a_redirect_of_a_webhook_is_not_followed(message: Message) -> None:
    with web_server() as posts, web_server() as elsewhere:
        posts.answers = [f"http://127.0.0.1:{elsewhere.port}/"]
        with pytest.raises(Problem, match="it answered 307"):
            Webhook(f"http://127.0.0.1:{posts.port}/").send(message)
    assert elsewhere.paths == []


def test_the_address_of_a_webhook_is_in_no_log_and_no_error(message: Message, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with web_server() as posts:
        way = Webhook(f"http://127.0.0.1:{posts.port}/{TOKEN}")
        way.send(message)
        posts.answers = [500, 500]
        with pytest.raises(Problem) as caught:
            way.send(message)
    gone = Webhook(f"http://127.0.0.1:{closed_port()}/{TOKEN}")
    with pytest.raises(Problem, match="no connection could be made") as refused:
        gone.send(message)
    assert TOKEN not in f"{caplog.text}{caught.value}{refused.value}{way!r}"
    assert refused.value.__context__ is None


@pytest.mark.parametrize("place", ["hooks.example.org/", "ftp://example.org/", "https:///", "http://[broken/"])
def test_an_invalid_address_is_a_problem_that_does_not_repeat_it(message: Message, place: str) -> None:
    (way,) = channels(Settings.read({}, alert_webhook=place + TOKEN))
    with pytest.raises(Problem, match="DAYTWO_ALERT_WEBHOOK is not a web address") as caught:
        way.send(message)
    assert TOKEN not in str(caught.value)
