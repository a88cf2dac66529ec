"""Builds a warehouse from known extracts: landing, records, figures and checks in one new file. A plain function."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from expectations.judge import judge, state_coverage
from expectations.since_last_week import judge_since_last_week
from flows.callbacks import Say, carry_out
from flows.publishing.describe_build import (
    describe_arrivals,
    describe_run,
    describe_sources,
    first_published,
    name_documents,
    register_documents,
    rehearsed,
)
from flows.publishing.land_extracts import Landed, deliveries_before, land_extracts, local_files, received_tables
from flows.publishing.mappings import Mappings, read_mappings, refuse_mappings
from flows.settings import Settings
from transforms.evidence.fill_evidence import fill_evidence
from transforms.evidence.framework import load_framework
from transforms.landing.read_with_mapping import put_back_as_received
from transforms.profile.measure_indicators import Received, build_periods, measure_indicators
from transforms.profile.read_benchmarks import read_benchmarks
from transforms.quality.compare_deliveries import compare_deliveries
from transforms.quality.standing_of_figures import note_standing_of_figures
from transforms.records.build_records import build_records
from transforms.records.working_days import build_calendar
from warehouse import catalogue
from warehouse.database import build, create
from warehouse.general_file import make_general_file
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.extracts import BENCHMARKS, MAPPINGS, KnownExtracts
from warehouse.store.keys import extract_key
from warehouse.store.ledger import Entry


def build_warehouse(
    folder: Path,
    store: EvidenceStore,
    known: KnownExtracts,
    published_before: Sequence[Entry],
    *,
    as_at: datetime.date,
    settings: Settings,
    say: Say,
) -> tuple[Path, Path]:
    """Build both files in `folder`; returns (restricted, general).

    Args:
        known: what to build from.
        published_before: `published` ledger entries known at that moment: values as first published.
        as_at: the date everything is measured as at.
        say: called with each step, or carries it out in this thread; no other thread uses the connection.

    Raises:
        Problem: an extract it needs is no longer in the store.
    """
    restricted = folder / "restricted.duckdb"
    general = folder / "general.duckdb"
    with build(restricted, memory_limit=settings.memory_limit, threads=settings.threads) as connection:
        under_way = _Build(connection, store, known, published_before, as_at, settings)
        carry_out(say, "reading extracts", under_way.read)
        carry_out(say, "building records", under_way.build_records)
        carry_out(say, "comparing with the previous delivery", under_way.compare)
        carry_out(say, "measuring indicators", under_way.measure)
        carry_out(say, "checking", under_way.check)
        carry_out(say, "reading published figures", under_way.read_published_figures)
        carry_out(say, "answering the requests of each framework", under_way.answer_requests)
        put_back_as_received(connection)
        connection.execute("CHECKPOINT built")
    carry_out(
        say,
        "writing the general file",
        lambda: make_general_file(restricted, general, memory_limit=settings.memory_limit, threads=settings.threads),
    )
    return restricted, general


@dataclass(slots=True)
class _Build:
    """A build in progress; its methods are its steps, in order.

    Attributes:
        mappings, landed, received: set by `read` for later steps: the mappings files are read with, each table's
            arrival, and what arrived for each records table.
        authority: set by `build_records`: the council's code; None if the records name several.
    """

    connection: duckdb.DuckDBPyConnection
    store: EvidenceStore
    known: KnownExtracts
    published_before: Sequence[Entry]
    as_at: datetime.date
    settings: Settings
    mappings: Mappings = field(default_factory=dict)
    landed: Sequence[Landed] = ()
    received: Mapping[str, Received] = field(default_factory=dict)
    authority: str | None = None

    def read(self) -> None:
        """Fill landing from the files."""
        for table in catalogue.tables("quality"):
            create(self.connection, table)
        with local_files(self.store, self.known.of(MAPPINGS)) as files:
            self.mappings = read_mappings((extract.file_name, path) for extract, path in files)
        self.landed = land_extracts(self.connection, self.store, self.known, self.settings, self.mappings)
        self.received = received_tables(self.landed, self.known)

    def build_records(self) -> None:
        """Fill records from landing, and record in quality what was received and set aside."""
        register_documents(self.connection, self.known)
        build_calendar(self.connection, self.as_at)
        loaded = build_records(self.connection, decisions=self.known.decisions)
        name_documents(self.connection)
        describe_arrivals(self.connection, self.known, self.landed, loaded)
        describe_sources(self.connection, self.known, self.as_at, self.settings.stale_days)
        refuse_mappings(self.connection, self.mappings)
        self.authority = self.settings.authority or _only_authority(self.connection)
        describe_run(self.connection, self.known, self.as_at, self.settings, self.authority)

    def compare(self) -> None:
        """Compare each table with the previous delivery."""
        before = deliveries_before(self.store, self.known, self.landed, self.settings, self.mappings)
        compare_deliveries(self.connection, before)

    def measure(self) -> None:
        """Fill profile: periods, indicators, values as first published."""
        build_periods(self.connection, self.as_at)
        measure_indicators(self.connection, self.received, authority_code=self.authority)
        first_published(self.connection, self.published_before)

    def check(self) -> None:
        """Check the tables against their promises and rules, and note with each figure what is known against it."""
        # Takes seconds to import, and longer while other threads run, so only builds import it.
        from expectations.duckdb_engine import count_with_great_expectations

        read_as_at = {
            one.table.file or "": one.extract.as_at or self.as_at for one in self.landed if one.refused_because is None
        }
        judge(self.connection, read_as_at, as_at=self.as_at, count=count_with_great_expectations)
        judge_since_last_week(self.connection)
        state_coverage(self.connection)
        note_standing_of_figures(self.connection, self.received)

    def read_published_figures(self) -> None:
        """Add the figures published for other councils."""
        with local_files(self.store, self.known.of(BENCHMARKS)) as benchmarks:
            read_benchmarks(self.connection, benchmarks, authority_code=self.authority, as_at=self.as_at)

    def answer_requests(self) -> None:
        """Fill evidence: what each rehearsed framework asks for, and what answers it."""
        fill_evidence(
            self.connection,
            [load_framework(framework_id) for framework_id in rehearsed(self.settings)],
            as_at=self.as_at,
            documents=lambda sha256: self.store.local_copy(extract_key(sha256)),
        )


def _only_authority(connection: duckdb.DuckDBPyConnection) -> str | None:
    codes = connection.execute("SELECT DISTINCT authority_code FROM records.population").fetchall()
    return str(codes[0][0]) if len(codes) == 1 else None
