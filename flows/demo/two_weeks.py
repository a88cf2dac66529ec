"""Two weeks of the invented council: two drops, a nightly run on each, and an inspection with its pack.

The clock is invented too, so the same seed gives the same evidence.
"""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path

from flows.demo.demo_progress import (
    FIRST_DROP,
    FIRST_NIGHT,
    INSPECTION,
    SECOND_DROP,
    SECOND_NIGHT,
    DemoProgress,
    Stage,
)
from flows.demo.invented_council import write_drop
from flows.packing.answer_notification import SealedPack, answer_notification
from flows.packing.verify_and_release import Verified, verify_pack
from flows.publishing.run_nightly import Outcome, run_nightly
from flows.receiving.places import COMPLETE, Folder
from flows.settings import Settings
from warehouse.england_time import LONDON
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

FIRST_WEEK = datetime.date(2026, 10, 24)
SECOND_WEEK = datetime.date(2026, 10, 31)
FIRST_NIGHT_AT = datetime.datetime(2026, 10, 26, 4, 15, tzinfo=LONDON)
SECOND_NIGHT_AT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=LONDON)
NOTIFIED_AT = datetime.datetime(2026, 11, 2, 9, 14, tzinfo=LONDON)
SEALED_AT = datetime.datetime(2026, 11, 2, 9, 20, tzinfo=LONDON)
FRAMEWORK = "slac_2009"
INVENTED_AUTHORITY = "E06999999"


@dataclass(frozen=True, slots=True)
class TwoWeeks:
    """The result of the two weeks.

    Attributes:
        drop: where both weeks' extracts were delivered.
        store: the evidence store's folder.
        nights: the nightly runs; only one if the first stopped before publishing.
        pack, verified: the pack sealed for the inspection, and its verification; None if a night stopped.
    """

    drop: Path
    store: Path
    nights: tuple[Outcome, ...]
    pack: SealedPack | None = None
    verified: Verified | None = None


def live_two_weeks(
    folder: Path,
    *,
    children: int,
    seed: int,
    authority: str | None,
    benchmarks: Path | None,
    progress: DemoProgress,
) -> TwoWeeks:
    """Write both drops, run both nights, answer the notification and verify its pack.

    Args:
        folder: empty.
        children, seed, authority, benchmarks: as for `run_demo`.

    Raises:
        Problem: the number of children is out of range.
    """
    drop, place = folder / "drop", folder / "store"
    store = LocalFolder(place)
    settings = Settings.read(store=str(place), authority_name="Marlbridge (invented)", authority=authority)
    nights: list[Outcome] = []
    for week, at, drop_stage, night_stage in (
        (FIRST_WEEK, FIRST_NIGHT_AT, FIRST_DROP, FIRST_NIGHT),
        (SECOND_WEEK, SECOND_NIGHT_AT, SECOND_DROP, SECOND_NIGHT),
    ):
        progress.begin(drop_stage)
        progress(f"inventing {children:,} children: the drop of {week}")
        write_drop(
            drop,
            children=children,
            as_at=week,
            seed=seed,
            world_ends=SECOND_WEEK,
            faults=True,
            authority_code=authority or INVENTED_AUTHORITY,
        )
        if benchmarks is not None and week == SECOND_WEEK:
            _drop_published_tables(benchmarks, drop)
        _mark_complete(drop)
        nights.append(_night(store, drop, settings, at, night_stage, progress))
        if nights[-1].state == "stopped":
            return TwoWeeks(drop, place, tuple(nights))
    progress.begin(INSPECTION)
    pack = answer_notification(
        store, framework=FRAMEWORK, received_at=NOTIFIED_AT, settings=settings, started_at=SEALED_AT, say=progress
    )
    assert pack.folder is not None
    return TwoWeeks(drop, place, tuple(nights), pack, verify_pack(Path(pack.folder), Ledger(store)))


def _drop_published_tables(benchmarks: Path, drop: Path) -> None:
    """Deliver the DfE's published tables with the week's drop."""
    release = drop / "benchmarks" / benchmarks.resolve().name
    release.mkdir(parents=True)
    for table in sorted(benchmarks.glob("*.csv")):
        shutil.copyfile(table, release / table.name)


def _mark_complete(drop: Path) -> None:
    """Mark every delivery complete, so that the night does not wait for its files to settle."""
    for delivery in {path.parent for path in drop.rglob("*") if path.is_file()}:
        (delivery / COMPLETE).touch()


def _night(
    store: LocalFolder,
    drop: Path,
    settings: Settings,
    at: datetime.datetime,
    stage: Stage,
    progress: DemoProgress,
) -> Outcome:
    progress.begin(stage)
    return run_nightly(store, drop=Folder(drop), settings=settings, started_at=at, say=progress)
