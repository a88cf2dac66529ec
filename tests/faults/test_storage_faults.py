"""Each call of a folder's store fails once: the run has the same content or refuses cleanly, and the next one heals.

Here of each call one kind of fault is tried, and what a run builds is handed over. More, and S3, in the integration
lane (tests/integration/test_faults.py); all kinds at every call by `make soak`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import faulty_store, plans
from tests.faults.faults import CALL
from tests.faults.tally import tell
from tests.faults.trials import NIGHTLY, NOTIFY, Prepared, Trials


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
