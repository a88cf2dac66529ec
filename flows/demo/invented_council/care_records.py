"""What is recorded while a child is looked after: reviews, visits, plans, permanence, missing episodes, offences."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import numpy as np
import polars as pl

from flows.demo.invented_council import careers
from flows.demo.invented_council.child_protection import seen_columns, takes_part
from flows.demo.invented_council.columns import (
    between,
    blank,
    chance,
    choose,
    days,
    every,
    numbered,
    pick,
    pick_where,
    ragged,
    stacked,
    table,
    taken,
    typed_in_late,
    whole,
    yes_no,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, YEAR, Arrays, Ints, add_months
from flows.demo.invented_council.looked_after import (
    ADOPTERS,
    ADOPTING_CARER,
    SHORT_BREAKS,
    Care,
    period_id,
    placement_orders,
)
from flows.demo.invented_council.workforce import IN_CARE, Workforce, worker_ids


def tables(extract: ExtractAsKnown, workforce: Workforce, care: Care) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "ssd_cla_reviews", review_table(extract, care)
    yield "ssd_cla_visits", visit_table(extract, care)
    yield "ssd_cla_care_plan", care_plans(extract, care)
    yield "ssd_permanence", permanence(extract, workforce, care)
    yield "ssd_cla_previous_permanence", previous_permanence(extract, care)
    yield "ssd_missing", missing(extract, care)
    yield "ssd_cla_convictions", convictions(extract, care)
    yield "ssd_cla_substance_misuse", substance_misuse(extract, care)
    yield "ssd_sdq_scores", sdq_scores(extract, care)


def reviews_of(council: Council, care: Care) -> Arrays:
    """Reviews: within twenty working days of entry, then three months after the last, then every six.

    `before` is the day the review was fixed; a review fixed for after the period's end never comes.
    """
    rng = council.random("care reviews")
    periods = care.periods
    working = council.working_days
    period = care.real
    before = periods["start"][period]
    parts: list[Arrays] = []
    turn = 0
    while len(period):
        due = working.add(before, 20) if turn == 0 else add_months(before, 3 if turn == 1 else 6)
        late = chance(rng, 0.07, len(period))
        held = np.where(
            late,
            working.on_or_after(due + between(rng, 1, 25, len(period))),
            np.maximum(working.on_or_before(due - between(rng, 0, 9, len(period))), before + 1),
        )
        cancelled = chance(rng, 0.02, len(period))
        part = {"period": period, "before": before, "due": due, "held": held}
        parts.append(part | {"cancelled": cancelled.astype(np.int64)})
        go_on = (held < periods["end"][period]) & (held <= council.ends)
        period, before = period[go_on], held[go_on]
        turn += 1
    return stacked(parts)


def review_table(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    council = extract.council
    rng = council.random("care review table")
    found = reviews_of(council, care)
    # A cancelled review has its own row; so does the review held in its place.
    again = np.flatnonzero(found["cancelled"] == 1)
    period = np.concatenate([found["period"], found["period"][again]])
    before = np.concatenate([found["before"], found["before"][again]])
    due = np.concatenate([found["due"], found["due"][again]])
    held = np.concatenate([found["held"], np.full(len(again), NEVER, dtype=np.int64)])
    cancelled = np.concatenate([np.zeros(len(found["held"]), np.int64), np.ones(len(again), np.int64)])
    order = np.lexsort((cancelled, period, due))
    period, before, due, held, cancelled = period[order], before[order], due[order], held[order], cancelled[order]
    end = care.periods["end"][period]
    recorded = np.where(cancelled == 1, due, before)
    return table(
        {
            "clar_cla_review_id": numbered("CLR", np.arange(1, len(due) + 1, dtype=np.int64)),
            "clar_cla_id": period_id(period),
            "clar_cla_review_due_date": days(due),
            "clar_cla_review_date": days(held),
            "clar_cla_review_cancelled": yes_no(cancelled == 1),
            "clar_cla_review_participation": takes_part(
                rng, council.born[care.periods["person"][period]], np.minimum(held, council.ends)
            ),
        },
        recorded,
        np.where((held > end) & (cancelled == 0), end, NEVER),
    )


def visit_table(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    """A visit in the first week of nearly every placement, then one every four or five weeks.

    One child in nine waits longer.
    """
    council = extract.council
    rng = council.random("care visits")
    real = care.real
    step = np.where(chance(rng, 0.11, len(real)), 41, 30)
    owner, day = every(rng, care.periods["start"][real], care.periods["end"][real], step, 8, until=council.ends)
    placements = care.placements
    placed, ends = placements["start"], np.minimum(placements["end"], council.ends)
    soon = placed + between(rng, 0, 7, len(placed))
    seen = (soon <= ends) & (care.periods["ending"][placements["period"]] != SHORT_BREAKS)
    seen &= chance(rng, 0.94, len(placed))
    period = np.concatenate([real[owner], placements["period"][seen]])
    day = np.concatenate([day, soon[seen]])
    keep = day >= council.begins
    period, day = period[keep], day[keep]
    order = np.lexsort((period, day))
    period, day = period[order], day[order]
    recorded = typed_in_late(rng, day)
    person = care.periods["person"][period]
    return table(
        {
            "clav_cla_visit_id": numbered("CLV", np.arange(1, len(day) + 1, dtype=np.int64)),
            "clav_cla_id": period_id(period),
            "clav_person_id": extract.child(person),
            "clav_cla_visit_date": days(day),
            **seen_columns(rng, "clav_cla_visit", council.born[person], day, 0.87, None),
        },
        recorded,
    )


def _permanence_options() -> tuple[str, ...]:
    text = files("warehouse.codes").joinpath("permanence_plan.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["values"])


def care_plans(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    """A plan within ten working days of entry; half of the longer stays get another."""
    council = extract.council
    rng = council.random("care plans")
    periods, real = care.periods, care.real
    start = council.working_days.add(periods["start"][real], between(rng, 3, 10, len(real)))
    second = start + between(rng, 130, 260, len(real))
    goes_on = chance(rng, 0.55, len(real)) & (second < periods["end"][real])
    options = _permanence_options()
    by_ending = {
        careers.HOME: ("RETURN6M", "RETURNEV"),
        careers.GUARDIANSHIP: ("LTRELFR",),
        careers.ADOPTION: ("ADOPTION",),
        careers.GROWS_UP: ("LTFOST18",),
        careers.RELATIVES: ("LTRELFR", "RETURN6M"),
    }
    texts = [
        json.dumps({key: "Y" if key in chosen else "N" for key in options}) for _, chosen in sorted(by_ending.items())
    ]
    again = np.flatnonzero(goes_on)
    position = np.concatenate([np.arange(len(real), dtype=np.int64), again])
    began = np.concatenate([start, second[again]])
    ended = np.concatenate([np.where(goes_on, second, periods["end"][real]), periods["end"][real][again]])
    keep = began < periods["end"][real][position]
    position, began, ended = position[keep], began[keep], ended[keep]
    order = np.lexsort((position, began))
    position, began, ended = position[order], began[order], ended[order]
    return table(
        {
            "lacp_table_id": numbered("LCP", np.arange(1, len(began) + 1, dtype=np.int64)),
            "lacp_person_id": extract.child(periods["person"][real[position]]),
            "lacp_cla_care_plan_start_date": days(began),
            "lacp_cla_care_plan_end_date": days(ended),
            "lacp_cla_care_plan_json": pick(texts, periods["ending"][real[position]]),
        },
        began,
    )


def permanence(extract: ExtractAsKnown, workforce: Workforce, care: Care) -> pl.DataFrame:
    """The decisions on the way to adoption or special guardianship; a few adoption plans are ended."""
    council = extract.council
    rng = council.random("permanence")
    found = _permanence_decisions(rng, council, care)
    count = len(found["period"])
    order = np.lexsort((found["period"], found["recorded"]))
    post = workforce.draw(rng, IN_CARE, count)
    found = taken(found, order.astype(np.int64))
    adopted, given_up, by_carer = (found[name] == 1 for name in ("adopted", "given_up", "by_carer"))
    siblings, together = found["siblings"], found["together"]
    never = np.full(count, NEVER, dtype=np.int64)
    return table(
        {
            "perm_table_id": numbered("PRM", np.arange(1, count + 1, dtype=np.int64)),
            "perm_person_id": extract.child(care.periods["person"][found["period"]]),
            "perm_cla_id": period_id(found["period"]),
            "perm_adm_decision_date": days(found["decided"]),
            "perm_ffa_cp_decision_date": days(never),
            "perm_placement_order_date": days(found["order_made"]),
            "perm_placed_for_adoption_date": days(found["joined"]),
            "perm_matched_date": days(found["matched"]),
            "perm_adopted_by_carer_flag": yes_no(by_carer),
            "perm_placed_ffa_cp_date": days(never),
            "perm_decision_reversed_date": days(found["reversed"]),
            "perm_placed_foster_carer_date": days(np.where(by_carer, found["start"], NEVER)),
            "perm_part_of_sibling_group": pick(("0", "1"), (siblings > 0).astype(np.int64)),
            "perm_siblings_placed_together": whole(together),
            "perm_siblings_placed_apart": whole(np.maximum(siblings + 1 - together, 0)),
            "perm_placement_provider_urn": blank(count),
            "perm_decision_reversed_reason": pick_where(given_up, ("RD1", "RD3", "RD4"), choose(rng, (5, 3, 2), count)),
            "perm_permanence_order_date": days(np.where(given_up, NEVER, found["end"])),
            "perm_permanence_order_type": pick_where(
                ~given_up, ("Adoption", "Special Guardianship"), np.where(adopted, 0, 1)
            ),
            "perm_adoption_worker_id": worker_ids(workforce.on_duty(post, found["recorded"])),
            "perm_adopter_sex": pick_where(adopted, ("MF", "F1", "FF", "MM"), choose(rng, (70, 12, 8, 10), count)),
            "perm_adopter_legal_status": pick_where(
                adopted, ("L11", "L3", "L12", "L0"), choose(rng, (65, 15, 8, 12), count)
            ),
            "perm_number_of_adopters": pick_where(adopted, ("1", "2"), choose(rng, (15, 85), count)),
        },
        found["recorded"],
    )


def _permanence_decisions(rng: np.random.Generator, council: Council, care: Care) -> Arrays:
    """The periods of care that led to adoption or guardianship, or whose adoption plan ended, with their dates."""
    periods = care.periods
    given_up = (periods["ending"] == careers.GROWS_UP) & (periods["end"] - periods["start"] > 900)
    young = periods["start"] - council.born[periods["person"]] < 6 * YEAR
    given_up &= young & chance(rng, 0.25, len(given_up))
    adopted = periods["ending"] == careers.ADOPTION
    guarded = periods["ending"] == careers.GUARDIANSHIP
    period = np.flatnonzero(adopted | guarded | given_up).astype(np.int64)
    adopted, guarded, given_up = adopted[period], guarded[period], given_up[period]
    start, end = periods["start"][period], periods["end"][period]
    count = len(period)
    decided = np.where(guarded, NEVER, start + np.minimum((end - start) // 4, 200) + between(rng, 0, 20, count))
    order_made = np.where(adopted, placement_orders(periods, care.statuses)[period], NEVER)
    decided = np.where(adopted & (order_made < NEVER), np.minimum(decided, order_made - 14), decided)
    joined = np.where(adopted, _days_with_adopters(care)[period], NEVER)
    matched = np.where(joined < NEVER, joined - between(rng, 12, 40, count), NEVER)
    given_up_on = np.where(given_up, decided + between(rng, 200, 500, count), NEVER)
    siblings = choose(rng, (0.6, 0.25, 0.1, 0.05), count)
    together = np.minimum(siblings + 1, choose(rng, (0.5, 0.4, 0.1), count) + 1)
    by_carer = adopted & chance(rng, 0.15, count)
    return {
        "period": period,
        "start": start,
        "end": end,
        "adopted": adopted.astype(np.int64),
        "given_up": given_up.astype(np.int64),
        "by_carer": by_carer.astype(np.int64),
        "decided": decided,
        "order_made": order_made,
        "joined": joined,
        "matched": matched,
        "reversed": given_up_on,
        "siblings": siblings,
        "together": together,
        "recorded": np.where(guarded, end, decided),
    }


def _days_with_adopters(care: Care) -> Ints:
    """The day each period's child moved to adopters; NEVER if that did not happen."""
    placements = care.placements
    is_adoptive = np.isin(placements["type"], (ADOPTERS, ADOPTING_CARER))
    joined = np.full(len(care.periods["start"]), NEVER, dtype=np.int64)
    joined[placements["period"][is_adoptive]] = placements["start"][is_adoptive]
    return joined


def previous_permanence(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    """Whether a child who entered care had previously left it for a permanent home."""
    rng = extract.council.random("previous permanence")
    person, first = np.unique(care.periods["person"][care.real], return_index=True)
    count = len(person)
    option = choose(rng, (0.93, 0.012, 0.035, 0.015, 0.008), count)
    entered = care.periods["start"][care.real[first]]
    year = 2010 + between(rng, 0, 9, count)
    month = between(rng, 1, 12, count)
    text = "zz/" + numbered("", month, 2) + "/" + numbered("", year, 4)
    return table(
        {
            "lapp_table_id": numbered("LPP", np.arange(1, count + 1, dtype=np.int64)),
            "lapp_person_id": extract.child(person),
            "lapp_previous_permanence_order_date": text.set(pl.Series(option == 0), None),
            "lapp_previous_permanence_option": pick(("Z1", "P1", "P2", "P3", "P4"), option),
            "lapp_previous_permanence_la": pick_where(
                option > 0, ("Marlbridge", "Another authority"), choose(rng, (7, 3), count)
            ),
        },
        entered,
    )


def _while_in_care(
    council: Council, rng: np.random.Generator, care: Care, yearly: float, from_age: float
) -> tuple[Ints, Ints]:
    """About `yearly` events for each year a child of that age or over is in care: (period, day)."""
    real = care.real
    start = np.maximum(care.periods["start"][real], council.begins)
    start = np.maximum(start, council.born[care.periods["person"][real]] + int(from_age * YEAR))
    length = np.maximum(np.minimum(care.periods["end"][real], council.ends + 1) - start, 0)
    owner, _ = ragged(rng.poisson(length / YEAR * yearly).astype(np.int64))
    day = start[owner] + (rng.random(len(owner)) * length[owner]).astype(np.int64)
    order = np.lexsort((owner, day))
    return real[owner[order]], day[order]


def missing(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    """Missing episodes: a few looked-after teenagers often, other children at home occasionally."""
    council = extract.council
    rng = council.random("missing")
    period, day = _while_in_care(council, rng, care, 4.0, 10.5)
    often = np.isin(period % 11, (3, 7))
    person, day = care.periods["person"][period[often]], day[often]
    ref = council.referrals
    grown = council.born[ref["person"]] + int(11 * YEAR)
    at_home = np.flatnonzero(
        (ref["referred"] > np.maximum(grown, council.begins)) & (ref["referred"] <= council.ends - 2)
    )
    at_home = at_home[chance(rng, 0.14, len(at_home))]
    person = np.concatenate([person, ref["person"][at_home]])
    day = np.concatenate([day, ref["referred"][at_home] + between(rng, 0, 40, len(at_home))])
    day = np.minimum(day, council.ends)
    order = np.lexsort((person, day))
    person, day = person[order], day[order]
    count = len(day)
    away = chance(rng, 0.12, count)
    found = day + choose(rng, (0.45, 0.35, 0.1, 0.05, 0.03, 0.02), count)
    offered = choose(rng, (0.86, 0.09, 0.03, 0.02), count)
    accepted = np.where(offered == 0, choose(rng, (0.66, 0.34), count), 2)
    return table(
        {
            "miss_table_id": numbered("MIS", np.arange(1, count + 1, dtype=np.int64)),
            "miss_person_id": extract.child(person),
            "miss_missing_episode_start_date": days(day),
            "miss_missing_episode_type": pick(("M", "A"), away.astype(np.int64)),
            "miss_missing_episode_end_date": days(found),
            "miss_missing_rhi_offered": pick(("Y", "N", "NA", None), offered),
            "miss_missing_rhi_accepted": pick(("Y", "N", None), accepted),
        },
        typed_in_late(rng, day, 0.03, 20),
    )


def convictions(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    council = extract.council
    rng = council.random("convictions")
    period, day = _while_in_care(council, rng, care, 0.035, 11)
    offences = ("Theft", "Criminal damage", "Assault", "Public order", "Possession of drugs")
    return table(
        {
            "clac_cla_conviction_id": numbered("CVN", np.arange(1, len(day) + 1, dtype=np.int64)),
            "clac_person_id": extract.child(care.periods["person"][period]),
            "clac_cla_conviction_date": days(day),
            "clac_cla_conviction_offence": pick(offences, choose(rng, (3, 2, 3, 1, 1), len(day))),
        },
        day,
    )


def substance_misuse(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    council = extract.council
    rng = council.random("substance misuse")
    period, day = _while_in_care(council, rng, care, 0.05, 12)
    return table(
        {
            "clas_substance_misuse_id": numbered("SUB", np.arange(1, len(day) + 1, dtype=np.int64)),
            "clas_person_id": extract.child(care.periods["person"][period]),
            "clas_substance_misuse_date": days(day),
            "clas_substance_misused": pick(
                ("Cannabis", "Alcohol", "Nitrous oxide", "Ketamine"), choose(rng, (6, 3, 1, 1), len(day))
            ),
            "clas_intervention_received": yes_no(chance(rng, 0.6, len(day))),
        },
        day,
    )


def sdq_of(council: Council, care: Care, purpose: str) -> Arrays:
    """One questionnaire a year for children of 4 to 16 in care: period, day, score, reason for no score (or -1)."""
    rng = council.random(purpose)
    real = care.real
    begins = np.maximum(care.periods["start"][real] + 60, council.begins - 200)
    owner, day = every(rng, begins, care.periods["end"][real], 365, 60, until=council.ends)
    period = real[owner]
    age = (day - council.born[care.periods["person"][period]]) / YEAR
    keep = (day >= council.begins) & (age >= 4) & (age < 17)
    period, day = period[keep], day[keep]
    order = np.lexsort((period, day))
    period, day = period[order], day[order]
    level = rng.normal(14.3, 6.5, len(care.periods["start"]))
    score = np.clip(level[period] + rng.normal(0, 3, len(day)), 0, 40).astype(np.int64)
    reason = np.where(chance(rng, 0.12, len(day)), choose(rng, (4, 1, 2, 2), len(day)), -1)
    return {"period": period, "day": day, "score": score, "reason": reason}


def sdq_scores(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    found = sdq_of(extract.council, care, "sdq")
    scored = found["reason"] < 0
    return table(
        {
            "csdq_table_id": numbered("SDQ", np.arange(1, len(scored) + 1, dtype=np.int64)),
            "csdq_person_id": extract.child(care.periods["person"][found["period"]]),
            # The day the form was filled in, or closed with a reason why it was not.
            "csdq_sdq_completed_date": days(found["day"]),
            "csdq_sdq_reason": pick_where(~scored, ("SDQ2", "SDQ3", "SDQ4", "SDQ5"), np.maximum(found["reason"], 0)),
            "csdq_sdq_score": whole(found["score"], scored).cast(pl.String),
        },
        found["day"],
    )
