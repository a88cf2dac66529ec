"""`daytwo review`: the partner rows that match no child and wait for a decision, and the current decisions.

It reads the restricted file, the only one that names rows of LADO and private fostering. It prints keys, files, rows
and the case system's ids of children, and nothing else about a child.
"""

from __future__ import annotations

import argparse
import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.commands.arguments import add_store, published, store_of
from flows.commands.printing import show
from warehouse.problem import Problem

if TYPE_CHECKING:
    from warehouse.store.ledger import Ledger

HELP = "list the partner rows that match no child, with likely reasons, for a person to decide"
PLACE = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("--csv", metavar="FILE", help="write all of them to a CSV file instead")
    parser.add_argument("--rows", type=int, default=20, help="rows to show for each table (default: 20)")


def run(given: argparse.Namespace) -> int:
    from warehouse.store.ledger import Ledger

    found = read_review(published(given, restricted=True), Ledger(store_of(given)))
    if given.csv:
        found.write_csv(Path(given.csv))
        show(given, found.as_json, lambda: [f"{given.csv}: {len(found.waiting):,} rows waiting."])
    else:
        show(given, found.as_json, lambda: found.lines(given.rows))
    return 0


class WaitingRow(NamedTuple):
    """One row of the review list.

    Attributes:
        decided_in: the ledger entry of a decision made since the file was published; the next nightly run applies it.
    """

    table: str
    key: str
    happened_on: datetime.date | None
    file: str
    sheet: str | None
    row: int
    reason: str
    ids_not_found: str | None
    suggested_child_id: str | None
    suggested_because: str | None
    decided_in: int | None = None


class Decided(NamedTuple):
    """One current decision, and its outcome in the published file."""

    table: str
    key: str
    decision: str
    child_ids: str | None
    decided_by: str
    decided_at: datetime.datetime
    because: str
    ledger_entry: int
    outcome: str


class Review(NamedTuple):
    """The waiting rows, by table and oldest first, and the current decisions, as published."""

    waiting: tuple[WaitingRow, ...]
    decided: tuple[Decided, ...]

    def as_json(self) -> dict[str, Any]:
        return {"waiting": [row._asdict() for row in self.waiting], "decided": [one._asdict() for one in self.decided]}

    def lines(self, rows: int) -> list[str]:
        """Lines for a terminal, with at most `rows` rows of each table."""
        from transforms.records.match_partner_rows import APPLIED, NOT_NEEDED

        lines: list[str] = []
        for table, group in groupby(self.waiting, lambda row: row.table):
            of_table = list(group)
            lines.append(f"{table}: {len(of_table):,} {'row' if len(of_table) == 1 else 'rows'} waiting")
            for row in of_table[:rows]:
                place = f"{row.file}{f', sheet {row.sheet}' if row.sheet else ''}, row {row.row}"
                lines.append(f"  {row.key}  ({row.happened_on or 'no date'}; {place})")
                named = f": {row.ids_not_found}" if row.ids_not_found else ""
                lines.append(f"      {row.reason}{named}")
                if row.suggested_child_id:
                    lines.append(f"      possibly {row.suggested_child_id}: {row.suggested_because}")
                if row.decided_in:
                    lines.append(f"      decided in ledger entry {row.decided_in}; the next nightly run applies it")
            if len(of_table) > rows:
                lines.append(f"  and {len(of_table) - rows:,} more: use --rows, or --csv FILE for all")
        lines += [] if self.waiting else ["No rows are waiting."]
        look = [one for one in self.decided if one.outcome not in (APPLIED, NOT_NEEDED)]
        if self.decided:
            lines.append(f"Current decisions: {len(self.decided):,}.{' Check these again:' if look else ''}")
        lines += [f"  {one.table} {one.key} (ledger entry {one.ledger_entry}): {one.outcome}" for one in look]
        return lines

    def write_csv(self, path: Path) -> None:
        """Write every waiting row, for the people who work on them.

        Raises:
            Problem: the file already exists.
        """
        import csv

        if path.exists():
            raise Problem(
                "A file of this name already exists.",
                where=str(path),
                why="Somebody may have written in it.",
                fix="Give another name with --csv, or move the file.",
            )
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(WaitingRow._fields)
            writer.writerows(self.waiting)


def read_review(warehouse: Path, ledger: Ledger) -> Review:
    """Read the review list from the published restricted file, with decisions made since."""
    from warehouse.database import reading
    from warehouse.store.decisions import match_decisions

    with reading(warehouse) as connection:
        known = connection.execute("SELECT ledger_sequence FROM quality.run").fetchall()[0][0]
        waiting = connection.execute(
            """
            SELECT unmatched.source_table, unmatched.key, unmatched.happened_on, arrival.file_name, unmatched.sheet,
                   unmatched.row_number, unmatched.reason, unmatched.ids_not_found, unmatched.suggested_child_id,
                   unmatched.suggested_because
            FROM quality.unmatched_rows AS unmatched
            LEFT JOIN (SELECT source_table, extract_id, any_value(file_name) AS file_name FROM quality.arrivals
                       GROUP BY ALL) AS arrival USING (source_table, extract_id)
            ORDER BY unmatched.source_table, unmatched.happened_on NULLS LAST, unmatched.row_number
            """
        ).fetchall()
        decided = connection.execute(
            """
            SELECT source_table, key, decision, child_ids, decided_by, decided_at, because, ledger_sequence, outcome
            FROM quality.decisions ORDER BY source_table, key
            """
        ).fetchall()
    since = {
        (decision.source_table, decision.key): decision.sequence
        for decision in match_decisions(ledger.entries())
        if decision.sequence > known
    }
    rows = (WaitingRow(*row) for row in waiting)
    return Review(
        tuple(row._replace(decided_in=since.get((row.table, row.key))) for row in rows),
        tuple(Decided(*row) for row in decided),
    )
