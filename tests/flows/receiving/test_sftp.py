"""A folder on an SFTP server: how to sign in, and what is reported about a server that misbehaves.

The server here is a small one of Python's; tests/integration has a real OpenSSH server.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paramiko
import pytest

import flows.receiving.sftp
from flows.receiving.places import Changed, Listed
from flows.receiving.sftp import sftp_folder
from flows.receiving.sources import Source
from warehouse.problem import Problem, TransientFault

PASSWORD = "correct horse"


class Door(paramiko.ServerInterface):
    """Lets one account in, by password."""

    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == ("council", PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class Files(paramiko.SFTPServerInterface):
    """Files of one folder, to be listed and read."""

    root: Path

    def list_folder(self, path: str) -> Any:
        entries = []
        for one in sorted((self.root / path.strip("/")).iterdir()):
            entries.append(paramiko.SFTPAttributes.from_stat(one.stat(), one.name))
        return entries

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat((self.root / path.strip("/")).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        if flags & (os.O_WRONLY | os.O_RDWR):
            return paramiko.SFTP_PERMISSION_DENIED
        handle = paramiko.SFTPHandle(flags)
        try:
            handle.readfile = (self.root / path.strip("/")).open("rb")  # type: ignore[attr-defined]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        return handle


@contextmanager
def served(root: Path, key: paramiko.PKey) -> Iterator[int]:
    """The port of a server of `root`, for connections one after the other."""
    listening = socket.create_server(("127.0.0.1", 0))
    files = type("FilesOfThis", (Files,), {"root": root})
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
            transports.append(transport)
            try:
                transport.start_server(server=Door())
            except (paramiko.SSHException, EOFError):
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.close()
        for transport in transports:
            transport.close()


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    key = paramiko.ECDSAKey.generate()
    (tmp_path / "served" / "out" / "2026-10-31").mkdir(parents=True)
    (tmp_path / "served" / "out" / "2026-10-31" / "nhs_dental.csv").write_bytes(b"a\n1\n")
    (tmp_path / "secrets").mkdir()
    with served(tmp_path / "served", key) as port:
        known = tmp_path / "known_hosts"
        known.write_text(f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
        yield Source("health", "sftp", f"sftp://127.0.0.1:{port}/out", user="council", known_hosts=str(known))


def test_files_are_read_with_a_password(source: Source, tmp_path: Path) -> None:
    (tmp_path / "secrets" / "sftp_password_health").write_text(f"{PASSWORD}\n")
    with sftp_folder(source, str(tmp_path / "secrets")) as place:
        listed = place.listing()
        assert [(one.path, one.kind, one.size) for one in listed] == [
            ("2026-10-31", "folder", 0),
            ("2026-10-31/nhs_dental.csv", "file", 4),
        ]
        assert place.bring(listed[1], tmp_path / "copy").read_bytes() == b"a\n1\n"
        assert place.address == source.place
        for gone in (Listed("2026-10-31/other.csv"), Listed("2026-10-31/nhs_dental.csv", size=3, modified=1.0)):
            with pytest.raises(Changed):
                place.bring(gone, tmp_path / "copy")


@pytest.mark.parametrize("password", ["wrong", None])
def test_without_the_right_secret_the_sign_in_fails_and_the_secret_is_not_shown(
    source: Source, tmp_path: Path, password: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    if password:
        (tmp_path / "secrets" / "sftp_password_health").write_text(password)
    with pytest.raises(Problem) as refused, sftp_folder(source, str(tmp_path / "secrets")):
        pass
    assert ("refused the account" if password else "neither a key nor a password") in refused.value.what
    assert not isinstance(refused.value, TransientFault)
    said = f"{refused.value} {''.join(capfd.readouterr())}"
    assert "wrong" not in said
    assert "council" not in said


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_server_that_answers_nothing_or_something_else_is_not_waited_for_forever(
    source: Source, tmp_path: Path, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets" / "sftp_password_health").write_text(PASSWORD)
    monkeypatch.setattr(flows.receiving.sftp, "CONNECT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        known = Path(source.known_hosts)
        known.write_text(known.read_text().replace(source.place.split(":")[2].split("/")[0], str(port)))
        accepted: list[socket.socket] = []

        def answer_once() -> None:
            accepted.append(listening.accept()[0])
            accepted[0].sendall(answer)

        threading.Thread(target=answer_once, daemon=True).start()
        other = Source("health", "sftp", f"sftp://127.0.0.1:{port}/out", user="council", known_hosts=str(known))
        with pytest.raises(TransientFault, match="could not be reached"), sftp_folder(other, str(tmp_path / "secrets")):
            pass


def test_an_invalid_key_is_reported_by_the_name_of_its_secret(source: Source, tmp_path: Path) -> None:
    (tmp_path / "secrets" / "sftp_key_health").write_text("this is no key")
    with pytest.raises(Problem, match="private key cannot be read") as refused:
        sftp_folder(source, str(tmp_path / "secrets")).__enter__()
    assert "sftp_key_health" in refused.value.where
    assert "this is no key" not in str(refused.value)
