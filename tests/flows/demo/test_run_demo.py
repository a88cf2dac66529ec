"""The demo: first lines before anything heavy is loaded, one screen, the rest behind --verbose."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.commands.command_line import main
from flows.demo.demo_details import details
from flows.demo.demo_figures import DemoFigure, read_figures
from flows.demo.demo_progress import FIRST_DROP, FIRST_NIGHT, INSPECTION, SECOND_DROP, SECOND_NIGHT, DemoProgress
from flows.demo.demo_screen import FIVE_FIGURES, screen
from flows.demo.run_demo import introduction, run_demo
from flows.demo.two_weeks import TwoWeeks, live_two_weeks

pytestmark = pytest.mark.slow
HEAVY = ("polars", "duckdb", "numpy", "prefect", "great_expectations", "xlsxwriter", "holidays")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> TwoWeeks:
    folder = tmp_path_factory.mktemp("demo")
    return live_two_weeks(
        folder, children=200, seed=1, authority=None, benchmarks=None, progress=DemoProgress(io.StringIO())
    )


@pytest.fixture(scope="module")
def figures(weeks: TwoWeeks) -> list[DemoFigure]:
    return read_figures(weeks.store / "published" / "warehouse.duckdb")


def test_the_introduction_comes_before_anything_heavy_is_loaded() -> None:
    code = (
        "import sys; from pathlib import Path; from flows.demo.run_demo import introduction;"
        f"introduction(Path('demo'), 2000); print([name for name in {HEAVY} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("children", "about"), [(200, "half a minute"), (2_000, "half a minute"), (50_000, "a minute"), (100_000, "two")]
)
def test_the_introduction_says_about_how_long_it_takes(children: int, about: str) -> None:
    assert f"about {about}" in " ".join(introduction(Path("demo"), children))


def test_all_of_it_is_one_screen_with_five_figures(weeks: TwoWeeks, figures: list[DemoFigure]) -> None:
    moved = TwoWeeks(Path("demo/drop"), Path("demo/store"), weeks.nights, weeks.pack, weeks.verified)
    lines = [*introduction(Path("demo"), 200), *screen(moved, figures)]
    assert len(lines) <= 42
    assert max(map(len, lines)) <= 100
    assert [line.split()[0] for line in lines if line.startswith("  ") and line.split()[0] in FIVE_FIGURES] == list(
        FIVE_FIGURES
    )


def test_the_screen_counts_what_the_report_has(weeks: TwoWeeks, figures: list[DemoFigure]) -> None:
    report = weeks.nights[-1].report
    assert report is not None
    assert weeks.pack is not None
    shown = "\n".join(screen(weeks, figures))
    received, loaded, set_aside = (
        sum(getattr(row, name) or 0 for row in report.arrivals) for name in ("received", "loaded", "set_aside")
    )
    assert received == loaded + set_aside
    assert f"{received:,} rows received = {loaded:,} loaded + {set_aside:,} set aside" in shown
    assert f"{sum(rows for _, rows in report.unmatched):,} rows waiting" in shown
    for status in ("ready", "doubtful", "missing"):
        number = sum(ask["status"] == status for ask in weeks.pack.asks)
        assert number
        assert f"{number} {status}" in shown


def test_every_file_to_open_exists(weeks: TwoWeeks, figures: list[DemoFigure]) -> None:
    lines = screen(weeks, figures)
    start = lines.index(f"Open, in {weeks.store}") + 1
    paths = [line.split()[0] for line in itertools.takewhile(bool, lines[start:])]
    assert len(paths) == 5
    assert [path for path in paths if not (weeks.store / path).is_file()] == []


def test_englands_published_figures_have_their_own_column(weeks: TwoWeeks, figures: list[DemoFigure]) -> None:
    assert not any("England" in line for line in screen(weeks, figures))
    compared = [one._replace(england="79.7% (2024)") if one.code == "CP02" else one for one in figures]
    lines = screen(weeks, compared)
    assert sum("England" in line for line in lines) == 1
    assert [line.split()[0] for line in lines if line.endswith("79.7% (2024)")] == ["CP02"]
    assert max(len(line) for line in lines if line.startswith(("Five", *(f"  {code}" for code in FIVE_FIGURES)))) <= 100


def test_the_details_have_every_figure_and_every_request(weeks: TwoWeeks, figures: list[DemoFigure]) -> None:
    report = weeks.nights[-1].report
    assert report is not None
    assert weeks.pack is not None
    lines = details(weeks, figures)
    starts = {line.split()[0] for line in lines if line.split()}
    assert {figure.code for figure in figures} <= starts
    assert all(any(ask["title"] in line for line in lines) for ask in weeks.pack.asks)
    assert {row.file_name for row in report.arrivals if row.set_aside} <= starts


def test_only_json_is_printed_for_a_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_demo(
        tmp_path / "demo", children=200, seed=7, authority=None, benchmarks=None, as_json=True, verbose=True
    )
    printed = capsys.readouterr()
    assert code == 0
    assert set(json.loads(printed.out)) == {"nightly", "notify", "verify"}
    assert "receiving files" in printed.err


def test_a_number_of_children_out_of_range_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--folder", str(tmp_path / "demo"), "--children", "3"]) == 1
    assert "200 to 100,000" in capsys.readouterr().err


def test_without_a_terminal_each_step_is_a_line() -> None:
    stream = io.StringIO()
    with DemoProgress(stream, clock=iter([0.0, 1.5]).__next__) as progress:
        progress.begin(FIRST_DROP)
        progress("receiving files")
    assert stream.getvalue() == "     1.5 s  receiving files\n"


def test_on_a_terminal_one_line_is_redrawn_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    stream = Terminal()
    with DemoProgress(stream, clock=itertools.count().__next__) as progress:
        for stage in (FIRST_DROP, FIRST_NIGHT, SECOND_DROP, SECOND_NIGHT, INSPECTION):
            progress.begin(stage)
            for step in range(stage.steps + 2):
                progress(f"step {step} of a long name that would not fit on the line")
    drawn = stream.getvalue()
    assert "\n" not in drawn
    lines = drawn.split("\r")
    percent = [int(line.split("]")[1].split("%")[0]) for line in lines if line.startswith("[")]
    assert percent == sorted(percent)
    assert percent[0] == 0
    assert percent[-1] == 100
    assert max(map(len, lines)) == 69
    assert lines[-2].strip() == lines[-1] == ""


def test_the_stages_add_up_to_all_of_the_time() -> None:
    stages = (FIRST_DROP, FIRST_NIGHT, SECOND_DROP, SECOND_NIGHT, INSPECTION)
    assert sum(stage.share for stage in stages) == 100
