"""Fixtures of the trials: a folder for stores that are copied and thrown away by the hundred, and the tiny council.

Named in tests/conftest.py: `make test`, the integration lane and `make soak` share them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.faults.trials import Prepared
    from tests.s3_servers import S3Server

MEMORY = Path("/dev/shm")
ROOM_NEEDED = 2 << 30


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """In memory if there is room: whether a disk has written everything makes no difference to a SIGKILL."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_NEEDED
    folder = Path(tempfile.mkdtemp(prefix="daytwo-faults-", dir=MEMORY if in_memory else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def in_folders(scratch: Path) -> dict[str, Prepared]:
    """Each flow, about to run on a store in a folder."""
    from tests.faults.trials import Folders, prepare

    return prepare(Folders(scratch / "stores"), scratch / "folders")


@pytest.fixture(scope="session")
def in_buckets(scratch: Path, gateway: S3Server) -> dict[str, Prepared]:
    """Each flow, about to run on a store in a bucket with Object Lock of a real S3 server."""
    from tests.faults.buckets import Buckets
    from tests.faults.trials import prepare

    return prepare(Buckets(gateway, scratch / "looks", object_lock=True), scratch / "buckets")
