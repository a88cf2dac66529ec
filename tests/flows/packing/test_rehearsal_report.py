"""The page of a rehearsal: problems first, in order of due date, and what changed since the last one."""

from __future__ import annotations

import datetime
from dataclasses import replace

from flows.packing.rehearsal_report import (
    Ask,
    Change,
    Day,
    Rehearsed,
    RehearsedAnswer,
    RehearsedWarehouse,
    Since,
    rehearsal_lines,
    rehearsal_markdown,
)
from warehouse.england_time import LONDON
from warehouse.problem import Problem

NOW = datetime.datetime(2026, 11, 3, 5, 0, tzinfo=LONDON)
DAY_2, DAY_3 = datetime.date(2026, 11, 4), datetime.date(2026, 11, 5)

WAREHOUSE = RehearsedWarehouse(
    datetime.date(2026, 10, 31), 6, "f" * 64, "1.0+abc", 7, NOW, "20261102T041500000000Z", ""
)
MINUTES = Ask("minutes", "Minutes", 3, DAY_3, "verified", "Clerk", "missing", ("not in the register",), ())
PLANS = Ask(
    "plans",
    "Plans",
    2,
    DAY_2,
    "inferred",
    "Coordinator",
    "missing",
    ("not in the register", "review was due on 1 May 2026"),
    (
        RehearsedAnswer("Threshold document", "stale", ("review was due on 1 May 2026",), "Head of QA"),
        RehearsedAnswer("Adoption report", "missing", ("not in the register",), "Coordinator"),
        RehearsedAnswer("Sufficiency strategy", "missing", ("not in the register",), "Coordinator"),
        RehearsedAnswer("Structure chart", "ready", (), "Coordinator"),
    ),
)
LISTS = Ask("lists", "Lists", None, None, "", "Data", "doubtful", ("2 rows set aside",), ())
CHARTS = Ask("charts", "Charts", 2, DAY_2, "verified", "HR", "ready", (), ())
MADE = Rehearsed(
    state="made",
    framework="slac_2009",
    title="Announced inspection",
    short_title="SLAC",
    run_id="20261103T050000000000Z",
    received_at=NOW,
    authority_name="Exampleshire",
    warehouse=WAREHOUSE,
    asks=(MINUTES, PLANS, LISTS, CHARTS),
    counted_so="Day 1 is Tuesday 3 November 2026.",
    days=(Day(NOW.date(), "Day 1", "Notification | call"),),
    last_day=datetime.date(2026, 12, 30),
    report="runs/report.md",
)


def headings(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("#")]


def test_missing_documents_come_first_in_order_of_due_date() -> None:
    assert headings(rehearsal_markdown(MADE)) == [
        "# Rehearsal of SLAC: Announced inspection",
        "## Since the last rehearsal",
        "## Missing: 2",
        "### Plans",
        "### Minutes",
        "## Doubtful: 1",
        "### Lists",
        "## Ready: 1",
        "## The next days",
    ]


def test_it_begins_with_the_counts_and_the_date_of_the_evidence() -> None:
    page = rehearsal_markdown(MADE)
    assert "**As if the call came on Tuesday 3 November 2026 at 05:00: of 4 things asked for, 2 missing, 1 " in page
    assert "as at Saturday 31 October 2026, 3 days earlier; ledger position 6" in page
    assert MADE.said == "SLAC: of 4 things asked for, 2 missing, 1 doubtful, 1 ready."


def test_each_request_has_its_date_owner_and_worst_parts_first_with_like_parts_together() -> None:
    page = rehearsal_markdown(MADE)
    plans = page[page.index("### Plans") : page.index("### Minutes")]
    assert plans.splitlines()[2:] == [
        "Due Wednesday 4 November 2026 (day 2, inferred). Owner: Coordinator.",
        "",
        "- missing: **Adoption report**, **Sufficiency strategy**: not in the register",
        "- stale: **Threshold document**: review was due on 1 May 2026 (to be corrected by: Head of QA)",
        "- ready: 1 of 4 parts",
        "",
    ]
    assert "Due Thursday 5 November 2026 (day 3). Owner: Clerk." in page
    assert "No due date is known. Owner: Data." in page


def test_a_doubtful_request_says_where_its_rows_are_listed() -> None:
    assert "`runs/20261102T041500000000Z/rows_set_aside.csv`" in rehearsal_markdown(MADE)


def test_the_days_to_come_have_their_dates_and_how_they_are_counted() -> None:
    page = rehearsal_markdown(MADE)
    assert "Day 1 is Tuesday 3 November 2026." in page
    assert "| Tuesday 3 November 2026 | Day 1 | Notification \\| call |" in page
    assert "The timetable continues to Wednesday 30 December 2026." in page


def test_what_became_worse_is_named_before_what_became_better() -> None:
    before = Since(
        "20261102T050000000000Z",
        NOW - datetime.timedelta(days=1),
        worse=(Change("minutes", "Minutes", "", "ready", "missing"),),
        better=(Change("plans", "Plans", "Structure chart", "missing", "ready"),),
        asked_anew=("Charts",),
    )
    page = rehearsal_markdown(replace(MADE, since=before))
    told = page[page.index("## Since") : page.index("## Missing")].splitlines()
    assert told[2:-1] == [
        "It was on Monday 2 November 2026 at 05:00.",
        "",
        "- worse: Minutes: ready then, missing now",
        "- better: Plans, Structure chart: missing then, ready now",
        "- newly asked for: Charts",
    ]
    assert replace(MADE, since=before).said.endswith("; since the last rehearsal 1 better, 1 worse.")


def test_a_first_rehearsal_and_one_without_changes_say_so() -> None:
    assert "This is the first rehearsal" in rehearsal_markdown(MADE)
    same = replace(MADE, since=Since("20261102T050000000000Z", NOW - datetime.timedelta(days=1)))
    assert "Nothing has changed." in rehearsal_markdown(same)


def test_a_pack_that_could_not_be_built_says_why_and_how_to_fix_it() -> None:
    problem = Problem("The store is gone.", where="the disk", why="Nothing can be read.", fix="Mount it.")
    failed = replace(MADE, state="failed", problem=problem, warehouse=None, asks=(), report="")
    page = rehearsal_markdown(failed)
    assert "at 05:00: the pack could not be made. The store is gone.**" in page
    assert "- how to fix it: Mount it." in page
    assert "No earlier rehearsal made this pack." in page
    assert failed.said == "SLAC: the pack could not be made. The store is gone."
    assert rehearsal_lines(failed)[-1] == "  Report: could not be kept"


def test_in_a_terminal_each_request_has_a_line_with_its_due_date() -> None:
    lines = rehearsal_lines(MADE)
    assert lines[0].startswith("SLAC, as if the call came on 2026-11-03 at 05:00: of 4 things asked for")
    assert lines[1] == "  missing   Wed 4 Nov    Plans"
    assert "  doubtful  no day known Lists" in lines
    assert "  ready     Wed 4 Nov    Charts" in lines
    assert lines[-1] == "  Report: runs/report.md"
