"""Periods of care: episodes without a gap, and the placements and legal statuses they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from flows.demo.invented_council import careers
from flows.demo.invented_council.columns import (
    between,
    chance,
    choose,
    days,
    numbered,
    numbered_where,
    pick,
    pick_where,
    ragged,
    stacked,
    table,
    taken,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, YEAR, Arrays, Flags, Ints, add_months, day_number
from flows.demo.invented_council.front_door import referral_id

SHORT_BREAKS = 9
"""A period of short breaks; the other endings of a period are in careers."""

LEGAL = ("V2", "C1", "C2", "E1", "L1", "L2", "V4")
V2, C1, C2, E1, L1, L2, V4 = range(7)
PLACEMENTS = ("U6", "U4", "U3", "U1", "K2", "K3", "P1", "R3", "S1", "R1", "K1", "Z11", "R5", "A6", "A5", "H5", "Z1")
FOSTER, LONG_TERM, KINSHIP, KINSHIP_LONG, SUPPORTED, PARENTS, OTHER, ADOPTERS, ADOPTING_CARER, SUPPORTED_BEFORE = (
    PLACEMENTS.index(code) for code in ("U6", "U4", "U3", "U1", "K3", "P1", "Z11", "A6", "A5", "H5")
)
OTHER_BEFORE = PLACEMENTS.index("Z1")
NOT_REGISTERED = [PLACEMENTS.index(code) for code in ("P1", "R1", "R5", "Z11", "Z1")]
TYPE_WEIGHTS = (  # by age at placement: under 10, 10-15, 16 and over
    (0.42, 0.16, 0.17, 0.06, 0.02, 0.00, 0.140, 0.020, 0.000, 0.000, 0.000, 0.010, 0.000),
    (0.27, 0.15, 0.08, 0.04, 0.31, 0.00, 0.090, 0.000, 0.008, 0.015, 0.007, 0.030, 0.000),
    (0.14, 0.06, 0.03, 0.01, 0.18, 0.48, 0.040, 0.005, 0.005, 0.015, 0.010, 0.025, 0.010),
)
SUPPORTED_IS_K3_FROM = day_number(date(2024, 4, 1))
OTHER_IS_Z11_FROM = day_number(date(2025, 4, 1))
PROVIDERS = ("PR0", "PR1", "PR2", "PR4", "PR5")
CHANGE_REASONS = ("CARPL", "CREQB", "CREQO", "CHILD", "LAREQ", "CLOSE", "STAND", "ALLEG", "OTHER")
START_REASONS = ("S", "L", "P", "B", "T")
CEASED = (
    "X1", "E4A", "E4B", "E45", "E46", "E47", "E11", "E12", "E5", "E6", "E17", "E7", "E8", "E41", "E13", "E3",
)  # fmt: skip


@dataclass(frozen=True)
class Care:
    """Periods of care, and the placements, legal statuses and episodes in them."""

    periods: Arrays
    placements: Arrays
    statuses: Arrays
    episodes: Arrays

    @property
    def real(self) -> Ints:
        """Positions of the periods that are not short breaks."""
        return np.flatnonzero(self.periods["ending"] != SHORT_BREAKS).astype(np.int64)


def lived_through(council: Council) -> Care:
    periods = _periods(council)
    statuses = _statuses(council, periods)
    placements = _placements(council, periods, statuses)
    return Care(periods, placements, statuses, _episodes(council, periods, placements, statuses))


def _periods(council: Council) -> Arrays:
    ref = council.referrals
    rng = council.random("periods of care")
    in_care = np.flatnonzero(ref["care_started"] < NEVER).astype(np.int64)
    disabled = np.flatnonzero((ref["course"] == careers.DISABLED) & (ref["cin_started"] < NEVER)).astype(np.int64)
    breaks = disabled[chance(rng, 0.22, len(disabled))]
    began = np.maximum(
        ref["cin_started"][breaks] + between(rng, 30, 200, len(breaks)), council.born[ref["person"][breaks]]
    )
    lasts = began + 20 < ref["cin_ended"][breaks]
    breaks, began = breaks[lasts], began[lasts]
    found = {
        "referral": np.concatenate([in_care, breaks]),
        "start": np.concatenate([ref["care_started"][in_care], began]),
        "end": np.concatenate([ref["care_ended"][in_care], ref["cin_ended"][breaks]]),
        "ending": np.concatenate([ref["care_ending"][in_care], np.full(len(breaks), SHORT_BREAKS, dtype=np.int64)]),
    }
    found["person"] = ref["person"][found["referral"]]
    found["uasc"] = (ref["course"][found["referral"]] == careers.UASC).astype(np.int64)
    found = taken(found, found["start"] <= council.ends)
    found = taken(found, np.lexsort((found["person"], found["start"])).astype(np.int64))
    # A period of care lasts at least a day.
    found["end"] = np.maximum(found["end"], found["start"] + 1)
    return found


def placement_orders(periods: Arrays, statuses: Arrays) -> Ints:
    """The day of each period's placement order; NEVER if there is none."""
    granted = np.full(len(periods["start"]), NEVER, dtype=np.int64)
    made = statuses["code"] == E1
    granted[statuses["period"][made]] = statuses["start"][made]
    return granted


def _placements(council: Council, periods: Arrays, statuses: Arrays) -> Arrays:
    """Where each child lived: a first placement, often a move within weeks, then moves for one child in six.

    Some move on at sixteen, into supported accommodation more often than not.
    """
    rng = council.random("placements")
    period, day, final = _kept_moves(council, periods, *_moves(rng, council, periods, statuses))
    found = {"period": period, "start": day, "end": _next_in(period, day, periods["end"])}
    found["type"] = _placement_types(rng, council, periods, statuses, found, final)
    total = len(day)
    found["provider"] = _providers(rng, found["type"])
    far = distances_from_home(rng, total)
    found["miles_tenths"] = np.where(found["type"] == PARENTS, 0, np.where(chance(rng, 0.02, total), 9999, far))
    found["reason"] = choose(rng, (0.42, 0.14, 0.1, 0.05, 0.12, 0.05, 0.02, 0.02, 0.08), total)
    found["place"] = between(rng, 1, 9_999, total)
    order = np.lexsort((found["period"], found["start"])).astype(np.int64)
    found["number"] = np.empty(total, dtype=np.int64)
    found["number"][order] = np.arange(1, total + 1)
    return found


def _moves(rng: np.random.Generator, council: Council, periods: Arrays, statuses: Arrays) -> tuple[Ints, Ints, Ints]:
    """Every placement a period might have: its period, its first day, and 1 if it is with adopters."""
    count = len(periods["start"])
    start, end = periods["start"], np.minimum(periods["end"], council.ends + 1)
    length = np.maximum(end - start, 1)
    short_break = periods["ending"] == SHORT_BREAKS
    restless = chance(rng, 0.18, count)
    yearly = np.where(restless, 2.2, 0.085)
    moves = rng.poisson(np.where(short_break, 0.0, yearly * np.maximum(length - 80, 0) / YEAR)).astype(np.int64)
    owner, _ = ragged(moves)
    later = start[owner] + 80 + (rng.random(len(owner)) * np.maximum(length[owner] - 80, 1)).astype(np.int64)
    early = np.flatnonzero(chance(rng, 0.40, count) & ~short_break)
    soon = start[early] + between(rng, 4, 75, len(early))
    sixteen = add_months(council.born[periods["person"]], 192)
    grown = np.flatnonzero(chance(rng, 0.42, count) & ~short_break & (start < sixteen))
    moved_on = sixteen[grown] + between(rng, 20, 600, len(grown))
    adopted = np.flatnonzero(periods["ending"] == careers.ADOPTION).astype(np.int64)
    whole = periods["end"] - start
    joined = start[adopted] + (whole[adopted] * (0.55 + 0.2 * rng.random(len(adopted)))).astype(np.int64)
    joined = np.maximum(joined, placement_orders(periods, statuses)[adopted] + 30)

    period = np.concatenate([np.arange(count, dtype=np.int64), owner, early, grown, adopted])
    day = np.concatenate([start, later, soon, moved_on, joined])
    final = np.zeros(len(period), dtype=np.int64)
    final[len(period) - len(adopted) :] = 1
    return period, day, final


def _kept_moves(council: Council, periods: Arrays, period: Ints, day: Ints, final: Ints) -> tuple[Ints, Ints, Ints]:
    """The moves that happen, by period and day: within the period, none after adopters, none the day after another."""
    joined_on = np.full(len(periods["start"]), NEVER, dtype=np.int64)
    joined_on[period[final == 1]] = day[final == 1]
    keep = (day < periods["end"][period]) & (day <= council.ends) & ((final == 1) | (day < joined_on[period]))
    period, day, final = period[keep], day[keep], final[keep]
    order = np.lexsort((day, period))
    period, day, final = period[order], day[order], final[order]
    repeated = np.zeros(len(day), dtype=np.bool_)
    repeated[1:] = (period[1:] == period[:-1]) & (day[1:] - day[:-1] < 2)
    return period[~repeated], day[~repeated], final[~repeated]


def _providers(rng: np.random.Generator, kind: Ints) -> Ints:
    """Who provides each placement, as a position in PROVIDERS; one past the end if nobody is recorded."""
    total = len(kind)
    return np.select(
        [
            np.isin(kind, (OTHER, OTHER_BEFORE)),
            kind == PARENTS,
            np.isin(kind, (KINSHIP, KINSHIP_LONG, ADOPTERS, ADOPTING_CARER)),
            np.isin(kind, (FOSTER, LONG_TERM)),
        ],
        [
            np.full(total, len(PROVIDERS)),
            np.zeros(total, np.int64),
            np.ones(total, np.int64),
            choose(rng, (0, 0.54, 0.02, 0.41, 0.03), total),
        ],
        choose(rng, (0, 0.20, 0.02, 0.70, 0.08), total),
    ).astype(np.int64)


def distances_from_home(rng: np.random.Generator, count: int) -> Ints:
    """Distance from home in tenths of a mile: more than a fifth of the children live over twenty miles away."""
    return np.minimum(np.exp(rng.normal(np.log(92), 1.05, count)), 4000).astype(np.int64)


def _placement_types(
    rng: np.random.Generator, council: Council, periods: Arrays, statuses: Arrays, found: Arrays, final: Ints
) -> Ints:
    person = periods["person"][found["period"]]
    band = np.digitize((found["start"] - council.born[person]) / YEAR, (10, 16))
    kind = np.zeros(len(band), dtype=np.int64)
    for place, weights in enumerate(TYPE_WEIGHTS):
        kind = np.where(band == place, choose(rng, weights, len(band)), kind)
    first = found["start"] == periods["start"][found["period"]]
    kind = np.where(first & np.isin(kind, (LONG_TERM, PARENTS)), FOSTER, kind)
    kind = np.where(first & (kind == KINSHIP_LONG), KINSHIP, kind)
    # Only a child under a care order can be placed at home; a few records are wrong, as in any council.
    status = statuses["code"][_in_force(statuses, found["period"], found["start"])]
    kind = np.where((kind == PARENTS) & ~np.isin(status, (C1, C2)) & ~chance(rng, 0.02, len(band)), FOSTER, kind)
    kind = np.where(final == 1, np.where(chance(rng, 0.18, len(band)), ADOPTING_CARER, ADOPTERS), kind)
    kind = np.where((kind == SUPPORTED) & (found["start"] < SUPPORTED_IS_K3_FROM), SUPPORTED_BEFORE, kind)
    return np.where((kind == OTHER) & (found["start"] < OTHER_IS_Z11_FROM), OTHER_BEFORE, kind)


def _in_force(statuses: Arrays, period: Ints, day: Ints) -> Ints:
    """Positions of the statuses in force on the days; `statuses` are sorted by period and start."""
    keys = statuses["period"] * 10_000_000 + statuses["start"] + 1_000_000
    return (np.searchsorted(keys, period * 10_000_000 + day + 1_000_000, side="right") - 1).astype(np.int64)


def _next_in(owner: Ints, day: Ints, end_of_owner: Ints) -> Ints:
    """The day the next of the same owner begins, or the owner's end; `owner, day` are sorted."""
    ends = end_of_owner[owner].copy()
    same = owner[1:] == owner[:-1]
    ends[:-1] = np.where(same, day[1:], ends[:-1])
    return ends


def _statuses(council: Council, periods: Arrays) -> Arrays:
    """Legal statuses: voluntary, or an interim order that becomes a full one or a placement order."""
    rng = council.random("legal statuses")
    count = len(periods["start"])
    ending = periods["ending"]
    by_order = np.select(
        [periods["uasc"] == 1, ending == careers.HOME, ending == careers.GROWS_UP, ending == careers.RELATIVES],
        [np.zeros(count), np.full(count, 0.40), np.full(count, 0.66), np.full(count, 0.7)],
        1.0,
    )
    ordered = chance(rng, by_order, count) & (ending != SHORT_BREAKS)
    voluntary_first = ordered & chance(rng, 0.45, count)
    police_first = ordered & ~voluntary_first & chance(rng, 0.16, count)
    first = np.select(
        [ending == SHORT_BREAKS, police_first, voluntary_first | ~ordered],
        [V4, np.where(chance(rng, 0.5, count), L1, L2), V2],
        C1,
    )
    start = periods["start"]
    interim = np.select([police_first, voluntary_first], [start + 3, start + between(rng, 10, 90, count)], NEVER)
    full = np.where(ordered, np.where(interim < NEVER, interim, start) + between(rng, 150, 330, count), NEVER)
    lasting = np.where(ending == careers.ADOPTION, E1, C2)
    full = np.where(chance(rng, 0.9, count) | (ending == careers.ADOPTION), full, NEVER)
    period = np.arange(count, dtype=np.int64)
    found = stacked(
        [
            {"period": period, "start": start, "code": first},
            {"period": period, "start": interim, "code": np.full(count, C1, dtype=np.int64)},
            {"period": period, "start": full, "code": lasting},
        ]
    )
    found = taken(found, (found["start"] < periods["end"][found["period"]]) & (found["start"] <= council.ends))
    found = taken(found, np.lexsort((found["start"], found["period"])).astype(np.int64))
    found["end"] = _next_in(found["period"], found["start"], periods["end"])
    return found


def _episodes(council: Council, periods: Arrays, placements: Arrays, statuses: Arrays) -> Arrays:
    """A new episode on every day that the placement or the legal status changes."""
    rng = council.random("episodes")
    period = np.concatenate([placements["period"], statuses["period"]])
    day = np.concatenate([placements["start"], statuses["start"]])
    is_placement = np.concatenate(
        [np.ones(len(placements["start"]), np.int64), np.zeros(len(statuses["start"]), np.int64)]
    )
    keys = period * 10_000_000 + day + 1_000_000
    unique = np.unique(keys)
    owner, start = unique // 10_000_000, unique % 10_000_000 - 1_000_000
    placement_keys = placements["period"] * 10_000_000 + placements["start"] + 1_000_000
    placement = np.searchsorted(placement_keys, unique, side="right") - 1
    status = _in_force(statuses, owner, start)
    moved = np.isin(unique, keys[is_placement == 1])
    changed = np.isin(unique, keys[is_placement == 0])
    first = np.ones(len(unique), dtype=np.bool_)
    first[1:] = owner[1:] != owner[:-1]
    reason = np.select([first, moved & changed, changed], [0, 3, 1], 2)
    end = _next_in(owner, start, periods["end"])
    last = np.ones(len(unique), dtype=np.bool_)
    last[:-1] = owner[1:] != owner[:-1]
    found = {
        "period": owner.astype(np.int64),
        "start": start.astype(np.int64),
        "end": end,
        "reason": reason.astype(np.int64),
        "placement": placement.astype(np.int64),
        "status": status,
        "ceased": _ceased(rng, periods, owner, last, placements["type"][placement]),
    }
    return taken(found, np.lexsort((found["period"], found["start"])).astype(np.int64))


def _ceased(rng: np.random.Generator, periods: Arrays, owner: Ints, last: Flags, kind: Ints) -> Ints:
    count = len(owner)
    ending = periods["ending"][owner]
    guardian = choose(rng, (0.75, 0.15, 0.1), count)
    # A guardian who was not the foster carer is another guardian (E47); a few records are wrong.
    fostered = np.isin(kind, (FOSTER, LONG_TERM, KINSHIP, KINSHIP_LONG)) | chance(rng, 0.03, count)
    guardian = np.where(fostered, guardian, 2)
    reason = np.select(
        [
            ending == careers.GUARDIANSHIP,
            ending == careers.ADOPTION,
            ending == careers.GROWS_UP,
            ending == careers.RELATIVES,
            ending == SHORT_BREAKS,
        ],
        [
            guardian + 3,
            choose(rng, (0.2, 0.8), count) + 6,
            choose(rng, (0.3, 0.15, 0.26, 0.06, 0.23), count) + 8,
            choose(rng, (0.6, 0.36, 0.04), count) + 13,
            np.full(count, CEASED.index("E8")),
        ],
        choose(rng, (0.72, 0.28), count) + 1,
    )
    return np.where(last, reason, 0).astype(np.int64)


def period_id(period: Ints) -> pl.Series:
    return numbered("CLA", period + 1)


def tables(extract: ExtractAsKnown, care: Care) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "ssd_cla_episodes", episode_table(extract, care)
    yield "ssd_cla_placement", placement_table(extract, care)
    yield "ssd_legal_status", status_table(extract, care)


def episode_table(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    council = extract.council
    rng = council.random("episode table")
    found, periods = care.episodes, care.periods
    period = found["period"]
    person = periods["person"][period]
    needs = ("N1", "N2", "N4", "N5", "N8")
    need = choose(rng, (0.66, 0.03, 0.08, 0.15, 0.08), len(periods["start"]))
    need = np.where(periods["uasc"] == 1, 4, np.where(periods["ending"] == SHORT_BREAKS, 1, need))
    interval = between(rng, 45, 110, len(periods["start"]))
    until = np.minimum(found["end"], extract.as_at)
    contacts = (until - periods["start"][period]) // interval[period]
    spoken = periods["start"][period] + contacts * interval[period]
    return table(
        {
            "clae_cla_episode_id": numbered("EPI", np.arange(1, len(period) + 1, dtype=np.int64)),
            "clae_person_id": extract.child(person),
            "clae_cla_episode_start_date": days(found["start"]),
            "clae_cla_episode_start_reason": pick(START_REASONS, found["reason"]),
            "clae_cla_primary_need_code": pick(needs, need[period]),
            "clae_cla_episode_ceased_date": days(found["end"]),
            "clae_cla_episode_ceased_reason": pick(CEASED, found["ceased"]),
            "clae_cla_id": period_id(period),
            "clae_referral_id": referral_id(periods["referral"][period]),
            "clae_cla_placement_id": numbered("PLA", care.placements["number"][found["placement"]]),
            "clae_entered_care_date": days(periods["start"][period]),
            "clae_cla_last_iro_contact_date": days(np.where(contacts > 0, spoken, NEVER)),
        },
        found["start"],
    )


def placement_table(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    found, periods = care.placements, care.periods
    order = np.argsort(found["number"], kind="stable")
    found = taken(found, order.astype(np.int64))
    kind, place = found["type"], found["place"]
    last = found["end"] == periods["end"][found["period"]]
    # Registered providers have a URN: parents, adult care homes, prisons and other placements do not.
    registered = ~np.isin(kind, NOT_REGISTERED) & (place % 103 != 7)
    miles = pl.Series(found["miles_tenths"], dtype=pl.Int64) / 10
    return table(
        {
            "clap_cla_placement_id": numbered("PLA", found["number"]),
            "clap_cla_placement_start_date": days(found["start"]),
            "clap_cla_placement_type": pick(PLACEMENTS, kind),
            "clap_cla_placement_urn": numbered_where(registered, "", 2_500_000 + place % 97),
            "clap_cla_placement_distance": miles,
            "clap_cla_id": period_id(found["period"]),
            "clap_cla_placement_provider": pick([*PROVIDERS, None], found["provider"]),
            "clap_cla_placement_postcode": pick(
                [
                    f"MB{outer}{inner}{pair}"
                    for outer in range(1, 10)
                    for inner in range(1, 10)
                    for pair in ("AB", "DE", "HJ")
                ],
                place % 243,
            ),
            "clap_cla_placement_end_date": days(found["end"]),
            "clap_cla_placement_change_reason": pick_where(~last, CHANGE_REASONS, found["reason"]),
            "clap_person_id": extract.child(periods["person"][found["period"]]),
        },
        found["start"],
    )


def status_table(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    found, periods = care.statuses, care.periods
    found = taken(found, np.lexsort((found["period"], found["start"])).astype(np.int64))
    return table(
        {
            "lega_legal_status_id": numbered("LEG", np.arange(1, len(found["start"]) + 1, dtype=np.int64)),
            "lega_person_id": extract.child(periods["person"][found["period"]]),
            "lega_legal_status": pick(LEGAL, found["code"]),
            "lega_legal_status_start_date": days(found["start"]),
            "lega_legal_status_end_date": days(found["end"]),
        },
        found["start"],
    )


def looked_after_on(care: Care, day: int) -> Ints:
    """Positions of the periods open on the day, without short breaks: the children on partners' registers."""
    periods = care.periods
    is_open = (periods["start"] <= day) & (periods["end"] > day) & (periods["ending"] != SHORT_BREAKS)
    return np.flatnonzero(is_open).astype(np.int64)
