"""What each command does, over the plain functions. One function a command, named as it is typed."""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from flows.cli import LONDON, Progress
from flows.settings import Settings
from flows.stores import open_store
from warehouse.database import reading
from warehouse.evidence_store import EvidenceStore
from warehouse.ledger import Ledger
from warehouse.problem import Problem

TELLS_NO_VALUE = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.PermissionException)
GENERAL = "published/warehouse.duckdb"
RESTRICTED = "published/warehouse_restricted.duckdb"


def _now() -> datetime.datetime:
    return datetime.datetime.now(tz=LONDON)


def _store(given: argparse.Namespace) -> EvidenceStore:
    return open_store(Settings.read(store=given.store))


def _published(given: argparse.Namespace, *, restricted: bool) -> Path:
    store = _store(given)
    path = store.local_path(RESTRICTED if restricted else GENERAL)
    if path is None:
        raise Problem(
            "Nothing has been published yet.",
            where=str(Settings.read(store=given.store).store),
            why="There is no warehouse to read.",
            fix="Run: daytwo nightly --drop D --store S",
        )
    return path


def _print_json(said: object) -> None:
    print(json.dumps(said, indent=2, default=str, ensure_ascii=False))


def nightly(given: argparse.Namespace) -> int:
    settings = Settings.read(drop=given.drop, store=given.store, authority=given.authority)
    arguments = {
        "drop": Path(settings.drop) if settings.drop else None,
        "as_at": given.as_at,
        "as_known_on": given.as_known_on,
        "received_at": given.received_at,
        "publishing": not given.no_publish,
    }
    if given.prefect or _prefect_server_is_set():
        from flows.nightly import as_flow

        outcome = as_flow(settings, **arguments)
    else:
        from flows.run_nightly import run_nightly

        outcome = run_nightly(
            open_store(settings),
            settings=settings,
            started_at=_now(),
            say=Progress(given.json),
            **arguments,
        )
    if given.json:
        _print_json(outcome.as_json())
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
        print(f"Report: {Path(settings.store) / 'runs' / outcome.run_id / 'report.md'}")
        print()
    print(outcome.said)


def notify(given: argparse.Namespace) -> int:
    settings = Settings.read(store=given.store, authority_name=given.authority_name)
    arguments = {"framework": given.framework, "received_at": given.received, "as_known_on": given.as_known_on}
    if given.prefect or _prefect_server_is_set():
        from flows.notification_received import as_flow

        outcome = as_flow(settings, **arguments)
    else:
        from flows.answer_notification import answer_notification

        outcome = answer_notification(
            open_store(settings),
            settings=settings,
            started_at=_now(),
            say=Progress(given.json),
            **arguments,
        )
    if given.json:
        _print_json(outcome.as_json())
    else:
        print("\n".join(outcome.lines()))
    return 0


def check(given: argparse.Namespace) -> int:
    from flows.check_file import check_file, show

    path = Path(given.file)
    if path.suffix.lower() == ".toml":
        return _check_mapping(path, given.json)
    result = check_file(
        path,
        table=given.table,
        as_at=given.as_at or _day_of_folder(path),
        settings=Settings.read(),
        mapping=Path(given.mapping) if given.mapping else None,
    )
    if given.json:
        _print_json(result.as_json())
    else:
        print("\n".join(show(result)))
    return 0 if result.accepted else 1


def _check_mapping(path: Path, as_json: bool) -> int:
    from transforms.mapping import read_mapping

    if not path.is_file():
        raise Problem("There is no such file.", where=str(path), fix="Give the path of a mapping file.")
    mapping = read_mapping(path)
    if as_json:
        _print_json(
            {
                "mapping": mapping.name,
                "accepted": True,
                "table": mapping.table.file,
                "valid_from": mapping.valid_from,
                "owner": mapping.owner,
                "agreed_on": mapping.agreed_on,
                "headings": len(mapping.columns),
                "words": sum(map(len, mapping.values.values())),
            }
        )
    else:
        print(
            f"{mapping.name}: {len(mapping.columns)} headings and {sum(map(len, mapping.values.values()))} words of"
            f" {mapping.table.file}, from {mapping.valid_from}, agreed by {mapping.owner} on {mapping.agreed_on}."
        )
        print("Accepted. Try it on a file: daytwo check FILE --mapping " + mapping.name)
    return 0


def template(given: argparse.Namespace) -> int:
    from transforms.log_templates import TEMPLATES, file_name, write_template

    path = Path(given.to or file_name(given.log))
    if path.exists():
        raise Problem(
            "There is a file of this name already.",
            where=str(path),
            why="It may be a log that somebody has filled in.",
            fix="Give another name with --to, or move the file.",
        )
    if not path.parent.is_dir():
        raise Problem("There is no such folder.", where=str(path.parent), fix="Make it, or give another with --to.")
    write_template(path, given.log)
    sheets = list(TEMPLATES[given.log])
    if given.json:
        _print_json({"file": str(path), "sheets": sheets})
    else:
        print(f"{path}: fill in the sheet{'s' * (len(sheets) > 1)} {' and '.join(sheets)}; the other sheets explain.")
    return 0


def _day_of_folder(path: Path) -> datetime.date:
    try:
        return datetime.date.fromisoformat(path.resolve().parent.name)
    except ValueError:
        return _now().date()


def sql(given: argparse.Namespace) -> int:
    path = _published(given, restricted=given.restricted)
    with reading(path) as connection:
        try:
            found = connection.sql(given.query)
        except duckdb.Error as error:
            # What DuckDB says of a value it could not convert quotes the value.
            told = isinstance(error, TELLS_NO_VALUE)
            raise Problem(
                "The query could not be run.",
                where=str(error).strip().splitlines()[0] if told else type(error).__name__,
                fix='Correct it; tables and columns are listed by: daytwo sql "SHOW ALL TABLES"',
            ) from error
        if found is None:
            return 0
        if given.json:
            _print_json([dict(zip(found.columns, row, strict=True)) for row in found.fetchall()])
        else:
            found.show(max_rows=given.rows, max_width=10_000 if not sys.stdout.isatty() else None)
    return 0


def explain(given: argparse.Namespace) -> int:
    from flows.explain import explain_indicator, show_explanation

    path = None
    if given.store or Settings.read().store:
        path = _store(given).local_path(GENERAL)
    explained = explain_indicator(given.code, path)
    if given.json:
        _print_json(explained)
    else:
        print("\n".join(show_explanation(explained)))
    return 0


def cases(given: argparse.Namespace) -> int:
    from flows.explain import cases_of

    restricted = given.restricted
    found = cases_of(
        given.code,
        _published(given, restricted=restricted),
        period=given.period,
        counted_only=not given.all,
        is_restricted_file=restricted,
        late=given.late,
    )
    if given.json:
        _print_json(found.as_json())
    else:
        print("\n".join(found.lines(given.rows)))
    return 0


def status(given: argparse.Namespace) -> int:
    from flows.status import read_status, show_status

    said = read_status(_store(given), _now())
    if given.json:
        _print_json(said)
    else:
        print("\n".join(show_status(said)))
    return 0


def review(given: argparse.Namespace) -> int:
    from flows.match_rows import read_review

    found = read_review(_published(given, restricted=True), Ledger(_store(given)))
    if given.csv:
        found.write_csv(Path(given.csv))
    if given.json:
        _print_json(found.as_json())
    elif given.csv:
        print(f"{given.csv}: {len(found.waiting):,} rows that wait.")
    else:
        print("\n".join(found.lines(given.rows)))
    return 0


def match(given: argparse.Namespace) -> int:
    from flows.match_rows import decide_row

    said = decide_row(
        _published(given, restricted=True),
        Ledger(_store(given)),
        given.table,
        given.key,
        child=given.child,
        no_child=given.no_child,
        withdraw=given.withdraw,
        by=given.by,
        because=given.reason,
        at=_now(),
    )
    if given.json:
        _print_json(said)
    elif not said["is_new"]:
        print(f"Decided so before, in ledger entry {said['ledger_entry']}; nothing was written.")
    else:
        print(f"Ledger entry {said['ledger_entry']}. The next nightly run applies it: daytwo nightly --store S")
    return 0


def verify(given: argparse.Namespace) -> int:
    from flows.packs import verify_pack

    settings = Settings.read(store=given.store)
    ledger = Ledger(open_store(settings)) if given.store else None
    verified = verify_pack(Path(given.pack), ledger)
    if given.json:
        _print_json(verified.as_json())
    else:
        print("\n".join(verified.lines()))
    return 0 if verified.good else 4


def release(given: argparse.Namespace) -> int:
    from flows.packs import release_pack

    released = release_pack(
        Path(given.pack),
        Settings.read(store=given.store).store,
        prepared_by=given.prepared_by,
        approved_by=given.approved_by,
        route=given.route,
        at=_now(),
    )
    if given.json:
        _print_json(released)
    else:
        print(
            f"Released {released['pack_id']}: ledger entry {released['ledger_entry']}. It may now leave"
            f" by: {given.route}. Nothing edits it any more; a correction is a new version."
        )
    return 0


def where(given: argparse.Namespace) -> int:
    from flows.where import find

    found = find(given.thing)
    if given.json:
        _print_json([{"what": what, "file": file} for what, file in found])
    else:
        print("\n".join(f"{file}\n    {what}" for what, file in found) or f"Nothing is called {given.thing}.")
    return 0 if found else 1


def docs(given: argparse.Namespace) -> int:
    from flows.reference_pages import stale_pages, write_pages

    folder = Path("docs")
    if given.check:
        stale = stale_pages(folder)
        for page in stale:
            print(f"stale: {page}")
        return 1 if stale else 0
    for page in write_pages(folder):
        print(page)
    return 0


def demo(given: argparse.Namespace) -> int:
    from flows.demo import run_demo

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
