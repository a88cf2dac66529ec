"""The demo: an invented council, two weekly drops, two nightly runs, an inspection, a verified pack, on one screen.

This module imports nothing heavy, so that the first lines appear at once.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from flows.demo.demo_progress import DemoProgress

if TYPE_CHECKING:
    from flows.demo.two_weeks import TwoWeeks

SECONDS_OF_ANY_DEMO, CHILDREN_A_SECOND = 20, 1_200
"""Measured on two cores; used only to say about how long the demo takes."""


def run_demo(
    folder: Path,
    *,
    children: int,
    seed: int,
    authority: str | None,
    benchmarks: Path | None,
    as_json: bool,
    verbose: bool = False,
) -> int:
    """Run the whole path in `folder`, which must be empty or not exist; return the exit code.

    Args:
        children: people in the invented case system, 200 to 100,000.
        seed: the same seed gives the same council.
        authority: the council's nine-character code; by default an invented one.
        benchmarks: the DfE's published tables as downloaded, delivered with the second week.
        verbose: print every file, figure and request before the one screen.
    """
    begun = time.monotonic()
    if not as_json:
        print("\n".join(introduction(folder, children)), flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "this_is_a_demo").write_text("daytwo demo may remove and rebuild this folder.\n", encoding="utf-8")
    with DemoProgress(sys.stderr) as progress:
        # This import takes a second, so the introduction and the bar come before it.
        progress("starting")
        from flows.demo.two_weeks import live_two_weeks

        weeks = live_two_weeks(
            folder, children=children, seed=seed, authority=authority, benchmarks=benchmarks, progress=progress
        )
    if weeks.pack is None or weeks.verified is None:
        if not as_json:
            print(weeks.nights[-1].said)
        return 3
    if as_json:
        _print_json(weeks)
    else:
        _print_screen(weeks, seconds=time.monotonic() - begun, verbose=verbose)
    return 0 if weeks.verified.good else 4


def introduction(folder: Path, children: int) -> list[str]:
    """What the demo will do, and about how long it takes."""
    seconds = SECONDS_OF_ANY_DEMO + children / CHILDREN_A_SECOND
    about = "half a minute" if seconds < 40 else "a minute" if seconds < 75 else "two minutes"
    return [
        f"An invented council of {children:,} children: two weekly drops, two nightly runs and an inspection.",
        f"It takes about {about} and writes to {folder}. Nothing in it is real.",
        "",
    ]


def _print_json(weeks: TwoWeeks) -> None:
    assert weeks.pack is not None
    assert weeks.verified is not None
    said = {
        "nightly": [night.as_json() for night in weeks.nights],
        "notify": weeks.pack.as_json(),
        "verify": weeks.verified.as_json(),
    }
    print(json.dumps(said, indent=2, default=str))


def _print_screen(weeks: TwoWeeks, *, seconds: float, verbose: bool) -> None:
    from flows.demo.demo_details import details
    from flows.demo.demo_figures import read_figures
    from flows.demo.demo_screen import screen

    figures = read_figures(weeks.store / "published" / "warehouse.duckdb")
    if verbose:
        print("\n".join([*details(weeks, figures), ""]))
    done = f"Done in {seconds:.0f} s." + (
        "" if verbose else " Every file, figure and request: make demo ARGS=--verbose"
    )
    print("\n".join([*screen(weeks, figures), "", done]))
