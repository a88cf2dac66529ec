"""How alerts reach people: mail through the council's own server, and a webhook.

Every error is raised as a Problem that names its kind, without a password or the address of a person or a webhook.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import urlsplit

from flows.alerts.message import Message
from flows.secrets_folder import secret
from flows.settings import Settings
from warehouse.problem import Problem

MAIL_SECONDS = 20.0
WEBHOOK_SECONDS = 10.0
PORTS = {"starttls": 587, "tls": 465, "none": 25}
UNTRUSTED = "its certificate is not one this machine trusts, or is for another name"
LONGEST_LINE = 76
"""Of quoted-printable text (RFC 2045); the library's default of 78 is too long."""

LONGEST_HEADER = 240
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]+@[A-Za-z0-9.\-]+")
_SERVER = re.compile(r"([A-Za-z0-9.\-]+)(?::(\d{1,5}))?")


class Channel(Protocol):
    """A way to send alerts."""

    @property
    def name(self) -> str:
        """The name it is remembered by."""
        ...

    def send(self, message: Message) -> str:
        """Send it; return a sentence if part of it did not arrive, otherwise empty text.

        Raises:
            Problem: it was not sent.
        """
        ...


@dataclass(frozen=True, slots=True)
class Mail:
    """The council's mail server. No text about the channel holds `password`."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str
    receivers: tuple[str, ...]
    name: str = "mail"

    def send(self, message: Message) -> str:
        mail = self.written(message)
        where = f"mail server {self.host}:{self.port}"
        failed = ""
        refused: dict[str, tuple[int, bytes]] = {}
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                refused = server.send_message(mail, self.sender, list(self.receivers))
        except ssl.SSLCertVerificationError:
            failed = UNTRUSTED
        except smtplib.SMTPAuthenticationError as error:
            failed = f"it refused the sign-in ({error.smtp_code})"
        except smtplib.SMTPRecipientsRefused:
            failed = "it refused every address of DAYTWO_ALERT_TO"
        except smtplib.SMTPResponseException as error:
            failed = f"it answered {error.smtp_code}"
        except smtplib.SMTPNotSupportedError:
            failed = "it does not support what the settings ask for (STARTTLS, or signing in)"
        except smtplib.SMTPException as error:
            failed = type(error).__name__
        except OSError as error:
            failed = _fault(error)
        if failed:
            raise Problem(
                f"The mail could not be sent: {failed}.",
                where=where,
                why="No alert can be sent by mail; the next run or daytwo watch tries again.",
                fix="Check DAYTWO_SMTP_SERVER, DAYTWO_SMTP_SECURITY and the account; then run daytwo watch --test.",
            )
        if refused:
            return f"{where} refused {len(refused)} of {len(self.receivers)} addresses of DAYTWO_ALERT_TO."
        return ""

    def written(self, message: Message) -> EmailMessage:
        """The mail as it is sent: the same message at the same moment gives the same bytes."""
        mail = EmailMessage(policy=SMTP.clone(max_line_length=LONGEST_LINE))
        mail["From"] = self.sender
        mail["To"] = ", ".join(self.receivers)
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(message.at)
        known_by = hashlib.sha256("\n".join([mail["To"], mail["Date"], message.subject, message.text]).encode())
        mail["Message-ID"] = f"<daytwo.{known_by.hexdigest()[:32]}@{self.sender.rpartition('@')[2]}>"
        # So that no program replies, such as an out-of-office note.
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text, cte="quoted-printable")
        if message.subject.isascii():
            # Otherwise a subject of 70 letters would start on a second line, after an empty first one.
            mail.policy = SMTP.clone(max_line_length=LONGEST_HEADER)
        return mail

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=MAIL_SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(self.host, self.port, timeout=MAIL_SECONDS)
        if self.security == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that accepts JSON. It may hold a token, so a text about the channel names only the host."""

    address: str = field(repr=False)
    name: str = "webhook"

    def send(self, message: Message) -> str:
        import httpx

        # At level INFO httpx logs the whole address.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        content = json.dumps(message.as_json(), ensure_ascii=False).encode()
        failed = ""
        # Use the certificates this machine trusts, as for mail, not the list that comes with a library.
        with httpx.Client(
            timeout=WEBHOOK_SECONDS, verify=ssl.create_default_context(), follow_redirects=False
        ) as client:
            for _ in range(2):
                try:
                    with client.stream(
                        "POST", self.address, content=content, headers={"Content-Type": "application/json"}
                    ) as answer:
                        status = answer.status_code
                except httpx.TimeoutException:
                    failed = "it did not answer in time"
                    continue
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    is_trust = "CERTIFICATE_VERIFY_FAILED" in str(error)
                    failed = UNTRUSTED if is_trust else f"no connection could be made ({type(error).__name__})"
                    continue
                if 200 <= status < 300:
                    return ""
                # A redirect is not followed: the message is for this host only.
                failed = f"it answered {status}"
                if status < 500 and status != 429:
                    break
        raise Problem(
            f"The webhook could not be reached: {failed}.",
            where=f"webhook at {urlsplit(self.address).hostname}",
            why="No alert can be sent by the webhook; the next run or daytwo watch tries again.",
            fix="Check DAYTWO_ALERT_WEBHOOK, or the secret alert_webhook; then run daytwo watch --test.",
        )


@dataclass(frozen=True, slots=True)
class Broken:
    """A channel with wrong settings: nothing can be sent by it until they are corrected."""

    name: str
    problem: Problem

    def send(self, message: Message) -> str:
        wrong = self.problem
        raise Problem(wrong.what, where=wrong.where, why=wrong.why, fix=wrong.fix)


def channels(settings: Settings) -> tuple[Channel, ...]:
    """Every channel that is set; one with wrong settings raises its Problem when it is used."""
    found: list[Channel] = []
    for name, made in (("mail", _mail), ("webhook", _webhook)):
        try:
            channel = made(settings)
        except Problem as problem:
            channel = Broken(name, problem)
        if channel is not None:
            found.append(channel)
    return tuple(found)


def _mail(settings: Settings) -> Channel | None:
    if not settings.smtp_server:
        return None
    server = _SERVER.fullmatch(settings.smtp_server.strip())
    if server is None:
        raise _wrong("smtp_server", "is not a host, or host:port", "Give a server such as mail.example.gov.uk:587.")
    if settings.smtp_security not in PORTS:
        raise _wrong("smtp_security", "is not starttls, tls or none", "Give one of the three.")
    receivers = tuple(one.strip() for one in settings.alert_to.split(",") if one.strip())
    if not receivers or not all(_ADDRESS.fullmatch(one) for one in receivers):
        raise _wrong(
            "alert_to", "is empty, or contains something that is not an address", "Give addresses separated by commas."
        )
    if not _ADDRESS.fullmatch(settings.alert_from.strip()):
        raise _wrong("alert_from", "is not an address", "Give an address such as daytwo@example.gov.uk.")
    password = ""
    if settings.smtp_user:
        if settings.smtp_security == "none":
            raise _wrong(
                "smtp_security",
                "is none, but DAYTWO_SMTP_USER is set",
                "Use starttls or tls: otherwise the password would cross the network unencrypted.",
            )
        password = secret(settings.secrets, "smtp_password") or ""
        if not password:
            raise Problem(
                "The password for the mail server's account is missing.",
                where="secret smtp_password",
                why="No mail can be sent.",
                fix="Put it in the file smtp_password in the folder DAYTWO_SECRETS names, readable by this account.",
            )
    return Mail(
        host=server[1],
        port=int(server[2] or PORTS[settings.smtp_security]),
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=password,
        sender=settings.alert_from.strip(),
        receivers=receivers,
    )


def _webhook(settings: Settings) -> Channel | None:
    address = (settings.alert_webhook or secret(settings.secrets, "alert_webhook") or "").strip()
    if not address:
        return None
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_one = False
    if not is_one:
        raise _wrong("alert_webhook", "is not a web address", "Give an address such as https://host/path.")
    return Webhook(address)


def _wrong(name: str, what: str, fix: str) -> Problem:
    variable = f"DAYTWO_{name.upper()}"
    return Problem(f"{variable} {what}.", where=variable, why="No alert can be sent by this channel.", fix=fix)


def _fault(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ssl.SSLError):
        return f"no encrypted connection could be made ({error.reason or type(error).__name__})"
    return os.strerror(error.errno).lower() if error.errno and error.errno > 0 else "its name could not be resolved"
