"""Each call of a folder's store fails once: the run has the same content or refuses cleanly, and the next one repairs.

These tests try one kind of fault for each call, and hand over what a run builds. More, and S3, in the integration tests
(tests/integration/test_faults.py); all kinds at every call by `make soak`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import faulty_store, invariants, plans
from tests.faults.faults import CALL
from tests.faults.tally import tell
from tests.faults.trials import NIGHTLY, NOTIFY, Prepared, Trials
from warehouse.store.keys import STATUS, extract_key
from warehouse.store.ledger import BEGINNING, Ledger
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("flow", [NIGHTLY, NOTIFY])
def test_a_call_of_the_store_that_fails_costs_nothing(
    in_folders: dict[str, Prepared], scratch: Path, flow: str
) -> None:
    prepared = in_folders[flow]
    jobs = plans.faults_at_calls(prepared, scratch, CALL, faulty_store.kinds_of, rotate=0)
    trials = Trials()
    trials.run(plans.one_of_each(prepared, CALL, jobs))
    tell(f"{flow}, folder: calls of the store fail, a kind each", trials.verdicts)
    assert not trials.wrong, "\n".join(trials.wrong)


def remove_an_extract(store: LocalFolder) -> None:
    store.remove(extract_key(Ledger(store).entries()[0].body["sha256"]))


def publish_another_file(store: LocalFolder) -> None:
    store.replace("published/warehouse.duckdb", b"neither yesterday's nor today's")


def remove_what_is_published(store: LocalFolder) -> None:
    (store.root / "published" / "warehouse.duckdb").unlink()


def tear_the_mark(store: LocalFolder) -> None:
    store.replace(STATUS, b'{"state": "curr')


def alter_a_build(store: LocalFolder) -> None:
    build = store.root / store.keys("builds")[0]
    content = build.read_bytes()
    build.unlink()  # the file is shared with other trials' stores
    build.write_bytes(content[:-1])


def cut_the_ledger(store: LocalFolder) -> None:
    (store.root / store.keys("ledger")[-1]).unlink()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (remove_an_extract, "the extract of ledger entry 1 is not in the store"),
        (publish_another_file, "neither yesterday's nor today's"),
        (remove_what_is_published, "is gone"),
        (tear_the_mark, "is torn"),
        (alter_a_build, "a build is not the file its name says"),
        (cut_the_ledger, "the ledger is not whole"),
    ],
)
def test_what_a_trial_looks_at_shows_the_harm(
    in_folders: dict[str, Prepared], scratch: Path, harm: Callable[[LocalFolder], None], said: str
) -> None:
    prepared = in_folders[NOTIFY]
    place = str(scratch / f"harmed_by_{harm.__name__}")
    prepared.place.copy(prepared.order.store, place)
    store = LocalFolder(Path(place))
    head = Ledger(store).head()
    assert invariants.broken(store, BEGINNING, may_be_absent=False) == []
    harm(store)
    (found,) = invariants.broken(store, head, may_be_absent=False)
    assert said in found
