"""The nightly run under a real Prefect server: same outcome as without it, and nothing of a child in what it keeps."""

from __future__ import annotations

import datetime
import errno
import json
import re
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
import flows.publishing.run_nightly
from flows.commands.command_line import main
from flows.nightly import as_flow
from flows.prefect_support.run_tasks import may_pass
from flows.publishing.run_nightly import Outcome, run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests.flows.conftest import FORENAME, NHS_NUMBER, PERSON, PrefectServer
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
WORK = "receive, build, check and publish"
STEPS = (
    "receiving files",
    "reading extracts",
    "building records",
    "comparing with the previous delivery",
    "measuring indicators",
    "checking",
    "reading published figures",
    "answering the requests of each framework",
    "making the general file",
    "writing the report",
    "publishing",
)
OFF = re.compile(r"(import|from) flows\.prefect_support\.prefect_environment\b")
AS_AT = datetime.date(2026, 10, 31)


def run(drop: Path | None, store: Path, *, as_at: datetime.date | None = AS_AT) -> Outcome:
    return as_flow(
        Settings(drop=str(drop or ""), store=str(store)),
        drop=str(drop) if drop else None,
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


def test_a_run_publishes_shows_counts_and_notifies_automations(
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
    assert prefect_server.tasks_of("nightly 2026-10-31") == [
        (WORK, "COMPLETED"),
        *((step, "COMPLETED") for step in STEPS),
        ("sending alerts", "COMPLETED"),
        ("show what happened", "COMPLETED"),
    ]
    assert run(tiny_drop, tmp_path / "store").state == "nothing new"


def test_the_steps_are_those_of_the_run_without_prefect(tiny_drop: Path, tmp_path: Path) -> None:
    said: list[str] = []
    run_nightly(
        LocalFolder(tmp_path / "store"),
        drop=Folder(tiny_drop),
        settings=Settings(),
        started_at=datetime.datetime(2026, 11, 1, 4, 15, tzinfo=LONDON),
        say=said.append,
    )
    assert tuple(said) == STEPS


def test_what_is_published_is_traced_to_its_deliveries_by_our_own_names(
    prefect_server: PrefectServer, tiny_drop: Path, tmp_path: Path
) -> None:
    elsewhere = tiny_drop / FORENAME.lower() / "2026-10-30"
    elsewhere.mkdir(parents=True)
    (elsewhere / "ssd_contacts.csv").write_text(
        f"cont_contact_id,cont_person_id,cont_contact_date\nC1,{PERSON},2026-10-01\n"
    )
    (tiny_drop / "case_management" / "2026-10-31" / f"{FORENAME}.csv").write_text("a letter,put here by mistake\n")

    outcome = run(tiny_drop, tmp_path / "store", as_at=datetime.date(2026, 11, 3))

    assert outcome.entry is not None
    ((description, data),) = prefect_server.rows(
        "SELECT description, data FROM artifact WHERE key = 'nightly-lineage' ORDER BY created DESC LIMIT 1"
    )
    rows = json.loads(json.loads(str(data)))
    assert [tuple(row.values()) for row in rows] == [
        ("case_management", "2026-10-31", "ssd_cp_plans", "records.child_protection_plans", 1, 0, 5),
        ("case_management", "2026-10-31", "ssd_person", "records.children", 1, 0, 5),
        ("another source", "2026-10-30", "ssd_contacts", "records.contacts", 1, 0, 5),
    ]
    assert outcome.entry.sequence == 5
    assert outcome.entry.body["restricted"] in str(description)
    assert outcome.entry.body["general"] in str(description)
    assert FORENAME.lower() not in f"{description}{data}".lower()


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
    assert prefect_server.tasks_of("nightly 2026-11-01")[1:-2] == [(step, "COMPLETED") for step in STEPS[:-1]]
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


def test_a_problem_reaches_the_command_line_unchanged_and_is_not_tried_again(
    prefect_server: PrefectServer, tmp_path: Path
) -> None:
    with pytest.raises(Problem, match="The drop is not a folder"):
        run(tmp_path / "nowhere", tmp_path / "store", as_at=datetime.date(2026, 11, 2))
    runs = prefect_server.wait_for(
        "SELECT task.run_count FROM task_run AS task JOIN flow_run AS run ON run.id = task.flow_run_id"
        " WHERE run.name = 'nightly 2026-11-02' AND task.state_type = 'FAILED'"
    )
    assert runs == [(1,)] * 2, "the step, and the work it is in"
    assert prefect_server.tasks_of("nightly 2026-11-02") == [
        (WORK, "FAILED"),
        ("receiving files", "FAILED"),
        ("sending alerts", "COMPLETED"),
    ]


def test_a_disk_error_is_tried_again_until_it_succeeds(
    prefect_server: PrefectServer, tiny_drop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store cannot be reached (a file is where its disk should be), but can be before the second attempt."""
    mounted = tmp_path / "mounted"
    mounted.touch()

    def comes_back(task: Any, task_run: Any, state: State[Any]) -> bool:
        mounted.unlink()
        return may_pass(task, task_run, state)

    with monkeypatch.context() as patch:
        work = flows.nightly.receive_build_publish.with_options(retry_delay_seconds=0, retry_condition_fn=comes_back)
        patch.setattr(flows.nightly, "receive_build_publish", work)
        assert run(tiny_drop, mounted / "store", as_at=datetime.date(2026, 11, 4)).state == "published"


def test_a_step_that_fails_once_is_shown_and_the_whole_run_is_tried_again(
    prefect_server: PrefectServer, tiny_drop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails once while the report is written: the lock is given back, and the second attempt publishes."""
    attempts: list[int] = []
    real = flows.publishing.run_nightly.checks_page

    def fails_once(connection: duckdb.DuckDBPyConnection) -> str:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError(errno.EIO, "as the test has it")
        return real(connection)

    monkeypatch.setattr(flows.publishing.run_nightly, "checks_page", fails_once)
    work = flows.nightly.receive_build_publish.with_options(retry_delay_seconds=0)
    monkeypatch.setattr(flows.nightly, "receive_build_publish", work)

    assert run(tiny_drop, tmp_path / "store", as_at=datetime.date(2026, 11, 5)).state == "published"

    first = [(step, "COMPLETED") for step in STEPS[:-2]] + [("writing the report", "FAILED")]
    assert prefect_server.tasks_of("nightly 2026-11-05") == [
        (WORK, "COMPLETED"),
        *first,
        *((step, "COMPLETED") for step in STEPS),
        ("sending alerts", "COMPLETED"),
        ("show what happened", "COMPLETED"),
    ]


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
            off = next((number for number, line in enumerate(lines) if OFF.match(line)), len(lines))
            assert not imports or off < imports[0], path.name
