"""Real servers for the tests of Prefect as operated: PostgreSQL, Prefect's server, a process worker.

They run with the environment and the command lines that are shipped, where only the loopback device can be reached, and
every Python process of theirs writes down what it tries to reach beyond.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from deployments.environment import EXAMPLE, SERVER_EXAMPLE

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deployments" / "systemd"
Found = TypeVar("Found")

# Runs before every Python process of the servers. A process reports that it is watched, then what it asks for beyond
# loopback.
WATCH = """
import ipaddress, os, socket, sys

_FOLDER = os.path.dirname(os.path.abspath(__file__))

def _write(name, said):
    place = os.open(os.path.join(_FOLDER, name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(place, (said.replace("\\n", " ") + "\\n").encode("utf-8", "replace"))
    os.close(place)

def _beyond(host):
    if host in (None, "", b"", "localhost", b"localhost"):
        return False
    try:
        return not ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return True

def _hook(event, given):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = given[1]
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = given[0]
    else:
        return
    if _beyond(host):
        _write("beyond.txt", f"{event} {host!r} {given[1:]!r} by {sys.orig_argv!r}")

sys.addaudithook(_hook)
_write("watched.txt", " ".join(sys.orig_argv))
"""


def wait_until(
    what: str, look: Callable[[], Found], seconds: float, *, but_first: Callable[[], str] | None = None
) -> Found:
    """What `look` finds, as soon as it is anything.

    Args:
        what: for the sentence that says it did not happen.
        but_first: says why it cannot happen any more; empty while it can.
    """
    until = time.monotonic() + seconds
    while not (found := look()):
        if but_first and (because := but_first()):
            pytest.fail(f"{what}: {because}")
        if time.monotonic() > until:
            pytest.fail(f"{what}: not within {seconds:g} seconds")
        time.sleep(0.2)
    return found


@contextmanager
def loopback_only() -> Iterator[str]:
    """This thread, and every process it starts, in a network with only a loopback device.

    Yields a sentence that says whether it is so: it needs root.
    """
    clone_new_network = 0x40000000
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if libc.unshare(clone_new_network) != 0:
            yield f"not in a network of their own ({os.strerror(ctypes.get_errno())})"
            return
        try:
            subprocess.run([_program("ip", "iproute2"), "link", "set", "lo", "up"], check=True)
            yield "in a network of their own with nothing but loopback"
        finally:
            assert libc.setns(before, clone_new_network) == 0
    finally:
        os.close(before)


def free_port() -> int:
    """A port of the loopback device that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgreSQL:
    """A PostgreSQL of its own, reached through a socket as on a council's server."""

    def __init__(self) -> None:
        self._bin = self._binaries()
        self.version = self._output(str(self._bin / "postgres"), "--version")
        # Root cannot run it, and its account cannot enter the folders of the tests.
        self.folder = Path(tempfile.mkdtemp(prefix="daytwo_postgres_"))
        self._account: list[str] = []
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._account = ["runuser", "-u", "postgres", "--"]

    @staticmethod
    def _binaries() -> Path:
        there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        found = there[-1] if there else shutil.which("initdb")
        if not found:
            pytest.fail("PostgreSQL is not on this machine. Install the Debian package postgresql.")
        return Path(found).parent

    def start(self) -> None:
        """Create the database `prefect` of the account `prefect`, which is not a superuser."""
        data = self.folder / "data"
        self._do("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        set_so = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        self._do("pg_ctl", "-D", str(data), "-l", str(self.folder / "log"), "-o", set_so, "-w", "start")
        self._do("createuser", "-h", str(self.folder), "-U", "postgres", "prefect")
        self._do("createdb", "-h", str(self.folder), "-U", "postgres", "-O", "prefect", "prefect")

    def change(self, statement: str) -> None:
        """Change a row of Prefect's, as the passage of time would."""
        self._do("psql", "-h", str(self.folder), "-U", "prefect", "-v", "ON_ERROR_STOP=1", "-c", statement, "prefect")

    def stop(self) -> None:
        """Stop it and remove what it kept."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._do("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def _do(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._account, str(self._bin / program), *arguments],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"

    @staticmethod
    def _output(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


class Service:
    """One unit of deployments/systemd, run as its ExecStart says, and its output."""

    def __init__(self, unit: str, folder: Path, environment: Mapping[str, str], replaced: Mapping[str, str]) -> None:
        line = re.search(r"^ExecStart=(.+)$", (UNITS / f"{unit}.service").read_text(encoding="utf-8"), re.M)
        assert line
        words = shlex.split(line[1].replace("%H", socket.gethostname()))
        words[0] = str(Path(sys.executable).with_name(Path(words[0]).name))
        self.command = [replaced.get(word, word) for word in words]
        self.log = folder / f"{unit}.log"
        self._folder = folder
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, its output added to its log."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, cwd=self._folder, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def run(self) -> str:
        """Run it to its end; what it printed."""
        done = subprocess.run(
            self.command, cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ended(self) -> str:
        """Why it is not running any more; empty while it is."""
        if self._process is None or self._process.poll() is None:
            return ""
        return f"{self.log.stem} has ended:\n{self.said()[-3000:]}"

    def said(self) -> str:
        """Its output so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self, *, kill: bool = False) -> list[int]:
        """Stop it with every process it started, as systemd does; returns which those were."""
        if self._process is None or self._process.poll() is not None:
            return []
        main = psutil.Process(self._process.pid)
        processes = [main, *main.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        _, alive = psutil.wait_procs(processes, timeout=30)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait(30)
        return [process.pid for process in processes]


def shipped_environment(example: Path) -> dict[str, str]:
    """What an example of deployments/ sets."""
    lines = example.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def environments(folder: Path, postgres: PostgreSQL, port: int) -> tuple[dict[str, str], dict[str, str]]:
    """The server's and the worker's environment as shipped, with this folder's places, and the watch before Python."""
    (folder / "watch").mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    # Nothing from this machine's environment: no proxy, and no CI mark, which would itself turn telemetry off.
    bare = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        # The watch, and this checkout, wherever the environment was made.
        "PYTHONPATH": f"{folder / 'watch'}:{ROOT}",
    }
    server = {**bare, **shipped_environment(SERVER_EXAMPLE), "PREFECT_HOME": str(folder / "prefect")}
    server["PREFECT_SERVER_UI_STATIC_DIRECTORY"] = str(folder / "prefect" / "page")
    url = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
    server[url] = server[url].replace("/var/run/postgresql", str(postgres.folder))
    # Repeated after two seconds, not thirty: the tests wait for it.
    server["PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS"] = "2"
    server["PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS"] = "2"
    worker = {**bare, **shipped_environment(EXAMPLE), "PREFECT_HOME": str(folder / "worker")}
    worker |= {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "DAYTWO_DROP": str(folder / "drop"),
        "DAYTWO_STORE": str(folder / "store"),
        "DAYTWO_HEARTBEAT": str(folder / "heartbeat.json"),
        "DAYTWO_REHEARSE": "slac_2009",
    }
    del worker["DAYTWO_SECRETS"]
    return server, worker


def _program(name: str, package: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if not found:
        pytest.fail(f"{name} is not on this machine. Install the Debian package {package}.")
    return found
