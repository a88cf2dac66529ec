"""`daytwo match`: records in the ledger which child a partner row belongs to, or that it is not one of ours."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.arguments import add_store, now, published, store_of
from flows.commands.printing import show
from warehouse.problem import Problem

if TYPE_CHECKING:
    from warehouse.contract import Table
    from warehouse.store.decisions import MatchDecision
    from warehouse.store.ledger import Ledger

HELP = "record which child a partner row belongs to, or that it is not one of ours"
PLACE = 140


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("table", metavar="TABLE", help="such as nhs_dental")
    parser.add_argument("key", metavar="KEY", help="the row's key, as daytwo review lists it")
    parser.add_argument("child", metavar="CHILD", nargs="?", help="the child's id; for lado_log several as C1;C2")
    parser.add_argument("--no-child", action="store_true", help="the row does not belong to one of our children")
    parser.add_argument(
        "--withdraw", action="store_true", help="withdraw the decision: the row waits for a match again"
    )
    parser.add_argument("--by", required=True, metavar="NAME", help="who decides: a member of staff")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why, without naming a child")


def run(given: argparse.Namespace) -> int:
    from warehouse.store.ledger import Ledger

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
    line = (
        f"Ledger entry {said['ledger_entry']}. The next nightly run applies it: daytwo nightly --store S"
        if said["is_new"]
        else f"Already decided in ledger entry {said['ledger_entry']}; nothing was written."
    )
    show(given, lambda: said, lambda: [line])
    return 0


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
    """Record in the ledger which child a row belongs to, or that it is not one of ours; return what was recorded.

    A later decision about the same row replaces the earlier one. Repeating a decision writes nothing.

    Args:
        warehouse: the published restricted file, in which the row is waiting or has been decided.
        child: id of the child; for LADO several, separated by semicolons.
        withdraw: withdraw the decision, so that the row waits again.
        by: name of the member of staff who decides.

    Raises:
        Problem: not exactly one of child, no_child and withdraw; no person or no reason; no such table, row or child;
            nothing to withdraw.
    """
    from warehouse.store.decisions import match_body, match_decisions

    _check_one_decision(child, no_child, withdraw)
    by, because = _person_and_reason(by, because)
    contract = _partner_table(table)
    children = None if withdraw else _children(contract, child or "")
    in_force = {(one.source_table, one.key): one for one in match_decisions(ledger.entries())}.get((table, key))
    seen = _seen(warehouse, contract, key, in_force)
    if withdraw and in_force is None:
        raise Problem(
            "There is no decision to withdraw.",
            where=f"table {table}, the key given",
            why="The row is waiting, or matches by itself.",
            fix="Run daytwo review --json, which lists the current decisions.",
        )
    _check_children(warehouse, children or ())
    said = {"table": table, "key": key, "children": children, "by": by, "because": because}
    if in_force is not None and (in_force.child_ids, in_force.decided_by, in_force.because) == (children, by, because):
        return {**said, "ledger_entry": in_force.sequence, "is_new": False}
    body = {**match_body(table, key, children, by=by, because=because), **seen}
    entry = ledger.append("decided", body, max(at, ledger.last_at() or at))
    return {**said, "ledger_entry": entry.sequence, "is_new": True}


def _check_one_decision(child: str | None, no_child: bool, withdraw: bool) -> None:
    if (child is not None) + no_child + withdraw != 1:
        raise Problem(
            "Give one decision: a child, no child, or a withdrawal.",
            where="CHILD, --no-child, --withdraw",
            why="The ledger has to record exactly one decision.",
            fix="Give the child's id, or --no-child, or --withdraw.",
        )


def _person_and_reason(by: str, because: str) -> tuple[str, str]:
    by, because = " ".join(by.split()), " ".join(because.split())
    if not by or not because:
        raise Problem(
            "A decision needs a person and a reason.",
            where="--by" if not by else "--reason",
            why="Both are part of the record.",
            fix="Say who decided and why, without naming a child.",
        )
    return by, because


def _partner_table(name: str) -> Table:
    from transforms.records.match_partner_rows import partner_tables

    tables = {table.file or "": table for table in partner_tables()}
    if name not in tables:
        raise Problem(
            "Rows of this table do not wait for a match.",
            where=f"table {name}",
            why="Only partners' rows are matched to children.",
            fix=f"Give one of {', '.join(sorted(tables))}.",
        )
    return tables[name]


def _children(table: Table, child: str) -> tuple[str, ...]:
    from transforms.records.match_partner_rows import ALLEGATIONS

    children = tuple(dict.fromkeys(part.strip() for part in child.split(";") if part.strip()))
    if len(children) > 1 and table.name != ALLEGATIONS:
        raise Problem(
            "A row of this table belongs to one child.",
            where=f"{table.file}, {len(children)} ids given",
            fix="Give the id of one child.",
        )
    if child and not children:
        raise Problem("No child is named.", where="CHILD", fix="Give the child's id, or --no-child.")
    return children


def _seen(warehouse: Path, table: Table, key: str, in_force: MatchDecision | None) -> dict[str, Any]:
    """The file and row of a waiting row; nothing if it has been decided before.

    Raises:
        Problem: it is not waiting and has not been decided.
    """
    from warehouse.database import reading

    with reading(warehouse) as connection:
        waits = connection.execute(
            "SELECT extract_id, row_number FROM quality.unmatched_rows WHERE source_table = ? AND key = ?",
            [table.file, key],
        ).fetchone()
        loaded = connection.execute(f"SELECT 1 FROM {table.name} WHERE {table.key[0]} = ?", [key]).fetchone()
    if waits is not None:
        return {"extract_id": waits[0], "row_number": waits[1]}
    if in_force is not None:
        return {}
    raise Problem(
        "The row is not waiting: it is already matched." if loaded else "There is no such row.",
        where=f"table {table.file}, the key given",
        why="Only a row of the published warehouse that matches no child can be decided.",
        fix="Run daytwo review, which lists the waiting rows with their keys.",
    )


def _check_children(warehouse: Path, children: Sequence[str]) -> None:
    from warehouse import catalogue
    from warehouse.database import reading

    table = catalogue.by_name()["records.children"]
    with reading(warehouse) as connection:
        there = connection.execute(
            f"SELECT count(*) FROM {table.name} WHERE child_id IN (SELECT unnest(?::VARCHAR[]))", [list(children)]
        ).fetchall()
    if there[0][0] < len(children):
        raise Problem(
            "The child is not in the published warehouse."
            if len(children) == 1
            else "Not all the children are in the published warehouse.",
            where=f"{table.file}, by the id given",
            why="The row would keep waiting.",
            fix="Correct the id, or decide after the case system has delivered the child.",
        )
