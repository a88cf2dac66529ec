"""Legal-status and placement episodes within a period of care."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.looked_after_episodes",
    one_row_is="One SSDA903 episode.",
    key=("episode_id",),
    file="ssd_cla_episodes",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("episode_id", "Episode key.", "clae_cla_episode_id", required=True),
        child_id("clae_person_id"),
        date("started_on", "Episode start (903 DECOM).", "clae_cla_episode_start_date", required=True, event_date=True),
        code("start_reason_code", "Why the episode began (903 RNE).", "cla_episode_start_reason", "clae_cla_episode_start_reason"),
        code("primary_need_code", "Need at entry to care; the same for the whole period.", "primary_need", "clae_cla_primary_need_code"),
        date("ceased_on", "Episode end (903 DEC).", "clae_cla_episode_ceased_date"),
        code("ceased_reason_code", "Why the episode ended (903 REC).", "cla_episode_ceased_reason", "clae_cla_episode_ceased_reason"),
        text("looked_after_period_id", "Key of the whole period of care.", "clae_cla_id"),
        text("referral_id", "Referral behind the entry to care.", "clae_referral_id", refers_to="records.child_in_need_episodes.referral_id"),
        text("placement_id", "Placement during the episode.", "clae_cla_placement_id", refers_to="records.placements.placement_id"),
        date("entered_care_on", "First day of the period of care.", "clae_entered_care_date"),
        date("last_reviewing_officer_contact_on", "Latest IRO visit or contact.", "clae_cla_last_iro_contact_date"),
    ),
)
