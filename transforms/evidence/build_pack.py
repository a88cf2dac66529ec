"""The pack: everything a framework asks for, gathered from the warehouse at one moment and written as one folder.

The code names no framework: requests, lists, figures and settings come from the framework's TOML file. Nothing written
contains a run id, a host, a path or the time of writing; the same warehouse, documents and notification give the same
bytes.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from transforms.evidence.documents.cover import cover_data
from transforms.evidence.documents.data_quality import data_quality_data, read_data_quality, write_data_quality
from transforms.evidence.documents.figures import day_in_words
from transforms.evidence.documents.list_workbooks import write_lists, write_names_key, write_reconciliation
from transforms.evidence.documents.page import house, page
from transforms.evidence.documents.performance_profile import profile_data, write_profile
from transforms.evidence.documents.readiness import RequestWithAnswers
from transforms.evidence.documents.register_of_documents import register_data
from transforms.evidence.documents.tidy import write_tidy
from transforms.evidence.documents.timetable_page import timetable_data
from transforms.evidence.framework import Framework
from transforms.evidence.pack_files import DOCUMENTS, LISTS, PROFILE, TIDY, list_files
from transforms.evidence.resolve_requests import ResolvedFramework, resolve_requests
from transforms.evidence.timetable import Timetable, calendar_file, timetable
from warehouse.england_time import in_london
from warehouse.problem import Problem


@dataclass(frozen=True, slots=True)
class PackSummary:
    """What a pack contains and what it was written from.

    Attributes:
        resolved: what was asked for, with the answers the pack was written from.
        files: paths in the payload, starting with data/, in order.
    """

    authority_name: str
    received_at: datetime.datetime
    as_at: datetime.date
    ledger_sequence: int
    ledger_head: str
    code_version: str
    timetable: Timetable
    resolved: ResolvedFramework
    files: tuple[str, ...]

    @property
    def requests(self) -> tuple[RequestWithAnswers, ...]:
        """Each request, with its answers and how ready they are."""
        return self.resolved.requests


@dataclass(frozen=True, slots=True)
class _Run:
    """The run the warehouse came from (quality.run)."""

    as_at: datetime.date
    as_known_on: datetime.datetime
    ledger_sequence: int
    ledger_head: str
    code_version: str
    authority_code: str


@dataclass(frozen=True, slots=True)
class _Payload:
    """The payload being written: its folder, its sources, and what every page shows."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    run: _Run
    resolved: ResolvedFramework
    received: datetime.datetime
    authority_name: str
    version: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def framework(self) -> Framework:
        return self.resolved.framework

    @property
    def foot(self) -> str:
        """The as-at day, the moment of knowledge and the moment of notification, as every page's foot shows them."""
        return (
            f"As at {day_in_words(self.run.as_at)}, as known on {day_in_words(self.run.as_known_on.date())} "
            f"{self.run.as_known_on:%H:%M}; notification received {day_in_words(self.received.date())} "
            f"{self.received:%H:%M}"
        )

    def write_page(self, name: str, title: str, template: str, contents: Mapping[str, object]) -> None:
        surrounds = house(
            title=title,
            authority_name=self.authority_name,
            framework=self.framework.title,
            version=self.version,
            foot=self.foot,
        )
        (self.data / name).write_bytes(page(template, {"house": surrounds, **contents}))


def build_pack(
    connection: duckdb.DuckDBPyConnection,
    framework: Framework,
    received_at: datetime.datetime,
    *,
    documents: Callable[[str], Path | None],
    folder: Path,
    version: int,
    authority_name: str,
    changes: Sequence[str] = (),
    progress: Callable[[str], None] = lambda step: None,
) -> PackSummary:
    """Write the payload of a pack under `folder`/data; `bag.seal` then turns the folder into a bag.

    Args:
        connection: a read-only connection to the restricted warehouse.
        framework: what is asked for.
        received_at: when the notification was received; England's time if it has no zone.
        documents: finds a file in the store by its SHA-256; None if the store does not have it.
        folder: of the pack; created if missing; it must not yet contain data/.
        version: of the pack, from 1.
        authority_name: the council's name, as shown.
        changes: what changed since the previous version, and why.
        progress: called with the name of each step as it begins.

    Raises:
        Problem: the warehouse names no run, the folder is in use, or a list lacks a column the framework asks for.
    """
    _make_folders(folder)
    run = _read_run(connection)
    received = in_london(received_at)
    progress("requests and their answers")
    resolved = resolve_requests(connection, framework, as_at=run.as_at, on=received.date(), documents=documents)
    payload = _Payload(folder, connection, run, resolved, received, authority_name, version)
    progress("timetable")
    dates = _write_timetable(payload)
    progress("performance profile")
    _write_profile(payload)
    progress("lists")
    _write_lists(payload)
    progress("documents")
    _write_documents(payload)
    progress("data quality")
    _write_data_quality(payload)
    progress("manifest and tidy data")
    _write_manifest(payload)
    _write_tidy(payload)
    progress("cover")
    payload.write_page("00_cover.pdf", framework.title, "cover", cover_data(resolved, dates, changes=changes))
    return PackSummary(
        authority_name,
        received,
        run.as_at,
        run.ledger_sequence,
        run.ledger_head,
        run.code_version,
        dates,
        resolved,
        tuple(sorted(path.relative_to(folder).as_posix() for path in payload.data.rglob("*") if path.is_file())),
    )


def _make_folders(folder: Path) -> None:
    data = folder / "data"
    if data.exists():
        raise Problem(
            "The folder already contains a pack.",
            where=folder.name,
            why="A pack is written once; a correction is a new version.",
            fix="Name a new folder.",
        )
    for name in ("", DOCUMENTS, TIDY):
        (data / name).mkdir(parents=True, exist_ok=True)


def _write_timetable(payload: _Payload) -> Timetable:
    """The framework's days as dates, on a page and as a calendar."""
    days = payload.connection.execute("SELECT day FROM records.calendar WHERE is_working_day ORDER BY day").fetchall()
    dates = timetable(payload.framework, payload.received, [day for (day,) in days])
    payload.write_page("01_timetable.pdf", "Timetable", "timetable", timetable_data(payload.framework, dates))
    calendar = calendar_file(dates, payload.framework, payload.authority_name)
    (payload.data / "01_timetable.ics").write_bytes(calendar)
    return dates


def _write_profile(payload: _Payload) -> None:
    """The performance profile, as a page and as a workbook."""
    framework, figures = payload.framework, payload.resolved.figures
    name = PROFILE.removeprefix("data/")
    payload.write_page(name, "Performance profile", "performance_profile", profile_data(framework, figures))
    write_profile(
        framework,
        figures,
        payload.data / "02_performance_profile.xlsx",
        foot=payload.foot,
        created=payload.received,
    )


def _write_lists(payload: _Payload) -> None:
    """The lists' workbooks, how the lists agree, and the key to children's names."""
    framework, lists, created = payload.framework, payload.resolved.lists, payload.received
    folder = payload.data / LISTS
    write_lists(framework, lists, list_files(framework), payload.folder, as_at=payload.run.as_at, created=created)
    if reconciled := payload.resolved.reconciled:
        write_reconciliation(reconciled, folder / "reconciliation.xlsx", foot=payload.foot, created=created)
    if framework.settings.names_key:
        write_names_key(payload.connection, list(lists.values()), folder / "names_key.xlsx", created=created)


def _write_documents(payload: _Payload) -> None:
    """Copy the documents that answer a request, under file names we choose, and write the page that lists them."""
    resolved = payload.resolved
    for one in resolved.expected:
        for carried in one.found:
            if carried.kept_at is not None:
                shutil.copyfile(carried.kept_at, payload.folder / carried.file)
    payload.write_page(
        f"{DOCUMENTS}/00_register.pdf",
        "Register of documents",
        "register",
        register_data(resolved.expected, resolved.register, on=resolved.on),
    )


def _write_data_quality(payload: _Payload) -> None:
    """The statement of data quality, as a page and as a workbook."""
    statement = read_data_quality(payload.connection)
    payload.write_page("06_data_quality.pdf", "Statement of data quality", "data_quality", data_quality_data(statement))
    write_data_quality(statement, payload.data / "06_data_quality.xlsx", foot=payload.foot, created=payload.received)


def _write_manifest(payload: _Payload) -> None:
    """Write which extracts, documents and program the pack was built from, to rebuild it and compare the ledger."""
    manifest = json.dumps(_manifest(payload), indent=2, ensure_ascii=False) + "\n"
    (payload.data / "07_evidence_manifest.json").write_text(manifest, "utf-8", newline="\n")


def _write_tidy(payload: _Payload) -> None:
    """The figures for machines."""
    framework = payload.framework
    write_tidy(
        payload.connection,
        list(payload.resolved.figures),
        payload.data / TIDY,
        name=f"{framework.id}-figures",
        title=f"{framework.short_title}: figures",
    )


def _read_run(connection: duckdb.DuckDBPyConnection) -> _Run:
    rows = connection.execute(
        "SELECT as_at, as_known_on, ledger_sequence, ledger_head, code_version, authority_code FROM quality.run"
    ).fetchall()
    if len(rows) != 1:
        raise Problem(
            "The warehouse does not say which run built it.",
            where="quality.run",
            why="The pack must name the extracts and the run it was built from.",
            fix="Run the nightly again.",
        )
    as_at, as_known_on, *rest = rows[0]
    # The warehouse keeps the moment in UTC; people read England's time.
    return _Run(as_at, in_london(as_known_on.replace(tzinfo=datetime.UTC)), *rest)


def _manifest(payload: _Payload) -> dict[str, object]:
    run = payload.run
    extracts = payload.connection.sql(
        r"SELECT source, as_at, source_table, regexp_extract(file_name, '[^/\\]*$') AS file, sheet,"
        " extract_id AS sha256, status, rows_received, rows_loaded, rows_set_aside"
        " FROM quality.arrivals ORDER BY ALL"
    ).pl()
    return {
        "pack": {
            "framework": payload.framework.id,
            "version": payload.version,
            "authority_code": run.authority_code,
            "authority_name": payload.authority_name,
            "notification_received_at": payload.received.isoformat(),
        },
        "as_at": run.as_at.isoformat(),
        "as_known_on": run.as_known_on.isoformat(),
        "ledger": {"sequence": run.ledger_sequence, "head": run.ledger_head},
        "code_version": run.code_version,
        "extracts": [
            {key: value.isoformat() if isinstance(value, datetime.date) else value for key, value in row.items()}
            for row in extracts.iter_rows(named=True)
        ],
        "documents": [
            {
                "document_id": carried.document.document_id,
                "answers": one.request.id,
                "sha256": carried.document.extract_id or None,
                "file": carried.file or None,
            }
            for one in payload.resolved.expected
            for carried in one.found
        ],
    }
