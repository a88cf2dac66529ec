"""S3 servers for the tests: Ceph's gateway, a real one (`gateway`), and moto, an emulator (`moto_service`).

The gateway takes a quarter of a minute to start: one is shared by all workers of a run and stopped at its end.
DAYTWO_TEST_S3_ENDPOINT names one that is running already, DAYTWO_TEST_S3_ACCESS_KEY and DAYTWO_TEST_S3_SECRET_KEY its
account; tests that make further users need DAYTWO_TEST_S3_CONFIGURATION as well, its ceph.conf.
"""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

START = Path(__file__).resolve().parents[1] / "deployments" / "s3" / "start_gateway.sh"
REGION = "us-east-1"
# Read before any fixture hides the settings of the machine.
_RUNNING = {name: value for name, value in os.environ.items() if name.startswith("DAYTWO_TEST_S3_")}


@dataclass(frozen=True, slots=True)
class S3Server:
    """A server and one of its accounts. `configuration` is a gateway's ceph.conf, None where there is none."""

    endpoint: str
    access_key: str
    secret_key: str
    configuration: Path | None = None

    def environment(self) -> dict[str, str]:
        """What boto3 reads from the environment to use this server, and nothing of this machine's own account."""
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, attempts: int = 4) -> Any:
        """A client, safe to share between threads, that asks so often; each account has its own."""
        return _client(self.endpoint, self.access_key, self.secret_key, attempts)

    def new_bucket(self, object_lock: bool = False, *, versioning: bool = False, name: str = "") -> str:
        """An empty bucket, of a name of its own unless one is given. Object Lock brings versioning with it."""
        client, name = self.client(), name or f"daytwo-{uuid.uuid4().hex[:12]}"
        client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=object_lock)
        if versioning and not object_lock:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def admin(self, *arguments: str) -> str:
        """What radosgw-admin answers."""
        assert self.configuration is not None, (
            "further users can only be made on a gateway whose ceph.conf is known: set DAYTWO_TEST_S3_CONFIGURATION"
        )
        command = ["radosgw-admin", "-c", str(self.configuration), "-n", "client.rgw", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout

    def new_user(self, name: str) -> S3Server:
        """The same server under another account, `arn:aws:iam:::user/<name>`; a name can be used again."""
        keys = [f"--access-key={name}", f"--secret-key={name}-secret"]
        if name not in json.loads(self.admin("user", "list")):
            self.admin("user", "create", f"--uid={name}", f"--display-name={name}", *keys)
        return replace(self, access_key=name, secret_key=f"{name}-secret")


@functools.cache
def _client(endpoint: str, access_key: str, secret_key: str, attempts: int) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.Session(access_key, secret_key, region_name=REGION).client(
        "s3",
        endpoint_url=endpoint,
        config=Config(
            retries={"mode": "standard", "max_attempts": attempts},
            max_pool_connections=16,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"payload_signing_enabled": True},
        ),
    )


_FOLDER = pytest.StashKey[Path]()
_CONTROLLER = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """The folder in which the workers of this run find their gateway, and the process it lives as long as."""
    given = getattr(config, "workerinput", None)
    config.stash[_FOLDER] = Path(given["s3_folder"] if given else tempfile.mkdtemp(prefix="daytwo-s3-"))
    config.stash[_CONTROLLER] = given["s3_controller"] if given else os.getpid()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist."""
    node.workerinput["s3_folder"] = str(node.config.stash[_FOLDER])
    node.workerinput["s3_controller"] = node.config.stash[_CONTROLLER]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the gateway after the last test of the last worker."""
    folder = config.stash.get(_FOLDER, None)
    if folder is None or hasattr(config, "workerinput"):
        return
    if (folder / "gateway").is_dir():
        subprocess.run([START, "--stop", folder / "gateway"], check=False, timeout=60)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def gateway(request: pytest.FixtureRequest) -> S3Server:
    """Ceph's gateway, a real S3 server on this machine."""
    if "DAYTWO_TEST_S3_ENDPOINT" in _RUNNING:
        configuration = _RUNNING.get("DAYTWO_TEST_S3_CONFIGURATION")
        return S3Server(
            _RUNNING["DAYTWO_TEST_S3_ENDPOINT"],
            _RUNNING.get("DAYTWO_TEST_S3_ACCESS_KEY", "trial"),
            _RUNNING.get("DAYTWO_TEST_S3_SECRET_KEY", "trial-secret"),
            Path(configuration) if configuration else None,
        )
    folder = request.config.stash[_FOLDER]
    with FileLock(folder / "starting.lock"):
        address = folder / "address"
        if not address.exists():
            address.write_text(_start(folder / "gateway", request.config.stash[_CONTROLLER]), encoding="utf-8")
        return S3Server(address.read_text(encoding="utf-8"), "trial", "trial-secret", folder / "gateway" / "ceph.conf")


@pytest.fixture(scope="session")
def moto_service() -> Iterator[S3Server]:
    """moto, an emulator in this process: quick, but it lets a COMPLIANCE lock be shortened."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield S3Server(f"http://{host}:{port}", "trial", "trial-secret")
    finally:
        server.stop()


def _start(folder: Path, controller: int) -> str:
    started = subprocess.run(
        [START, folder, str(free_port()), "trial", "trial-secret"],
        env={**os.environ, "GATEWAY_WHILE": str(controller)},
        check=False,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert started.returncode == 0, f"the S3 server that the tests need did not start\n{started.stderr}"
    return started.stdout.splitlines()[-1]


def free_port() -> int:
    """A port that no outgoing connection of this machine is given by chance."""
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
