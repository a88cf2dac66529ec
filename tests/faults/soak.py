"""The long run of the trials: `make soak`. Every kind of fault at every call, 300 moments of each flow, for hours.

Not found by pytest on its own; `make soak ARGS='-k notify'` does a part. Counts are printed, and added to the file that
DAYTWO_TEST_REPORT names.
"""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults import faulty_requests, faulty_store, faulty_system, plans
from tests.faults.faults import CALL, REQUEST, SYSTEM
from tests.faults.plans import Job
from tests.faults.tally import tell
from tests.faults.trials import FLOWS, NIGHTLY, NOTIFY, Folders, Prepared, Trials, trial

MOMENTS = 300
SEED = 300
OFTEN = (1, faulty_requests.EVERY_TIME)
KIB = 1024
# A tiny nightly run needs about 25 MiB on top of yesterday's store: the smallest disks fail from the first file on.
ROOM_LEFT = [64, 256, 1024, 4096, 8192, 10240, 12288, 14336, 16384, 18432, 20480, 22528, 24576, 28672, 32768]
IN_FOLDERS = [("in_folders", flow) for flow in FLOWS]
IN_BUCKETS = [("in_buckets", flow) for flow in FLOWS]


def named(value: tuple[str, str] | str) -> str:
    return value if isinstance(value, str) else f"{value[1]} {value[0]}"


@pytest.fixture
def prepared(request: pytest.FixtureRequest) -> Prepared:
    place, flow = request.param
    found: Prepared = request.getfixturevalue(place)[flow]
    return found


def held(title: str, prepared: Prepared, jobs: Iterable[Job]) -> None:
    trials = Trials()
    trials.run(jobs)
    assert trials.verdicts
    tell(f"{prepared.flow}, {prepared.place.name}: {title}", trials.verdicts)
    assert not trials.wrong, "\n".join(trials.wrong)


@pytest.mark.parametrize("prepared", [*IN_FOLDERS, *IN_BUCKETS], indirect=True, ids=named)
def test_killed_at_every_step(prepared: Prepared, scratch: Path) -> None:
    held("SIGKILL at every step boundary", prepared, plans.kills_at_steps(prepared, scratch))


@pytest.mark.parametrize("prepared", [*IN_FOLDERS, *IN_BUCKETS], indirect=True, ids=named)
def test_killed_at_many_moments(prepared: Prepared, scratch: Path) -> None:
    jobs = plans.kills_at_moments(prepared, scratch, MOMENTS, SEED)
    held(f"SIGKILL at {MOMENTS} moments, seed {SEED}", prepared, jobs)


@pytest.mark.parametrize("prepared", [*IN_FOLDERS, *IN_BUCKETS], indirect=True, ids=named)
def test_killed_before_and_after_every_call(prepared: Prepared, scratch: Path) -> None:
    held(f"SIGKILL before and after every {CALL}", prepared, plans.kills_at_calls(prepared, scratch, CALL))


@pytest.mark.parametrize(
    ("prepared", "level"),
    [(flow, level) for places, level in ((IN_FOLDERS, SYSTEM), (IN_BUCKETS, REQUEST)) for flow in places],
    indirect=["prepared"],
    ids=named,
)
def test_killed_before_and_after_all_that_a_call_does(prepared: Prepared, scratch: Path, level: str) -> None:
    held(f"SIGKILL before and after every {level}", prepared, plans.kills_at_calls(prepared, scratch, level))


@pytest.mark.parametrize("prepared", [*IN_FOLDERS, *IN_BUCKETS], indirect=True, ids=named)
def test_every_call_of_the_store_fails_in_every_way(prepared: Prepared, scratch: Path) -> None:
    jobs = plans.faults_at_calls(prepared, scratch, CALL, faulty_store.kinds_of, rotate=None)
    held("calls of the store fail, all kinds", prepared, jobs)


@pytest.mark.parametrize("prepared", [*IN_FOLDERS, *IN_BUCKETS], indirect=True, ids=named)
def test_every_call_of_the_store_fails_while_runs_build(prepared: Prepared, scratch: Path) -> None:
    jobs = plans.faults_at_calls(prepared, scratch, CALL, faulty_store.kinds_of, rotate=None, is_built=True)
    held("calls of the store fail, all kinds, whole runs", prepared, jobs)


@pytest.mark.parametrize("prepared", IN_FOLDERS, indirect=True, ids=named)
def test_every_system_call_fails_in_every_way(prepared: Prepared, scratch: Path) -> None:
    jobs = plans.faults_at_calls(prepared, scratch, SYSTEM, faulty_system.kinds_of, rotate=None)
    held("system calls fail, all kinds", prepared, jobs)


@pytest.mark.parametrize("prepared", IN_BUCKETS, indirect=True, ids=named)
def test_every_request_fails_in_every_way(prepared: Prepared, scratch: Path) -> None:
    jobs = plans.faults_at_calls(prepared, scratch, REQUEST, faulty_requests.kinds_of, rotate=None, times=OFTEN)
    held("requests fail, all kinds, once or however often they are tried again", prepared, jobs)


class SmallDisk(Folders):
    """Stores each on its own disk with this much room left; a file system in memory, which only root may mount."""

    name = "small disk"

    def __init__(self, root: Path, room_left: int) -> None:
        super().__init__(root)
        self._room_left = room_left

    def copy(self, address: str, to: str) -> None:
        # Whole pages: that is what a file takes.
        used = sum(-(-file.stat().st_size // 4096) * 4096 for file in Path(address).rglob("*") if file.is_file())
        Path(to).mkdir(parents=True)
        size = used + self._room_left
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", to], check=True)
        shutil.copytree(address, to, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))

    def mend(self, address: str) -> None:
        """Make room."""
        subprocess.run(["mount", "-o", "remount,size=1g", address], check=True)

    def remove(self, address: str) -> None:
        subprocess.run(["umount", address], check=True)


@pytest.mark.parametrize("flow", [NIGHTLY, NOTIFY])
def test_a_disk_that_is_full_for_real(in_folders: dict[str, Prepared], scratch: Path, flow: str) -> None:
    prepared = in_folders[flow]

    def jobs() -> Iterable[Job]:
        for room_left in ROOM_LEFT:
            disk = SmallDisk(scratch / "disks" / str(room_left), room_left * KIB)

            def one(disk: SmallDisk = disk) -> object:
                return trial(dataclasses.replace(prepared, place=disk), scratch, mend=disk.mend)

            yield one

    held(f"a disk with {ROOM_LEFT[0]} to {ROOM_LEFT[-1]} KiB left", prepared, jobs())
