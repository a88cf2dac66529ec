"""Posts, the people who hold them one after another, and who holds which case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from flows.demo.invented_council import careers
from flows.demo.invented_council.columns import between, chance, choose, numbered, ragged, stacked, taken
from flows.demo.invented_council.council import Council
from flows.demo.invented_council.days import NEVER, YEAR, Arrays, Ints

# Kinds of post. The first four hold the cases of social workers.
ASSESS, SAFEGUARD, IN_CARE, DISABILITY, FRONT, MANAGER, REVIEWING, ADVISER, FAMILY, EARLY, HEAD = range(11)
CASE_KINDS = (ASSESS, SAFEGUARD, IN_CARE, DISABILITY)
TEAM_WORDS = (
    "Assessment", "Safeguarding", "Looked After", "Disabled Children", "Front Door", "Managers", "Reviewing",
    "Leaving Care", "Family Support", "Early Help", "Leadership",
)  # fmt: skip
JOB_TITLES = (
    "Social Worker", "Social Worker", "Social Worker", "Social Worker", "Social Worker (Front Door)", "Team Manager",
    "Independent Reviewing Officer", "Personal Adviser", "Family Support Worker", "Early Help Practitioner",
    "Head of Service",
)  # fmt: skip
IS_SOCIAL_WORK = (True, True, True, True, True, True, True, False, False, False, True)
CASES_PER_FTE = 15.8
POSTS_PER_TEAM = 7


@dataclass(frozen=True)
class Workforce:
    """Posts (kind, team, fte) and tenures: who held which post from when to when, sorted by post and start."""

    kind: Ints
    team: Ints
    fte: Ints  # in hundredths
    team_kind: Ints
    tenures: Arrays
    cases: Arrays
    council: Council

    @cached_property
    def _tenure_keys(self) -> Ints:
        return self.tenures["post"] * 10_000_000 + self.tenures["started"] + 1_000_000

    def on_duty(self, post: Ints, day: Ints) -> Ints:
        """The tenure of the person in the post on the day; before it was first filled, the first tenure."""
        place = np.searchsorted(self._tenure_keys, post * 10_000_000 + day + 1_000_000, side="right") - 1
        first = np.searchsorted(self.tenures["post"], post)
        return np.maximum(place, first).astype(np.int64)

    def posts(self, *kinds: int) -> Ints:
        return np.flatnonzero(np.isin(self.kind, kinds)).astype(np.int64)

    def draw(self, rng: np.random.Generator, kind: int, count: int) -> Ints:
        """Posts of a kind, drawn in proportion to their full-time equivalents."""
        posts = self.posts(kind)
        return posts[choose(rng, self.fte[posts] / 100, count)]

    @cached_property
    def manager_of_team(self) -> Ints:
        managers = self.posts(MANAGER)
        return managers[np.arange(len(self.team_kind)) % len(managers)]

    @cached_property
    def referral_posts(self) -> dict[int, Ints]:
        """For each kind of post, the one that would hold each referral."""
        rng = self.council.random("posts of referrals")
        count = len(self.council.referrals["person"])
        return {kind: self.draw(rng, kind, count) for kind in (ASSESS, FRONT, SAFEGUARD, IN_CARE, REVIEWING)}


def case_segments(council: Council) -> Arrays:
    """Who holds each case when: an assessment worker, then a longer-term worker, then one for children in care."""
    rng = council.random("case segments")
    ref = council.referrals
    count = len(ref["referred"])
    handover = np.minimum.reduce([ref["cin_started"], ref["plan_started"], ref["care_started"], ref["closed"]])
    handover = np.minimum(np.maximum(handover, ref["referred"] + 6), ref["closed"])
    stays = np.maximum(ref["care_started"], handover) + between(rng, 40, 150, count)
    to_care_team = (ref["care_started"] < NEVER) & (stays < ref["care_ended"])
    second_end = np.where(to_care_team, stays, ref["closed"])
    second_kind = np.where(ref["course"] == careers.DISABLED, DISABILITY, SAFEGUARD)
    referral = np.arange(count, dtype=np.int64)
    parts: list[Arrays] = [
        {
            "referral": referral,
            "kind": np.full(count, ASSESS, dtype=np.int64),
            "start": ref["referred"],
            "end": handover,
        },
        {"referral": referral, "kind": second_kind, "start": handover, "end": second_end},
        {
            "referral": referral,
            "kind": np.full(count, IN_CARE, dtype=np.int64),
            "start": stays,
            "end": np.where(to_care_team, ref["closed"], stays),
        },
    ]
    found = stacked(parts)
    # A few cases are never allocated.
    allocated = (found["end"] > found["start"]) & ~chance(rng, 0.013, len(found["end"]))
    found = taken(found, allocated & (found["end"] >= council.begins))
    found["person"] = ref["person"][found["referral"]]
    return found


def staffed(council: Council) -> Workforce:
    """Enough posts for about sixteen cases each, filled from well before the extract's six years."""
    rng = council.random("workforce")
    cases = case_segments(council)
    ref = council.referrals
    sizes = np.zeros(len(TEAM_WORDS), dtype=np.int64)
    looks = [council.ends - int(YEAR * back) for back in (0, 1, 2)]
    for kind in CASE_KINDS:
        mine = cases["kind"] == kind
        open_cases = np.mean([np.sum(mine & (cases["start"] <= day) & (cases["end"] > day)) for day in looks])
        sizes[kind] = max(1, round(float(open_cases) / CASES_PER_FTE / 0.93))
    workers = int(sizes.sum())
    watched = np.sum((ref["care_started"] <= council.ends) & (ref["care_ended"] > council.ends)) + np.sum(
        (ref["plan_started"] <= council.ends) & (ref["plan_ended"] > council.ends)
    )
    sizes[FRONT] = max(2, round(workers * 0.14))
    sizes[REVIEWING] = max(1, round(float(watched) / 62))
    sizes[ADVISER] = max(1, round(council.residents * 0.0030 / 22))
    sizes[FAMILY] = max(1, round(workers * 0.25))
    sizes[EARLY] = max(1, round(workers * 0.22))
    sizes[HEAD] = max(2, round(workers * 0.02))
    teams_of = [max(1, -(-int(size) // POSTS_PER_TEAM)) for size in sizes]
    teams_of[MANAGER] = 0
    sizes[MANAGER] = max(2, sum(teams_of))
    team_kind = np.repeat(np.arange(len(sizes)), [max(1, count) for count in teams_of]).astype(np.int64)

    post_kind, place = ragged(sizes)
    first_team = np.searchsorted(team_kind, np.arange(len(sizes)))
    team = first_team[post_kind] + place % np.asarray([max(1, count) for count in teams_of])[post_kind]
    # A team manager belongs to the team managed; there is no team of managers.
    managed = np.flatnonzero(team_kind != MANAGER)
    managing = post_kind == MANAGER
    team[managing] = managed[place[managing] % len(managed)]
    fte = np.asarray((100, 80, 60, 50))[choose(rng, (0.79, 0.12, 0.06, 0.03), len(post_kind))].astype(np.int64)
    return Workforce(
        kind=post_kind,
        team=team.astype(np.int64),
        fte=fte,
        team_kind=team_kind,
        tenures=_tenures(rng, council, len(post_kind)),
        cases=cases,
        council=council,
    )


def _tenures(rng: np.random.Generator, council: Council, posts: int) -> Arrays:
    """One person after another holds each post, without a gap; agency workers stay about a year."""
    start = council.begins - int(3 * YEAR) - between(rng, 0, 1800, posts)
    post = np.arange(posts, dtype=np.int64)
    parts: list[Arrays] = []
    while len(post):
        agency = chance(rng, 0.45, len(post))
        stay = np.where(agency, 90 + rng.exponential(400, len(post)), 200 + rng.exponential(2200, len(post)))
        end = start + stay.astype(np.int64)
        parts.append(
            {
                "post": post,
                "started": start,
                "left": np.where(end > council.ends + 90, NEVER, end),
                "agency": agency.astype(np.int64),
                "reason": choose(rng, (0.72, 0.02, 0.01, 0.02, 0.08, 0.0, 0.08, 0.05, 0.02), len(post)),
                "origin": choose(rng, (0.28, 0.34, 0.03, 0.12, 0.11, 0.06, 0.03, 0.03), len(post)),
                "age": between(rng, 23, 58, len(post)),
            }
        )
        go_on = end < council.ends
        post, start = post[go_on], end[go_on]  # the next one starts the day the last one leaves
    found = stacked(parts)
    found["left"] = np.where(found["left"] > council.ends + 60, NEVER, found["left"])
    return taken(found, np.lexsort((found["started"], found["post"])).astype(np.int64))


def segments_of_others(council: Council, workforce: Workforce) -> Arrays:
    """Involvements of others than case workers: reviewing officers, conference chairs, family support, advisers."""
    rng = council.random("other involvements")
    ref = council.referrals
    count = len(ref["referred"])
    referral = np.arange(count, dtype=np.int64)
    nobody = np.full(count, NEVER, dtype=np.int64)

    def part(role: int, kind: int, start: Ints, end: Ints) -> Arrays:
        keep = (start < NEVER) & (end > start) & (end >= council.begins) & (start <= council.ends)
        return {
            "referral": referral[keep],
            "person": ref["person"][keep],
            "role": np.full(int(keep.sum()), role, dtype=np.int64),
            "post": workforce.draw(rng, kind, int(keep.sum())),
            "start": start[keep],
            "end": end[keep],
        }

    supported = chance(rng, 0.38, count)
    eighteen = council.eighteen[ref["person"]]
    left_at = np.where(ref["care_ended"] < NEVER, ref["care_ended"], 0)
    sixteen = add_years(eighteen, -2)
    leaver = (ref["care_started"] < NEVER) & (left_at >= sixteen)
    return stacked(
        [
            part(1, REVIEWING, ref["care_started"] + 4, ref["care_ended"]),
            part(2, REVIEWING, ref["plan_started"], ref["plan_ended"]),
            part(3, FAMILY, np.where(supported, ref["cin_started"] + 7, nobody), ref["cin_ended"]),
            part(
                4,
                ADVISER,
                np.where(leaver, np.maximum(ref["care_started"] + 30, sixteen + 90), nobody),
                add_years(eighteen, 3),
            ),
        ]
    )


def add_years(day: Ints, years: int) -> Ints:
    return day + int(years * YEAR)


ROLES = ("CW", "IRO", "CPC", "FSW", "PA")
CHANGE_REASONS = ("FCONTA", "TSPROC", "LEFTRL", "MANAGE")


def involvements(council: Council, workforce: Workforce) -> Arrays:
    """Who was involved in each case from when to when: the segments, split where the post changed hands."""
    rng = council.random("involvements")
    cases = workforce.cases
    post = np.zeros(len(cases["kind"]), dtype=np.int64)
    for kind in CASE_KINDS:
        mine = cases["kind"] == kind
        post[mine] = workforce.draw(rng, kind, int(mine.sum()))
    mine_too = segments_of_others(council, workforce)
    segments = stacked(
        [
            {
                "referral": cases["referral"],
                "person": cases["person"],
                "role": np.zeros(len(post), dtype=np.int64),
                "post": post,
                "start": cases["start"],
                "end": cases["end"],
                "first_reason": np.where(cases["kind"] == ASSESS, 0, 1),
            },
            {**mine_too, "first_reason": np.ones(len(mine_too["post"]), dtype=np.int64)},
        ]
    )
    held = pl.DataFrame({"post": workforce.tenures["post"], "from": workforce.tenures["started"]}).with_columns(
        tenure=pl.int_range(pl.len()), to=pl.Series(np.minimum(workforce.tenures["left"], NEVER - 1))
    )
    joined = (
        pl.DataFrame(segments)
        .with_row_index("segment")
        .filter(pl.col("start") <= council.ends)
        .join(held, on="post", how="inner", maintain_order="left_right")
        .filter((pl.col("from") < pl.col("end")) & (pl.col("to") > pl.col("start")))
        .with_columns(
            start_here=pl.max_horizontal("start", "from"),
            end_here=pl.min_horizontal("end", "to"),
        )
        .filter(pl.col("end_here") > pl.col("start_here"))
        .sort("start_here", "segment", maintain_order=True)
    )
    split = joined["start_here"].to_numpy() > joined["start"].to_numpy()
    return {
        "referral": joined["referral"].to_numpy(),
        "person": joined["person"].to_numpy(),
        "role": joined["role"].to_numpy(),
        "tenure": joined["tenure"].to_numpy(),
        "start": joined["start_here"].to_numpy(),
        "end": joined["end_here"].to_numpy(),
        "reason": np.where(split, 2, joined["first_reason"].to_numpy()),
        "segment": joined["segment"].to_numpy().astype(np.int64),
    }


def worker_ids(tenure: Ints) -> pl.Series:
    return numbered("W", tenure + 1, 5)


def team_ids(team: Ints) -> pl.Series:
    return numbered("T", team + 1, 3)
