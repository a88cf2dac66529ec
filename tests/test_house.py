"""The house keeps its shape: rooms where the design has them, short files, plain names, nothing of one machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from transforms.profile.indicator import indicators

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("flows", "transforms", "expectations", "warehouse", "deployments")
FOLDERS = {*PACKAGES, "tests", "docs", ".ci"}
FILES = {"README.md", "Makefile", "pyproject.toml", "uv.lock", ".gitignore"}
LONGEST = 500
# Files that may be longer, each with the reason. A new one is split, or gives its reason here.
MAY_BE_LONGER: dict[str, str] = {}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc", "shared"}
TEXT = {".py", ".sql", ".toml", ".md", ".typ", ".yaml", ".yml", ".json", ".sh", ".service", ".timer", ".cfg", ""}


def files_of(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def test_the_top_level_is_the_one_the_design_shows() -> None:
    ignored = {line.strip().strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
    there = {path.name for path in ROOT.iterdir()} - ignored - {".git"}
    allowed = {name for name in there if name.startswith(".") and (ROOT / name).is_file()}
    assert there - allowed <= FOLDERS | FILES
    assert FOLDERS - {".ci"} | {"README.md", "Makefile", "pyproject.toml"} <= there


def test_no_source_file_is_too_long_to_read() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in files_of(*PACKAGES)
        if path.suffix in (".py", ".sql") and (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    }
    assert {name: lines for name, lines in long.items() if name not in MAY_BE_LONGER} == {}
    assert set(MAY_BE_LONGER) <= set(long), "a file that is short again needs no exception"


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = [
        path.relative_to(ROOT).as_posix()
        for path in files_of(*PACKAGES, "tests")
        if path.suffix == ".py" and {path.stem, path.parent.name} & FORBIDDEN_NAMES
    ]
    assert nothing == []


def test_every_package_folder_with_a_resource_can_be_imported_from() -> None:
    lost = {
        path.parent.relative_to(ROOT).as_posix()
        for path in files_of(*PACKAGES)
        if path.suffix in (".py", ".sql", ".toml") and not (path.parent / "__init__.py").is_file()
    }
    assert lost == set()


@pytest.mark.parametrize("indicator", indicators(), ids=lambda indicator: indicator.code)
def test_every_indicator_has_an_example_with_both_verdicts_and_is_named_after_its_code(indicator) -> None:  # type: ignore[no-untyped-def]
    rows = "\n".join(given["rows"] for given in indicator.example["given"])
    verdicts = {
        verdict for verdict in ("counts", "does not count", "left out") if re.search(rf"\| {verdict} +\|", rows)
    }
    assert "counts" in verdicts
    assert len(verdicts) > 1
    assert indicator.file_name.replace("_", "").upper().startswith(indicator.code)


def test_no_file_names_a_place_on_one_machine() -> None:
    # Put together from parts, so that this file does not find itself.
    places = ["/" + "work/", "/" + "home/", "/" + "root/", "/" + "Users/", ":" + "\\Users"]
    outside = "../" + "shared"
    found = []
    for path in (*files_of(*PACKAGES, "tests", "docs", ".ci"), ROOT / "README.md", ROOT / "Makefile"):
        if path.suffix in TEXT:
            text = path.read_text(encoding="utf-8")
            wanted = places if "tests" in path.relative_to(ROOT).parts[:1] else [*places, outside]
            found += [f"{path.relative_to(ROOT)}: {place}" for place in wanted if place in text]
    assert found == []
