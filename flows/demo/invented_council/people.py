"""Who the children are: persons, addresses, families, disabilities, other identifiers, immigration, young mothers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import polars as pl

from flows.demo.invented_council import careers
from flows.demo.invented_council.columns import (
    between,
    chance,
    choose,
    days,
    numbered,
    pick,
    pick_where,
    ragged,
    table,
    yes_no,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, YEAR, Ints, add_months
from flows.demo.invented_council.names import (
    BOYS,
    DISABILITIES,
    ETHNICITIES,
    GIRLS,
    NATIONALITIES,
    STREETS,
    SURNAMES,
    TOWNS,
)

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
AUTHORITY_NUMBER_IN_UPN = 998  # no authority has it


def tables(extract: ExtractAsKnown) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "ssd_person", persons(extract)
    yield "ssd_address", addresses(extract)
    yield "ssd_family", families(extract)
    yield "ssd_disability", disabilities(extract)
    yield "ssd_linked_identifiers", linked_identifiers(extract)
    yield "ssd_immigration_status", immigration(extract)
    yield "ssd_mother", mothers(extract)
    yield "ssd_api_data_staging", submissions(extract)


def surnames(council: Council) -> pl.Series:
    return pick(SURNAMES, council.family * 7919 % len(SURNAMES))


def persons(extract: ExtractAsKnown) -> pl.DataFrame:
    council = extract.council
    rng = council.random("person table")
    count = council.children
    born, known = council.born, council.born <= extract.as_at
    boy = council.is_boy
    forename = np.where(boy, between(rng, 0, len(BOYS) - 1, count), len(BOYS) + between(rng, 0, len(GIRLS) - 1, count))
    forename = np.where(known, forename, len(BOYS) + len(GIRLS))
    ethnicity = choose(rng, tuple(ETHNICITIES.values()), count)
    ethnicity = np.where(council.unaccompanied, choose(rng, (0.5, 0.3, 0.2), count) + len(ETHNICITIES), ethnicity)
    age_at_first = (council.first_known - born) / YEAR
    no_upn = chance(rng, 0.1, count) | (age_at_first < 4)
    reason = np.where(age_at_first < 4, 0, np.where(council.unaccompanied, 2, choose(rng, (4, 3, 3), count) + 1))
    number = council.nhs_numbers[:count]
    held = council.has_nhs_number & known
    old = chance(rng, 0.06, count)
    legacy = numbered("", between(rng, 100_000, 999_999, count), 7)
    is_mother = np.zeros(count, dtype=np.bool_)
    is_mother[mother_pairs(council)[0]] = True
    expected = np.where(known, NEVER, born + between(rng, -9, 9, count))
    frame = table(
        {
            "pers_person_id": extract.child(np.arange(count, dtype=np.int64)),
            "pers_forename": pick((*BOYS, *GIRLS, "Unborn"), forename),
            "pers_surname": surnames(council),
            "pers_sex": pick(("F", "M", "U"), np.where(known, boy.astype(np.int64), 2)),
            "pers_gender": pick(("02", "01", "00"), np.where(known, boy.astype(np.int64), 2)),
            "pers_ethnicity": pick((*ETHNICITIES, "BAFR", "OOTH", "AOTH"), ethnicity),
            "pers_dob": days(born),
            "pers_common_child_id": number.set(pl.Series(~held), None),
            "pers_legacy_id": legacy.set(pl.Series(~old), None),
            "pers_upn_unknown": pick_where(no_upn, ("UN1", "UN2", "UN3", "UN5"), reason),
            "pers_send_flag": yes_no(chance(rng, np.where(council.disabled, 0.8, 0.13), count)),
            "pers_expected_dob": days(expected),
            "pers_death_date": days(council.died),
            "pers_is_mother": yes_no(is_mother),
            "pers_nationality": pick_where(
                council.unaccompanied, NATIONALITIES, between(rng, 0, len(NATIONALITIES) - 1, count)
            ),
        },
        council.first_known,
    )
    if extract.as_at < council.corrected_on:
        return frame
    renumbered = pl.Series(np.arange(count) == council.renumbered)
    return frame.with_columns(
        pers_legacy_id=pl.when(renumbered)
        .then(pl.lit(council.old_id_of_renumbered))
        .otherwise(pl.col("pers_legacy_id"))
    )


def addresses(extract: ExtractAsKnown) -> pl.DataFrame:
    """Brothers and sisters move house together."""
    council = extract.council
    rng = council.random("addresses")
    families_count = int(council.family.max()) + 1
    moves_of_family = rng.poisson(0.5, families_count).astype(np.int64)
    first_day = np.full(families_count, NEVER, dtype=np.int64)
    np.minimum.at(first_day, council.family, council.first_known)
    move, _ = ragged(moves_of_family)
    # The moves of a family in time order: their days sorted within each family.
    day = first_day[move] + (rng.random(len(move)) * np.maximum(council.ends - first_day[move], 1)).astype(np.int64)
    order = np.lexsort((day, move))
    day = day[order]
    first_move = np.cumsum(moves_of_family) - moves_of_family

    person, stay = ragged(moves_of_family[council.family] + 1)
    family = council.family[person]
    settled = council.first_known[person] - between(rng, 0, 2500, council.children)[person]
    start_first = np.maximum(np.minimum(settled, first_day[family] - 1), council.born[person])
    pad = np.append(day, NEVER)
    began = np.where(stay == 0, start_first, pad[np.minimum(first_move[family] + stay - 1, len(day))])
    ended = np.where(stay == moves_of_family[family], NEVER, pad[np.minimum(first_move[family] + stay, len(day))])
    began = np.maximum(began, council.born[person])
    ended = np.where(ended < NEVER, np.maximum(ended, began), NEVER)
    house = (family * 31 + stay * 17) % 120 + 1
    street = (family * 13 + stay * 7) % len(STREETS)
    town = (family + stay) % len(TOWNS)
    area = (family * 3 + stay) % 9 + 1
    text = [
        json.dumps(
            {"ROOM": "", "FLOOR": "", "FLAT": "", "BUILDING": "", "HOUSE": "#", "STREET": road, "TOWN": where}
            | {"UPRN": "", "EASTING": "", "NORTHING": ""}
        )
        for road in STREETS
        for where in TOWNS
    ]
    pieces = [value.split("#") for value in text]
    index = street * len(TOWNS) + town
    lines = (
        pick([piece[0] for piece in pieces], index)
        + pl.Series(house, dtype=pl.Int64).cast(pl.String)
        + pick([piece[1] for piece in pieces], index)
    )
    number = np.arange(1, len(person) + 1, dtype=np.int64)
    postcode = numbered("MB", area, 1) + pick(
        [f"{inner}{pair}" for inner in range(1, 10) for pair in ("AB", "DF", "GH", "JL", "NP")],
        (family * 5 + stay) % 45,
    )
    return table(
        {
            "addr_table_id": numbered("ADR", number),
            "addr_address_json": lines,
            "addr_person_id": extract.child(person),
            "addr_address_type": pick(("HOME", "PRIMARY"), (stay % 2).astype(np.int64)),
            "addr_address_start_date": days(began),
            "addr_address_end_date": days(ended),
            "addr_address_postcode": postcode,
        },
        np.maximum(began, council.first_known[person]),
    )


def families(extract: ExtractAsKnown) -> pl.DataFrame:
    council = extract.council
    return table(
        {
            "fami_table_id": numbered("FAM", np.arange(1, council.children + 1, dtype=np.int64)),
            "fami_family_id": numbered("F", council.family + 1),
            "fami_person_id": extract.child(np.arange(council.children, dtype=np.int64)),
        },
        council.first_known,
    )


def disabilities(extract: ExtractAsKnown) -> pl.DataFrame:
    """One row per disability; NONE for referred children who have none."""
    council = extract.council
    rng = council.random("disabilities")
    disabled = council.disabled | chance(rng, 0.07, council.children)
    counts = np.where(disabled, choose(rng, (0.6, 0.28, 0.12), council.children) + 1, 1) * council.was_referred
    person, place = ragged(counts.astype(np.int64))
    codes = ("NONE", *DISABILITIES)
    start = choose(rng, tuple(DISABILITIES.values()), council.children)
    code = np.where(disabled[person], (start[person] + place * 5) % len(DISABILITIES) + 1, 0)
    return table(
        {
            "disa_person_id": extract.child(person),
            "disa_table_id": numbered("DIS", np.arange(1, len(person) + 1, dtype=np.int64)),
            "disa_disability_code": pick(codes, code),
        },
        np.maximum(council.first_known, council.born)[person],
    )


def unique_pupil_numbers(rng: np.random.Generator, count: int) -> pl.Series:
    """Thirteen characters: a valid check letter (weights 2 to 13, modulo 23) and twelve digits."""
    digits = AUTHORITY_NUMBER_IN_UPN * 10**9 + rng.permutation(10**7)[:count].astype(np.int64)
    total = np.zeros(count, dtype=np.int64)
    for place in range(12):
        total += digits // 10 ** (11 - place) % 10 * (place + 2)
    return pick(tuple(UPN_LETTERS), total % 23) + numbered("", digits, 12)


def linked_identifiers(extract: ExtractAsKnown) -> pl.DataFrame:
    council = extract.council
    rng = council.random("linked identifiers")
    everyone = np.arange(council.children, dtype=np.int64)
    upn = everyone[chance(rng, 0.72, council.children)]
    youth = everyone[chance(rng, 0.02, council.children)]
    office = everyone[council.unaccompanied]
    case = everyone[chance(rng, 0.15, council.children)]
    person = np.concatenate([upn, youth, office, case])
    kind = np.repeat(np.arange(4), [len(upn), len(youth), len(office), len(case)]).astype(np.int64)
    from_age = np.asarray((4.2, 11.0, 0.0, 0.0))[kind]
    known_from = np.maximum(council.born[person] + (from_age * YEAR).astype(np.int64), council.first_known[person])
    value = pl.concat(
        [
            unique_pupil_numbers(rng, len(upn)),
            numbered("YOT", between(rng, 1, 99_999, len(youth)), 5),
            numbered("HO", between(rng, 1, 9_999_999, len(office)), 7),
            numbered("OLD", between(rng, 1, 999_999, len(case)), 6),
        ]
    )
    order = np.lexsort((kind, person, known_from))
    kinds = ("Unique Pupil Number", "YOT Number", "Home Office Registration", "Case Number")
    return table(
        {
            "link_table_id": numbered("LNK", np.arange(1, len(person) + 1, dtype=np.int64)),
            "link_person_id": extract.child(person[order]),
            "link_identifier_type": pick(kinds, kind[order]),
            "link_identifier_value": value.gather(order),
            "link_valid_from_date": days(known_from[order]),
            "link_valid_to_date": days(np.full(len(person), NEVER, dtype=np.int64)),
        },
        known_from[order],
    )


def immigration(extract: ExtractAsKnown) -> pl.DataFrame:
    """Unaccompanied children; about half are recognised as refugees within two and a half years."""
    council = extract.council
    rng = council.random("immigration")
    ref = council.referrals
    alone = np.flatnonzero(ref["course"] == careers.UASC).astype(np.int64)
    person, arrived = ref["person"][alone], ref["referred"][alone]
    granted = np.where(chance(rng, 0.55, len(person)), arrived + between(rng, 250, 900, len(person)), NEVER)
    eighteen = add_months(council.born[person], 216)
    has_leave = granted < NEVER
    everyone = np.concatenate([person, person[has_leave]])
    began = np.concatenate([arrived, granted[has_leave]])
    ended = np.concatenate([np.minimum(granted, eighteen), np.full(int(has_leave.sum()), NEVER, dtype=np.int64)])
    status = np.repeat(np.arange(2), [len(person), int(has_leave.sum())]).astype(np.int64)
    order = np.lexsort((everyone, began))
    return table(
        {
            "immi_person_id": extract.child(everyone[order]),
            "immi_immigration_status_id": numbered("IMM", np.arange(1, len(everyone) + 1, dtype=np.int64)),
            "immi_immigration_status": pick(("UASC", "Refugee Status"), status[order]),
            "immi_immigration_status_start_date": days(began[order]),
            "immi_immigration_status_end_date": days(ended[order]),
        },
        began[order],
    )


def mother_pairs(council: Council) -> tuple[Ints, Ints]:
    """Young women on file whose babies are on file too: (mothers, children)."""
    rng = council.random("mothers")
    women = np.flatnonzero(
        ~council.is_boy & (council.ends - council.born > 18 * YEAR) & council.was_referred & (council.died == NEVER)
    )
    babies = np.flatnonzero(council.was_referred & (council.born > council.begins) & (council.born <= council.ends))
    count = min(len(women), len(babies), max(2, round(council.children * 0.012)))
    mother = rng.permutation(women)[:count].astype(np.int64)
    child = rng.permutation(babies)[:count].astype(np.int64)
    age = (council.born[child] - council.born[mother]) / YEAR
    fits = (age > 15.5) & (age < 25)
    return mother[fits], child[fits]


def mothers(extract: ExtractAsKnown) -> pl.DataFrame:
    council = extract.council
    mother, child = mother_pairs(council)
    recorded = np.maximum.reduce([council.first_known[mother], council.first_known[child], council.born[child]])
    order = np.lexsort((child, recorded))
    mother, child = mother[order], child[order]
    return table(
        {
            "moth_table_id": numbered("MOT", np.arange(1, len(mother) + 1, dtype=np.int64)),
            "moth_person_id": extract.child(mother),
            "moth_childs_person_id": extract.child(child),
            "moth_childs_dob": days(council.born[child]),
        },
        recorded[order],
    )


def submissions(extract: ExtractAsKnown) -> pl.DataFrame:
    """The staging table of the pilot return: one payload for each child whose case was open in the last year."""
    council = extract.council
    rng = council.random("submissions")
    ref = council.referrals
    open_lately = (ref["closed"] > council.ends - 365) & (ref["referred"] <= council.ends - 40)
    person = np.unique(ref["person"][open_lately])
    count = len(person)
    sent = council.ends - 28 - between(rng, 0, 9, count)
    stamp = days(sent).dt.strftime("%Y-%m-%dT02:15:00")
    first, second = between(rng, 0, 2**40, count), between(rng, 0, 2**40, count)
    state = choose(rng, (0.06, 0.3, 0.01, 0.63), count)
    return table(
        {
            "id": numbered("", np.arange(1, count + 1, dtype=np.int64), 6),
            "person_id": extract.child(person),
            "json_payload": pick(['{"social_worker_details":[],"purge":false}'], np.zeros(count, dtype=np.int64)),
            "current_hash": numbered("", first, 16),
            "previous_hash": numbered("", np.where(state == 3, first, second), 16),
            "submission_status": pick(("Sent", "Pending", "Error"), choose(rng, (0.95, 0.03, 0.02), count)),
            "submission_timestamp": stamp,
            "api_response": pick(("201 Created", None), choose(rng, (0.95, 0.05), count)),
            "row_state": pick(("New", "Updated", "Deleted", "Unchanged"), state),
            "last_updated": stamp,
        },
        np.maximum(sent, council.first_known[person]),
    )
