"""docs/house.md is true: every addition it names is made in a copy of the program, as docs/additions.md says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small_council

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("flows", "transforms", "expectations", "warehouse", "deployments")
SUPERVISION = """
supervision_id | staff_id | kind | date_held  | date_due   | cancelled_reason | supervisor_id | cases_discussed
SV1            | ST1      | PERS |            | 2026-09-01 | COURT            | ST2           |
SV2            | ST1      | PERS | 2026-09-15 | 2026-09-15 |                  | ST2           | 7
SV3            | ST1      | PERS | 2026-10-01 | 2026-10-01 | SICK             | ST2           | 3
SV4            | ST1      | PERS |            | 2026-10-15 | MOON             | ST2           |
"""
FIRE_SAFETY_VISITS = """
visit_id | child_id | visit_date
FV1      | 0001     | 2026-10-05
FV2      | 0002     | 2026-10-06
FV3      | 9999     | 2026-10-07
"""
RUN_COMMANDS = """
import contextlib, io, json, sys
import deployments, expectations, flows, transforms, warehouse
from flows.commands.command_line import main

def run(arguments):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = ended.code
    return {"code": code or 0, "out": out.getvalue(), "err": err.getvalue()}

said = {"ran": [run(arguments) for arguments in json.load(sys.stdin)]}
said["packages"] = [one.__file__ for one in (deployments, expectations, flows, transforms, warehouse)]
print(json.dumps(said))
"""


@dataclass(frozen=True)
class Block:
    """One fenced block of the page: a whole file, lines that are added to one, or configuration (no path)."""

    path: str
    text: str
    is_added_to: bool


@dataclass(frozen=True)
class Addition:
    blocks: tuple[Block, ...]
    commands: tuple[str, ...]

    @property
    def files(self) -> list[str]:
        return [block.path for block in self.blocks if block.path]


@cache
def additions() -> dict[str, Addition]:
    """Each section of docs/additions.md by its heading, such as "A column"."""
    page = (ROOT / "docs" / "additions.md").read_text(encoding="utf-8")
    found = {}
    for section in re.split(r"^## ", page, flags=re.M)[1:]:
        heading, _, body = section.partition("\n")
        fenced = re.findall(r"^```(\w+)\n(.*?)^```$", body, re.S | re.M)
        commands = re.findall(r"`daytwo (.+?)`", body.partition("It worked:")[2])
        found[heading] = Addition(tuple(_block(kind, text) for kind, text in fenced), tuple(commands))
    return found


def _block(kind: str, text: str) -> Block:
    if kind == "toml":
        return Block("", text, is_added_to=False)
    first, _, rest = text.partition("\n")
    return Block(re.sub(r"^(\+\+\+|#) ", "", first), rest, is_added_to=kind == "diff")


def _make(block: Block, copy: Path) -> None:
    """Write a whole file, which must be new, or add lines: after the line that is shown above them, or at the end."""
    file = copy / block.path
    if not block.is_added_to:
        assert not file.exists(), f"{block.path} is there already"
        file.write_text(block.text, encoding="utf-8")
        return
    before = "".join(line[1:] for line in block.text.splitlines(keepends=True) if line.startswith(" "))
    added = "".join(line[1:] for line in block.text.splitlines(keepends=True) if line.startswith("+"))
    there = file.read_text(encoding="utf-8")
    assert not before or there.count(before) == 1, f"{block.path} does not have the line that the page shows"
    assert block.text == "".join(f" {line}" for line in before.splitlines(keepends=True)) + "".join(
        f"+{line}" for line in added.splitlines(keepends=True)
    )
    file.write_text(there.replace(before, before + added) if before else there + added, encoding="utf-8")


@dataclass(frozen=True)
class Ran:
    """What one command in the copy came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


class Copy:
    """A copy of the program with every addition of the page, and a store that its nightly run was published to."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "copy"
        self.store = folder / "store"
        for name in (*PACKAGES, "tests"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(ROOT / "pyproject.toml", self.root / "pyproject.toml")
        shutil.copytree(ROOT / "docs" / "reference", self.root / "docs" / "reference")
        for addition in additions().values():
            for block in addition.blocks:
                if block.path:
                    _make(block, self.root)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DAYTWO_", "PREFECT_"))}
        sources = self.root.parent / "sources.toml"
        return {
            **kept,
            "PYTHONPATH": str(self.root),
            "DAYTWO_STORE": str(self.store),
            "DAYTWO_SOURCES": str(sources),
            "DAYTWO_CACHE": str(self.root.parent / "cache"),
        }

    def run(self, *command_lines: str) -> dict[str, Ran]:
        """Run command lines of daytwo in one process of the copy; what each came to, by the line."""
        done = subprocess.run(
            [sys.executable, "-c", RUN_COMMANDS],
            cwd=self.root,
            env=self.environment,
            input=json.dumps([shlex.split(line) for line in command_lines]),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert all(Path(file).is_relative_to(self.root) for file in said["packages"]), "the copy is not what ran"
        return {line: Ran(**ran) for line, ran in zip(command_lines, said["ran"], strict=True)}


QUERIES = {
    "column": "SELECT supervision_id, cases_discussed FROM records.supervisions ORDER BY ALL",
    "codes": "SELECT key FROM quality.issues WHERE check_code = 'coded:cancelled_reason_code' ORDER BY ALL",
    "indicator": "SELECT numerator, denominator FROM profile.indicator_results"
    " WHERE indicator_code = 'SU96' AND is_current",
    "rule": "SELECT outcome, rows_checked, rows_broken FROM quality.checks WHERE check_code = 'x096'",
    "requests": "SELECT request_id, status FROM evidence.requests WHERE framework_id = 'mock_2027'"
    " ORDER BY request_number",
    "source": "SELECT visit_id, child_id, visited_on FROM records.fire_safety_visits ORDER BY ALL",
    "arrival": "SELECT rows_received, rows_loaded, rows_set_aside FROM quality.arrivals"
    " WHERE source_table = 'fire_safety_visits'",
}
RUNS = ("pull fire_service --json", "nightly --json", "notify --framework mock_2027 --received 2026-11-02T09:14 --json")


@dataclass(frozen=True)
class World:
    """The copy, and what each command came to there."""

    copy: Copy
    ran: dict[str, Ran]

    def rows(self, query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ran[_sql(query)].json
        return found


def _sql(query: str) -> str:
    return f"sql --restricted --json {shlex.quote(QUERIES[query])}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("additions")
    copy = Copy(folder)
    drop = small_council.write(folder / "drop")
    small_council.write_csv(drop / "council" / small_council.AS_AT.isoformat() / "supervision.csv", SUPERVISION)
    delivery = folder / "outgoing" / small_council.AS_AT.isoformat()
    small_council.write_csv(delivery / "fire_safety_visits.csv", FIRE_SAFETY_VISITS)
    (delivery / "_complete").touch()
    configured = "".join(block.text for block in additions()["A source"].blocks if not block.path)
    (folder / "sources.toml").write_text(
        configured.replace("/mnt/fire_service/outgoing", str(folder / "outgoing")), encoding="utf-8"
    )
    pull, nightly, notify = RUNS
    shown = [line for addition in additions().values() for line in addition.commands]
    lines = (pull, f"{nightly} --drop {drop}", notify, *map(_sql, QUERIES), "docs", "docs --check", "--help", *shown)
    ran = copy.run(*lines)
    return World(copy, {nightly if line.startswith(nightly) else line: one for line, one in ran.items()})


def test_every_row_of_the_page_has_an_example_and_each_example_is_the_file_the_row_names() -> None:
    page = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (an? [a-z]+) \| (.+?) \| ", page, re.M))
    assert {row[0].upper() + row[1:] for row in rows} == set(additions())
    for row, where in rows.items():
        if row == "a document":
            continue  # is part of a framework's file
        named = [re.sub(r"<\w+>", r"\\w+", place) for place in re.findall(r"`(\w+/.+?)`", where)]
        first, *others = additions()[row[0].upper() + row[1:]].files
        assert any(re.match(place, first) for place in named), row
        assert not others or row == "a list", "one addition, one file"


def test_the_page_shows_the_rooms_of_flows_in_the_order_in_which_they_may_import() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (doors,) = (contract for contract in linter["contracts"] if contract.get("containers") == ["flows"])
    page = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    shown = [set(re.findall(r"\w+", line)) for line in page.partition("   flows\n")[2].splitlines()]
    places = [[names <= words for words in shown].index(True) for names in _rooms(doors["layers"])]
    assert places == list(range(len(places)))


def _rooms(layers: list[str]) -> list[set[str]]:
    return [{name.strip() for name in layer.split("|")} for layer in layers]


def test_the_page_is_one_screen() -> None:
    assert (ROOT / "docs" / "house.md").read_text(encoding="utf-8").count("\n") <= 70


def test_everything_ran_in_the_copy(world: World) -> None:
    assert {line: ran.err for line, ran in world.ran.items() if ran.code != 0} == {}


def test_every_command_that_the_page_shows_finds_the_addition(world: World) -> None:
    for heading, addition in additions().items():
        assert addition.commands, heading
        for line in addition.commands:
            if line.startswith("where "):
                first, _, _ = world.ran[line].out.partition("\n")
                assert first in addition.files, line


def test_a_column_is_in_the_table(world: World) -> None:
    assert [row["cases_discussed"] for row in world.rows("column")] == [None, 7, 3, None]


def test_a_code_is_known_and_no_other(world: World) -> None:
    assert [row["key"] for row in world.rows("codes")] == ["SV4"]


def test_an_indicator_is_measured(world: World) -> None:
    assert world.rows("indicator") == [{"numerator": 3, "denominator": 4}]


def test_a_rule_runs_among_the_checks(world: World) -> None:
    assert world.rows("rule") == [{"outcome": "broken", "rows_checked": 4, "rows_broken": 1}]


def test_a_framework_makes_a_pack_with_its_list_and_its_document(world: World) -> None:
    (data,) = world.copy.store.glob("packs/mock_2027/*/data")
    assert (data / "00_cover.pdf").read_bytes().startswith(b"%PDF")
    (listed,) = data.glob("03_lists/*cancelled_supervisions.xlsx")
    rows = [row for sheet in openpyxl.load_workbook(listed) for row in sheet.iter_rows(values_only=True)]
    assert [row[0] for row in rows if str(row[0]).startswith("SV")] == ["SV1", "SV3", "SV4"]
    assert [file.name for file in data.glob("05_documents/mock_thresholds_*")] == ["mock_thresholds_d2.txt"]


def test_a_framework_is_answered_in_the_warehouse_every_night(world: World) -> None:
    assert world.rows("requests") == [
        {"request_id": "mock_supervision", "status": "ready"},
        {"request_id": "mock_cancelled", "status": "ready"},
        {"request_id": "mock_thresholds", "status": "stale"},
    ]


def test_a_command_is_in_the_help_and_runs(world: World) -> None:
    assert "deliveries" in world.ran["--help"].out
    assert "fire_service: 2026-10-31" in world.ran["deliveries"].out


def test_a_source_is_fetched_received_and_loaded(world: World) -> None:
    assert "fire_safety_visits.csv" in world.ran[RUNS[0]].out
    assert [row["visit_id"] for row in world.rows("source")] == ["FV1", "FV2"]
    assert world.rows("arrival") == [{"rows_received": 3, "rows_loaded": 2, "rows_set_aside": 1}]


def test_the_reference_has_every_addition(world: World) -> None:
    reference = world.copy.root / "docs" / "reference"
    written = {
        "tables.md": ("cases_discussed", "records.fire_safety_visits"),
        "codes.md": ("court hearing",),
        "indicators.md": ("SU96",),
        "checks.md": ("X096",),
        "frameworks.md": ("mock_2027", "mock_thresholds"),
        "commands.md": ("daytwo deliveries",),
    }
    lost = [
        (page, word)
        for page, words in written.items()
        for word in words
        if word not in (reference / page).read_text(encoding="utf-8")
    ]
    assert lost == []


def test_the_additions_meet_the_tests_of_their_kind_and_the_linter(world: World) -> None:
    """Worked examples hold, and what is written is as ruff would have it."""
    kinds = ["tests/test_house.py", "tests/transforms/profile/test_indicators.py", "tests/expectations/test_rules.py"]
    new = [file for addition in additions().values() for file in addition.files if file.endswith(".py")]
    for tool in (
        ["pytest", "-q", "-p", "no:cacheprovider", "-k", "SU96 or x096", *kinds],
        ["ruff", "check", "--no-cache", *new],
        ["ruff", "format", "--check", "--no-cache", *new],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *tool],
            cwd=world.copy.root,
            env=world.copy.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
