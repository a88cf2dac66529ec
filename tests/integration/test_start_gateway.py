"""The S3 server for trials: it starts, says why it does not, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.s3_servers import START, S3Server, free_port

pytestmark = pytest.mark.integration


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [START, *map(str, arguments)],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=400,
    )


def test_it_starts_beside_another_and_is_gone_when_it_is_stopped(gateway: S3Server, tmp_path: Path) -> None:
    port = free_port()
    started = run(tmp_path / "gateway", port, "KEY", "SECRET")
    assert started.stdout.splitlines()[-1:] == [f"http://127.0.0.1:{port}"], started.stderr
    second = S3Server(f"http://127.0.0.1:{port}", "KEY", "SECRET", tmp_path / "gateway" / "ceph.conf")
    bucket = second.new_bucket()
    assert [one["Name"] for one in second.client().list_buckets()["Buckets"]] == [bucket]
    assert bucket not in [one["Name"] for one in gateway.client().list_buckets()["Buckets"]]
    assert run("--stop", tmp_path / "gateway").returncode == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(second.endpoint, timeout=10)
    assert {path.suffix for path in (tmp_path / "gateway").iterdir()} == {".conf", ".log"}
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if os.fsencode(tmp_path) in read(path)]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # a process that ended meanwhile
        return b""


def test_a_port_that_is_taken_is_refused(gateway: S3Server, tmp_path: Path) -> None:
    refused = run(tmp_path / "gateway", gateway.endpoint.rpartition(":")[2])
    assert refused.returncode == 1
    assert "answers on port" in refused.stderr


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    refused = run(tmp_path, free_port())
    assert refused.returncode == 1
    assert "has other files in it" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_without_the_programs_it_names_the_packages(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    script = tmp_path / "start.sh"
    script.write_text(START.read_text().replace("PATH=$PATH:/usr/sbin:/sbin", f"PATH={programs}"))
    refused = subprocess.run(
        ["bash", script, tmp_path / "gateway"], check=False, capture_output=True, text=True, timeout=60
    )
    assert refused.returncode == 1
    assert (
        "apt-get install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common uuid-runtime" in refused.stderr
    )


def test_one_that_cannot_start_shows_its_log_and_leaves_no_process(tmp_path: Path) -> None:
    failed = run(tmp_path / "gateway", free_port(), GATEWAY_BYTES="1000")
    assert failed.returncode == 1
    assert "creating the disk failed" in failed.stderr
    assert "the end of" in failed.stderr
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if os.fsencode(tmp_path) in read(path)]
