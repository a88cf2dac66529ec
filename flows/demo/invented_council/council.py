"""The invented council and its children; the same seed and last day give the same council."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from flows.demo.invented_council import careers
from flows.demo.invented_council.columns import (
    between,
    chance,
    choose,
    numbered,
    ragged,
    random_for,
    stacked,
    taken,
)
from flows.demo.invented_council.days import (
    NEVER,
    Arrays,
    Flags,
    Ints,
    WorkingDays,
    add_months,
    day_number,
)
from flows.demo.invented_council.names import REFERRAL_SOURCES

RESIDENTS_PER_CHILD_ON_FILE = 3.2
"""Residents aged 0-17 for each child on file in six years, which gives rates like England's."""

SHARE_REFERRED, SHARE_IN_CARE_AT_THE_START, SHARE_UNACCOMPANIED = 0.68, 0.0132, 0.0108
SOURCE_WEIGHTS = tuple(REFERRAL_SOURCES.values())
DAYS_BEFORE_THE_END_OF_CORRECTIONS = 3
"""Staff correct records on this day before the world's end: between its last two weekly extracts."""


@dataclass(frozen=True)
class Council:
    """Everything that happened. A referral or a child is known by its position in the arrays."""

    seed: int
    children: int
    spans: careers.Spans
    residents: int
    referrals: Arrays
    contacts: Arrays
    early_help: Arrays
    born: Ints
    family: Ints
    unaccompanied: Flags
    disabled: Flags
    first_known: Ints
    last_known: Ints
    is_boy: Flags
    died: Ints

    @property
    def begins(self) -> int:
        return self.spans.begins

    @property
    def ends(self) -> int:
        return self.spans.ends

    @property
    def working_days(self) -> WorkingDays:
        return self.spans.working_days

    @property
    def corrected_on(self) -> int:
        return self.ends - DAYS_BEFORE_THE_END_OF_CORRECTIONS

    @cached_property
    def eighteen(self) -> Ints:
        return add_months(self.born, 216)

    def random(self, purpose: str) -> np.random.Generator:
        return random_for(self.seed, purpose)

    @cached_property
    def renumbered(self) -> int:
        """The child whose record is merged under a new id on the day of corrections: the one known longest."""
        return int(np.argmin(self.first_known))

    @cached_property
    def _ids(self) -> pl.Series:
        # In the order they became known. One in twelve came from an older system: digits only, with leading zeros.
        rank = np.empty(self.children, dtype=np.int64)
        rank[np.argsort(self.first_known, kind="stable")] = np.arange(self.children)
        number = 30_100 + rank
        plain = numbered("", number, 7)
        return pl.Series(np.where(number % 12 == 5, plain.to_numpy(), ("P" + plain).to_numpy()), dtype=pl.String)

    def ids(self, as_at: int) -> pl.Series:
        """The children's person ids as an extract of that day writes them."""
        ids = self._ids
        if as_at < self.corrected_on:
            return ids
        return ids.set(pl.Series(np.arange(self.children) == self.renumbered), self.new_id_of_renumbered)

    @property
    def new_id_of_renumbered(self) -> str:
        return "P9000001"

    @property
    def old_id_of_renumbered(self) -> str:
        return str(self._ids[self.renumbered])

    @cached_property
    def nhs_numbers(self) -> pl.Series:
        """NHS numbers of the 999 range, which is never issued, each with a valid modulus 11 check digit."""
        return nhs_numbers(self.random("nhs numbers"), self.children + 5_000)

    @cached_property
    def was_referred(self) -> Flags:
        referred = np.zeros(self.children, dtype=np.bool_)
        referred[self.referrals["person"]] = True
        return referred

    @cached_property
    def has_nhs_number(self) -> Flags:
        """One in ten of those never referred has no NHS number in the case system; partners send no rows about them."""
        return self.was_referred | chance(self.random("nhs number held"), 0.9, self.children)

    @cached_property
    def set_apart(self) -> Ints:
        """Four children never referred, about whom partners send no rows; their own rows may carry faults."""
        unreferred = np.flatnonzero(~self.was_referred & self.has_nhs_number)
        return unreferred[np.argsort(self.first_known[unreferred], kind="stable")][1:5]

    @cached_property
    def partners_write_of(self) -> Flags:
        written = self.has_nhs_number.copy()
        written[self.set_apart] = False
        return written


@dataclass(frozen=True)
class ExtractAsKnown:
    """What an extract taken on `as_at` shows of the council."""

    council: Council
    as_at: int

    @cached_property
    def ids(self) -> pl.Series:
        return self.council.ids(self.as_at)

    def child(self, person: Ints) -> pl.Series:
        return self.ids.gather(person)

    def nhs(self, person: Ints) -> pl.Series:
        """NHS numbers as a partner knows them: partners know every child's."""
        return self.council.nhs_numbers.gather(person)


def nhs_numbers(rng: np.random.Generator, count: int) -> pl.Series:
    drawn = rng.permutation(1_000_000)[: int(count * 1.12) + 20].astype(np.int64)
    first_nine = 999_000_000 + drawn
    total = np.zeros(len(drawn), dtype=np.int64)
    for place in range(9):
        total += (first_nine // 10 ** (8 - place) % 10) * (10 - place)
    check = (11 - total % 11) % 11
    valid = check < 10
    return numbered("", (first_nine * 10 + check)[valid][:count], 10)


def _contacts(rng: np.random.Generator, referrals: Arrays, known_only: Ints, offset: int) -> Arrays:
    """The contact that led to each referral, others before and after it, and those about children never referred."""
    count = len(referrals["referred"])
    source = choose(rng, SOURCE_WEIGHTS, count)
    leading = {
        "person": referrals["person"],
        "day": referrals["referred"] - choose(rng, (0.7, 0.3), count),
        "source": source,
        "referral": np.arange(count, dtype=np.int64),
    }
    owner, _ = ragged(rng.poisson(2.5, count).astype(np.int64))
    others = {
        "person": referrals["person"][owner],
        "day": referrals["referred"][owner] + between(rng, -300, 420, len(owner)),
        "source": choose(rng, SOURCE_WEIGHTS, len(owner)),
        "referral": np.full(len(owner), -1, dtype=np.int64),
    }
    more, place = ragged(rng.poisson(1.4, len(known_only)).astype(np.int64) + 1)
    lone = {
        "person": more + offset,
        "day": known_only[more] + np.where(place == 0, 0, between(rng, 1, 500, len(more))),
        "source": choose(rng, SOURCE_WEIGHTS, len(more)),
        "referral": np.full(len(more), -1, dtype=np.int64),
    }
    return stacked([leading, others, lone])


@dataclass(frozen=True)
class _People:
    """Everyone on file, by how they became known: referred, in care, unaccompanied, by contact.

    A child is known by the position in `born` and `family`.

    Attributes:
        referred: children referred in the ordinary way; they come first.
        unaccompanied_from: position of the first unaccompanied child.
        by_contact_from: position of the first child never referred; the others have referrals.
        first_contact: day each child never referred became known.
    """

    referrals: Arrays
    born: Ints
    family: Ints
    referred: int
    unaccompanied_from: int
    by_contact_from: int
    first_contact: Ints


def found_council(children: int, seed: int, world_ends: date) -> Council:
    """Invents six years and a week of a council, up to `world_ends`."""
    ends = day_number(world_ends)
    begins = int(add_months(np.asarray([ends - 7], dtype=np.int64), -72)[0])
    spans = careers.Spans(begins, ends, WorkingDays(world_ends.year - 45, world_ends.year + 25))
    people = _people(children, seed, spans)
    contacts = _contacts_in_the_extract(seed, spans, people)
    early_help = _early_help(
        random_for(seed, "early help"), spans, people.referrals, people.by_contact_from, people.first_contact
    )
    first_known, last_known = _known_from_and_to(children, people.referrals, contacts, early_help)
    unaccompanied, disabled, is_boy, died = _traits(seed, spans, people, last_known)
    return Council(
        seed=seed,
        children=children,
        spans=spans,
        residents=round(children * RESIDENTS_PER_CHILD_ON_FILE),
        referrals=people.referrals,
        contacts=contacts,
        early_help=early_help,
        born=people.born,
        family=people.family,
        unaccompanied=unaccompanied,
        disabled=disabled,
        first_known=first_known,
        last_known=last_known,
        is_boy=is_boy,
        died=died,
    )


def _people(children: int, seed: int, spans: careers.Spans) -> _People:
    """Who is on file, when they were born, and the referrals of everyone who was ever referred, by day."""
    referred, born, family = careers.referred_people(
        random_for(seed, "referred"), spans, round(children * SHARE_REFERRED)
    )
    in_care, born_in_care = careers.children_in_care_at_the_start(
        random_for(seed, "in care"), spans, round(children * SHARE_IN_CARE_AT_THE_START)
    )
    alone, born_alone = careers.unaccompanied_people(
        random_for(seed, "unaccompanied"), spans, max(1, round(children * SHARE_UNACCOMPANIED))
    )
    unaccompanied_from = len(born) + len(born_in_care)
    in_care["person"] = in_care["person"] + len(born)
    alone["person"] = alone["person"] + unaccompanied_from
    referrals = stacked([referred, in_care, alone])
    referrals = taken(referrals, np.lexsort((referrals["person"], referrals["referred"])).astype(np.int64))

    # Children known only by contacts or early help, in separate families.
    rng = random_for(seed, "known by contact")
    by_contact_from = unaccompanied_from + len(born_alone)
    known = children - by_contact_from
    first_contact = rng.integers(spans.begins, spans.ends + 1, known, dtype=np.int64)
    known_family = careers.families_of(rng, known)
    first_contact = first_contact[known_family]  # siblings become known on the same day
    known_born = first_contact - np.maximum(careers.ages_in_days(rng, known), 0)

    next_family = int(family[-1]) + 1
    lone_families = next_family + np.arange(len(born_in_care) + len(born_alone), dtype=np.int64)
    return _People(
        referrals=referrals,
        born=np.concatenate([born, born_in_care, born_alone, known_born]),
        family=np.concatenate([family, lone_families, next_family + len(lone_families) + known_family]),
        referred=len(born),
        unaccompanied_from=unaccompanied_from,
        by_contact_from=by_contact_from,
        first_contact=first_contact,
    )


def _contacts_in_the_extract(seed: int, spans: careers.Spans, people: _People) -> Arrays:
    """The contacts of the six years about children under eighteen, by day."""
    offset = people.by_contact_from
    contacts = _contacts(random_for(seed, "contacts"), people.referrals, people.first_contact, offset)
    day, person = contacts["day"], contacts["person"]
    inside = (day >= spans.begins) & (day <= spans.ends)
    inside &= (day >= people.born[person] - 150) & (day < add_months(people.born, 216)[person])
    inside |= (contacts["referral"] >= 0) & (day >= spans.begins)
    inside |= (person >= offset) & (day == people.first_contact[np.maximum(person - offset, 0)])
    contacts = taken(contacts, inside)
    return taken(contacts, np.lexsort((contacts["person"], contacts["day"])).astype(np.int64))


def _known_from_and_to(children: int, referrals: Arrays, contacts: Arrays, early_help: Arrays) -> tuple[Ints, Ints]:
    """The first and the last day each child was known to the council."""
    first_known = np.full(children, NEVER, dtype=np.int64)
    last_known = np.zeros(children, dtype=np.int64)
    for person, start, end in (
        (referrals["person"], referrals["referred"], referrals["closed"]),
        (contacts["person"], contacts["day"], contacts["day"]),
        (early_help["person"], early_help["started"], early_help["ended"]),
    ):
        np.minimum.at(first_known, person, start)
        np.maximum.at(last_known, person, end)
    return first_known, last_known


def _traits(seed: int, spans: careers.Spans, people: _People, last_known: Ints) -> tuple[Flags, Flags, Flags, Ints]:
    """Who is unaccompanied, who is disabled, who is a boy, and the day each child died (NEVER for nearly all)."""
    rng = random_for(seed, "people")
    children = len(people.born)
    unaccompanied = np.zeros(children, dtype=np.bool_)
    unaccompanied[people.unaccompanied_from : people.by_contact_from] = True
    disabled = np.zeros(children, dtype=np.bool_)
    disabled[people.referrals["person"][people.referrals["course"] == careers.DISABLED]] = True
    is_boy = chance(rng, np.select([unaccompanied, disabled], [0.92, 0.67], 0.515), children)
    dies = chance(rng, 0.0005, children) & (last_known < spans.ends - 60)
    dies &= np.arange(children) < people.referred
    died = np.where(dies, last_known + between(rng, 20, 200, children), NEVER)
    return unaccompanied, disabled, is_boy, died


def _early_help(rng: np.random.Generator, spans: careers.Spans, referrals: Arrays, offset: int, first: Ints) -> Arrays:
    """Early help after a case that closed to early help, and for three in ten of the children never referred."""
    closed_to_it = np.flatnonzero(referrals["course"] == careers.EARLY_HELP)
    taken_up = closed_to_it[chance(rng, 0.85, len(closed_to_it))]
    lone = np.flatnonzero(chance(rng, 0.42, len(first)))
    person = np.concatenate([referrals["person"][taken_up], lone + offset])
    started = np.concatenate([referrals["closed"][taken_up], first[lone]]) + between(rng, 2, 30, len(person))
    length = np.exp(rng.normal(np.log(170), 0.6, len(person))).astype(np.int64)
    found = {
        "person": person.astype(np.int64),
        "started": started,
        "ended": started + length,
        "reason": choose(rng, (0.3, 0.25, 0.2, 0.15, 0.1), len(person)),
        "end_reason": choose(rng, (0.62, 0.14, 0.14, 0.1), len(person)),
        "organisation": choose(rng, (0.5, 0.25, 0.15, 0.1), len(person)),
    }
    found = taken(found, (found["ended"] >= spans.begins) & (found["started"] <= spans.ends))
    return taken(found, np.lexsort((found["person"], found["started"])).astype(np.int64))
