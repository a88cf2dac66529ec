"""Child protection, by loops."""

from __future__ import annotations

import datetime

from tests.oracle.naive_council import (
    HALF,
    MONTH,
    SNAPSHOT,
    WEEK,
    YEAR,
    Council,
    Parts,
    Reading,
    on_time_now,
    share,
    yes,
)  # fmt: skip
from tests.oracle.naive_days import age, is_open, months_later, working_days_later
from tests.oracle.naive_drop import Day, Row, day_of
from tests.oracle.naive_ni import reviews_of_plan


def cp01(council: Council, first: Day, last: Day) -> Parts:
    return _how_many(council, "ssd_s47_enquiry", "s47e_s47_start_date", first, last)


def _how_many(council: Council, table: str, column: str, first: Day, last: Day) -> Parts:
    number = 0
    for row in council[table]:
        day = day_of(row[column])
        if day and first <= day <= last:
            number += 1
    return float(number), None


def cp02(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_initial_cp_conference"]:
        held = day_of(row["icpc_icpc_date"])
        if not held or not first <= held <= last or yes(row["icpc_icpc_transfer_in"]):
            continue
        in_time = False
        for enquiry in council.of("ssd_s47_enquiry", "s47e_s47_enquiry_id", row["icpc_s47_enquiry_id"]):
            start = day_of(enquiry["s47e_s47_start_date"])
            in_time = start is not None and start <= held <= working_days_later(start, 15)
        cases.append(in_time)
    return share(cases)


def cp04(council: Council, first: Day, last: Day) -> Parts:
    return _how_many(council, "ssd_initial_cp_conference", "icpc_icpc_date", first, last)


def cp05(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_initial_cp_conference"]:
        held = day_of(row["icpc_icpc_date"])
        if held and first <= held <= last:
            cases.append(yes(row["icpc_icpc_outcome_cp_flag"]))
    return share(cases)


def cp06(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_s47_enquiry"]:
        ended = day_of(row["s47e_s47_end_date"])
        if not ended or not first <= ended <= last:
            continue
        # The choice asks for a row, whatever its date.
        cases.append(bool(council.of("ssd_initial_cp_conference", "icpc_s47_enquiry_id", row["s47e_s47_enquiry_id"])))
    return share(cases)


def cp07(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_s47_enquiry"]:
        start = day_of(row["s47e_s47_start_date"])
        if start is None or not is_open(start, day_of(row["s47e_s47_end_date"]), last):
            continue
        conference = False
        for other in council.of("ssd_initial_cp_conference", "icpc_s47_enquiry_id", row["s47e_s47_enquiry_id"]):
            held = day_of(other["icpc_icpc_date"])
            conference = conference or (held is not None and held <= last)
        late = working_days_later(start, 15) < last
        cases.append(late and not conference and not yes(row["s47e_s47_nfa"]))
    return share(cases)


def _open_plans(council: Council, on: Day) -> list[tuple[Day, Row]]:
    found = []
    for plan in council.own_plans():
        start = day_of(plan["cppl_cp_plan_start_date"])
        if start and is_open(start, day_of(plan["cppl_cp_plan_end_date"]), on):
            found.append((start, plan))
    return found


def cp08(council: Council, first: Day, last: Day) -> Parts:
    return float(len(_open_plans(council, last))), None


def cp09(council: Council, first: Day, last: Day) -> Parts:
    number = 0
    for plan in council.own_plans():
        start = day_of(plan["cppl_cp_plan_start_date"])
        if start and first <= start <= last:
            number += 1
    return float(number), None


def cp11(council: Council, first: Day, last: Day) -> Parts:
    return share((last - start).days > 729 for start, _ in _open_plans(council, last))


def cp13(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for start, plan in _open_plans(council, last):
        if start <= months_later(last, -3):
            cases.append(on_time_now(reviews_of_plan(council, plan, start, last), last))
    return share(cases)


def cp13_late(council: Council, last: Day) -> int:
    """Own plans open at the date, begun three months before it or earlier, whose next review is overdue."""
    dues = [
        reviews_of_plan(council, plan, start, last)[-1][0]
        for start, plan in _open_plans(council, last) if start <= months_later(last, -3)
    ]  # fmt: skip
    return len([due for due in dues if due < last])


def cp15(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_cp_visits"]:
        day = day_of(row["cppv_cp_visit_date"])
        born = council.born(row["cppv_person_id"])
        if day and first <= day <= last and born and born <= day and age(born, day) >= 4:
            cases.append(yes(row["cppv_cp_visit_seen_alone"]))
    return share(cases)


def _visited_in_limit(council: Council, last: Day, *, seen_only: bool) -> Parts:
    standards = []
    for row in council["local_standards"]:
        begins, ends = day_of(row["valid_from"]), day_of(row["valid_to"])
        if row["standard"] == "child_protection_visit" and begins and begins <= last and (not ends or ends >= last):
            standards.append((begins, int(row["limit_days"]), yes(row["working_days"])))
    if not standards:
        return 0.0, 0.0
    _, limit, working = max(standards)
    cases = []
    for start, plan in _open_plans(council, last):
        since = start
        for visit in council.of("ssd_cp_visits", "cppv_person_id", plan["cppl_person_id"]):
            day = day_of(visit["cppv_cp_visit_date"])
            if day and start <= day <= last and (yes(visit["cppv_cp_visit_seen"]) or not seen_only):
                since = max(since, day)
        due = working_days_later(since, limit) if working else since + datetime.timedelta(days=limit)
        cases.append(due >= last)
    return share(cases)


def cp14(council: Council, first: Day, last: Day) -> Parts:
    return _visited_in_limit(council, last, seen_only=False)


def cp14_beside(council: Council, first: Day, last: Day) -> Parts:
    """Only visits at which the child was seen."""
    return _visited_in_limit(council, last, seen_only=True)


CATEGORIES = {
    "NEG": "neglect",
    "PHY": "physical abuse",
    "SAB": "sexual abuse",
    "EMO": "emotional abuse",
    "MUL": "multiple",
}


def by_category(council: Council, first: Day, last: Day) -> list[str]:
    plans = _open_plans(council, last)
    return [CATEGORIES.get(plan["cppl_cp_plan_latest_category"], "") for _, plan in plans]


def cp18(council: Council, first: Day, last: Day) -> Parts:
    return share(category != "" for category in by_category(council, first, last))


INDICATORS = {
    "CP01": Reading(cp01, "rate", (YEAR, HALF, WEEK), ("ssd_s47_enquiry", "population")),
    "CP02": Reading(cp02, "percent", (YEAR, HALF, MONTH, WEEK), ("ssd_initial_cp_conference", "ssd_s47_enquiry")),
    "CP04": Reading(cp04, "rate", (YEAR,), ("ssd_initial_cp_conference", "population")),
    "CP05": Reading(cp05, "percent", (YEAR,), ("ssd_initial_cp_conference",)),
    "CP06": Reading(cp06, "percent", (YEAR,), ("ssd_s47_enquiry", "ssd_initial_cp_conference")),
    "CP07": Reading(cp07, "count", SNAPSHOT, ("ssd_s47_enquiry", "ssd_initial_cp_conference")),
    "CP08": Reading(cp08, "rate", SNAPSHOT, ("ssd_cp_plans", "population")),
    "CP09": Reading(cp09, "rate", (YEAR, HALF, WEEK), ("ssd_cp_plans", "population")),
    "CP11": Reading(cp11, "percent", SNAPSHOT, ("ssd_cp_plans",)),
    "CP13": Reading(cp13, "percent", SNAPSHOT, ("ssd_cp_plans", "ssd_cp_reviews"), late=cp13_late),
    "CP14": Reading(
        cp14, "percent", SNAPSHOT, ("ssd_cp_plans", "ssd_cp_visits", "local_standards"), beside=cp14_beside
    ),
    "CP15": Reading(cp15, "percent", (YEAR, MONTH), ("ssd_cp_visits", "ssd_person")),
    "CP18": Reading(cp18, "percent", SNAPSHOT, ("ssd_cp_plans",), by_category),
}
