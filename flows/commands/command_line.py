"""The command line: what an operator, an analyst and an inspection coordinator type.

The parser imports nothing heavy, so that help is there at once; each command loads what it needs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence

from warehouse.england_time import day, known_on, moment
from warehouse.problem import Problem

LOGS = ("lado", "private_fostering", "complaints", "audits", "action_plan")
"""Logs there is a template of; here too, for the command line imports nothing heavy."""

WRITES = ("nightly", "pull", "notify", "rehearse", "watch", "match", "release", "demo")
"""Commands that receive, publish, seal, decide or tell; the others only ask."""

EXIT_CODES = {
    0: "done",
    1: "a problem, explained on standard error: nothing was changed unless it says so",
    2: "the command was not understood",
    3: "stopped before publishing: too many rows of a needed table were set aside",
    4: "the pack is not whole, or not the one sealed",
    5: "(watch) something stands that a person has to see to",
    130: "stopped from the keyboard; the next run puts right what was left",
}


def parser() -> argparse.ArgumentParser:
    """The whole command line; the docs are written from it."""
    top = argparse.ArgumentParser(
        prog="daytwo",
        description="Inspection evidence for children's services: weekly extracts in, a checked warehouse and a sealed"
        " Day-2 pack out.",
        epilog="exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()),
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help_text: str, *, store: bool = True, machine: bool = True) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
        if store:
            made.add_argument(
                "--store", metavar="S", help="the evidence store: a folder, or s3://bucket/prefix (or DAYTWO_STORE)"
            )
        if machine:
            made.add_argument("--json", action="store_true", help="print JSON for a machine")
        return made

    demo = command("demo", "invent a council and show the whole path, from a drop to a verified pack", store=False)
    demo.add_argument("--folder", default="demo", help="where to put it (default: demo); must be new or a former demo")
    demo.add_argument("--children", type=int, default=2000, help="children to invent, 200 to 100,000 (default: 2,000)")
    demo.add_argument("--seed", type=int, default=1, help="the same seed gives the same council (default: 1)")
    demo.add_argument("--benchmarks", metavar="FOLDER", help="DfE's published tables, as downloaded, to compare with")
    demo.add_argument("--authority", help="nine-character code of the council (default: an invented one)")
    demo.add_argument("--verbose", action="store_true", help="also print every file, figure and request")

    nightly = command("nightly", "receive a drop, build the warehouse, check it and publish it")
    nightly.add_argument(
        "--drop", metavar="D", help="where the sources deliver: a folder, or s3://bucket/prefix (or DAYTWO_DROP)"
    )
    nightly.add_argument("--as-at", type=day, metavar="DATE", help="measure as at this day (default: newest extract)")
    nightly.add_argument(
        "--as-known-on",
        type=known_on,
        metavar="DATE",
        help="use only what had been received by then: a day, a moment or a ledger number",
    )
    nightly.add_argument(
        "--received-at", type=moment, metavar="MOMENT", help="when loading history: the moment the files were received"
    )
    nightly.add_argument("--authority", help="nine-character code of the council (or DAYTWO_AUTHORITY)")
    nightly.add_argument("--no-publish", action="store_true", help="build into the store without publishing")
    nightly.add_argument("--prefect", action="store_true", help="run as a Prefect flow")

    pull = command("pull", "fetch what the sources hold ready, from folders, buckets, SFTP servers and databases")
    pull.add_argument("source", metavar="SOURCE", nargs="*", help="such as health (default: every one that is pulled)")
    pull.add_argument(
        "--as-at",
        type=day,
        metavar="DATE",
        help="the day a database's tables are true for (default: today); of other sources the delivery to take",
    )
    pull.add_argument("--sources", metavar="FILE", help="the file of sources (or DAYTWO_SOURCES)")
    pull.add_argument("--list", action="store_true", help="only say how each source stands, and which are late")
    pull.add_argument("--prefect", action="store_true", help="run as a Prefect flow")

    notify = command("notify", "answer a notification: freeze the evidence and seal a draft pack")
    notify.add_argument("--framework", required=True, help="such as slac_2009")
    notify.add_argument(
        "--received",
        required=True,
        type=moment,
        metavar="MOMENT",
        help="when the notification came, such as 2026-11-02T09:14 (Europe/London)",
    )
    notify.add_argument("--as-known-on", type=known_on, metavar="DATE", help="rebuild a pack from what was known then")
    notify.add_argument("--authority-name", help="name of the council on the pages (or DAYTWO_AUTHORITY_NAME)")
    notify.add_argument("--prefect", action="store_true", help="run as a Prefect flow")

    rehearse = command("rehearse", "make each pack as if the call came now, say what would go wrong, and throw it away")
    rehearse.add_argument("--framework", metavar="F", help="one of them (default: DAYTWO_REHEARSE, else every one)")
    rehearse.add_argument("--authority-name", help="name of the council on the pages (or DAYTWO_AUTHORITY_NAME)")
    rehearse.add_argument("--prefect", action="store_true", help="run as a Prefect flow")

    check = command("check", "check one extract against its contract, before it is delivered", store=False)
    check.add_argument("file", metavar="FILE", help="such as ssd_person.csv, or a mapping file (.toml)")
    check.add_argument("--table", help="the table it is, where the file's name does not say")
    check.add_argument("--as-at", type=day, metavar="DATE", help="the day it is true for (default: its folder's name)")
    check.add_argument(
        "--mapping",
        metavar="M",
        help="mapping file its own layout is read with (default: the one that holds in the drop it lies in)",
    )

    template = command("template", "write a fill-in workbook, with drop-downs, for a log kept by hand", store=False)
    template.add_argument("log", choices=LOGS, metavar="LOG", help=f"one of: {', '.join(LOGS)}")
    template.add_argument("--to", metavar="FILE", help="where to write it (default: its name in a drop, here)")

    sql = command("sql", "run SQL on the published warehouse")
    sql.add_argument("query", help='such as "SELECT * FROM profile.indicator_results"')
    sql.add_argument("--restricted", action="store_true", help="on the file that holds everything")
    sql.add_argument("--rows", type=int, default=40, help="rows to show (default: 40)")

    explain = command("explain", "say what a figure is, how it is read, and what it is now")
    explain.add_argument("code", help="such as NI64")

    cases = command("cases", "list the cases behind a figure, with the file and row each came from")
    cases.add_argument("code", help="such as NI64")
    cases.add_argument("--period", help="kind of period (default: the indicator's first)")
    cases.add_argument("--late", action="store_true", help="who is open and already late instead")
    cases.add_argument("--all", action="store_true", help="also the cases that do not count")
    cases.add_argument("--rows", type=int, default=40, help="rows to show (default: 40)")
    cases.add_argument("--restricted", action="store_true", help="from the file that holds everything")

    command("status", "say what is published, how old it is, and whether the ledger is whole")

    watch = command("watch", "look whether a nightly run is missing or a source late, and tell people what is new")
    watch.add_argument("--test", action="store_true", help="send a test message by every channel instead")

    review = command("review", "list the partner rows that match no child and wait for a person, with likely reasons")
    review.add_argument("--csv", metavar="FILE", help="write all of them into a file instead")
    review.add_argument("--rows", type=int, default=20, help="rows to show of each table (default: 20)")

    match = command("match", "decide whose row a waiting one is, or that it is rightly no child's of ours")
    match.add_argument("table", metavar="TABLE", help="such as nhs_dental")
    match.add_argument("key", metavar="KEY", help="the row's key, as daytwo review lists it")
    match.add_argument("child", metavar="CHILD", nargs="?", help="the child's id; for lado_log several as C1;C2")
    match.add_argument("--no-child", action="store_true", help="it is rightly no child's of ours")
    match.add_argument("--withdraw", action="store_true", help="take the decision back: the row waits again")
    match.add_argument("--by", required=True, metavar="NAME", help="who decides: a member of staff")
    match.add_argument("--reason", required=True, metavar="TEXT", help="why, without naming a child")

    fetch = command("fetch", "bring the published warehouse, or a pack, out of the store, proved by its ledger")
    fetch.add_argument("--restricted", action="store_true", help="the file that holds everything")
    fetch.add_argument("--pack", metavar="FRAMEWORK/PACK", help="the zip of this pack instead")
    fetch.add_argument("--to", metavar="FILE", help="where to put it: a file or a folder (default: here)")

    verify = command("verify", "prove a pack whole, or name each altered, missing or added file")
    verify.add_argument("pack", metavar="PACK", help="folder or zip of the pack")

    release = command("release", "write into the ledger that two people let a pack go")
    release.add_argument("pack", metavar="PACK", help="folder or zip of the pack")
    release.add_argument("--prepared-by", required=True, metavar="NAME")
    release.add_argument("--approved-by", required=True, metavar="NAME", help="somebody else")
    release.add_argument("--route", required=True, metavar="TEXT", help="how it leaves, such as Ofsted's portal")

    where = command(
        "where", "find the file that holds a thing: an indicator, a table, a heading, a code list", store=False
    )
    where.add_argument("thing", help='such as "NI 64", "plan", "cppl_cp_plan_id"')

    command("docs", "write the generated reference pages", store=False, machine=False).add_argument(
        "--check", action="store_true", help="only say whether they are current"
    )
    return top


def home_of(command: str) -> str:
    """The module whose function of that name does what a command does."""
    return "flows.commands.commands_that_write" if command in WRITES else "flows.commands.commands_that_read"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    given = parser().parse_args(arguments)
    try:
        from importlib import import_module

        from flows.safe_errors import without_values

        return without_values(lambda: int(getattr(import_module(home_of(given.command)), given.command)(given)))
    except Problem as problem:
        if getattr(given, "json", False):
            print(json.dumps({"problem": problem.what, "where": problem.where, "why": problem.why, "fix": problem.fix}))
        print(f"daytwo: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("daytwo: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


class Progress:
    """Tells a person what a long command is doing, on standard error."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._begun = time.monotonic()

    def __call__(self, step: str) -> None:
        if not self._quiet:
            print(f"  {time.monotonic() - self._begun:6.1f} s  {step}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
