"""Code lists: one TOML file each, named as the contracts name them. `[values]` are in force, `[retired]` once were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from warehouse.declared_facts import DeclaredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """What a code list's file declares; see CodeList."""

    values: Mapping[str, str] = field(default_factory=dict)
    retired: Mapping[str, str] = field(default_factory=dict)
    json_keys: tuple[str, ...] = ()
    source: str = ""
    sourced: Literal["verified", "proposed"] = "verified"
    note: str = ""


@dataclass(frozen=True, slots=True)
class CodeList:
    """One code list.

    Attributes:
        values: label by code, retired codes among them: a code of its time is no fault on a row of that time.
        json_keys: keys of a JSON column of flags, where the list is one.
        source, sourced: where it was read, and how well it is sourced.
    """

    name: str
    values: dict[str, str]
    json_keys: tuple[str, ...]
    source: str
    sourced: str


@cache
def code_list(name: str) -> CodeList:
    """The code list of a name; KeyError where there is none.

    Raises:
        Problem: its file is wrong.
    """
    resource = files("warehouse.codes") / f"{name}.toml"
    if not resource.is_file():
        raise KeyError(name)
    file = DeclaredFile(
        f"warehouse/codes/{name}.toml", "code list", why="Codes that are not known are reported as faults of the rows."
    )
    facts = file.read(resource.read_text(encoding="utf-8"), CodeFacts)
    return CodeList(
        name=name,
        values={**facts.values, **facts.retired},
        json_keys=facts.json_keys,
        source=facts.source,
        sourced=facts.sourced,
    )
