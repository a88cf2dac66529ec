"""Partner rows that wait for a person: listing them, and writing what was decided into the ledger.

Only the restricted file names rows of LADO and private fostering, so it is the one that is read. Keys, files and rows
are told; no name, no number of a child's but the case system's id.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from transforms.records.match_partner_rows import ALLEGATIONS, APPLIED, NOT_NEEDED, partner_tables
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import reading
from warehouse.problem import Problem
from warehouse.store.decisions import MatchDecision, match_body, match_decisions
from warehouse.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class WaitingRow:
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


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision in force, and what became of it in the published file."""

    table: str
    key: str
    decision: str
    child_ids: str | None
    decided_by: str
    decided_at: datetime.datetime
    because: str
    ledger_entry: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Review:
    """What waits, by table and oldest first, and what was decided, as published."""

    waiting: tuple[WaitingRow, ...]
    decided: tuple[Decided, ...]

    def as_json(self) -> dict[str, Any]:
        return {"waiting": [asdict(row) for row in self.waiting], "decided": [asdict(one) for one in self.decided]}

    def lines(self, rows: int) -> list[str]:
        """For a terminal; of each table at most `rows` rows."""
        lines: list[str] = []
        for table, group in groupby(self.waiting, lambda row: row.table):
            of_table = list(group)
            lines.append(f"{table}: {len(of_table):,} {'row waits' if len(of_table) == 1 else 'rows wait'}")
            for row in of_table[:rows]:
                place = f"{row.file}{f', sheet {row.sheet}' if row.sheet else ''}, row {row.row}"
                lines.append(f"  {row.key}  ({row.happened_on or 'no date'}; {place})")
                named = f": {row.ids_not_found}" if row.ids_not_found else ""
                lines.append(f"      {row.reason}{named}")
                if row.suggested_child_id:
                    lines.append(f"      perhaps {row.suggested_child_id}: {row.suggested_because}")
                if row.decided_in:
                    lines.append(f"      decided in ledger entry {row.decided_in}; the next nightly run applies it")
            if len(of_table) > rows:
                lines.append(f"  and {len(of_table) - rows:,} more: give --rows, or --csv FILE for all")
        lines += [] if self.waiting else ["No row waits."]
        look = [one for one in self.decided if one.outcome not in (APPLIED, NOT_NEEDED)]
        if self.decided:
            lines.append(f"Decisions in force: {len(self.decided):,}.{' To look at again:' if look else ''}")
        lines += [f"  {one.table} {one.key} (ledger entry {one.ledger_entry}): {one.outcome}" for one in look]
        return lines

    def write_csv(self, path: Path) -> None:
        """Every waiting row, for the people who look into them.

        Raises:
            Problem: there is such a file already.
        """
        if path.exists():
            raise Problem(
                "There is a file of this name already.",
                where=str(path),
                why="Somebody may have written into it.",
                fix="Give another name with --csv, or move the file.",
            )
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([field.name for field in fields(WaitingRow)])
            writer.writerows([getattr(row, field.name) for field in fields(WaitingRow)] for row in self.waiting)


def read_review(warehouse: Path, ledger: Ledger) -> Review:
    """Read the review list out of the published restricted file, with what was decided since."""
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
        tuple(replace(row, decided_in=since.get((row.table, row.key))) for row in rows),
        tuple(Decided(*row) for row in decided),
    )


def decide_row(
    warehouse: Path,
    ledger: Ledger,
    table: str,
    key: str,
    *,
    child: str | None = None,
    no_child: bool = False,
    withdraw: bool = False,
    by: str,
    because: str,
    at: datetime.datetime,
) -> dict[str, Any]:
    """Write into the ledger whose row it is, or that it is rightly no child's of ours; returns what was written.

    A later decision about the same row replaces the earlier. The same again writes nothing.

    Args:
        warehouse: the published restricted file: the row must wait in it, or have been decided.
        child: id of the child; for LADO several, parted by semicolons.
        withdraw: the row waits again.
        by: name of the member of staff who decides.

    Raises:
        Problem: not exactly one of child, no_child and withdraw; nobody decides or no reason is given; no such table,
            row or child; nothing to withdraw.
    """
    if (child is not None) + no_child + withdraw != 1:
        raise Problem(
            "A decision is one of three things.",
            where="CHILD, --no-child, --withdraw",
            why="The ledger could not say what was decided.",
            fix="Give the child's id, or --no-child, or --withdraw.",
        )
    by, because = " ".join(by.split()), " ".join(because.split())
    if not by or not because:
        raise Problem(
            "A decision needs a person and a reason.",
            where="--by" if not by else "--reason",
            why="Both are part of the record.",
            fix="Say who decided and why, without naming a child.",
        )
    contract = _partner_table(table)
    children = None if withdraw else _children(contract, child or "")
    standing = {(one.source_table, one.key): one for one in match_decisions(ledger.entries())}.get((table, key))
    seen = _seen(warehouse, contract, key, standing)
    if withdraw and standing is None:
        raise Problem(
            "There is no decision to withdraw.",
            where=f"table {table}, the key given",
            why="The row waits, or matches by itself.",
            fix="daytwo review lists the decisions in force.",
        )
    _check_children(warehouse, children or ())
    said = {"table": table, "key": key, "children": children, "by": by, "because": because}
    if (
        standing is not None
        and standing.child_ids == children
        and (standing.decided_by, standing.because) == (by, because)
    ):
        return {**said, "ledger_entry": standing.sequence, "is_new": False}
    body = {**match_body(table, key, children, by=by, because=because), **seen}
    entry = ledger.append("decided", body, max(at, ledger.last_at() or at))
    return {**said, "ledger_entry": entry.sequence, "is_new": True}


def _partner_table(name: str) -> Table:
    tables = {table.file or "": table for table in partner_tables()}
    if name not in tables:
        raise Problem(
            "Rows of this table do not wait for a person.",
            where=f"table {name}",
            why="Only partners' rows are matched to children.",
            fix=f"Give one of {', '.join(sorted(tables))}.",
        )
    return tables[name]


def _children(table: Table, child: str) -> tuple[str, ...]:
    children = tuple(dict.fromkeys(part.strip() for part in child.split(";") if part.strip()))
    if len(children) > 1 and table.name != ALLEGATIONS:
        raise Problem(
            "A row of this table is of one child.",
            where=f"{table.file}, {len(children)} ids given",
            fix="Give the id of one child.",
        )
    if child and not children:
        raise Problem("No child is named.", where="CHILD", fix="Give the child's id, or --no-child.")
    return children


def _seen(warehouse: Path, table: Table, key: str, standing: MatchDecision | None) -> dict[str, Any]:
    """Where the waiting row was seen: file and row, or nothing where it was decided before.

    Raises:
        Problem: it neither waits nor was decided.
    """
    with reading(warehouse) as connection:
        waits = connection.execute(
            "SELECT extract_id, row_number FROM quality.unmatched_rows WHERE source_table = ? AND key = ?",
            [table.file, key],
        ).fetchone()
        loaded = connection.execute(f"SELECT 1 FROM {table.name} WHERE {table.key[0]} = ?", [key]).fetchone()
    if waits is not None:
        return {"extract_id": waits[0], "row_number": waits[1]}
    if standing is not None:
        return {}
    raise Problem(
        "The row does not wait: it is matched already." if loaded else "There is no such row.",
        where=f"table {table.file}, the key given",
        why="A decision is about a row of the published warehouse that matches no child.",
        fix="daytwo review lists the rows that wait, with their keys.",
    )


def _check_children(warehouse: Path, children: Sequence[str]) -> None:
    table = catalogue.by_name()["records.children"]
    with reading(warehouse) as connection:
        there = connection.execute(
            f"SELECT count(*) FROM {table.name} WHERE child_id IN (SELECT unnest(?::VARCHAR[]))", [list(children)]
        ).fetchall()
    if there[0][0] < len(children):
        raise Problem(
            "The child is not in the published warehouse." if len(children) == 1 else "Not all the children are there.",
            where=f"{table.file}, by the id given",
            why="The row would go on waiting.",
            fix="Correct the id, or decide once the case system has delivered the child.",
        )
