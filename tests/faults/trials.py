"""One trial: a prepared store is copied, a run on it is killed or its storage fails, and the next run repairs it."""

from __future__ import annotations

import dataclasses
import datetime
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.faults import invariants, world
from tests.faults.faults import CALL, REQUEST, STEP, SYSTEM, Fault
from tests.faults.forked import Attempt, Order, attempt
from warehouse.store.evidence_store import EvidenceStore, sha256_of
from warehouse.store.ledger import BEGINNING, Head, Ledger
from warehouse.store.local_folder import LocalFolder
from warehouse.store.publication import PUBLISHED, latest_published

FIRST, NIGHTLY, NOTIFY = "first nightly", "nightly", "notify"
FLOWS = (FIRST, NIGHTLY, NOTIFY)
SIDE_BY_SIDE = 2
LATER = datetime.timedelta(hours=1)
ROOMS_ONLY = shutil.ignore_patterns(".*")


class Place(Protocol):
    """Where stores of a kind are: a folder of the machine, or a bucket."""

    name: str
    environment: Mapping[str, str]

    def address(self, name: str) -> str:
        """The address of the store with this name."""
        ...

    def opened(self, address: str) -> AbstractContextManager[EvidenceStore]:
        """The store, as another machine sees it."""
        ...

    def copy(self, address: str, to: str) -> None:
        """A second store with the same content."""
        ...

    def remove(self, address: str) -> None:
        """Free the room it takes."""
        ...


class Folders:
    """Stores in folders."""

    name = "folder"
    environment: Mapping[str, str] = {}

    def __init__(self, root: Path) -> None:
        self._root = root

    def address(self, name: str) -> str:
        return str(self._root / name)

    @contextmanager
    def opened(self, address: str) -> Iterator[EvidenceStore]:
        yield LocalFolder(Path(address))

    def copy(self, address: str, to: str) -> None:
        # No file of a store is written to twice, so files may be shared; locks and workspaces may not.
        if Path(address).is_dir():
            shutil.copytree(address, to, copy_function=os.link, ignore=ROOMS_ONLY)

    def remove(self, address: str) -> None:
        shutil.rmtree(address, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A flow about to run, and the result of an undisturbed run of it.

    Attributes:
        order: the undisturbed run's.
        undisturbed: how that ended, and its numbered calls.
        handed_over: the same of a run that was handed what that one built.
        statements, content: what it left in the ledger and in each published file.
        kept: what it built: `restricted.duckdb`, `general.duckdb`, or of a pack `data/` and the names of `documents/`.
        kept_hashes: of the two files.
    """

    flow: str
    place: Place
    order: Order
    undisturbed: Attempt
    handed_over: Attempt
    statements: list[str]
    content: Mapping[str, Mapping[str, str]]
    kept: Path
    kept_hashes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a trial; `wrong` is empty if everything held, `seconds` are those of the disturbed run."""

    what: str
    kind: str
    end: str
    wrong: tuple[str, ...]
    seconds: float = 0.0


@dataclass(slots=True)
class Trials:
    """Runs trials of one place, a few at a time, and keeps their verdicts."""

    verdicts: list[Verdict] = field(default_factory=list)

    def run(self, jobs: Iterable[Callable[[], Verdict]]) -> None:
        """Carry them out; a failed one is reported at once, as the rest may take an hour."""

        def told(job: Callable[[], Verdict]) -> Verdict:
            verdict = job()
            if verdict.wrong:
                print(f"{verdict.what}: {'; '.join(verdict.wrong)}", flush=True)
            return verdict

        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            self.verdicts += pool.map(told, jobs)

    @property
    def wrong(self) -> list[str]:
        return [f"{verdict.what}: {'; '.join(verdict.wrong)}" for verdict in self.verdicts if verdict.wrong]


def prepare(place: Place, folder: Path) -> dict[str, Prepared]:
    """Run each flow once undisturbed, one after the other as in two weeks, and keep the stores before each."""
    prepared: dict[str, Prepared] = {}
    drops = {FIRST: folder / "first_drop", NIGHTLY: folder / "drop", NOTIFY: folder / "drop"}
    world.write_first_week(drops[FIRST])
    world.write_first_week(drops[NIGHTLY])
    world.write_second_week(drops[NIGHTLY])
    moments = {FIRST: world.FIRST_NIGHT, NIGHTLY: world.SECOND_NIGHT, NOTIFY: world.NOTIFIED}
    at = place.address("before_first_nightly")
    for flow in FLOWS:
        after = place.address(f"after_{flow.replace(' ', '_')}")
        place.copy(at, after)
        order = Order(
            flow=NOTIFY if flow == NOTIFY else NIGHTLY,
            store=after,
            cache=str(folder / "caches" / Path(after).name),
            drop=drops[flow],
            at=moments[flow],
            environment=place.environment,
        )
        undisturbed = attempt(order)
        assert undisturbed.end == "ended", undisturbed.said
        kept = folder / "kept" / flow
        with place.opened(after) as store:
            wrong = [*invariants.broken(store, BEGINNING, may_be_absent=False), *invariants.unhealed(store)]
            assert not wrong, wrong
            prepared[flow] = Prepared(
                flow,
                place,
                dataclasses.replace(order, store=at, cache=""),
                undisturbed,
                _handed_over(place, order, at, _keep(store, kept)),
                invariants.statements(store),
                {name: invariants.content_of(store, name) for name in PUBLISHED},
                kept,
                {name: sha256_of(kept / f"{name}.duckdb") for name in PUBLISHED},
            )
        at = after
    return prepared


def _handed_over(place: Place, order: Order, at: str, kept: Path) -> Attempt:
    """The run once more on a store as it was before, with what was built handed over."""
    again = f"{order.store}_handed_over"
    place.copy(at, again)
    try:
        return attempt(dataclasses.replace(order, store=again, cache=f"{order.cache}_handed_over", kept=kept))
    finally:
        place.remove(again)


def _keep(store: EvidenceStore, folder: Path) -> Path:
    """What a run has built, from its store."""
    (folder / "documents").mkdir(parents=True)
    for name, key in PUBLISHED.items():
        store.fetch(key, folder / f"{name}.duckdb")
    for entry in Ledger(store).entries():
        if entry.kind == "received" and entry.body["file_name"] == "thresholds.txt":
            (folder / "documents" / entry.body["sha256"]).touch()
        if entry.kind == "sealed":
            root = f"packs/{entry.body['framework']}/{entry.body['pack_id']}"
            for key in store.keys(f"{root}/data"):
                target = folder / key.removeprefix(f"{root}/")
                target.parent.mkdir(parents=True, exist_ok=True)
                store.fetch(key, target)
    return folder


_NUMBERS = iter(range(1, 1_000_000))
_TURN = threading.Lock()


def trial(
    prepared: Prepared,
    scratch: Path,
    *,
    fault: Fault | None = None,
    kill_after: float | None = None,
    is_built: bool = True,
    is_built_again: bool = True,
    mend: Callable[[str], None] | None = None,
) -> Verdict:
    """Carry out one trial.

    Args:
        scratch: a folder for what the trial's machine keeps.
        fault: what goes wrong; or
        kill_after: SIGKILL after so many seconds.
        is_built, is_built_again: whether the run, and the one after it, really build; otherwise they are handed what
            the undisturbed run built.
        mend: what a person corrects before the next run, given the store's address; None: nothing.
    """
    place = prepared.place
    with _TURN:
        number = next(_NUMBERS)
    address = place.address(f"trial_{number}")
    cache = scratch / f"cache_{number}"
    kind = fault.kind if fault else "killed at a moment" if kill_after is not None else place.name
    what = f"{prepared.flow} on {place.name}, {_told(prepared, fault, kill_after, is_built)}"
    try:
        place.copy(prepared.order.store, address)
        with place.opened(address) as store:
            known = Ledger(store).head()
        order = dataclasses.replace(prepared.order, store=address, cache=str(cache))
        disturbed = attempt(
            dataclasses.replace(order, fault=fault, kept=None if is_built else prepared.kept), kill_after
        )
        with place.opened(address) as store:
            wrong = [f"afterwards {said}" for said in _after(prepared, disturbed, store, known)]
        if mend is not None:
            mend(address)
        then = dataclasses.replace(order, at=order.at + LATER, kept=None if is_built_again else prepared.kept)
        wrong += [f"healing: {said}" for said in _healing(prepared, then, known)]
    except AssertionError as error:
        return Verdict(what, kind, "wrong", (str(error),))
    finally:
        place.remove(address)
        shutil.rmtree(cache, ignore_errors=True)
    end = disturbed.end if disturbed.end != "ended" else f"ended {disturbed.state}"
    return Verdict(what, kind, end, tuple(wrong), disturbed.seconds)


def _after(prepared: Prepared, disturbed: Attempt, store: EvidenceStore, known: Head) -> Iterator[str]:
    """What does not hold after the disturbed run."""
    yield from _broken(prepared, store, known, may_be_absent=prepared.flow == FIRST)
    if disturbed.end == "refused":
        if "unexpected error" in disturbed.said:
            yield f"the refusal is not clean: {disturbed.said}"
        if any(value in disturbed.said for value in world.SECRET):
            yield "the refusal tells a value of a record"
    elif disturbed.end == "ended":
        if disturbed.state != prepared.undisturbed.state:
            yield f"it ended '{disturbed.state}', undisturbed '{prepared.undisturbed.state}'"
        yield from _same(prepared, store)


def _healing(prepared: Prepared, order: Order, known: Head) -> Iterator[str]:
    """What does not hold after the next run, and the one after that."""
    healed = attempt(order)
    if healed.end != "ended":
        yield f"the next run needs a hand: {healed.said}"
        return
    usual = (prepared.undisturbed.state, "sealed before" if prepared.flow == NOTIFY else "nothing new")
    if healed.state not in usual:
        yield f"the next run ended '{healed.state}'"
    with prepared.place.opened(order.store) as store:
        yield from _broken(prepared, store, known, may_be_absent=False)
        yield from invariants.unhealed(store, sweeps=prepared.flow != NOTIFY)
        yield from _same(prepared, store)
    if healed.state != usual[1]:
        third = attempt(dataclasses.replace(order, at=order.at + LATER))
        if (third.end, third.state) != ("ended", usual[1]):
            yield f"the run after the next found something to do: {third.state} {third.said}"


def _broken(prepared: Prepared, store: EvidenceStore, known: Head, *, may_be_absent: bool) -> list[str]:
    handed_over = prepared.kept_hashes.values() if prepared.flow != NOTIFY else ()
    return invariants.broken(store, known, may_be_absent=may_be_absent, handed_over=handed_over)


def _same(prepared: Prepared, store: EvidenceStore) -> Iterator[str]:
    """Where the content differs from an undisturbed run's."""
    if invariants.statements(store) != prepared.statements:
        yield "the ledger does not state what an undisturbed run's does"
    entry = latest_published(Ledger(store))
    for name in PUBLISHED:
        if entry is not None and entry.body[name] == prepared.kept_hashes[name]:
            continue
        here = invariants.content_of(store, name)
        differs = [table for table, digest in prepared.content[name].items() if here.get(table) != digest]
        if differs:
            yield f"the {name} file differs from an undisturbed run's in {', '.join(differs)}"


def _told(prepared: Prepared, fault: Fault | None, kill_after: float | None, is_built: bool) -> str:
    if fault is None:
        return "as it is" if kill_after is None else f"killed after {kill_after:.3f} s"
    calls = (prepared.undisturbed if is_built else prepared.handed_over).calls[fault.level]
    name = calls[fault.number - 1] if fault.number <= len(calls) else "?"
    return f"{fault} ({name})"


__all__ = ["CALL", "REQUEST", "STEP", "SYSTEM", "Folders", "Place", "Prepared", "Trials", "Verdict", "prepare", "trial"]
