"""Reads a folder on an SFTP server and changes nothing. The server's key must match known_hosts."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import paramiko

from flows.receiving.places import Changed, Listed, walked
from flows.receiving.sources import SFTP, SFTP_PORT, Source
from flows.secrets_folder import secret, secret_file
from warehouse.problem import Problem, TransientFault

CONNECT_SECONDS = 20.0
ANSWER_SECONDS = 60.0
_REQUESTS_AHEAD = 64
_LOG = "daytwo.sftp"

# Errors of a server or an account are reported as Problems; paramiko's own log may name the account.
logging.getLogger(_LOG).addHandler(logging.NullHandler())
logging.getLogger(_LOG).propagate = False


class SftpFolder:
    """The folder of one source on a server; opened by `sftp_folder`."""

    is_atomic = False

    def __init__(self, source: Source, client: paramiko.SFTPClient) -> None:
        host, port, self._folder = source.server()
        self._server = f"{SFTP}{host}{'' if port == SFTP_PORT else f':{port}'}"
        self._depth = 1 if source.as_at == "file_name" else 2
        self._client = client

    @property
    def address(self) -> str:
        return f"{self._server}{self._folder.rstrip('/')}"

    def listing(self) -> list[Listed]:
        with _explained(self.address):
            try:
                return walked(self._entries, self._depth)
            except FileNotFoundError:
                told = "The folder does not exist on the server."
            except PermissionError:
                told = "The server does not let this account list the folder."
        raise Problem(
            told,
            where=self.address,
            why="This source cannot be pulled.",
            fix="Correct place in the file of sources, or ask whoever runs the server. The path starts at the folder"
            " that the server shows this account as its root.",
        )

    def bring(self, file: Listed, to: Path) -> Path:
        path = self._path(file.path)
        with _explained(self.address):
            try:
                with self._client.open(path, "rb") as remote, to.open("wb") as written:
                    remote.prefetch(file.size, _REQUESTS_AHEAD)
                    while block := remote.read(1 << 18):
                        written.write(block)
                there = self._client.stat(path)
            except FileNotFoundError:
                raise Changed(file.path) from None
        if (there.st_size, float(there.st_mtime or 0)) != file.state or to.stat().st_size != file.size:
            raise Changed(file.path)
        return to

    def _entries(self, inside: str) -> Iterator[tuple[str, _Facts]]:
        for entry in self._client.listdir_attr(self._path(inside)):
            yield entry.filename, _Facts(entry)

    def _path(self, inside: str) -> str:
        return f"{self._folder.rstrip('/')}/{inside}".rstrip("/") or "/"


class _Facts:
    """A server's facts about an entry; a server may leave any of them out."""

    def __init__(self, entry: paramiko.SFTPAttributes) -> None:
        self.st_mode = int(entry.st_mode or 0)
        self.st_size = int(entry.st_size or 0)
        self.st_mtime = float(entry.st_mtime or 0)


@contextmanager
def sftp_folder(source: Source, secrets: str) -> Iterator[SftpFolder]:
    """Connect to the server of a source, for as long as the block lasts.

    Args:
        secrets: the folder of secrets: `sftp_key_<source>` (with `sftp_passphrase_<source>` if the key has one) or
            `sftp_password_<source>`.

    Raises:
        Problem: the server is unknown, its key has changed, it refuses the account, or there is no secret.
        TransientFault: it cannot be reached, or the connection is lost.
    """
    host, port, _ = source.server()
    where = f"{SFTP}{host}{'' if port == SFTP_PORT else f':{port}'}"
    key, password = _key(source, secrets), secret(secrets, f"sftp_password_{source.name}")
    if key is None and password is None:
        raise Problem(
            "This source has neither a key nor a password.",
            where=f"DAYTWO_SECRETS, sftp_key_{source.name} or sftp_password_{source.name}",
            why="The server accepts no account without one.",
            fix="Put the private key, or the password, into a file of this name in the folder of secrets.",
        )
    client = paramiko.SSHClient()
    client.set_log_channel(_LOG)
    client.set_missing_host_key_policy(_Refuse(source))
    try:
        client.load_host_keys(source.known_hosts)
    except OSError as error:
        raise Problem(
            f"The file of known hosts cannot be read ({error.strerror}).",
            where=f"[{source.name}], known_hosts",
            why="Without it another server could pose as this one.",
            fix=_HOW_TO_KNOW.format(port=port, host=host),
        ) from None
    try:
        with _explained(where), _host_key_told(source):
            client.connect(
                host,
                port,
                username=source.user,
                pkey=key,
                password=password if key is None else None,
                timeout=CONNECT_SECONDS,
                banner_timeout=CONNECT_SECONDS,
                auth_timeout=CONNECT_SECONDS,
                channel_timeout=CONNECT_SECONDS,
                allow_agent=False,
                look_for_keys=False,
            )
            sftp = client.open_sftp()
            channel = sftp.get_channel()
            if channel is not None:
                channel.settimeout(ANSWER_SECONDS)
        yield SftpFolder(source, sftp)
    finally:
        with suppress(Exception):
            client.close()


_HOW_TO_KNOW = (
    "Run: ssh-keyscan -p {port} {host} > FILE. Compare what ssh-keygen -lf FILE shows with the fingerprint that whoever"
    " runs the server gives you by another route, such as telephone. Then name the file as known_hosts."
)


class _Refuse(paramiko.MissingHostKeyPolicy):
    """Refuses a server that known_hosts does not name."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        host, port, _ = self._source.server()
        raise Problem(
            "The server is not in the file of known hosts.",
            where=f"[{self._source.name}], known_hosts; the server's key is {key.fingerprint}",
            why="Another server could pose as this one. Nothing was sent to it.",
            fix=_HOW_TO_KNOW.format(port=port, host=host),
        )


@contextmanager
def _host_key_told(source: Source) -> Iterator[None]:
    """Report the two refused connections that need attention."""
    try:
        yield
        return
    except paramiko.BadHostKeyException as error:
        told = Problem(
            "The server's key is not the one in the file of known hosts.",
            where=f"[{source.name}], known_hosts; the server's key is {error.key.fingerprint}",
            why="Another server may be posing as this one, or its key was changed. Nothing was sent to it.",
            fix="Ask whoever runs the server, by another route, whether the key was changed. If it was, put the new one"
            " into known_hosts.",
        )
    except paramiko.AuthenticationException:
        told = Problem(
            "The server refused the account.",
            where=f"[{source.name}], user",
            why="This source cannot be pulled.",
            fix=f"Correct user, or the secret sftp_key_{source.name} or sftp_password_{source.name}; or ask whoever"
            " runs the server whether the account is still active.",
        )
    raise told


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Turn connection errors into Problems; errors about one file pass through."""
    try:
        yield
        return
    except (FileNotFoundError, PermissionError):
        raise
    except (OSError, EOFError, paramiko.SSHException) as error:
        if isinstance(error, paramiko.BadHostKeyException | paramiko.AuthenticationException):
            raise
        kind = type(error).__name__
    raise TransientFault(
        f"The SFTP server could not be reached, or the connection was lost ({kind}).",
        where=where,
        why="Some or all of its files were not pulled; those that were are kept.",
        fix="Daytwo tries again next time. If it keeps failing, check that this machine can reach the server, or ask"
        " whoever runs it.",
    )


def _key(source: Source, secrets: str) -> paramiko.PKey | None:
    """The private key of a source; None if it has none."""
    name = f"sftp_key_{source.name}"
    path = secret_file(secrets, name)
    if path is None:
        return None
    passphrase = secret(secrets, f"sftp_passphrase_{source.name}")
    try:
        # paramiko's types say text; cryptography, which receives it, takes only bytes.
        return paramiko.PKey.from_path(path, passphrase.encode() if passphrase else None)  # type: ignore[arg-type]
    except Exception as error:
        kind = type(error).__name__
    raise Problem(
        f"The private key cannot be read ({kind}).",
        where=f"DAYTWO_SECRETS, {name}",
        why="The server refuses the account without it.",
        fix=f"It must be an OpenSSH private key. If it has a passphrase, put that into the secret"
        f" sftp_passphrase_{source.name}.",
    )
