"""The house keeps its shape: rooms where the design has them, short files, plain names, nothing of one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from transforms.profile.indicator import indicators

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("flows", "transforms", "expectations", "warehouse", "deployments")
SCHEMAS = ("records", "profile", "quality", "evidence")
FOLDERS = {*PACKAGES, "tests", "docs", ".ci"}
FILES = {"README.md", "Makefile", "pyproject.toml", "uv.lock", ".gitignore"}
LONGEST = 500
# Files that may be longer, each with the reason. A new one is split, or gives its reason here.
MAY_BE_LONGER: dict[str, str] = {}
LONGEST_FUNCTION = 80
# Functions that may be longer, each with the reason.
LONGER_FUNCTIONS: dict[str, str] = {}
# A module is named after what it declares: a table's contract after the table, a command's file after the command.
NAMED_AFTER_WHAT_THEY_DECLARE = tuple(
    ROOT / folder for folder in (*(f"warehouse/{schema}" for schema in SCHEMAS), "flows/commands")
)
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


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in files_of(*PACKAGES):
        if path.suffix == ".py":
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def repeated(homes: Iterator[tuple[str, Path]]) -> dict[str, list[str]]:
    """Names that stand in several places, with the places."""
    found: dict[str, list[str]] = {}
    for name, path in homes:
        found.setdefault(name, []).append(path.relative_to(ROOT).as_posix())
    return {name: places for name, places in found.items() if len(places) > 1}


def test_a_public_class_stands_once() -> None:
    classes = (
        (node.name, path)
        for path, tree in modules()
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert repeated(classes) == {}


def test_a_module_name_stands_once() -> None:
    named = (
        (path.stem, path)
        for path in files_of(*PACKAGES)
        if path.suffix == ".py" and path.stem != "__init__" and path.parent not in NAMED_AFTER_WHAT_THEY_DECLARE
    )
    assert repeated(named) == {}


def test_no_function_is_too_long_to_read() -> None:
    long = {
        f"{path.relative_to(ROOT).as_posix()}:{node.name}": lines
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert {name: lines for name, lines in long.items() if name not in LONGER_FUNCTIONS} == {}
    assert set(LONGER_FUNCTIONS) <= set(long), "a function that is short again needs no exception"


FILLS = re.compile(
    r"(?:INSERT\s+INTO\s+|CREATE\s+(?:OR\s+REPLACE\s+)?TABLE\s+"
    r"|(?:create|insert)\(\s*connection,\s*catalogue\.by_name\(\)\[\")"
    r"((?:records|profile|evidence)\.\w+)"
)
# Tables that are filled elsewhere, each with the reason. Of quality, each step fills what it has to report itself.
FILLED_ELSEWHERE = {"profile.as_first_published": "it is read from the ledger, which transforms do not see"}


def test_what_fills_a_table_lies_in_the_folder_of_its_schema() -> None:
    filled = [
        (table, path.relative_to(ROOT))
        for path in files_of(*PACKAGES)
        if path.suffix in (".py", ".sql")
        for table in FILLS.findall(path.read_text(encoding="utf-8"))
    ]
    misplaced = {
        (table, path.as_posix())
        for table, path in filled
        if path.parts[:2] != ("transforms", table.split(".")[0]) and table not in FILLED_ELSEWHERE
    }
    assert misplaced == set()
    assert {table.split(".")[0] for table, _ in filled} >= {"records", "profile"}, "the pattern finds what it should"


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
