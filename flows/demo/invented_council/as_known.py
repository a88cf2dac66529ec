"""What an extract of a day holds: the rows recorded by that day, and no later date."""

from __future__ import annotations

import polars as pl

from flows.demo.invented_council.columns import RECORDED, WITHDRAWN
from flows.demo.invented_council.days import as_date
from warehouse.contract import Table

GOES_WITH: dict[str, tuple[str, ...]] = {
    "cina_assessment_auth_date": ("cina_assessment_outcome_json", "cina_assessment_outcome_nfa"),
    "cine_close_date": ("cine_close_reason",),
    "earl_episode_end_date": ("earl_episode_end_reason",),
    "s47e_s47_end_date": ("s47e_s47_nfa", "s47e_s47_outcome_json"),
    "icpc_icpc_date": (
        "icpc_icpc_meeting_id",
        "icpc_cp_plan_id",
        "icpc_icpc_outcome_cp_flag",
        "icpc_icpc_outcome_json",
    ),
    "cppr_cp_review_date": (
        "cppr_cp_review_meeting_id",
        "cppr_cp_review_outcome_continue_cp",
        "cppr_cp_review_quorate",
        "cppr_cp_review_participation",
    ),
    "clar_cla_review_date": ("clar_cla_review_participation",),
    "clae_cla_episode_ceased_date": ("clae_cla_episode_ceased_reason",),
    "clap_cla_placement_end_date": ("clap_cla_placement_change_reason",),
    "miss_missing_episode_end_date": ("miss_missing_rhi_offered", "miss_missing_rhi_accepted"),
    "perm_permanence_order_date": ("perm_permanence_order_type",),
    "perm_decision_reversed_date": ("perm_decision_reversed_reason",),
    "perm_placed_for_adoption_date": ("perm_adopter_sex", "perm_adopter_legal_status", "perm_number_of_adopters"),
    "date_outcome": (
        "outcome",
        "employment_outcome",
        "dbs_referral",
        "regulator_referral",
        "learning_summary_code",
    ),
    "date_response": ("outcome",),
    "date_initial_visit": ("initial_visit_complete", "child_seen_alone_initial"),
    "date_ended": ("end_reason",),
}
"""Columns that are blank while the date they belong to is blank."""

GOES_ON_AHEAD = ("clap_cla_placement_end_date", "date_appointment_first_offered")
"""Dates that staff may enter in advance, but that this council enters on the day."""


def cut(frame: pl.DataFrame, table: Table, as_at: int) -> pl.DataFrame:
    """The rows and dates in an extract of `as_at`. Keeps RECORDED and WITHDRAWN, which planting faults needs."""
    day = as_date(as_at)
    known = pl.col(RECORDED) <= as_at
    if WITHDRAWN in frame.columns:
        known &= pl.col(WITHDRAWN) > as_at
    frame = frame.filter(known)
    cleared: dict[str, pl.Expr] = {}
    for column in table.columns:
        heading = column.heading
        if column.kind != "date" or heading not in frame.columns:
            continue
        if column.may_lie_ahead and heading not in GOES_ON_AHEAD:
            continue
        if frame.schema[heading] != pl.Date:
            continue
        happened = pl.col(heading) <= day
        cleared[heading] = pl.when(happened).then(pl.col(heading))
        for follower in GOES_WITH.get(heading, ()):
            if follower in frame.columns:
                cleared[follower] = pl.when(happened).then(pl.col(follower))
    return frame.with_columns(**cleared)


def headings(table: Table) -> list[str]:
    """The headings of the table's file: the contract's headings that are not optional, in the same order."""
    return [column.heading for column in table.columns if column.heading and not column.optional]
