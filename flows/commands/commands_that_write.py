"""What each command that receives, publishes, seals or decides does, over the plain functions; named as it is typed."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.command_line import Progress
from flows.commands.command_parts import now, print_json, published, store_of, warn
from flows.settings import Settings
from flows.stores import open_store
from warehouse.problem import Problem
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

if TYPE_CHECKING:
    from flows.packing.rehearsal_report import Rehearsals


def nightly(given: argparse.Namespace) -> int:
    settings = Settings.read(drop=given.drop, store=given.store, authority=given.authority)
    arguments = {
        "as_at": given.as_at,
        "as_known_on": given.as_known_on,
        "received_at": given.received_at,
        "publishing": not given.no_publish,
    }
    if given.prefect or _prefect_server_is_set():
        from flows.nightly import as_flow

        outcome = as_flow(settings, drop=settings.drop or None, **arguments)
    else:
        from flows.publishing.alerts_of_a_night import is_tonights, told
        from flows.publishing.run_nightly import run_nightly
        from flows.receiving.places import open_drop

        for_tonight = is_tonights(
            as_known_on=given.as_known_on, received_at=given.received_at, publishing=not given.no_publish
        )
        with told(settings, clock=now, warn=warn, is_tonights=for_tonight) as night:
            outcome = night.came_to(
                run_nightly(
                    open_store(settings),
                    drop=open_drop(settings.drop) if settings.drop else None,
                    settings=settings,
                    started_at=now(),
                    say=Progress(given.json),
                    **arguments,
                )
            )
    if given.json:
        print_json(outcome.as_json())
    else:
        _show_outcome(outcome, settings)
    return 3 if outcome.state == "stopped" else 0


def _prefect_server_is_set() -> bool:
    import os

    return bool(os.environ.get("PREFECT_API_URL"))


def _show_outcome(outcome: Any, settings: Settings) -> None:
    for sentence in outcome.healed:
        print(f"Put right: {sentence}")
    if outcome.receipt is not None:
        print(f"{len(outcome.receipt.received)} files received, {outcome.receipt.known} known already.")
        for place in outcome.receipt.left_alone:
            print(f"  left alone: {place}")
    report = outcome.report
    if report is not None:
        print()
        print(f"{'table':<28}{'received':>10}{'loaded':>10}{'set aside':>11}  status")
        for row in report.arrivals:
            if row.received or row.status not in ("loaded", "empty", "kept"):
                print(
                    f"{row.table or row.file_name:<28}{row.received or 0:>10,}{row.loaded or 0:>10,}"
                    f"{row.set_aside or 0:>11,}  {row.status}"
                )
        total = [
            sum(count or 0 for count in counts)
            for counts in zip(*((row.received, row.loaded, row.set_aside) for row in report.arrivals), strict=True)
        ]
        print(f"{'all':<28}{total[0]:>10,}{total[1]:>10,}{total[2]:>11,}  received = loaded + set aside")
        for row in report.arrivals:
            if row.status == "refused":
                print(f"Refused: {row.file_name}: {row.refused_because}")
            elif row.notes:
                print(f"{row.file_name}: {row.notes}")
        for table, rows in report.unmatched:
            print(f"Waiting unmatched: {rows:,} rows of {table}")
        for source, as_at, is_stale, days in report.sources:
            if is_stale:
                print(f"Stale: {source} is as at {as_at}, {days} days older")
        for name, number, broken in report.checks:
            print(f"Checks {name}: {number:,}" + (f" ({broken:,} rows)" if broken else ""))
        print(f"Report: {open_store(settings).place(f'runs/{outcome.run_id}/report.md')}")
        print()
    print(outcome.said)


def pull(given: argparse.Namespace) -> int:
    from flows.receiving.pull_extracts import how_sources_stand, pull_extracts
    from flows.receiving.sources import read_sources, sources_file

    settings = Settings.read(store=given.store, sources=given.sources)
    sources = read_sources(sources_file(settings.sources))
    if given.list:
        standing = how_sources_stand(sources, Ledger(open_store(settings)), now())
        if given.json:
            print_json([one.as_json() for one in standing])
        else:
            print("\n".join(one.line() for one in standing))
        return 0
    if given.prefect or _prefect_server_is_set():
        from flows.weekly_pull import as_flow

        pulled = as_flow(settings, given.source, given.as_at)
    else:
        from flows.alerts.send import and_tell
        from flows.receiving.alerts_of_a_pull import tell_of_pull

        pulled = and_tell(
            lambda: pull_extracts(
                open_store(settings),
                sources,
                given.source,
                settings=settings,
                now=now,
                as_at=given.as_at,
                say=Progress(given.json),
            ),
            lambda result: tell_of_pull(result, settings, now(), warn=warn),
        )
    if given.json:
        print_json(pulled.as_json())
    else:
        print("\n".join([*pulled.lines(), pulled.said]))
    return 1 if pulled.failed else 0


def notify(given: argparse.Namespace) -> int:
    settings = Settings.read(store=given.store, authority_name=given.authority_name)
    arguments = {"framework": given.framework, "received_at": given.received, "as_known_on": given.as_known_on}
    if given.prefect or _prefect_server_is_set():
        from flows.notification_received import as_flow

        outcome = as_flow(settings, **arguments)
    else:
        from flows.packing.answer_notification import answer_notification

        outcome = answer_notification(
            open_store(settings),
            settings=settings,
            started_at=now(),
            say=Progress(given.json),
            **arguments,
        )
    if given.json:
        print_json(outcome.as_json())
    else:
        print("\n".join(outcome.lines()))
    return 0


def rehearse(given: argparse.Namespace) -> int:
    settings = Settings.read(store=given.store, rehearse=given.framework, authority_name=given.authority_name)
    if given.prefect or _prefect_server_is_set():
        from flows.nightly_rehearsal import as_flow

        rehearsals = as_flow(settings)
    else:
        from flows.alerts.send import and_tell
        from flows.packing.alerts_of_a_rehearsal import tell_of_rehearsals
        from flows.packing.rehearse import rehearse_all

        def tell_of(result: Rehearsals | Problem) -> None:
            # One that somebody names is looked at by whoever asked for it.
            if given.framework is None:
                tell_of_rehearsals(result, settings, now(), warn=warn)

        rehearsals = and_tell(
            lambda: rehearse_all(open_store(settings), settings=settings, now=now(), say=Progress(given.json)),
            tell_of,
        )
    if given.json:
        print_json(rehearsals.as_json())
    else:
        print("\n\n".join("\n".join(lines) for lines in rehearsals.lines()))
    for one in rehearsals.failed:
        print(f"daytwo: {one.said}", file=sys.stderr)
    return 1 if rehearsals.failed else 0


def watch(given: argparse.Namespace) -> int:
    settings = Settings.read(store=given.store)
    if given.test:
        from flows.alerts.send import try_channels

        tried = try_channels(settings, now())
        if given.json:
            print_json([{"channel": name, "problem": problem, "said": said} for name, problem, said in tried])
        else:
            for name, problem, said in tried:
                print(f"{name}: {problem or said or 'a test message was sent'}")
        return 1 if any(problem for _, problem, _ in tried) else 0
    from flows.watch import watch as look

    watched = look(open_store(settings), settings, now())
    for said in watched.warnings:
        warn(said)
    if given.json:
        print_json(watched.as_json())
    else:
        print("\n".join(watched.lines()))
    return 5 if watched.is_urgent else 0


def match(given: argparse.Namespace) -> int:
    from flows.commands.match_rows import decide_row

    said = decide_row(
        published(given, restricted=True),
        Ledger(store_of(given)),
        given.table,
        given.key,
        child=given.child,
        no_child=given.no_child,
        withdraw=given.withdraw,
        by=given.by,
        because=given.reason,
        at=now(),
    )
    if given.json:
        print_json(said)
    elif not said["is_new"]:
        print(f"Decided so before, in ledger entry {said['ledger_entry']}; nothing was written.")
    else:
        print(f"Ledger entry {said['ledger_entry']}. The next nightly run applies it: daytwo nightly --store S")
    return 0


def release(given: argparse.Namespace) -> int:
    from flows.packing.verify_and_release import release_pack, store_around

    settings = Settings.read(store=given.store)
    store = open_store(settings) if settings.store else LocalFolder(store_around(Path(given.pack)))
    released = release_pack(
        Path(given.pack),
        Ledger(store),
        prepared_by=given.prepared_by,
        approved_by=given.approved_by,
        route=given.route,
        at=now(),
    )
    if given.json:
        print_json(released)
    else:
        print(
            f"Released {released['pack_id']}: ledger entry {released['ledger_entry']}. It may now leave"
            f" by: {given.route}. Nothing edits it any more; a correction is a new version."
        )
    return 0


def demo(given: argparse.Namespace) -> int:
    from flows.demo.run_demo import run_demo

    folder = Path(given.folder)
    if folder.exists():
        if not (folder / "this_is_a_demo").exists() and any(folder.iterdir()):
            raise Problem(
                "The demo's folder holds something else.",
                where=str(folder),
                why="The demo starts from an empty folder.",
                fix="Give --folder a new name.",
            )
        _remove(folder)
    return run_demo(
        folder,
        children=given.children,
        seed=given.seed,
        authority=given.authority,
        benchmarks=Path(given.benchmarks) if given.benchmarks else None,
        as_json=given.json,
    )


def _remove(folder: Path) -> None:
    """Remove a former demo; its evidence is read-only, so its folders are made writable first."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as bin_folder:
        gone = Path(bin_folder) / "former"
        folder.rename(gone)
        for path in gone.rglob("*"):
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(gone)
