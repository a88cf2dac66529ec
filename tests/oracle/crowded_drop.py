"""A drop of few children whose days crowd round every limit, with the faults extracts have; nothing plausible in it."""

from __future__ import annotations

from pathlib import Path

from tests.oracle import crowded_care, crowded_family, crowded_logs
from tests.oracle.crowd import Crowd
from tests.oracle.naive_drop import Day


def write_crowded_drop(drop: Path, seed: int, as_at: Day) -> None:
    """Write one week of every table the oracle reads; the same seed and as-at date write the same bytes."""
    crowd = Crowd(seed, as_at)
    crowded_family.write_people(crowd, drop)
    crowded_family.write_front_door(crowd, drop)
    crowded_family.write_protection(crowd, drop)
    entries = crowded_care.write_care(crowd, drop)
    crowded_care.write_leavers(crowd, drop)
    crowded_care.write_health(crowd, drop, entries)
    crowded_logs.write_staff(crowd, drop)
    crowded_logs.write_allegations(crowd, drop)
    crowded_logs.write_private_fostering(crowd, drop)
    crowded_logs.write_complaints(crowd, drop)
    crowded_logs.write_homes(crowd, drop)
    crowded_logs.write_audits(crowd, drop)
    crowded_logs.write_local_standards(crowd, drop)
    crowded_logs.write_population(crowd, drop)
