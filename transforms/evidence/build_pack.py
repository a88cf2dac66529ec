"""The pack: everything a framework asks for, gathered from the warehouse at a moment and written as one folder.

The engine knows no framework: what is asked for, the lists, figures and settings come from its TOML file. Nothing
written holds a run's id, a host, a path or the clock; the same warehouse, documents and notification give the same
bytes.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from transforms.evidence.documents.child_lists import ListMade, make_list
from transforms.evidence.documents.cover import AskStanding, ask_standings, cover_data
from transforms.evidence.documents.data_quality import data_quality_data, read_data_quality, write_data_quality
from transforms.evidence.documents.figures import Figure, day_in_words, read_figures, tables_of
from transforms.evidence.documents.list_workbooks import list_places, write_lists, write_names_key
from transforms.evidence.documents.page import house, page
from transforms.evidence.documents.performance_profile import profile_data, write_profile
from transforms.evidence.documents.readiness import Answered, Status, rows_doubt, standing
from transforms.evidence.documents.reconciliation import Reconciled, reconcile, with_doubts, write_reconciliation
from transforms.evidence.documents.register_of_documents import (
    ExpectedFromRegister,
    gather_documents,
    read_register,
    register_data,
)
from transforms.evidence.documents.tables_as_arrived import owner_of, read_sources
from transforms.evidence.documents.tidy import write_tidy
from transforms.evidence.documents.timetable_page import timetable_data
from transforms.evidence.framework import AnsweredBy, Framework, RequestedDocument
from transforms.evidence.timetable import Timetable, calendar_file, timetable
from warehouse.england_time import in_london
from warehouse.problem import Problem

LISTS, SURVEYS, DOCUMENTS, TIDY = "03_lists", "04_survey_contacts", "05_documents", "08_tidy"
# More figures than these are counted where what feeds them is doubtful; each says so itself in the profile.
MOST_FIGURES_NAMED = 8


@dataclass(frozen=True, slots=True)
class PackSummary:
    """What a pack says of itself.

    Attributes:
        asks: each thing asked for, with its answers and how they stand.
        figures: by indicator code.
        rows: rows carried, by list.
        left_off: people left off a list, by list and reason.
        reconciled: lists held against each other and the profile.
        files: paths in the payload, from data/, in order.
    """

    framework_id: str
    authority_name: str
    version: int
    received_at: datetime.datetime
    as_at: datetime.date
    as_known_on: datetime.datetime
    ledger_sequence: int
    ledger_head: str
    code_version: str
    timetable: Timetable
    asks: tuple[AskStanding, ...]
    figures: Mapping[str, Figure]
    rows: Mapping[str, int]
    left_off: Mapping[str, Mapping[str, int]]
    reconciled: tuple[Reconciled, ...]
    files: tuple[str, ...]

    def count(self, status: Status) -> int:
        """How many things asked for stand so."""
        return sum(one.standing.status == status for one in self.asks)


@dataclass(frozen=True, slots=True)
class _Run:
    """The run the warehouse came from (quality.run)."""

    as_at: datetime.date
    as_known_on: datetime.datetime
    ledger_sequence: int
    ledger_head: str
    code_version: str
    authority_code: str


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
    """Write the payload of a pack under `folder`/data; `bag.seal` makes a bag of the folder.

    Args:
        connection: a read-only connection to the restricted warehouse.
        framework: what is asked for.
        received_at: when the notification came; England's clock where it has no zone.
        documents: where the store keeps a file, by its SHA-256; None where it does not.
        folder: of the pack; made if it is not there, its data/ must not be.
        version: of the pack, from 1.
        authority_name: the council's name as it is shown.
        changes: what changed since the version before, and why.
        progress: told each step as it begins.

    Raises:
        Problem: the warehouse names no run, the folder is in use, or no list has what the framework asks for.
    """
    data = folder / "data"
    if data.exists():
        raise Problem(
            "The folder holds a pack already.",
            where=folder.name,
            why="A pack is written once; a correction is a new version.",
            fix="Give a new folder.",
        )
    for name in ("", DOCUMENTS, TIDY):
        (data / name).mkdir(parents=True, exist_ok=True)
    run = _read_run(connection)
    received = in_london(received_at)
    foot = (
        f"As at {day_in_words(run.as_at)}, as known on {day_in_words(run.as_known_on.date())} "
        f"{run.as_known_on:%H:%M}; notification received {day_in_words(received.date())} {received:%H:%M}"
    )

    def write_page(name: str, title: str, template: str, contents: Mapping[str, object]) -> str:
        surrounds = house(
            title=title, authority_name=authority_name, framework=framework.title, version=version, foot=foot
        )
        (data / name).write_bytes(page(template, {"house": surrounds, **contents}))
        return f"data/{name}"

    progress("timetable")
    working_days = connection.execute("SELECT day FROM records.calendar WHERE is_working_day ORDER BY day").fetchall()
    dates = timetable(framework, received, [row[0] for row in working_days])
    write_page("01_timetable.pdf", "Timetable", "timetable", timetable_data(framework, dates))
    (data / "01_timetable.ics").write_bytes(calendar_file(dates, framework, authority_name))

    progress("performance profile")
    sources = read_sources(connection)
    titles = {code: one.titles.get(code, "") for one in framework.figure_sets for code in one.indicators}
    figures = read_figures(connection, titles, sources, trend_periods=framework.settings.trend_periods)
    profile_page = write_page(
        "02_performance_profile.pdf", "Performance profile", "performance_profile", profile_data(framework, figures)
    )
    write_profile(framework, figures, data / "02_performance_profile.xlsx", foot=foot, created=received)

    progress("lists")
    numerators = _numerators(connection)
    list_files = list_places(framework, lists=LISTS, surveys=SURVEYS, documents=DOCUMENTS)
    made = {
        list_id: make_list(
            connection,
            framework,
            framework.list_asked(list_id),
            as_at=run.as_at,
            sources=sources,
            numerators=numerators,
        )
        for list_id in list_files
    }
    reconciled = reconcile(connection, framework, made, as_at=run.as_at, numerators=numerators)
    made = with_doubts(made, reconciled)
    write_lists(made, list_files, folder, framework, as_at=run.as_at, created=received)
    if reconciled:
        write_reconciliation(reconciled, data / LISTS / "reconciliation.xlsx", foot=foot, created=received)
    if framework.settings.names_key:
        write_names_key(connection, list(made.values()), data / LISTS / "names_key.xlsx", created=received)

    progress("documents")
    register = read_register(connection)
    expected = gather_documents(framework, register, documents, data / DOCUMENTS, on=received.date())
    write_page(
        f"{DOCUMENTS}/00_register.pdf",
        "Register of documents",
        "register",
        register_data(expected, register, on=received.date()),
    )

    progress("data quality")
    statement = read_data_quality(connection)
    write_page("06_data_quality.pdf", "Statement of data quality", "data_quality", data_quality_data(statement))
    write_data_quality(statement, data / "06_data_quality.xlsx", foot=foot, created=received)

    progress("evidence")
    manifest = _evidence(connection, run, expected, framework, received, version, authority_name)
    (data / "07_evidence_manifest.json").write_text(
        json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8", newline="\n"
    )
    write_tidy(
        connection, list(titles), data / TIDY, name=f"{framework.id}-figures", title=f"{framework.short_title}: figures"
    )

    progress("cover")
    answers = _answers(framework, figures, made, list_files, expected, profile_page, connection)
    asks = ask_standings(framework, answers)
    write_page(
        "00_cover.pdf",
        framework.title,
        "cover",
        cover_data(framework, asks, dates, list(made.values()), figures, reconciled, changes=changes),
    )
    return PackSummary(
        framework.id,
        authority_name,
        version,
        received,
        run.as_at,
        run.as_known_on,
        run.ledger_sequence,
        run.ledger_head,
        run.code_version,
        dates,
        asks,
        figures,
        {list_id: one.frame.height for list_id, one in made.items()},
        {list_id: one.left_off for list_id, one in made.items() if one.left_off},
        reconciled,
        tuple(sorted(path.relative_to(folder).as_posix() for path in data.rglob("*") if path.is_file())),
    )


def _read_run(connection: duckdb.DuckDBPyConnection) -> _Run:
    rows = connection.execute(
        "SELECT as_at, as_known_on, ledger_sequence, ledger_head, code_version, authority_code FROM quality.run"
    ).fetchall()
    if len(rows) != 1:
        raise Problem(
            "The warehouse does not say which run made it.",
            where="quality.run",
            why="The pack must name the evidence it rests on.",
            fix="Run the nightly again.",
        )
    as_at, as_known_on, *rest = rows[0]
    # The warehouse keeps the moment in UTC; people read England's clock.
    return _Run(as_at, in_london(as_known_on.replace(tzinfo=datetime.UTC)), *rest)


def _numerators(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Numerators of the current results that lists are held against: of 12 months, else of the as-at day."""
    return dict(
        connection.execute(
            "SELECT indicator_code, numerator FROM profile.indicator_results"
            " WHERE is_current AND numerator IS NOT NULL AND period_kind IN ('rolling_12_months', 'snapshot')"
            "   AND not_computable_because IS NULL"
            " QUALIFY row_number() OVER (PARTITION BY indicator_code ORDER BY period_kind) = 1"
        ).fetchall()
    )


def _answers(
    framework: Framework,
    figures: Mapping[str, Figure],
    made: Mapping[str, ListMade],
    list_files: Mapping[str, str],
    expected: Sequence[ExpectedFromRegister],
    profile_page: str,
    connection: duckdb.DuckDBPyConnection,
) -> list[Answered]:
    """Every answer of every request, in the framework's order."""
    from_register = {(one.ask.id, one.answer.title): one for one in expected}
    owners = {
        code: owner_of(tables_of(feeds or ""))
        for code, feeds in connection.execute("SELECT indicator_code, feeds FROM profile.indicators").fetchall()
    }
    answers = []
    for ask in framework.documents:
        for answer in ask.answered_by:
            if answer.product == "register":
                answers.append(from_register[ask.id, answer.title].answered())
            elif answer.product == "figures":
                answers.append(_figures_answer(framework, ask, answer, figures, owners, profile_page))
            else:
                for list_id in (*answer.lists, *answer.tables):
                    answers.append(made[list_id].answered(ask.id, answer.product, list_files[list_id]))
    return answers


def _figures_answer(
    framework: Framework,
    ask: RequestedDocument,
    answer: AnsweredBy,
    figures: Mapping[str, Figure],
    owners: Mapping[str, str],
    profile_page: str,
) -> Answered:
    codes = [code for set_id in answer.figure_sets for code in framework.figure_set(set_id).indicators]
    chosen = [figures[code] for code in codes]
    by_status: dict[Status, list[str]] = {"missing": [], "stale": [], "doubtful": []}
    for figure in chosen:
        counts = rows_doubt(figure.rows_set_aside, figure.rows_unmatched)
        if others := [reason for reason in figure.standing.reasons if reason not in counts]:
            by_status[figure.standing.status].append(f"{figure.code}: {', '.join(others)}")
    for what, rows in (
        ("rows set aside feed", [(figure.code, figure.rows_set_aside) for figure in chosen]),
        ("rows unmatched feed", [(figure.code, figure.rows_unmatched) for figure in chosen]),
    ):
        if fed := [f"{code} ({count:,})" for code, count in rows if count]:
            named = ", ".join(fed) if len(fed) <= MOST_FIGURES_NAMED else f"{len(fed)} of {len(chosen)} figures"
            by_status["doubtful"].append(f"{what} {named}")
    how = standing(missing=by_status["missing"], stale=by_status["stale"], doubtful=by_status["doubtful"])
    return Answered(
        ask.id,
        answer.title,
        "figures",
        how,
        next((owners[code] for code in codes if owners.get(code)), ask.owner),
        (profile_page,),
        len(chosen),
        sum(figure.rows_set_aside for figure in chosen),
        sum(figure.rows_unmatched for figure in chosen),
        ", ".join(dict.fromkeys(file for figure in chosen for file in figure.reference.split(", ") if file)),
    )


def _evidence(
    connection: duckdb.DuckDBPyConnection,
    run: _Run,
    expected: Sequence[ExpectedFromRegister],
    framework: Framework,
    received: datetime.datetime,
    version: int,
    authority_name: str,
) -> dict[str, object]:
    """The manifest of evidence: what the pack rests on, so that it can be rebuilt and held against the ledger."""
    extracts = connection.sql(
        r"SELECT source, as_at, source_table, regexp_extract(file_name, '[^/\\]*$') AS file, sheet,"
        " extract_id AS sha256, status, rows_received, rows_loaded, rows_set_aside"
        " FROM quality.arrivals ORDER BY ALL"
    ).pl()
    return {
        "pack": {
            "framework": framework.id,
            "version": version,
            "authority_code": run.authority_code,
            "authority_name": authority_name,
            "notification_received_at": received.isoformat(),
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
                "answers": one.ask.id,
                "sha256": carried.document.extract_id or None,
                "file": carried.file or None,
            }
            for one in expected
            for carried in one.found
        ],
    }
