"""Runs are killed, and their storage fails, on folder and S3: what is published stays whole, and the next run heals.

SIGKILL at every step boundary and at 20 moments of nightly and of notify; each kind of request to the S3 service, and
of system call on the folder, fails once, its kind by turns. `make soak` does 300 moments and all kinds at every call.
Counts are printed, and added to the file that DAYTWO_TEST_REPORT names.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import faulty_requests, faulty_system, plans
from tests.faults.faults import REQUEST, SYSTEM
from tests.faults.tally import tell
from tests.faults.trials import NIGHTLY, NOTIFY, Prepared, Trials

pytestmark = [pytest.mark.integration, pytest.mark.slow]

MOMENTS = 20
SEED = 4
# After so many of the kills the next run builds for real; after the others it is handed what the run would have built.
BUILT_AGAIN = 5
FLOWS = [NIGHTLY, NOTIFY]
PLACES = ["in_folders", "in_buckets"]


def named(value: tuple[str, str]) -> str:
    return f"{value[1]} {value[0]}"


@pytest.fixture
def prepared(request: pytest.FixtureRequest) -> Prepared:
    place, flow = request.param
    found: Prepared = request.getfixturevalue(place)[flow]
    return found


def held(title: str, prepared: Prepared, trials: Trials) -> None:
    tell(f"{prepared.flow}, {prepared.place.name}: {title}", trials.verdicts)
    assert not trials.wrong, "\n".join(trials.wrong)


@pytest.mark.parametrize("prepared", [(place, flow) for place in PLACES for flow in FLOWS], indirect=True, ids=named)
def test_a_run_killed_at_a_step_boundary_leaves_a_store_the_next_run_completes(
    prepared: Prepared, scratch: Path
) -> None:
    trials = Trials()
    trials.run(plans.kills_at_steps(prepared, scratch, is_built_again=False))
    assert len(trials.verdicts) >= 9
    held("SIGKILL at every step boundary", prepared, trials)


@pytest.mark.parametrize("prepared", [(place, flow) for place in PLACES for flow in FLOWS], indirect=True, ids=named)
def test_a_run_killed_at_any_moment_leaves_a_store_the_next_run_completes(prepared: Prepared, scratch: Path) -> None:
    trials = Trials()
    trials.run(plans.kills_at_moments(prepared, scratch, MOMENTS, SEED, built_again=BUILT_AGAIN))
    assert len(trials.verdicts) == MOMENTS
    held(f"SIGKILL at {MOMENTS} moments, seed {SEED}", prepared, trials)


@pytest.mark.parametrize("prepared", [("in_folders", flow) for flow in FLOWS], indirect=True, ids=named)
def test_a_system_call_that_fails_costs_nothing(prepared: Prepared, scratch: Path) -> None:
    jobs = plans.faults_at_calls(prepared, scratch, SYSTEM, faulty_system.kinds_of, rotate=0)
    trials = Trials()
    trials.run(plans.one_of_each(prepared, SYSTEM, jobs))
    held("system calls fail, a kind each", prepared, trials)


@pytest.mark.parametrize("prepared", [("in_buckets", flow) for flow in FLOWS], indirect=True, ids=named)
def test_a_request_that_fails_costs_nothing(prepared: Prepared, scratch: Path) -> None:
    jobs = plans.faults_at_calls(
        prepared, scratch, REQUEST, faulty_requests.kinds_of, rotate=0, times=(1, faulty_requests.EVERY_TIME)
    )
    trials = Trials()
    trials.run(plans.one_of_each(prepared, REQUEST, jobs))
    held("requests fail, a kind each, once or however often they are tried again", prepared, trials)
