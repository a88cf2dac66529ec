"""Code lists: one TOML file each, named as the contracts name them. `[values]` are in force, `[retired]` once were."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class CodeList:
    """One code list.

    Attributes:
        values: label by code, retired codes among them: a code of its time is no fault on a row of that time.
        json_keys: keys of a JSON column of flags, where the list is one.
        source: where it was read; sourced: "verified" or "proposed".
    """

    name: str
    values: dict[str, str]
    json_keys: tuple[str, ...]
    source: str
    sourced: str


@cache
def code_list(name: str) -> CodeList:
    """The code list of a name; KeyError where there is none."""
    file = files("warehouse.codes") / f"{name}.toml"
    if not file.is_file():
        raise KeyError(name)
    read = tomllib.loads(file.read_text(encoding="utf-8"))
    return CodeList(
        name=name,
        values={**read.get("values", {}), **read.get("retired", {})},
        json_keys=tuple(read.get("json_keys", ())),
        source=read.get("source", ""),
        sourced=read.get("sourced", "verified"),
    )
