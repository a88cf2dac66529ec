"""A partner's SFTP server: a real OpenSSH server, started here, that lets this account read and nothing else."""

from __future__ import annotations

import datetime
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from flows.receiving.pull_extracts import WITH_ITS_DELIVERY, PulledSource, pull_extracts
from flows.receiving.sources import read_sources
from flows.settings import Settings
from tests.s3_servers import free_port
from warehouse.problem import TransientFault
from warehouse.store.keys import extract_key
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.integration

AT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
PASSPHRASE = "a phrase of several words"


class OpenSSH:
    """An OpenSSH server on a port of its own, of this account, with a partner's folder that it only lets be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outgoing = folder / "outgoing"
        self.outgoing.mkdir()
        self.secrets = folder / "secrets"
        self.secrets.mkdir(mode=0o700, exist_ok=True)
        self.port = free_port()
        self.known_hosts = folder / "known_hosts"
        new_key(folder / "host_key")
        new_key(self.secrets / "sftp_key_health")
        self.let_in(self.secrets / "sftp_key_health.pub")
        self.know(folder / "host_key.pub")
        self._process: subprocess.Popen[bytes] | None = None

    def let_in(self, public: Path) -> None:
        (self.folder / "authorized_keys").write_bytes(public.read_bytes())

    def know(self, public: Path) -> None:
        kind, key, *_ = public.read_text().split()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")

    def start(self) -> None:
        program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
        assert program, "sshd is not installed: the Debian package openssh-server has it"
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it goes before it knows who is there
        settings = self.folder / "sshd_config"
        settings.write_text(
            f"""
ListenAddress 127.0.0.1:{self.port}
HostKey {self.folder}/host_key
AuthorizedKeysFile {self.folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin yes
Subsystem sftp internal-sftp -R
""",
            encoding="utf-8",
        )
        log = self.folder / "sshd.log"
        self._process = subprocess.Popen([program, "-D", "-f", settings, "-E", log], start_new_session=True)
        until = time.monotonic() + 30
        while True:
            with socket.socket() as tried:
                tried.settimeout(1)
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            running = self._process.poll() is None and time.monotonic() < until
            assert running, f"the SSH server did not start: {log.read_text()}"
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            # Each connection is served by processes in a session of their own.
            for process in (*psutil.Process(self._process.pid).children(recursive=True), self._process):
                process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def put(self, place: str, content: bytes) -> Path:
        path = self.outgoing / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        return path

    def everything(self) -> list[tuple[str, int, float, int]]:
        """What lies there, so that a change is seen: name, size, time, mode."""
        there = [(path, path.stat()) for path in sorted(self.outgoing.rglob("*"))]
        return [(str(path), stat.st_size, stat.st_mtime, stat.st_mode) for path, stat in there]

    @property
    def address(self) -> str:
        return f"sftp://127.0.0.1:{self.port}{self.outgoing}"

    def pull(
        self, at: datetime.datetime = AT, *, settle_seconds: float = 0.2, say: Callable[[str], None] = lambda step: None
    ) -> PulledSource:
        sources = self.folder / "sources.toml"
        sources.write_text(
            f'[health]\nkind = "sftp"\nplace = "{self.address}"\nuser = "{getpass.getuser()}"\n'
            f'known_hosts = "{self.known_hosts}"\n',
            encoding="utf-8",
        )
        settings = Settings(secrets=str(self.secrets), cache=str(self.folder / "cache"), settle_seconds=settle_seconds)
        pulled = pull_extracts(self.store, read_sources(sources), settings=settings, now=lambda: at, say=say)
        return pulled.sources[0]

    @property
    def store(self) -> LocalFolder:
        return LocalFolder(self.folder / "store")


def new_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> None:
    """A key pair; one that is there is replaced."""
    path.unlink(missing_ok=True)
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path)]
    assert shutil.which("ssh-keygen"), "ssh-keygen is not installed: the Debian package openssh-client has it"
    subprocess.run(command, check=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OpenSSH]:
    server = OpenSSH(tmp_path)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def test_deliveries_are_pulled_byte_for_byte_with_a_receipt_and_nothing_is_changed_there(server: OpenSSH) -> None:
    large = os.urandom(3_000_000)
    server.put("2026-10-31/nhs_dental.csv", large)
    server.put("2026-10-31/nhs_ae.csv", b"row_id\nA1\n")
    server.put("2026-10-31/half.csv.filepart", b"half")
    server.put("readme.txt", b"not a delivery")
    (server.outgoing / "latest").symlink_to("2026-10-31")
    before = server.everything()
    pulled = server.pull()
    assert pulled.problem is None
    assert pulled.received == ("health/2026-10-31/nhs_ae.csv", "health/2026-10-31/nhs_dental.csv")
    assert pulled.left == (
        "health/latest: not a delivery named YYYY-MM-DD",
        "health/readme.txt: not a delivery named YYYY-MM-DD",
    )
    _, dental = (entry.body for entry in Ledger(server.store).entries())
    assert server.store.read(extract_key(dental["sha256"])) == large
    assert dental["pulled_from"] == {
        "kind": "sftp",
        "name": "health",
        "place": f"{server.address}/2026-10-31/nhs_dental.csv",
        "modified": "2023-11-14T22:13:20+00:00",
        "size": len(large),
    }
    assert server.everything() == before
    again = server.pull(AT + datetime.timedelta(days=7))
    assert (again.received, again.known, again.problem) == ((), 2, None)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_a_key_of_another_kind_and_under_a_passphrase_lets_in(server: OpenSSH, kind: str) -> None:
    server.put("2026-10-31/nhs_ae.csv", b"row_id\nA1\n")
    new_key(server.secrets / "sftp_key_health", kind, PASSPHRASE)
    server.let_in(server.secrets / "sftp_key_health.pub")
    without = server.pull().problem
    assert without is not None
    assert "private key cannot be read" in without.what
    (server.secrets / "sftp_passphrase_health").write_text(f"{PASSPHRASE}\n")
    assert len(server.pull().received) == 1


def test_a_file_still_being_written_keeps_its_delivery_waiting(server: OpenSSH) -> None:
    server.put("2026-10-31/nhs_dental.csv", b"row_id\nA1\n")
    growing = server.outgoing / "2026-10-31" / "nhs_ae.csv"
    command = f"while true; do echo A1 >> {growing}; done"
    writer = subprocess.Popen(["sh", "-c", command])
    try:
        until = time.monotonic() + 30
        while not growing.exists() and time.monotonic() < until:
            time.sleep(0.01)
        pulled = server.pull(settle_seconds=1.5)
    finally:
        writer.kill()
        writer.wait()
    assert pulled.received == ()
    assert pulled.left == (
        "health/2026-10-31/nhs_ae.csv: still being written; the next pull takes it",
        f"health/2026-10-31/nhs_dental.csv: {WITH_ITS_DELIVERY}",
    )
    assert len(server.pull().received) == 2


def test_a_server_that_is_not_known_or_is_another_is_not_spoken_to(server: OpenSSH) -> None:
    server.put("2026-10-31/nhs_ae.csv", b"row_id\nA1\n")
    fingerprint = subprocess.run(
        ["ssh-keygen", "-lf", server.folder / "host_key.pub"], check=True, capture_output=True, text=True
    ).stdout.split()[1]
    new_key(server.folder / "other_key")
    server.know(server.folder / "other_key.pub")
    another = server.pull().problem
    assert another is not None
    assert "not the one in the file of known hosts" in another.what
    assert fingerprint in another.where
    server.known_hosts.write_text("")
    unknown = server.pull().problem
    assert unknown is not None
    assert "not in the file of known hosts" in unknown.what
    assert fingerprint in unknown.where
    assert f"ssh-keyscan -p {server.port} 127.0.0.1" in unknown.fix
    server.known_hosts.unlink()
    absent = server.pull().problem
    assert absent is not None
    assert "known hosts cannot be read" in absent.what
    assert Ledger(server.store).entries() == []
    assert "Accepted" not in (server.folder / "sshd.log").read_text(), "nobody logged in anywhere"
    # What ssh-keyscan brings, once compared, is what is needed.
    scanned = subprocess.run(
        ["ssh-keyscan", "-p", str(server.port), "127.0.0.1"], check=True, capture_output=True, text=True
    ).stdout
    server.known_hosts.write_text(scanned)
    assert len(server.pull().received) == 1


def test_an_account_that_is_not_let_in_is_told_without_its_key(server: OpenSSH) -> None:
    new_key(server.folder / "other_key")
    server.let_in(server.folder / "other_key.pub")
    problem = server.pull().problem
    assert problem is not None
    assert "refused the account" in problem.what
    assert not isinstance(problem, TransientFault)
    assert getpass.getuser() not in str(problem)


def test_a_folder_that_is_not_there_is_told(server: OpenSSH) -> None:
    server.outgoing.rmdir()
    problem = server.pull().problem
    assert problem is not None
    assert "does not exist on the server" in problem.what


def test_a_server_that_stops_is_a_fault_that_may_pass_and_the_next_pull_takes_all(server: OpenSSH) -> None:
    server.put("2026-10-31/nhs_ae.csv", b"row_id\nA1\n")
    server.stop()
    problem = server.pull().problem
    assert isinstance(problem, TransientFault)
    assert Ledger(server.store).entries() == []
    server.start()
    assert len(server.pull().received) == 1


def test_a_server_that_breaks_off_in_the_midst_leaves_nothing_half_received(server: OpenSSH) -> None:
    for number in range(20):
        server.put(f"2026-10-31/nhs_{number}.csv", os.urandom(200_000))

    def stop_while_fetching(step: str) -> None:
        if step.startswith("fetching"):
            server.stop()

    pulled = server.pull(say=stop_while_fetching)
    assert isinstance(pulled.problem, TransientFault)
    assert "connection was lost" in pulled.problem.what
    assert Ledger(server.store).entries() == []
    server.start()
    assert len(server.pull().received) == 20
