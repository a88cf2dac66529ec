"""What a run tells people: arrivals counted twice, what was set aside, what could not be checked, the figures.

Counts and file names only: no key, no value of a record.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import duckdb

from flows.receiving.receive_drop import Receipt
from transforms.evidence.documents import figures
from transforms.evidence.documents.figures import SMALLEST_DENOMINATOR
from warehouse import catalogue


class Arrived(NamedTuple):
    """One table of one file, as quality.arrivals has it."""

    source: str
    as_at: str | None
    table: str | None
    file_name: str
    status: str
    received: int | None
    loaded: int | None
    set_aside: int | None
    refused_because: str | None
    notes: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """A run in figures.

    Attributes:
        arrivals: every table of every file used.
        set_aside: table, rule, rows.
        unmatched: table, rows.
        decisions: what became of people's decisions about such rows, and how many.
        checks: outcome, number of checks, rows that broke them.
        broken: code, table, severity, title, rows of each check that is broken.
        not_checked: table, promise, skipped or failed, why; less what a first run cannot compare.
        compared: how comparing with the delivery before came out, and of how many tables.
        since: table, day of the delivery before, rows new, gone, gone while open, events dated anew; of the tables
            where a row is gone or dated anew.
        figures: code, title, period kind, ends on, numerator, denominator, value, unit, why not, set aside, unmatched,
            stale, sourced.
        current_figures: code, kind, ends on, numerator, denominator, value of every current period.
        over_the_limit: needed tables of which too many rows were set aside.
    """

    as_at: str
    ledger_sequence: int
    code_version: str
    arrivals: tuple[Arrived, ...]
    set_aside: tuple[tuple[Any, ...], ...]
    unmatched: tuple[tuple[Any, ...], ...]
    decisions: tuple[tuple[Any, ...], ...]
    sources: tuple[tuple[Any, ...], ...]
    checks: tuple[tuple[Any, ...], ...]
    broken: tuple[tuple[Any, ...], ...]
    coverage: tuple[tuple[Any, ...], ...]
    not_checked: tuple[tuple[Any, ...], ...]
    compared: tuple[tuple[Any, ...], ...]
    since: tuple[tuple[Any, ...], ...]
    figures: tuple[tuple[Any, ...], ...]
    current_figures: tuple[tuple[Any, ...], ...]
    over_the_limit: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For machines: each arrival under its names."""
        return {**asdict(self), "arrivals": [arrived._asdict() for arrived in self.arrivals]}


def read_report(connection: duckdb.DuckDBPyConnection, set_aside_limit: float) -> Report:
    """Read the report out of a finished restricted file.

    Args:
        set_aside_limit: percent of a needed table's rows.
    """

    def rows(query: str) -> tuple[tuple[Any, ...], ...]:
        return tuple(connection.execute(query).fetchall())

    run = connection.execute("SELECT as_at::VARCHAR, ledger_sequence, code_version FROM quality.run").fetchone()
    assert run is not None
    needed = [table.file for table in catalogue.tables("records") if table.needed]
    over = connection.execute(
        "SELECT DISTINCT source_table FROM quality.arrivals WHERE status = 'loaded' AND list_contains(?, source_table)"
        " AND rows_set_aside * 100.0 > ? * rows_received ORDER BY ALL",
        [needed, set_aside_limit],
    ).fetchall()
    return Report(
        as_at=run[0],
        ledger_sequence=run[1],
        code_version=run[2],
        arrivals=tuple(
            Arrived(*row)
            for row in rows(
                "SELECT source, as_at::VARCHAR, source_table, file_name, status, rows_received, rows_loaded,"
                " rows_set_aside, refused_because, notes FROM quality.arrivals"
                " ORDER BY source, as_at, file_name, source_table"
            )
        ),
        set_aside=rows("SELECT source_table, rule, count(*) FROM quality.rejected_rows GROUP BY ALL ORDER BY ALL"),
        unmatched=rows("SELECT source_table, count(*) FROM quality.unmatched_rows GROUP BY ALL ORDER BY ALL"),
        decisions=rows("SELECT outcome, count(*) FROM quality.decisions GROUP BY ALL ORDER BY ALL"),
        sources=rows("SELECT source, as_at::VARCHAR, is_stale, days_older FROM quality.sources ORDER BY source"),
        checks=rows("SELECT outcome, count(*), sum(rows_broken)::BIGINT FROM quality.checks GROUP BY ALL ORDER BY ALL"),
        broken=rows(
            "SELECT check_code, source_table, severity, title, rows_broken FROM quality.checks"
            " WHERE outcome = 'broken' ORDER BY ALL"
        ),
        coverage=rows("SELECT * FROM quality.coverage"),
        not_checked=rows(
            "SELECT source_table, title, coverage, because FROM quality.checks"
            " WHERE outcome = 'could not be checked' AND NOT starts_with(coalesce(because, ''), 'first run')"
            " ORDER BY ALL"
        ),
        compared=rows("SELECT outcome, count(*) FROM quality.comparisons GROUP BY ALL ORDER BY ALL"),
        since=rows(
            "SELECT source_table, as_at_before::VARCHAR, rows_new, rows_gone, rows_gone_while_open, event_dates_changed"
            " FROM quality.comparisons WHERE rows_gone > 0 OR event_dates_changed > 0 ORDER BY source_table"
        ),
        figures=rows(
            """
            SELECT indicator_code, title, period_kind, ends_on::VARCHAR, result.numerator, result.denominator, value,
                   unit,
                   not_computable_because, rows_set_aside, rows_unmatched, stale_because, sourced
            FROM profile.indicator_results AS result JOIN profile.indicators USING (indicator_code)
            WHERE is_current AND period_kind IN ('rolling_12_months', 'snapshot')
            ORDER BY family, indicator_code, period_kind
            """
        ),
        current_figures=rows(
            "SELECT indicator_code, period_kind, ends_on::VARCHAR, numerator, denominator, value"
            " FROM profile.indicator_results WHERE is_current ORDER BY ALL"
        ),
        over_the_limit=tuple(row[0] for row in over),
    )


COVERAGE = (
    "kind",
    "source",
    "checks",
    "met",
    "broken",
    "skipped",
    "failed",
    "rows looked at",
    "rows that broke them",
)


def issues(connection: duckdb.DuckDBPyConnection) -> str:
    """Every row that breaks a check, with its file and row, as CSV for the people who put it right; keys, no values."""
    return _as_csv(
        ("check", "severity", "table", "file", "sheet", "row", "key", "column", "what is wrong", "team", "what to do"),
        connection.execute(
            """
            SELECT issue.check_code, issue.severity, issue.source_table,
                   coalesce(arrival.file_name, earlier.file_name_before || ' of ' || earlier.as_at_before), issue.sheet,
                   issue.row_number, issue.key, issue.column_name, issue.message, made.team, made.fix
            FROM quality.issues AS issue
            LEFT JOIN (SELECT source_table, extract_id, any_value(file_name) AS file_name
                       FROM quality.arrivals GROUP BY ALL) AS arrival
              ON arrival.source_table = issue.source_table AND arrival.extract_id = issue.extract_id
            LEFT JOIN quality.comparisons AS earlier
              ON earlier.source_table = issue.source_table AND earlier.extract_id_before = issue.extract_id
            LEFT JOIN quality.checks AS made
              ON made.check_code = issue.check_code AND made.source_table = issue.source_table
            ORDER BY made.team, issue.source_table, issue.check_code, issue.row_number, issue.key
            """
        ).fetchall(),
    )


def _as_csv(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return written.getvalue()


def rows_set_aside(connection: duckdb.DuckDBPyConnection) -> str:
    """Where each row set aside lies and why, as CSV for the people who put it right; keys, no content."""
    return _as_csv(
        ("table", "file", "sheet", "row", "key", "rule", "reason"),
        connection.execute(
            """
            SELECT aside.source_table, any_value(arrival.file_name), aside.sheet, aside.row_number, aside.key,
                   aside.rule, aside.reason
            FROM quality.rejected_rows AS aside
            LEFT JOIN quality.arrivals AS arrival
              ON arrival.source_table = aside.source_table AND arrival.extract_id = aside.extract_id
            GROUP BY ALL ORDER BY ALL
            """
        ).fetchall(),
    )


def shown(value: float | None, unit: str, denominator: float | None) -> str:
    """A figure as people read it; of fewer than six no percentage is shown (small-number rule S1)."""
    if value is None:
        return "-"
    if unit == "percent" and denominator is not None and denominator < SMALLEST_DENOMINATOR:
        return "n/d"
    return figures.shown(unit, value)


def report_markdown(report: Report, receipt: Receipt | None, healed: Sequence[str]) -> str:
    """The report as a page of Markdown."""
    lines = [
        f"# Nightly run as at {report.as_at}",
        "",
        f"Evidence up to ledger entry {report.ledger_sequence}. Code {report.code_version}.",
        "",
    ]
    if receipt is not None:
        lines += [f"{len(receipt.received)} files received, {receipt.known} known already.", ""]
        lines += [f"- left alone: {place}" for place in receipt.left_alone] + [""]
    lines += [f"- put right: {sentence}" for sentence in healed]
    lines += ["", "## Rows received = rows loaded + rows set aside", ""]
    lines += _table(
        ("source", "as at", "table", "file", "status", "received", "loaded", "set aside"),
        [row[:8] for row in report.arrivals],
    )
    refused = [row for row in report.arrivals if row.status == "refused"]
    lines += ["", "## Files refused", ""] if refused else []
    lines += [f"- {row.file_name} ({row.source}): {row.refused_because}" for row in refused]
    noted = [row for row in report.arrivals if row.notes]
    lines += ["", "## Worth knowing of the files", ""] if noted else []
    lines += [f"- {row.file_name}, {row.table}: {row.notes}" for row in noted]
    lines += [
        "",
        "## Rows set aside",
        "",
        "Each with its file, row and reason in rows_set_aside.csv beside this page; whole in quality.rejected_rows.",
        "",
    ]
    lines += _table(("table", "rule", "rows"), report.set_aside)
    lines += ["", "## Partner rows that match no child", "", "Each with its likely reason: daytwo review.", ""]
    lines += _table(("table", "rows"), report.unmatched)
    if report.decisions:
        lines += ["", "What became of the decisions made about such rows:", ""]
        lines += _table(("outcome", "decisions"), report.decisions)
    lines += ["", "## Since the delivery before", ""]
    lines += _table(("outcome", "tables"), report.compared)
    if report.since:
        lines += ["", "Rows that are gone, and events that had happened by then and have another day now:", ""]
        lines += _table(("table", "before", "new", "gone", "of those open", "dated anew"), report.since)
    lines += ["", "## Checks", ""]
    lines += _table(("outcome", "checks", "rows that broke them"), report.checks)
    lines += [
        "",
        "Every check is in checks.html beside this page, every row that breaks one in issues.csv.",
    ]
    lines += ["", "### What was covered", ""]
    lines += _table(COVERAGE, report.coverage)
    lines += ["", "### Could not be checked", ""]
    lines += _table(("table", "check", "skipped or failed", "because"), report.not_checked)
    lines += ["", "## Figures", ""]
    lines += _table(
        (
            "code",
            "figure",
            "period",
            "ends on",
            "n",
            "d",
            "value",
            "set aside",
            "unmatched",
            "stale or missing",
            "sourced",
        ),
        [
            (
                row[0],
                row[1],
                row[2],
                row[3],
                _count(row[4]),
                _count(row[5]),
                shown(row[6], row[7], row[5]),
                row[9],
                row[10],
                row[8] or row[11] or "",
                row[12],
            )
            for row in report.figures
        ],
    )
    return "\n".join(lines) + "\n"


def _count(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    if not rows:
        return ["None."]
    cells = [
        [("" if cell is None else str(cell)).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows
    ]
    return [
        "| " + " | ".join(headings) + " |",
        "|" + " --- |" * len(headings),
        *("| " + " | ".join(row) + " |" for row in cells),
    ]
