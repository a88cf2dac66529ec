"""A mail server and a web server of a test's own, on loopback, that keep what they are sent."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from flows.settings import Settings

USER = "daytwo"
PASSWORD = "tall-oaks-70c1"


@dataclass
class Mailbox:
    """What a mail server took in. `refuses` addresses; `accounts` that may sign in."""

    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    receivers: list[list[str]] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, EmailMessage, policy=default) for raw in self.raw]

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    def texts(self) -> list[str]:
        return [str(mail.get_content()) for mail in self.mails]

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:
        if address in self.refuses:
            return f"550 no mailbox {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.receivers.append(list(envelope.rcpt_tos))
        assert server.transport is not None
        self.was_encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 OK"


class _Anywhere(Controller):
    """On any free port. As shipped it knocks at port 0, and speaks TLS to itself with the server's side of it."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        socket.create_connection(("127.0.0.1", self.port), 5).close()


@contextmanager
def mail_server(
    *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, signs_in: bool = False
) -> Iterator[Mailbox]:
    """A real SMTP server; with `starttls` it takes no mail before the connection is encrypted."""
    mailbox = Mailbox()

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        is_known = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        if is_known:
            mailbox.signed_in.append(given.login.decode())
        return AuthResult(success=is_known, handled=False)

    controller = _Anywhere(
        mailbox,
        hostname="127.0.0.1",
        port=0,
        server_hostname="localhost",
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=authenticate if signs_in else None,
        auth_required=signs_in,
        auth_require_tls=starttls is not None,
    )
    controller.start()
    try:
        mailbox.port = controller.port
        yield mailbox
    finally:
        controller.stop()


@dataclass
class Posts:
    """What a web server took in. `answers` are given in turn, then 200; one is a status, or a place to go on to."""

    port: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    answers: list[int | str] = field(default_factory=list)


@contextmanager
def web_server(tls: ssl.SSLContext | None = None) -> Iterator[Posts]:
    """A web server that takes posts; with `tls` encrypted."""
    posts = Posts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/json"
            posts.paths.append(self.path)
            answer = posts.answers.pop(0) if posts.answers else 200
            if answer == 200:
                posts.taken.append(json.loads(body))
            self.send_response(307 if isinstance(answer, str) else answer)
            if isinstance(answer, str):
                self.send_header("Location", answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            pass  # a client that does not trust us goes away

    server = Quiet(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        posts.port = server.server_address[1]
        yield posts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificates(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for `localhost`, and the file of the authority that a client has to trust for it."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    trusted = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    return context, trusted


def mailing(store: Path, box: Mailbox, **more: str) -> Settings:
    """Settings of a store whose alerts go to that mail server."""
    return Settings.read(
        {},
        store=str(store),
        authority_name="Borchester",
        smtp_server=f"127.0.0.1:{box.port}",
        smtp_security="none",
        alert_from="daytwo@borchester.example",
        alert_to="ops@borchester.example",
        **more,
    )
