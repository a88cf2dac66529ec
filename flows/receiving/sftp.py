"""A folder of an SFTP server, read and never changed. The server must be the one known_hosts says it is."""

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

# What paramiko says of a server or an account is said here, in the house's words; its own log may name the account.
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
                told = "There is no such folder on the server."
            except PermissionError:
                told = "The server does not let this account list the folder."
        raise Problem(
            told,
            where=self.address,
            why="Nothing of this source can be pulled.",
            fix="Correct place in the file of sources, or ask who runs the server. The path begins at what the server"
            " shows this account as its root.",
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
    """What a server says of an entry; a server may leave any of it out."""

    def __init__(self, entry: paramiko.SFTPAttributes) -> None:
        self.st_mode = int(entry.st_mode or 0)
        self.st_size = int(entry.st_size or 0)
        self.st_mtime = float(entry.st_mtime or 0)


@contextmanager
def sftp_folder(source: Source, secrets: str) -> Iterator[SftpFolder]:
    """Connect to the server of a source, for as long as the block lasts.

    Args:
        secrets: the folder of secrets: `sftp_key_<source>` (with `sftp_passphrase_<source>` where the key has one) or
            `sftp_password_<source>`.

    Raises:
        Problem: the server is not known, is another than it was, or does not let the account in; there is no secret.
        TransientFault: it cannot be reached, or breaks off.
    """
    host, port, _ = source.server()
    where = f"{SFTP}{host}{'' if port == SFTP_PORT else f':{port}'}"
    key, password = _key(source, secrets), secret(secrets, f"sftp_password_{source.name}")
    if key is None and password is None:
        raise Problem(
            "There is neither a key nor a password for this source.",
            where=f"DAYTWO_SECRETS, sftp_key_{source.name} or sftp_password_{source.name}",
            why="The server lets nobody in without one.",
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
    "Run: ssh-keyscan -p {port} {host} > FILE, compare what ssh-keygen -lf FILE shows with what who runs the server"
    " tells you by another way, and name the file as known_hosts."
)


class _Refuse(paramiko.MissingHostKeyPolicy):
    """A server that known_hosts does not name is not spoken to."""

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
    """The two refusals of a connection that a person has to look into."""
    try:
        yield
        return
    except paramiko.BadHostKeyException as error:
        told = Problem(
            "The server's key is not the one in the file of known hosts.",
            where=f"[{source.name}], known_hosts; the server's key is {error.key.fingerprint}",
            why="Another server may be posing as this one, or its key was changed. Nothing was sent to it.",
            fix="Ask who runs the server whether the key was changed, by another way than the server; if it was, put"
            " the new one into known_hosts.",
        )
    except paramiko.AuthenticationException:
        told = Problem(
            "The server does not let the account in.",
            where=f"[{source.name}], user",
            why="Nothing of this source can be pulled.",
            fix=f"Correct user, or the secret sftp_key_{source.name} or sftp_password_{source.name}; ask who runs the"
            " server whether the account still stands.",
        )
    raise told


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Faults of the connection in this house's words; what is said of one file passes."""
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
        f"The SFTP server could not be reached, or broke off ({kind}).",
        where=where,
        why="What it holds was not pulled, or not all of it; what was pulled is kept.",
        fix="It is tried again the next time; if it stays, see that this machine reaches the server; ask who runs it.",
    )


def _key(source: Source, secrets: str) -> paramiko.PKey | None:
    """The private key of a source; None where there is none."""
    name = f"sftp_key_{source.name}"
    path = secret_file(secrets, name)
    if path is None:
        return None
    passphrase = secret(secrets, f"sftp_passphrase_{source.name}")
    try:
        # Its types say text; cryptography, which it is handed to, takes bytes alone.
        return paramiko.PKey.from_path(path, passphrase.encode() if passphrase else None)  # type: ignore[arg-type]
    except Exception as error:
        kind = type(error).__name__
    raise Problem(
        f"The private key cannot be read ({kind}).",
        where=f"DAYTWO_SECRETS, {name}",
        why="The server lets nobody in without it.",
        fix=f"It must be an OpenSSH private key; its passphrase, where it has one, is the secret"
        f" sftp_passphrase_{source.name}.",
    )
