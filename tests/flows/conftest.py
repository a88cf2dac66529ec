"""What the flow tests share: one Prefect server for the session (fifteen seconds to start), and a tiny drop."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

FORENAME = "Zebedeeus"
NHS_NUMBER = "9990004321"
PERSON = "KX77123"


@dataclass(frozen=True)
class PrefectServer:
    """A Prefect server with its own database, and the folders it and its flows write to."""

    database: Path
    home: Path

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return list(connection.execute(query))

    def wait_for(self, query: str) -> list[tuple[object, ...]]:
        """Rows of a query, as soon as there are any: events and logs arrive a little after their run has ended."""
        until = time.monotonic() + 30
        while not (rows := self.rows(query)) and time.monotonic() < until:
            time.sleep(0.1)
        return rows

    def tasks_of(self, flow_run: str) -> list[tuple[str, str]]:
        """Name and state of each task that ran in the last flow run of this name, in the order they began.

        The server hears of them a little after the run; each has its own times.
        """
        run = f"(SELECT id FROM flow_run WHERE name LIKE '{flow_run}' ORDER BY created DESC LIMIT 1)"
        tasks = f"SELECT name, state_type, start_time, end_time FROM task_run WHERE flow_run_id = {run}"
        until = time.monotonic() + 30
        while (not self.rows(tasks) or self.rows(f"{tasks} AND end_time IS NULL")) and time.monotonic() < until:
            time.sleep(0.1)
        ran = sorted(self.rows(tasks), key=lambda task: str(task[2]))
        assert all(began and ended and str(began) <= str(ended) for _, _, began, ended in ran)
        return [(str(name), str(state)) for name, state, _, _ in ran]

    def everything_kept(self) -> bytes:
        """Every byte of the database, its log and Prefect's own folder."""
        files = [*self.database.parent.glob(f"{self.database.name}*"), *self.home.rglob("*")]
        return b"\n".join(file.read_bytes() for file in files if file.is_file())


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """Set to keep every result, so that a flow which leaves that to the server is found out."""
    import flows.prefect_support.prefect_environment  # noqa: F401

    # isort: split
    from prefect.settings import (
        PREFECT_HOME,
        PREFECT_LOCAL_STORAGE_PATH,
        PREFECT_LOGGING_TO_API_BATCH_INTERVAL,
        PREFECT_RESULTS_PERSIST_BY_DEFAULT,
        PREFECT_SERVER_DATABASE_CONNECTION_URL,
        PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL,
        temporary_settings,
    )
    from prefect.testing.utilities import prefect_test_harness

    home = tmp_path_factory.mktemp("prefect")
    kept = {
        PREFECT_HOME: str(home),
        PREFECT_LOCAL_STORAGE_PATH: str(home / "results"),
        PREFECT_RESULTS_PERSIST_BY_DEFAULT: True,
        PREFECT_LOGGING_TO_API_BATCH_INTERVAL: 0.2,
        PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL: 0.2,
    }
    with temporary_settings(updates=kept), prefect_test_harness(server_startup_timeout=120):
        # Prefect's console belongs to the test that began; the server says goodbye when that is closed.
        logging.getLogger("prefect").handlers.clear()
        url = str(PREFECT_SERVER_DATABASE_CONNECTION_URL.value())
        yield PrefectServer(Path(url.split(":///")[1]), home)


@pytest.fixture
def tiny_drop(tmp_path: Path) -> Path:
    """One child with one open plan."""
    delivery = tmp_path / "drop" / "case_management" / "2026-10-31"
    delivery.mkdir(parents=True)
    (delivery / "_complete").touch()
    (delivery / "ssd_person.csv").write_text(
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_dob,pers_common_child_id\n"
        f"{PERSON},{FORENAME},Quillfeather,M,2015-05-01,{NHS_NUMBER}\n"
    )
    (delivery / "ssd_cp_plans.csv").write_text(
        "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date\nP1,KX77123,2026-01-05,\n"
    )
    return tmp_path / "drop"
