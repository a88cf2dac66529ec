"""The tiny council whose runs are killed: two weekly deliveries, so that there is a yesterday and a today."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import duckdb

import flows.packing.answer_notification
import flows.publishing.run_nightly
from flows.packing.answer_notification import answer_notification
from flows.publishing.land_extracts import local_files
from flows.publishing.run_nightly import run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from flows.stores import is_bucket, open_store
from tests.faults import faulty_requests, faulty_system
from tests.faults.faults import STEP, SYSTEM, Numbered
from tests.faults.faulty_store import FaultyStore
from tests.small_council import write_csv
from warehouse.store.evidence_store import EvidenceStore, sha256_of
from warehouse.store.extracts import KnownExtracts
from warehouse.store.ledger import Entry

if TYPE_CHECKING:
    from tests.faults.forked import Order

FRAMEWORK = "slac_2009"
FIRST_NIGHT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
SECOND_NIGHT = FIRST_NIGHT + datetime.timedelta(days=7)
NOTIFIED = SECOND_NIGHT + datetime.timedelta(hours=5)
# What no refusal may contain.
FORENAME, SURNAME, PERSON, NHS_NUMBER = "Zebedeeus", "Quillfeather", "KX77123", "9990004321"

PERSONS = f"""
pers_person_id | pers_forename | pers_surname | pers_sex | pers_dob   | pers_common_child_id
{PERSON}       | {FORENAME}    | {SURNAME}    | M        | 2015-05-01 | {NHS_NUMBER}
"""
PLANS = f"""
cppl_cp_plan_id | cppl_person_id | cppl_cp_plan_start_date | cppl_cp_plan_end_date
P1              | {PERSON}       | 2024-01-05              |
"""
SECRET = (FORENAME, SURNAME, PERSON, NHS_NUMBER)
HEALTH = f"""
row_id | nhs_number   | assessment_date
H1     | {NHS_NUMBER} | 2026-09-01
H2     | 9990000018   | 2026-09-02
"""
REGISTER = """
id | title              | owner      | approver | published_on | review_on  | file
D1 | Threshold document | Head of QA | Board    | 2026-01-01   | 2027-01-01 | thresholds.txt
"""
# A week later the plan has ended, there is a second child, and a plan without its child is set aside.
PERSONS_LATER = f"{PERSONS}KX77124 | Ynez | Ravensworth | F | 2018-03-04 |\n"
PLANS_LATER = f"""
cppl_cp_plan_id | cppl_person_id | cppl_cp_plan_start_date | cppl_cp_plan_end_date
P1              | {PERSON}       | 2024-01-05              | 2026-11-03
P2              | KX77124        | 2026-11-04              |
P3              |                | 2026-11-05              |
"""


def write_first_week(drop: Path) -> None:
    """The delivery as at 31 October 2026."""
    _deliver(drop / "case_management" / "2026-10-31", {"ssd_person": PERSONS, "ssd_cp_plans": PLANS})
    _deliver(drop / "health" / "2026-10-31", {"nhs_health_assessments": HEALTH})
    _deliver(drop / "documents", {"register": REGISTER})
    (drop / "documents" / "thresholds.txt").write_text("Invented for a test.\n", encoding="utf-8")


def write_second_week(drop: Path) -> None:
    """The delivery as at 7 November 2026, in addition to the first."""
    _deliver(drop / "case_management" / "2026-11-07", {"ssd_person": PERSONS_LATER, "ssd_cp_plans": PLANS_LATER})


def _deliver(folder: Path, files: Mapping[str, str]) -> None:
    for name, drawn in files.items():
        write_csv(folder / f"{name}.csv", drawn)
    (folder / "_complete").touch()


def carry_out(order: Order, numbered: Numbered) -> tuple[str, str, dict[str, Any]]:
    """Run a flow as the command line does, in this process; returns state, sentence and facts of its outcome."""
    settings = Settings.read(
        {}, store=order.store, cache=order.cache, set_aside_limit=100.0, settle_seconds=0.0, threads=2
    )

    def say(step: str) -> None:
        numbered.due(STEP, step)

    with ExitStack() as stack:
        if is_bucket(order.store):
            stack.enter_context(faulty_requests.numbering(numbered))
        elif numbered.fault is None or numbered.fault.level == SYSTEM:
            stack.enter_context(faulty_system.numbering(Path(order.store), numbered))
        store: EvidenceStore = FaultyStore(open_store(settings), numbered)
        if order.kept is not None:
            _keep_from_building(stack, order.kept)
        if order.flow == "nightly":
            outcome = run_nightly(store, drop=Folder(order.drop), settings=settings, started_at=order.at, say=say)
            return outcome.state, outcome.said, {"healed": list(outcome.healed)}
        answer = answer_notification(
            store, framework=FRAMEWORK, received_at=NOTIFIED, settings=settings, started_at=order.at, say=say
        )
        return answer.state, answer.said, {"content_hash": answer.content_hash, "version": answer.version}


def _keep_from_building(stack: ExitStack, kept: Path) -> None:
    """Hand over what an undisturbed run built, for a fault in keeping it and not in building it."""

    def build_warehouse(
        folder: Path,
        store: EvidenceStore,
        known: KnownExtracts,
        published_before: Sequence[Entry],
        *,
        as_at: datetime.date,
        settings: Settings,
        say: Callable[[str], None],
    ) -> tuple[Path, Path]:
        say("reading extracts")
        with local_files(store, known.extracts) as files:
            for extract, path in files:
                if sha256_of(path) != extract.sha256:
                    raise AssertionError("a build would have been made from bytes that were not received")
        for name in ("restricted.duckdb", "general.duckdb"):
            shutil.copyfile(kept / name, folder / name)
        return folder / "restricted.duckdb", folder / "general.duckdb"

    def build_pack(
        connection: duckdb.DuckDBPyConnection,
        *args: Any,
        folder: Path,
        documents: Callable[[str], Path | None],
        **named: Any,
    ) -> SimpleNamespace:
        for name in sorted(os.listdir(kept / "documents")):
            path = documents(name)
            if path is None or sha256_of(path) != name:
                raise AssertionError("a pack would have been made from bytes that were not received")
        shutil.copytree(kept / "data", folder / "data")
        head = connection.execute("SELECT ledger_sequence, ledger_head FROM quality.run").fetchone()
        assert head is not None
        return SimpleNamespace(ledger_sequence=head[0], ledger_head=head[1], requests=())

    stack.enter_context(patch.object(flows.publishing.run_nightly, "build_warehouse", build_warehouse))
    stack.enter_context(patch.object(flows.packing.answer_notification, "build_pack", build_pack))
