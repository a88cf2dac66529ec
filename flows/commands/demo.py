"""`daytwo demo`: invents a council and shows the whole path, in its own folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from warehouse.problem import Problem

HELP = "invent a council and show the whole path, from a drop to a verified pack"
PLACE = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--folder", default="demo", help="folder to write to (default: demo): new, empty or an old demo"
    )
    parser.add_argument(
        "--children", type=int, default=2000, help="children to invent, 200 to 100,000 (default: 2,000)"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same council (default: 1)")
    parser.add_argument(
        "--benchmarks", metavar="FOLDER", help="the DfE's published tables, as downloaded, to compare the figures with"
    )
    parser.add_argument("--authority", help="nine-character code to give the council (default: an invented one)")
    parser.add_argument("--verbose", action="store_true", help="also print every file, figure and request")


def run(given: argparse.Namespace) -> int:
    from flows.demo.run_demo import run_demo

    folder = Path(given.folder)
    if folder.exists():
        if not (folder / "this_is_a_demo").exists() and any(folder.iterdir()):
            raise Problem(
                "The demo's folder already holds other files.",
                where=str(folder),
                why="The demo starts from an empty folder.",
                fix="Give another folder with --folder.",
            )
        _remove(folder)
    return run_demo(
        folder,
        children=given.children,
        seed=given.seed,
        authority=given.authority,
        benchmarks=Path(given.benchmarks) if given.benchmarks else None,
        as_json=given.json,
        verbose=given.verbose,
    )


def _remove(folder: Path) -> None:
    """Remove an old demo; its evidence is read-only, so its folders are made writable first."""
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory(dir=folder.parent) as bin_folder:
        gone = Path(bin_folder) / "old"
        folder.rename(gone)
        for path in gone.rglob("*"):
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(gone)
