"""The nightly run under a real Prefect server: same outcome as without it, and nothing of a child in what it keeps."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

import flows.prefect_support.prefect_environment

# isort: split
from prefect._internal.analytics.enabled import is_telemetry_enabled
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL, get_current_settings

import flows.nightly
from flows.commands.command_line import main
from flows.nightly import as_flow
from flows.prefect_support.flow_run import may_pass
from flows.publishing.run_nightly import Outcome
from flows.safe_errors import without_values
from flows.settings import Settings
from tests.flows.conftest import FORENAME, NHS_NUMBER, PERSON, PrefectServer
from warehouse.problem import Problem, TransientFault

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
OFF = "flows.prefect_support.prefect_environment"
AS_AT = datetime.date(2026, 10, 31)


def run(drop: Path | None, store: Path, *, as_at: datetime.date | None = AS_AT) -> Outcome:
    return as_flow(
        Settings(drop=str(drop or ""), store=str(store)),
        drop=drop,
        as_at=as_at,
        as_known_on=None,
        received_at=None,
        publishing=True,
    )


def spoil(drop: Path) -> None:
    """Half the rows of a needed table without their key, and a file whose headings are a child's values."""
    delivery = drop / "case_management" / "2026-10-31"
    (delivery / "ssd_person.csv").write_text(f"pers_person_id,pers_forename\n{PERSON},{FORENAME}\n,{FORENAME}\n")
    (delivery / "ssd_cp_plans.csv").write_text(f"P1,{PERSON},{FORENAME},{NHS_NUMBER}\n")
    (delivery / f"{FORENAME}.csv").write_text("a letter,put here by mistake\n")
    (drop / f"{FORENAME}.txt").touch()


def test_a_run_publishes_shows_counts_and_tells_automations(
    prefect_server: PrefectServer, tiny_drop: Path, tmp_path: Path
) -> None:
    outcome = run(tiny_drop, tmp_path / "store")

    assert outcome.state == "published"
    assert outcome.report is not None
    assert (tmp_path / "store/published/warehouse.duckdb").is_file()
    assert prefect_server.rows("SELECT state_type FROM flow_run WHERE name = 'nightly 2026-10-31'") == [("COMPLETED",)]
    pages = prefect_server.rows("SELECT data FROM artifact WHERE key = 'nightly-report' ORDER BY created DESC LIMIT 1")
    assert "ssd_cp_plans" in str(pages)
    assert "CP08" not in str(pages), "a figure may be a small number"
    tables = prefect_server.rows(
        "SELECT data FROM artifact WHERE key = 'nightly-arrivals' ORDER BY created DESC LIMIT 1"
    )
    rows: list[dict[str, Any]] = json.loads(json.loads(str(tables[0][0])))
    assert [(row["table"], row["received"], row["loaded"]) for row in rows] == [
        ("ssd_cp_plans", 1, 1),
        ("ssd_person", 1, 1),
    ]
    assert prefect_server.wait_for("SELECT event FROM events WHERE event = 'daytwo.published'")
    assert run(tiny_drop, tmp_path / "store").state == "nothing new"


def test_a_stopped_run_is_failed_with_its_sentence_exits_3_and_leaves_nothing_of_a_child_in_prefect(
    prefect_server: PrefectServer,
    tiny_drop: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil(tiny_drop)
    monkeypatch.setenv("PREFECT_API_URL", PREFECT_API_URL.value() or "")

    code = main(
        ["nightly", "--drop", str(tiny_drop), "--store", str(tmp_path / "store"), "--as-at", "2026-11-01", "--json"]
    )

    assert code == 3
    assert json.loads(capsys.readouterr().out)["stopped_because"] == ["ssd_person"]
    ended = prefect_server.rows(
        "SELECT run.state_type, state.message FROM flow_run AS run"
        " JOIN flow_run_state AS state ON state.id = run.state_id WHERE run.name = 'nightly 2026-11-01'"
    )
    assert [kind for kind, _ in ended] == ["FAILED"]
    assert str(ended[0][1]).startswith("Stopped before publishing: more than 5% of the rows of ssd_person")
    assert prefect_server.wait_for("SELECT 1 FROM events WHERE event = 'daytwo.stopped'")
    # The logs of a run arrive last, and in order.
    assert prefect_server.wait_for(
        "SELECT 1 FROM log JOIN flow_run AS run ON run.id = log.flow_run_id"
        " WHERE run.name = 'nightly 2026-11-01' AND log.message LIKE '%Finished in state Failed%'"
    )
    kept = prefect_server.everything_kept()
    assert b"ssd_cp_plans" in kept, "what is looked through is what Prefect keeps"
    for value in (FORENAME, NHS_NUMBER, PERSON):
        assert value.encode() not in kept
    assert not list(prefect_server.home.rglob("results/*"))


def test_a_problem_reaches_the_command_line_as_itself_and_is_not_tried_again(
    prefect_server: PrefectServer, tmp_path: Path
) -> None:
    with pytest.raises(Problem, match="The drop is not a folder"):
        run(tmp_path / "nowhere", tmp_path / "store", as_at=datetime.date(2026, 11, 2))
    runs = prefect_server.wait_for(
        "SELECT task.run_count FROM task_run AS task JOIN flow_run AS run ON run.id = task.flow_run_id"
        " WHERE run.name = 'nightly 2026-11-02' AND task.state_type = 'FAILED'"
    )
    assert runs == [(1,)]


def test_a_fault_of_the_disk_is_tried_again_until_it_has_passed(
    prefect_server: PrefectServer, tiny_drop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store cannot be reached (a file lies where its disk is mounted), and can before the second attempt."""
    mounted = tmp_path / "mounted"
    mounted.touch()

    def comes_back(task: Any, task_run: Any, state: State[Any]) -> bool:
        mounted.unlink()
        return may_pass(task, task_run, state)

    with monkeypatch.context() as patch:
        work = flows.nightly.receive_build_publish.with_options(retry_delay_seconds=0, retry_condition_fn=comes_back)
        patch.setattr(flows.nightly, "receive_build_publish", work)
        assert run(tiny_drop, mounted / "store").state == "published"


def test_a_fault_that_quotes_a_value_leaves_without_it() -> None:
    def work() -> None:
        duckdb.execute(f"SELECT '{FORENAME}'::DATE")

    with pytest.raises(Problem) as caught:
        without_values(work)
    assert "ConversionException" in str(caught.value)
    assert FORENAME not in str(caught.value)
    assert caught.value.__context__ is None, "a log shows what led to it"
    assert caught.value.__cause__ is None


def test_a_fault_that_caused_a_problem_leaves_with_neither_its_text_nor_its_kind() -> None:
    def work() -> None:
        try:
            raise ValueError(FORENAME)
        except ValueError as error:
            raise Problem("a row is wrong", where="row 2") from error

    with pytest.raises(Problem, match="row 2") as caught:
        without_values(work)
    assert not isinstance(caught.value, TransientFault)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_a_query_stopped_by_a_time_limit_says_so() -> None:
    def work() -> None:
        raise RuntimeError("Query interrupted")  # what DuckDB raises where a signal's handler raised

    with pytest.raises(Problem, match="took longer than its time limit"):
        without_values(work)


def test_telemetry_is_off_wherever_prefect_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert not is_telemetry_enabled()
    assert not get_current_settings().server.analytics_enabled
    for package in ("flows", "deployments"):
        for path in (ROOT / package).rglob("*.py"):
            lines = path.read_text().splitlines()
            imports = [
                number for number, line in enumerate(lines) if line.startswith(("from prefect", "import prefect"))
            ]
            before = "\n".join(lines[: imports[0]]) if imports else OFF
            assert OFF in before, path.name
