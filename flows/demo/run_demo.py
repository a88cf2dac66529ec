"""The demo: an invented council, two weekly drops, two nightly runs, a query, a notification, a verified pack.

Its clock is invented too, so that the same seed gives the same evidence.
"""

from __future__ import annotations

import datetime
import json
import shutil
import time
from pathlib import Path

from flows.commands.command_line import Progress
from flows.demo.invented_council import write_drop
from flows.packing.answer_notification import answer_notification
from flows.packing.verify_and_release import verify_pack
from flows.publishing.run_nightly import run_nightly
from flows.publishing.run_report import Report, shown
from flows.receiving.places import COMPLETE, Folder
from flows.settings import Settings
from warehouse.database import reading
from warehouse.england_time import LONDON
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

FIRST_WEEK = datetime.date(2026, 10, 24)
SECOND_WEEK = datetime.date(2026, 10, 31)
FIRST_NIGHT = datetime.datetime(2026, 10, 26, 4, 15, tzinfo=LONDON)
SECOND_NIGHT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=LONDON)
NOTIFIED = datetime.datetime(2026, 11, 2, 9, 14, tzinfo=LONDON)
SEALED = datetime.datetime(2026, 11, 2, 9, 20, tzinfo=LONDON)
INVENTED_AUTHORITY = "E06999999"
QUERY = """
SELECT indicator_code, title, result.numerator, result.denominator, value, unit, sourced, hidden_because
FROM profile.indicator_results AS result JOIN profile.indicators USING (indicator_code)
WHERE is_current AND period_kind IN ('rolling_12_months', 'snapshot')
ORDER BY family, indicator_code
"""


def run_demo(
    folder: Path, *, children: int, seed: int, authority: str | None, benchmarks: Path | None, as_json: bool
) -> int:
    """Run the whole path in an empty or absent `folder`; returns the exit code.

    Args:
        children: people in the invented case system, 200 to 100,000.
        seed: the same seed gives the same council.
        authority: the nine-character code it shall have; by default an invented one.
        benchmarks: DfE's published tables as downloaded, to be dropped with the second week.
    """
    begun = time.monotonic()
    say = Progress(quiet=False)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "this_is_a_demo").write_text("daytwo demo may remove this folder and make it again.\n", encoding="utf-8")
    drop, place = folder / "drop", folder / "store"
    store = LocalFolder(place)
    settings = Settings.read(store=str(place), authority_name="Marlbridge (invented)", authority=authority)
    code = authority or INVENTED_AUTHORITY
    outcomes = []
    for week, night in ((FIRST_WEEK, FIRST_NIGHT), (SECOND_WEEK, SECOND_NIGHT)):
        say(f"inventing {children:,} children: the drop of {week}")
        write_drop(
            drop, children=children, as_at=week, seed=seed, world_ends=SECOND_WEEK, faults=True, authority_code=code
        )
        if benchmarks is not None and week == SECOND_WEEK:
            release = drop / "benchmarks" / benchmarks.resolve().name
            release.mkdir(parents=True)
            for published in sorted(benchmarks.glob("*.csv")):
                shutil.copyfile(published, release / published.name)
        for delivery in {path.parent for path in drop.rglob("*") if path.is_file()}:
            (delivery / COMPLETE).touch()
        outcomes.append(run_nightly(store, drop=Folder(drop), settings=settings, started_at=night, say=say))
        _tell(outcomes[-1].said, as_json)
        if outcomes[-1].state == "stopped":
            return 3
    answer = answer_notification(
        store, framework="slac_2009", received_at=NOTIFIED, settings=settings, started_at=SEALED, say=say
    )
    assert answer.folder is not None
    verified = verify_pack(Path(answer.folder), Ledger(store))
    if as_json:
        print(
            json.dumps(
                {
                    "nightly": [outcome.as_json() for outcome in outcomes],
                    "notify": answer.as_json(),
                    "verify": verified.as_json(),
                },
                indent=2,
                default=str,
            )
        )
        return 0 if verified.good else 4
    _show_arrivals(outcomes[-1].report)
    _show_figures(place / "published" / "warehouse.duckdb")
    pack = place / "packs" / answer.framework / answer.pack_id
    print("\n".join(answer.lines()))
    print()
    print("\n".join(verified.lines()))
    print(
        f"""
Done in {time.monotonic() - begun:.0f} s. Everything is invented.

Open these:
  {pack / "data" / "00_cover.pdf"}
  {pack / "data" / "02_performance_profile.pdf"}
  {place / "published" / "warehouse.duckdb"}   (any DuckDB client from 1.4 on)
  {place / "runs" / outcomes[-1].run_id / "report.md"}
  {place / "runs" / outcomes[-1].run_id / "checks.html"}

Try next (from a checkout the program is .venv/bin/daytwo):
  daytwo explain NI64 --store {place}
  daytwo cases NI64 --store {place}
  daytwo review --store {place}
  daytwo notify --framework ilacs_2026 --received 2026-11-02T09:14 --store {place}
  daytwo sql --store {place} "SELECT * FROM quality.arrivals"
  daytwo nightly --drop {drop} --store {place}      (nothing new: it says so)
  daytwo verify {pack}.zip --store {place}
  daytwo release {pack} --prepared-by "A Analyst" --approved-by "B Director" --route "Ofsted's portal"
  daytwo check {drop / "case_management" / str(SECOND_WEEK) / "ssd_cp_plans.csv"}"""
    )
    return 0 if verified.good else 4


def _tell(sentence: str, quiet: bool) -> None:
    if not quiet:
        print(sentence)


def _show_arrivals(report: Report | None) -> None:
    assert report is not None
    received, loaded, aside = (
        sum(count or 0 for count in counts)
        for counts in zip(*((row.received, row.loaded, row.set_aside) for row in report.arrivals), strict=True)
    )
    print(f"\nRows received {received:,} = rows loaded {loaded:,} + rows set aside {aside:,}, file by file:")
    for row in report.arrivals:
        if row.set_aside or row.status == "refused":
            counts = f"{row.received or 0:>9,} ={row.loaded or 0:>9,} +{row.set_aside or 0:>6,}"
            print(f"  {row.file_name:<34}{counts}  {row.status}")
    print("  (every other file was loaded whole)")
    for table, number in report.unmatched:
        print(f"Waiting unmatched: {number:,} rows of {table}")
    for outcome, number, broken in report.checks:
        print(f"Checks {outcome}: {number:,}" + (f" ({broken:,} rows)" if broken else ""))


def _show_figures(warehouse: Path) -> None:
    with reading(warehouse) as connection:
        rows = connection.execute(QUERY).fetchall()
        twins = {
            (code, comparator): (year, value, status)
            for code, comparator, year, value, status in connection.execute(
                """
                SELECT indicator_code, comparator, reporting_year, value, status FROM profile.comparators
                WHERE is_latest AND breakdown IS NULL
                """
            ).fetchall()
        }
    print(f"\n{'code':<6}{'figure':<58}{'n':>8}{'d':>9}{'value':>11}{'England':>14}{'council':>14}  sourced")
    for code, title, numerator, denominator, value, unit, sourced, hidden in rows:
        beside = []
        for comparator in ("england", "council"):
            year, published, status = twins.get((code, comparator), (None, None, None))
            mark = "" if year is None else "withheld" if status == "withheld" else shown(published, unit, None)
            beside.append(f"{mark} ({year})" if year else "")
        n, d = (("-" if number is None else f"{number:,.0f}") for number in (numerator, denominator))
        value_shown = "hidden" if hidden else shown(value, unit, denominator)
        print(f"{code:<6}{title[:57]:<58}{n:>8}{d:>9}{value_shown:>11}{beside[0]:>14}{beside[1]:>14}  {sourced}")
    print()
