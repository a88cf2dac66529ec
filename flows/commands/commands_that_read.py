"""What each command that asks, checks, brings or explains does, over the plain functions; named as it is typed."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

import duckdb

from flows.commands.command_parts import now, print_json, published, store_of
from flows.settings import Settings
from flows.stores import open_store
from warehouse.database import reading
from warehouse.problem import Problem
from warehouse.store.keys import GENERAL
from warehouse.store.ledger import Ledger

TELLS_NO_VALUE = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.PermissionException)


def check(given: argparse.Namespace) -> int:
    from flows.commands.check_file import check_file, show

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
        print_json(result.as_json())
    else:
        print("\n".join(show(result)))
    return 0 if result.accepted else 1


def _check_mapping(path: Path, as_json: bool) -> int:
    from transforms.landing.mapping import read_mapping

    if not path.is_file():
        raise Problem("There is no such file.", where=str(path), fix="Give the path of a mapping file.")
    mapping = read_mapping(path)
    if as_json:
        print_json(
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
    from transforms.landing.log_templates import TEMPLATES, file_name, write_template

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
        print_json({"file": str(path), "sheets": sheets})
    else:
        print(f"{path}: fill in the sheet{'s' * (len(sheets) > 1)} {' and '.join(sheets)}; the other sheets explain.")
    return 0


def _day_of_folder(path: Path) -> datetime.date:
    try:
        return datetime.date.fromisoformat(path.resolve().parent.name)
    except ValueError:
        return now().date()


def sql(given: argparse.Namespace) -> int:
    path = published(given, restricted=given.restricted)
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
            print_json([dict(zip(found.columns, row, strict=True)) for row in found.fetchall()])
        else:
            found.show(max_rows=given.rows, max_width=10_000 if not sys.stdout.isatty() else None)
    return 0


def explain(given: argparse.Namespace) -> int:
    from flows.commands.explain import explain_indicator, show_explanation

    path = None
    if given.store or Settings.read().store:
        path = store_of(given).local_copy(GENERAL)
    explained = explain_indicator(given.code, path)
    if given.json:
        print_json(explained)
    else:
        print("\n".join(show_explanation(explained)))
    return 0


def cases(given: argparse.Namespace) -> int:
    from flows.commands.explain import cases_of

    restricted = given.restricted
    found = cases_of(
        given.code,
        published(given, restricted=restricted),
        period=given.period,
        counted_only=not given.all,
        is_restricted_file=restricted,
        late=given.late,
    )
    if given.json:
        print_json(found.as_json())
    else:
        print("\n".join(found.lines(given.rows)))
    return 0


def status(given: argparse.Namespace) -> int:
    from flows.commands.status import read_status, show_status

    said = read_status(store_of(given), now())
    if given.json:
        print_json(said)
    else:
        print("\n".join(show_status(said)))
    return 0


def review(given: argparse.Namespace) -> int:
    from flows.commands.match_rows import read_review

    found = read_review(published(given, restricted=True), Ledger(store_of(given)))
    if given.csv:
        found.write_csv(Path(given.csv))
    if given.json:
        print_json(found.as_json())
    elif given.csv:
        print(f"{given.csv}: {len(found.waiting):,} rows that wait.")
    else:
        print("\n".join(found.lines(given.rows)))
    return 0


def fetch(given: argparse.Namespace) -> int:
    from flows.commands.fetch import fetch_pack, fetch_warehouse

    to = Path(given.to) if given.to else None
    store = store_of(given)
    fetched = (
        fetch_pack(store, to, given.pack) if given.pack else fetch_warehouse(store, to, restricted=given.restricted)
    )
    if given.json:
        print_json(fetched.as_json())
    else:
        print(f"{fetched.path}: {fetched.what}, {fetched.proof}, SHA-256 {fetched.sha256}.")
    return 0


def verify(given: argparse.Namespace) -> int:
    from flows.packing.verify_and_release import verify_pack

    settings = Settings.read(store=given.store)
    ledger = Ledger(open_store(settings)) if given.store else None
    verified = verify_pack(Path(given.pack), ledger)
    if given.json:
        print_json(verified.as_json())
    else:
        print("\n".join(verified.lines()))
    return 0 if verified.good else 4


def where(given: argparse.Namespace) -> int:
    from flows.commands.where import find

    found = find(given.thing)
    if given.json:
        print_json([{"what": what, "file": file} for what, file in found])
    else:
        print("\n".join(f"{file}\n    {what}" for what, file in found) or f"Nothing is called {given.thing}.")
    return 0 if found else 1


def docs(given: argparse.Namespace) -> int:
    from flows.commands.reference.reference_pages import stale_pages, write_pages

    folder = Path("docs")
    if given.check:
        stale = stale_pages(folder)
        for page in stale:
            print(f"stale: {page}")
        return 1 if stale else 0
    for page in write_pages(folder):
        print(page)
    return 0
