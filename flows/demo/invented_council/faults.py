"""What real extracts get wrong: a known set of faults, a few of each, planted in a drop and listed.

Rules: a row with "G21 a", "G21 b" or "G21 c" is set aside (docs/decisions/choices.md); one with "reported" stays in the
figures and breaks a promise of the contract; "statutory" stays too and breaks the DfE rule whose number it begins with,
"own" one of our rules; "unmatched" is a partner's row about a child not on file; "form" is an unusual way to write a
file, which is accepted and noted. Rows to be set aside are added to the council's own rows, so the figures are those of
a council without faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl

from flows.demo.invented_council.columns import RECORDED, WITHDRAWN
from flows.demo.invented_council.council import Council
from flows.demo.invented_council.days import Flags, as_date
from warehouse.contract import Table

Rule = Literal["G21 a", "G21 b", "G21 c", "reported", "statutory", "own", "unmatched", "form"]
MOST = 0.029
"""The largest share of a table's rows that may be faulty; a fault that would go beyond it is left out."""
FEWEST_SETTLED = 30
"""A table with fewer rows recorded long before the world ends gets no faults."""
AHEAD = "a year after the world's end"
UNMATCHED_IN = 53
"""One partner row in this many is about a child who is not on file."""


@dataclass(frozen=True)
class Fault:
    """One kind of fault planted in one table.

    Attributes:
        table: the table's name in the drop.
        what: what is wrong, in a few words.
        rule: which rule it breaks.
        count: rows (files, if the rule is "form").
        keys: keys of the rows as written, parts joined by ` | `; empty for "form" and "unmatched".
    """

    table: str
    what: str
    rule: Rule
    count: int
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Added:
    """Copies of the table's own rows with faults: `change` sets columns, `key` says which key the copy gets."""

    table: str
    rule: Rule
    what: str
    count: int = 1
    change: Mapping[str, str | None] = field(default_factory=dict)
    key: Literal["own", "same"] | str | None = "own"
    when: Literal["always", "until corrected", "since corrected"] = "always"


ADDED = (
    Added("ssd_person", "G21 a", "key repeated", key="same"),
    Added("ssd_contacts", "G21 a", "key repeated", 3, key="same"),
    Added("ssd_contacts", "G21 a", "key missing", key=None),
    Added("ssd_contacts", "G21 b", "child not in ssd_person", 2, {"cont_person_id": "P8888801"}),
    Added("ssd_contacts", "G21 c", "event date blank", 2, {"cont_contact_date": None}),
    Added(
        "ssd_contacts", "G21 c", "event date unreadable", 1, {"cont_contact_date": "not known"}, when="until corrected"
    ),
    Added("ssd_cin_episodes", "G21 b", "child not in ssd_person", 1, {"cine_person_id": "P8888802"}),
    Added("ssd_cin_assessments", "G21 b", "child blank", 1, {"cina_person_id": None}, key="ASM9999901"),
    Added("ssd_assessment_factors", "G21 b", "assessment does not exist", 2, {"cinf_assessment_id": "ASM9999977"}),
    Added("ssd_assessment_factors", "G21 b", "assessment set aside", 1, {"cinf_assessment_id": "ASM9999901"}),
    Added("ssd_cin_visits", "G21 a", "key repeated", 2, key="same", when="since corrected"),
    Added("ssd_cin_visits", "G21 c", "event date unreadable", 2, {"cinv_cin_visit_date": "31/02/2026"}),
    Added("ssd_cp_visits", "G21 b", "child not in ssd_person", 2, {"cppv_person_id": "P8888803"}),
    Added("ssd_cp_visits", "reported", "date after the extract", 1, {"cppv_cp_visit_date": AHEAD}),
    Added("ssd_cp_plans", "G21 a", "key repeated", key="same"),
    Added("ssd_cla_visits", "G21 c", "event date before 1900", 1, {"clav_cla_visit_date": "1899-12-30"}),
    Added("ssd_cla_reviews", "G21 b", "period of care does not exist", 1, {"clar_cla_id": "CLA9999999"}),
    Added("ssd_cla_episodes", "G21 c", "event date blank", 1, {"clae_cla_episode_start_date": None}),
    Added("ssd_missing", "G21 c", "event date before 1900", 1, {"miss_missing_episode_start_date": "1753-01-01"}),
    Added("ssd_sdq_scores", "G21 b", "child not in ssd_person", 1, {"csdq_person_id": "P8888804"}),
    Added("core_group", "G21 b", "plan does not exist", 2, {"cp_plan_id": "CPP9999999"}),
    Added("strategy_discussion", "G21 b", "child blank", 1, {"child_id": None}),
    Added("lado_log", "G21 a", "key repeated", key="same"),
    Added("private_fostering", "G21 c", "event date blank", 1, {"date_notified": None}),
    Added("pf_visits", "G21 b", "arrangement does not exist", 1, {"pf_ref": "PF99999"}),
    Added("nhs_camhs", "G21 a", "key missing", key=None),
    Added("nhs_ae", "G21 c", "event date unreadable", 1, {"attended_at": "unknown"}),
    Added("hr_absence", "G21 b", "worker does not exist", 1, {"staff_id": "S99999"}),
    Added("supervision", "G21 b", "worker does not exist", 1, {"staff_id": "S99998"}),
    Added("complaints", "G21 c", "event date blank", 1, {"date_received": None}, when="until corrected"),
    Added("complaint_learning", "G21 b", "complaint does not exist", 1, {"complaint_id": "CMP99999"}),
    Added("audits", "G21 b", "child not in ssd_person", 1, {"child_id": "P8888805"}),
    Added("audit_actions", "G21 b", "audit does not exist", 1, {"audit_id": "AUD99999"}),
    Added("reg_visits", "G21 b", "home does not exist", 1, {"home_urn": "2999999"}),
    Added("reg_recommendations", "G21 b", "visit does not exist", 1, {"visit_id": "RGV99999"}),
)


@dataclass(frozen=True)
class Altered:
    """Wrong values in the table's own rows; the rows stay in the figures.

    Attributes:
        long_past: only rows whose date in this column is filled and well before the last extract.
        only: only rows for which this is true, in both of the last two extracts.
    """

    table: str
    what: str
    heading: str
    value: pl.Expr
    count: int = 1
    rule: Rule = "reported"
    long_past: str | None = None
    only: pl.Expr | None = None


def _wrong_check_digit(heading: str) -> pl.Expr:
    last = (pl.col(heading).str.slice(9, 1).cast(pl.Int64) + 1) % 10
    return pl.col(heading).str.slice(0, 9) + last.cast(pl.String)


def _moved(heading: str, offset: str) -> pl.Expr:
    return pl.col(heading).str.to_date("%Y-%m-%d").dt.offset_by(offset).dt.strftime("%Y-%m-%d")


NOTHING = pl.lit(None, dtype=pl.String)

ALTERED = (
    Altered(
        "ssd_cp_plans",
        "8925 ends before it starts",
        "cppl_cp_plan_end_date",
        _moved("cppl_cp_plan_start_date", "-10d"),
        rule="statutory",
        long_past="cppl_cp_plan_end_date",
    ),
    Altered(
        "ssd_cin_episodes",
        "8805 closed without a reason",
        "cine_close_reason",
        NOTHING,
        2,
        "statutory",
        long_past="cine_close_date",
    ),
    Altered(
        "ssd_cin_episodes",
        "8610 accepted without a primary need",
        "cine_cin_primary_need_code",
        NOTHING,
        3,
        "statutory",
        only=pl.col("cine_referral_nfa") == "N",
    ),
    Altered(
        "ssd_cin_assessments",
        "8608 authorised before it starts",
        "cina_assessment_auth_date",
        _moved("cina_assessment_start_date", "-2d"),
        2,
        "statutory",
        long_past="cina_assessment_auth_date",
    ),
    Altered(
        "ssd_cin_plans",
        "4012Q starts and ends on one day",
        "cinp_cin_plan_end_date",
        pl.col("cinp_cin_plan_start_date"),
        2,
        "statutory",
        long_past="cinp_cin_plan_end_date",
    ),
    Altered(
        "ssd_cla_episodes",
        "148 ended without a reason",
        "clae_cla_episode_ceased_reason",
        NOTHING,
        1,
        "statutory",
        long_past="clae_cla_episode_ceased_date",
        only=pl.col("clae_cla_episode_ceased_reason") == "X1",
    ),
    Altered(
        "ssd_cla_placement",
        "225 moved without a reason",
        "clap_cla_placement_change_reason",
        NOTHING,
        3,
        "statutory",
        long_past="clap_cla_placement_end_date",
        only=pl.col("clap_cla_placement_change_reason").is_not_null(),
    ),
    Altered(
        "ssd_cla_reviews",
        "440 said to be under 4 at 4 or over",
        "clar_cla_review_participation",
        pl.lit("PN0"),
        3,
        "statutory",
        long_past="clar_cla_review_date",
        only=pl.col("clar_cla_review_participation") != "PN0",
    ),
    Altered(
        "ssd_missing",
        "567 ends before it starts",
        "miss_missing_episode_end_date",
        _moved("miss_missing_episode_start_date", "-1d"),
        1,
        "statutory",
        long_past="miss_missing_episode_end_date",
    ),
    Altered(
        "ssd_sdq_scores",
        "180 score above 40",
        "csdq_sdq_score",
        pl.lit("41"),
        1,
        "statutory",
        only=pl.col("csdq_sdq_score").is_not_null(),
    ),
    Altered(
        "lado_log",
        "X013 child not in ssd_person",
        "child_ids",
        pl.lit("P8888806"),
        1,
        "own",
        only=pl.col("child_ids").is_not_null() & (pl.col("child_other_la") == "N"),
    ),
    Altered("ssd_cin_episodes", "unknown code", "cine_referral_source_code", pl.lit("99"), 2),
    Altered("ssd_person", "unknown code", "pers_ethnicity", pl.lit("WBRT"), 2),
    Altered("ssd_cin_assessments", "referral does not exist", "cina_referral_id", pl.lit("REF9999999")),
    Altered("ssd_involvements", "worker does not exist", "invo_professional_id", pl.lit("W99999"), 2),
    Altered("nhs_health_assessments", "X011 date of birth differs", "dob", _moved("dob", "1d"), rule="own"),
    Altered(
        "nhs_dental",
        "NHS number fails its check digit",
        "nhs_number",
        _wrong_check_digit("nhs_number"),
        rule="unmatched",
    ),
    Altered("nhs_ae", "NHS number blank", "nhs_number", NOTHING, 2, rule="unmatched"),
)

UNMATCHED = (
    "nhs_health_assessments",
    "nhs_immunisations",
    "nhs_dental",
    "nhs_sdq",
    "nhs_registration",
    "nhs_camhs",
    "nhs_ae",
)

LEFT_OUT = {
    "ssd_contacts": "cont_contact_source_code",
    "ssd_permanence": "perm_decision_reversed_reason",
    "private_fostering": "disabled",
}
"""A column missing from a table's file: checks that need it cannot run."""

FORMS = {
    "ssd_contacts": ("a column missing, as Mosaic leaves it out", LEFT_OUT["ssd_contacts"]),
    "ssd_permanence": ("a column missing, as the system does not keep it", LEFT_OUT["ssd_permanence"]),
    "private_fostering": ("a column missing, as the log does not keep it", LEFT_OUT["private_fostering"]),
    "ssd_cin_visits": ("an unknown extra column", "cinv_local_note_type"),
    "nhs_registration": ("an unknown extra column in a file whose unknown columns are not loaded", "practice_name"),
    "ssd_cin_plans": ("NULL for blank", ""),
    "ssd_legal_status": ("datetimes for days", ""),
    "ssd_missing": ("upper-case headings and a byte order mark", ""),
    "ssd_disability": ("file named in capitals with the date", ""),
}


def plant(frame: pl.DataFrame, table: Table, council: Council, as_at: int) -> tuple[pl.DataFrame, list[Fault]]:
    """Plants the faults of one table. `frame`: its rows as text, with RECORDED and WITHDRAWN."""
    name = table.file
    assert name
    keys = [heading for part in table.key if (heading := table.column(part).heading)]
    room = int(frame.height * MOST)
    faults: list[Fault] = []
    # In rows recorded long before the last two extracts, so that both have the same faults.
    settled = pl.col(RECORDED) <= council.ends - 60
    if WITHDRAWN in frame.columns:
        settled &= pl.col(WITHDRAWN) > council.ends
    if name == "ssd_person":
        frame, fault = _bad_nhs_numbers(frame, council)
        faults.append(fault)
    if name in UNMATCHED:
        settled &= ~_of_a_stranger(keys[0])
        frame, fault = _unmatched(frame, name, keys[0], council)
        faults.append(fault)
    free = frame.select(settled).to_series().to_numpy().copy()
    is_large_enough = int(free.sum()) >= FEWEST_SETTLED
    for altered in ALTERED:
        if altered.table != name or altered.count > room or not is_large_enough:
            continue
        fits = pl.lit(True) if altered.only is None else altered.only.fill_null(False)
        if altered.long_past:
            before = as_date(council.ends - 60).isoformat()
            fits &= (pl.col(altered.long_past) < before).fill_null(False)
        chosen = _spread(free & frame.select(fits).to_series().to_numpy(), altered.count)
        if len(chosen) < altered.count:
            continue
        free[chosen] = False
        room -= altered.count
        is_chosen = pl.int_range(pl.len()).is_in(chosen)
        heading = altered.heading
        frame = frame.with_columns(pl.when(is_chosen).then(altered.value).otherwise(pl.col(heading)).alias(heading))
        faults.append(Fault(name, altered.what, altered.rule, altered.count, _keys_of(frame[chosen], keys)))
    extra: list[pl.DataFrame] = []
    for added in ADDED:
        if added.table != name or added.count > room or not is_large_enough or not _is_time_for(added, council, as_at):
            continue
        chosen = _spread(free, added.count)
        free[chosen] = False
        room -= added.count
        copied = _made_wrong(frame[chosen], added, keys[0], council)
        extra.append(copied)
        faults.append(Fault(name, added.what, added.rule, added.count, _keys_of(copied, keys)))
    if name in FORMS:
        faults.append(Fault(name, FORMS[name][0], "form", 1))
    return pl.concat([frame, *extra]), [fault for fault in faults if fault.count]


def _is_time_for(added: Added, council: Council, as_at: int) -> bool:
    if added.when == "always":
        return True
    return (as_at < council.corrected_on) == (added.when == "until corrected")


def _spread(free: Flags, count: int) -> list[int]:
    """`count` of the latest free places, spaced out; fewer if there are fewer."""
    places = np.flatnonzero(free)
    step = max(1, len(places) // 300)
    chosen: list[int] = places[::-1][::step][:count].tolist()
    return chosen


def _keys_of(frame: pl.DataFrame, keys: list[str]) -> tuple[str, ...]:
    parts = [frame[key].fill_null("").to_list() for key in keys]
    return tuple(" | ".join(row) for row in zip(*parts, strict=True))


def _made_wrong(rows: pl.DataFrame, added: Added, key: str, council: Council) -> pl.DataFrame:
    changes: dict[str, pl.Expr] = {}
    if added.key is None:
        changes[key] = pl.lit(None, dtype=pl.String)
    elif added.key == "own":
        changes[key] = pl.col(key) + "X"
    elif added.key != "same":
        changes[key] = pl.lit(added.key)
    for heading, value in added.change.items():
        written = as_date(council.ends + 365).isoformat() if value == AHEAD else value
        changes[heading] = pl.lit(written, dtype=pl.String)
    return rows.with_columns(**changes)


def _bad_nhs_numbers(frame: pl.DataFrame, council: Council) -> tuple[pl.DataFrame, Fault]:
    """Plant faults in the rows of two children about whom partners send no rows."""
    ids = council.ids(council.ends).gather(council.set_apart[:2]).to_list()
    chosen = pl.col("pers_person_id").is_in(ids)
    heading = "pers_common_child_id"
    frame = frame.with_columns(
        pl.when(chosen).then(_wrong_check_digit(heading)).otherwise(pl.col(heading)).alias(heading)
    )
    found = tuple(frame.filter(chosen)["pers_person_id"].to_list())
    return frame, Fault("ssd_person", "NHS number fails its check digit", "reported", len(found), found)


def _of_a_stranger(key: str) -> pl.Expr:
    return pl.col(key).str.extract(r"(\d+)$").cast(pl.Int64) % UNMATCHED_IN == 17


def _unmatched(frame: pl.DataFrame, name: str, key: str, council: Council) -> tuple[pl.DataFrame, Fault]:
    """One row in 53 has a valid NHS number that no child on file has, and no local id."""
    strangers = council.nhs_numbers[council.children :]
    number = frame[key].str.extract(r"(\d+)$").cast(pl.Int64)
    stranger = frame.select(_of_a_stranger(key)).to_series()
    shown = strangers.gather((number % len(strangers)).to_list())
    columns = {"nhs_number": frame["nhs_number"].zip_with(~stranger, shown)}
    if "local_child_id" in frame.columns:
        columns["local_child_id"] = frame["local_child_id"].set(stranger, None)
    count = int(stranger.sum())
    return frame.with_columns(**columns), Fault(name, "NHS number of no child on file", "unmatched", count)
