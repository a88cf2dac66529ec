"""Draws arrays at random and turns arrays into columns of a table."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

from flows.demo.invented_council.days import NEVER, Arrays, Flags, Floats, Ints

RECORDED = "_recorded"
"""Day the row was typed into its system; earlier extracts do not hold the row."""
WITHDRAWN = "_withdrawn"
"""Day the row was deleted from its system; without this column no row is ever deleted."""


def choose(rng: np.random.Generator, weights: Sequence[float] | Floats, count: int) -> Ints:
    """`count` positions in `weights`, each drawn with its weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], rng.random(count), side="right").astype(np.int64)


def chance(rng: np.random.Generator, probability: float | Floats, count: int) -> Flags:
    return np.asarray(rng.random(count) < probability)


def between(rng: np.random.Generator, lowest: int, highest: int, count: int) -> Ints:
    """Whole numbers from lowest to highest, both included."""
    return rng.integers(lowest, highest + 1, count, dtype=np.int64)


def lasting(rng: np.random.Generator, median: float, spread: float, count: int) -> Ints:
    """Lengths in days, log-normal around a median."""
    return np.maximum(1, np.exp(rng.normal(np.log(median), spread, count))).astype(np.int64)


def ragged(counts: Ints) -> tuple[Ints, Ints]:
    """For each of `counts[i]` things of owner i: the owner, and the thing's place among the owner's, from 0."""
    owner = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    before = np.cumsum(counts, dtype=np.int64) - counts
    return owner, np.arange(len(owner), dtype=np.int64) - np.repeat(before, counts)


def every(
    rng: np.random.Generator, start: Ints, end: Ints, step: int | Ints, wander: int, *, until: int
) -> tuple[Ints, Ints]:
    """Days at intervals of about `step` after `start`, none after `end` or `until`: (owner, day)."""
    stop = np.minimum(end, until)
    counts = np.where(start < NEVER, np.maximum(0, (stop - start) // step), 0).astype(np.int64)
    owner, place = ragged(counts)
    steps = np.broadcast_to(np.asarray(step, dtype=np.int64), start.shape)[owner]
    days = start[owner] + (place + 1) * steps - rng.integers(0, wander + 1, len(owner))
    return owner, np.clip(days, start[owner], stop[owner]).astype(np.int64)


def taken(arrays: Arrays, index: Ints | Flags) -> Arrays:
    return {name: values[index] for name, values in arrays.items()}


def stacked(parts: Sequence[Arrays]) -> Arrays:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def days(values: Ints) -> pl.Series:
    """A column of days, blank if the day is NEVER."""
    series = pl.Series(values, dtype=pl.Int64)
    return series.set(series >= NEVER, None).cast(pl.Int32).cast(pl.Date)


def pick(choices: Sequence[str | None], index: Ints) -> pl.Series:
    """A column of the choices at these positions."""
    return pl.Series(list(choices), dtype=pl.String).gather(index)


def pick_where(condition: Flags, choices: Sequence[str | None], index: Ints) -> pl.Series:
    """As pick, but blank if the condition is false."""
    return pick([*choices, None], np.where(condition, index, len(choices)))


def yes_no(condition: Flags) -> pl.Series:
    return pick(("N", "Y"), condition.astype(np.int64))


def yes_no_where(known: Flags, condition: Flags) -> pl.Series:
    return pick(("N", "Y", None), np.where(known, condition.astype(np.int64), 2))


def numbered(prefix: str, numbers: Ints, width: int = 7) -> pl.Series:
    """Identifiers such as REF0000012."""
    return prefix + pl.Series(numbers, dtype=pl.Int64).cast(pl.String).str.zfill(width)


def numbered_where(condition: Flags, prefix: str, numbers: Ints, width: int = 7) -> pl.Series:
    series = numbered(prefix, np.where(condition, numbers, 0), width)
    return series.set(pl.Series(~condition), None)


def whole(values: Ints, known: Flags | None = None) -> pl.Series:
    series = pl.Series(values, dtype=pl.Int64)
    return series if known is None else series.set(pl.Series(~known), None)


def blank(count: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, count)


def table(columns: Mapping[str, pl.Series], recorded: Ints, withdrawn: Ints | None = None) -> pl.DataFrame:
    """A table of the drop under its headings, with the day each row was recorded."""
    frame = {name: series.alias(name) for name, series in columns.items()}
    frame[RECORDED] = pl.Series(RECORDED, recorded, dtype=pl.Int64)
    if withdrawn is not None:
        frame[WITHDRAWN] = pl.Series(WITHDRAWN, withdrawn, dtype=pl.Int64)
    return pl.DataFrame(frame)


def typed_in_late(rng: np.random.Generator, day: Ints, share: float = 0.02, longest: int = 40) -> Ints:
    """The day each row is recorded: its own day, or for a share of rows up to `longest` days later."""
    late = chance(rng, share, len(day))
    return day + np.where(late, between(rng, 3, longest, len(day)), 0)


@cache
def _flag_keys(code_list: str) -> tuple[str, ...]:
    text = files("warehouse.codes").joinpath(f"{code_list}.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["json_keys"])


def flags(code_list: str, raised: Sequence[str]) -> str:
    """The JSON of a flag column with every key present: Y for the flags raised, otherwise N."""
    filled: dict[str, str | int | None] = {key: "Y" if key in raised else "N" for key in _flag_keys(code_list)}
    for key in filled:
        if key.endswith("COMMENTS"):
            filled[key] = None
        elif key == "TOTAL_NO_OF_OUTCOMES":
            filled[key] = len(raised)
    return json.dumps(filled)


def random_for(seed: int, purpose: str) -> np.random.Generator:
    """The random numbers for one purpose: the same for the same seed, whatever else is drawn."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *purpose.encode()])))
