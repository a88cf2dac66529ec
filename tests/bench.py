"""Measures the speed and size that the project promises, against a floor measured in the same run: `make bench`.

Writes docs/performance.md. Every figure is for whole commands as people run them, with the process tree's memory.
"""

from __future__ import annotations

import csv
import datetime
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO

import duckdb
import psutil

from flows.demo.invented_council import write_drop
from flows.receiving.places import COMPLETE
from tests.s3_servers import START, S3Server, free_port

AS_AT = datetime.date(2026, 10, 31)
SMALL, MIDDLE, LARGE = 200, 5_000, 50_000
DAYTWO = str(Path(sys.executable).with_name("daytwo"))
PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


WEEK = datetime.timedelta(days=7)
STEP = re.compile(r"^ *(\d+\.\d) s  (.+)$")


@dataclass(frozen=True)
class Measured:
    """Wall seconds, processor seconds and peak memory (MiB) of one command and its children; seconds of its steps."""

    wall: float
    processor: float
    peak: float
    steps: Mapping[str, float] = field(default_factory=dict)


def run(*command: str) -> Measured:
    """Run a command to its end, watching the memory of its process tree; its steps are those it reports itself."""
    begun, before = time.monotonic(), os.times()
    with tempfile.TemporaryFile("w+") as told:
        return _watched(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=told), told, begun, before)


def _watched(process: subprocess.Popen[bytes], told: IO[str], begun: float, before: os.times_result) -> Measured:
    watched = psutil.Process(process.pid)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(watched))
        time.sleep(0.02)
    wall, after = time.monotonic() - begun, os.times()
    if process.returncode:
        raise SystemExit(f"{process.args!r} ended with {process.returncode}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    told.seek(0)
    steps = [(float(found[1]), found[2]) for line in told if (found := STEP.match(line.rstrip()))]
    ends = [*(at for at, _ in steps[1:]), wall][: len(steps)]
    return Measured(wall, used, peak / 2**20, {step: end - at for (at, step), end in zip(steps, ends, strict=True)})


def _resident(process: psutil.Process) -> int:
    total = 0
    try:
        for one in (process, *process.children(recursive=True)):
            total += one.memory_info().rss
    except psutil.Error:
        pass
    return total


def median(times: int, measure: Callable[[int], Measured]) -> Measured:
    """Medians of several runs."""
    runs = [measure(number) for number in range(times)]
    return Measured(
        statistics.median(one.wall for one in runs),
        statistics.median(one.processor for one in runs),
        max(one.peak for one in runs),
        {step: statistics.median(one.steps.get(step, 0.0) for one in runs) for step in runs[0].steps},
    )


def floor(drop: Path, database: Path | None) -> float:
    """Seconds DuckDB takes to read the drop's CSV files into tables of text, nothing else.

    Args:
        database: the file the tables are in, as a run's are; None: in memory.
    """
    begun = time.monotonic()
    with duckdb.connect(str(database or ":memory:"), config={"threads": 2}) as connection:
        for number, path in enumerate(sorted(drop.glob("*/2*/*.csv"))):
            with path.open(encoding="utf-8-sig", newline="") as file:
                headings = next(csv.reader(file))
            columns = ", ".join(f"'{heading.lower()}': 'VARCHAR'" for heading in headings)
            connection.execute(
                f"CREATE TABLE text_{number} AS SELECT * FROM read_csv('{path}', auto_detect=false, header=true,"
                f" delim=',', quote='\"', escape='\"', columns={{{columns}}})"
            )
    return time.monotonic() - begun


@contextmanager
def gateway(folder: Path) -> Iterator[S3Server]:
    """Ceph's gateway on this machine. Its work is not measured, but it shares the cores."""
    started = subprocess.run(
        [START, folder, str(free_port())],
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "GATEWAY_BYTES": str(16 << 30)},
    )
    if started.returncode:
        raise SystemExit("the S3 server could not be started (see above): the figures of a bucket need it")
    try:
        yield S3Server(started.stdout.splitlines()[-1], "trial", "trial-secret")
    finally:
        subprocess.run([START, "--stop", folder], check=False)


def sent(server: S3Server, files: list[Path]) -> float:
    """Seconds boto3's own transfer takes to send files into a new bucket, one after the other, nothing else."""
    client, bucket = server.client(), server.new_bucket(object_lock=True)
    begun = time.monotonic()
    for number, path in enumerate(files):
        client.upload_file(str(path), bucket, str(number))
    return time.monotonic() - begun


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="daytwo-bench-") as name:
        folder = Path(name)
        rows: dict[int, int] = {}
        for children in (SMALL, MIDDLE, LARGE):
            drop = folder / f"drop_{children}"
            rows[children] = sum(
                write_drop(drop, children=children, as_at=AS_AT, seed=1, world_ends=AS_AT + WEEK).rows.values()
            )
            for delivery in {path.parent for path in drop.rglob("*") if path.is_file()}:
                (delivery / COMPLETE).touch()

        # The week after, for the comparison with the previous delivery.
        later = folder / "drop_later"
        shutil.copytree(folder / f"drop_{LARGE}", later)
        write_drop(later, children=LARGE, as_at=AS_AT + WEEK, seed=1, world_ends=AS_AT + WEEK)
        for delivery in {path.parent for path in later.rglob("*") if path.is_file()}:
            (delivery / COMPLETE).touch()

        def nightly(children: int) -> Callable[[int], Measured]:
            return lambda number: run(
                DAYTWO, "nightly", "--drop", str(folder / f"drop_{children}"),
                "--store", str(folder / f"store_{children}_{number}"),
            )  # fmt: skip

        # The small ones take seconds, so a busy moment would show: they are run more often.
        small, middle = (median(5, nightly(children)) for children in (SMALL, MIDDLE))
        large = median(3, nightly(LARGE))
        floors = statistics.median(floor(folder / f"drop_{LARGE}", folder / f"floor_{n}.duckdb") for n in range(3))
        in_memory = statistics.median(floor(folder / f"drop_{LARGE}", None) for _ in range(3))
        store = str(folder / f"store_{LARGE}_0")
        large_drop = str(folder / f"drop_{LARGE}")
        again = median(3, lambda _: run(DAYTWO, "nightly", "--json", "--drop", large_drop, "--store", store))
        week_after = run(DAYTWO, "nightly", "--drop", str(later), "--store", str(folder / f"store_{LARGE}_1"))
        notify = run(
            DAYTWO, "notify", "--json", "--framework", "slac_2009", "--received", "2026-11-02T09:14", "--store", store
        )
        hundred_thousand = folder / "ssd_contacts.csv"
        source = folder / f"drop_{LARGE}" / "case_management" / AS_AT.isoformat() / "ssd_contacts.csv"
        with source.open("rb") as read, hundred_thousand.open("wb") as written:
            for number, line in enumerate(read):
                if number <= 100_000:
                    written.write(line)
        check = median(3, lambda _: _checked(hundred_thousand))
        helped = median(5, lambda _: run(DAYTWO, "--help"))

        with gateway(folder / "gateway") as server:
            os.environ.update(server.environment())
            buckets = [server.new_bucket(object_lock=True) for _ in range(3)]

            def on_a_bucket(number: int, *more: str) -> Measured:
                os.environ["DAYTWO_CACHE"] = str(folder / f"copies_{number}")
                return run(DAYTWO, "nightly", *more, "--drop", large_drop, "--store", f"s3://{buckets[number]}/store")

            # In turn with a folder's run, so that a busy moment of the machine affects both.
            beside: list[Measured] = []

            def in_turns(number: int) -> Measured:
                beside.append(nightly(LARGE)(number + 3))
                return on_a_bucket(number)

            bucket = median(3, in_turns)
            bucket_again = median(3, lambda _: on_a_bucket(0, "--json"))
            bucket_notify = run(
                DAYTWO, "notify", "--json", "--framework", "slac_2009", "--received", "2026-11-02T09:14",
                "--store", f"s3://{buckets[0]}/store",
            )  # fmt: skip
            kept = sorted((folder / "copies_0").glob("*/extracts/*")) + sorted((folder / "copies_0").glob("*/builds/*"))
            sending = statistics.median(sent(server, kept) for _ in range(3))
            megabytes = sum(path.stat().st_size for path in kept) / 1e6
        beside_bucket = statistics.median(one.wall for one in beside)

    times = f"{bucket.wall / beside_bucket:.2f} times"
    on_bucket = f"{bucket.wall:.1f} s, {bucket.peak:,.0f} MiB; in turn with a folder: {beside_bucket:.1f} s: {times}"
    growing = large.wall - small.wall
    growing_middle = middle.wall - small.wall
    page = f"""# Performance

Written by `make bench` (`python -m tests.bench`), which measures whole commands, as people run them, on invented
councils (`daytwo demo`'s generator, seed 1), each into a new store, with the floor in the same run. Median of 3 (5
below {LARGE:,} children); peak memory of the process tree. {os.cpu_count()} cores,
{psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.system()}, CPython {platform.python_version()},
DuckDB {version("duckdb")}, Polars {version("polars")}.

| what | measured | wanted |
| --- | --- | --- |
| nightly, {LARGE:,} children, {rows[LARGE]:,} rows | {large.wall:.1f} s | under 45 s |
| of which the checks, including the start of Great Expectations | {large.steps["checking"]:.1f} s | at most 12 s |
| of which measuring the indicators | {large.steps["measuring indicators"]:.1f} s | |
| its processor time, peak memory | {large.processor:.1f} s, {large.peak:,.0f} MiB | under 1,536 MiB |
| nightly, {MIDDLE:,} children, {rows[MIDDLE]:,} rows | {middle.wall:.1f} s | |
| nightly, {SMALL:,} children, {rows[SMALL]:,} rows | {small.wall:.1f} s | |
| floor: DuckDB reads the {LARGE:,} children's CSV files into text tables in a file | {floors:.2f} s | |
| the same in memory | {in_memory:.2f} s | |
| growing part ({LARGE:,} less {SMALL:,}) | {growing:.1f} s, {growing / floors:.1f} floors | at most 8 floors |
| growing({LARGE:,}) / growing({MIDDLE:,}) | {growing / growing_middle:.1f} | at most 11 |
| nightly on the delivery of the week after | {week_after.wall:.1f} s, {week_after.peak:,.0f} MiB | under 45 s |
| of which comparing with the previous delivery | {week_after.steps["comparing with the previous delivery"]:.1f} s | |
| a second nightly on the same drop (nothing new), {LARGE:,} children | {again.wall:.1f} s | |
| notify, {LARGE:,} children | {notify.wall:.1f} s, {notify.peak:,.0f} MiB | under 30 s |
| nightly, {LARGE:,} children, on a bucket with Object Lock, gateway next to it | {on_bucket} | at most 1.5 times |
| floor: boto3 sends the same {megabytes:,.0f} MB, nothing else | {sending:.1f} s | |
| a second nightly on the bucket (nothing new) | {bucket_again.wall:.1f} s | under 3 s |
| notify from the bucket | {bucket_notify.wall:.1f} s | |
| check of 100,000 rows | {check.wall:.1f} s | under 5 s |
| daytwo --help | {helped.wall:.2f} s | within 0.3 s |
"""
    PAGE.write_text(page, encoding="utf-8")
    print(page)


def _checked(path: Path) -> Measured:
    """`daytwo check`, whose exit code 1 (rows would be set aside) is no failure here."""
    return run("/bin/sh", "-c", f'"{DAYTWO}" check --json "{path}" || [ $? -eq 1 ]')


if __name__ == "__main__":
    main()
