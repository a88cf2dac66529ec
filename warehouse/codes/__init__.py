"""Code lists: one TOML file each, with the name used in contracts. `[values]` are current, `[retired]` are former."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from warehouse.declared_facts import DeclaredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """The facts declared in a code list's file; see CodeList."""

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
        values: label by code, including retired codes: they are valid on rows from their time.
        json_keys: keys of a JSON column of flags, if the list is one.
        source, sourced: where the list was found, and how well it is sourced.
    """

    name: str
    values: dict[str, str]
    json_keys: tuple[str, ...]
    source: str
    sourced: str


@cache
def code_list(name: str) -> CodeList:
    """The code list with a name; KeyError if it does not exist.

    Raises:
        Problem: its file is wrong.
    """
    resource = files("warehouse.codes") / f"{name}.toml"
    if not resource.is_file():
        raise KeyError(name)
    file = DeclaredFile(
        f"warehouse/codes/{name}.toml", "code list", why="Unknown codes are reported as faults of the rows."
    )
    facts = file.read(resource.read_text(encoding="utf-8"), CodeFacts)
    return CodeList(
        name=name,
        values={**facts.values, **facts.retired},
        json_keys=facts.json_keys,
        source=facts.source,
        sourced=facts.sourced,
    )
