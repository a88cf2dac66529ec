"""Reads facts declared in TOML into dataclasses: one reader for all such files.

A dataclass declares which facts exist, how each is written, and which may be left out. Anything else in the file is a
`Problem` that names the file, the place in it and the nearest known word. The error repeats the names of facts, never
their values.
"""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from warehouse.problem import Problem

Facts = TypeVar("Facts")

WRITTEN_AS = "written_as"
"""Metadata of a dataclass's field: the fact's name in the file, if it is a Python keyword."""
SUCH_AS = "such_as"
"""Metadata of a dataclass's field: an example of a value, for whoever corrects the file."""

_WRITTEN: Mapping[type, str] = {
    str: "text in quotation marks",
    datetime.date: "a day without quotation marks, such as 2026-04-01",
    datetime.time: "a time of day, such as 09:00:00",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


@dataclass(frozen=True, slots=True)
class DeclaredFile:
    """A file of declared facts, and the texts for its errors.

    Attributes:
        name: the file's name in errors.
        kind: the kind of file ("mapping", "file of sources").
        why: why an error in it matters.
        fix: what to do if there is no more specific advice.
    """

    name: str
    kind: str
    why: str = ""
    fix: str = ""

    def read(self, content: bytes | str, kind: type[Facts]) -> Facts:
        """The whole file as a dataclass.

        Raises:
            Problem: see `table` and `facts`.
        """
        return self.facts(self.table(content), kind)

    def table(self, content: bytes | str) -> dict[str, Any]:
        """The content of the file, in TOML's own types.

        Raises:
            Problem: it is not UTF-8 text or not TOML, or gives one name twice.
        """
        try:
            return tomllib.loads(content.decode("utf-8") if isinstance(content, bytes) else content)
        except UnicodeDecodeError:
            raise self.problem(f"The {self.kind} is not UTF-8 text.", fix="Save it as UTF-8.") from None
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"\((at .*?)\)$", str(error))
            raise self.problem(
                f"The {self.kind} is not TOML, or gives one name twice.",
                *([at[1]] if at else []),
                fix="Put texts in quotation marks, and give each name once.",
            ) from None

    def facts(self, said: Any, kind: type[Facts], *place: str) -> Facts:
        """A table of the file as a dataclass.

        Args:
            said: the file's content at that place.
            kind: the dataclass; its fields are text, whole numbers, days, Literals, tuples, mappings, other dataclasses
                and unions of them. A fact without a default is required; required text and tables may not be empty.
            place: its place in the file.

        Raises:
            Problem: a fact is unknown, is missing, or is not written as the dataclass declares.
        """
        if not isinstance(said, dict):
            raise self._not_written(kind, *place)
        known = _declared(kind)  # type: ignore[arg-type]
        for key in said:
            if key not in known:
                raise self.problem(f"No fact is called {key}.", *place, key, fix=nearest(key, known))
        given: dict[str, Any] = {}
        for key, (field, of) in known.items():
            is_needed = field.default is MISSING and field.default_factory is MISSING
            if is_needed and _is_empty(said.get(key), of):
                such_as = field.metadata.get(SUCH_AS)
                fix = f"Add {key}{f', such as {such_as}' if such_as else ''}."
                raise self.problem(f"Fact {key} is missing.", *place, key, fix=_words(of) or fix)
            if key in said:
                given[field.name] = self._value(of, said[key], (*place, key), field.metadata.get(SUCH_AS, ""))
        return kind(**given)

    def word(self, said: object, known: Iterable[Any], *place: str) -> Any:
        """The value, if it is one of the known words.

        Raises:
            Problem: it is not; names the nearest one.
        """
        known = list(known)
        if any(type(one) is type(said) and one == said for one in known):
            return said
        fault = "is missing" if said in (None, "") else "is not one of the known words"
        raise self.problem(f"Fact {place[-1]} {fault}.", *place, fix=nearest(str(said or ""), map(str, known)))

    def problem(self, what: str, *place: str, why: str = "", fix: str = "") -> Problem:
        """The Problem for a fault at a place in the file."""
        where = ", ".join((self.name, *place))
        return Problem(_one_line(what), where=_one_line(where), why=why or self.why, fix=_one_line(fix or self.fix))

    def _not_written(self, kind: Any, *place: str, such_as: str = "") -> Problem:
        name = place[-1] if place else self.kind
        written = _written(kind, name)
        fix = f"Write it as {written}{f', such as {such_as}' if such_as else ''}."
        return self.problem(f"{'Fact' if place else 'The'} {name} is not {written}.", *place, fix=fix)

    def _value(self, kind: Any, said: Any, place: tuple[str, ...], such_as: str = "") -> Any:
        of = next((one for one in _alternatives(kind) if _fits(one, said)), None)
        if of is None:
            raise self._not_written(kind, *place, such_as=such_as)
        if is_dataclass(of):
            return self.facts(said, of, *place)  # type: ignore[arg-type]
        origin, parts = get_origin(of), get_args(of)
        if origin is Literal:
            return self.word(said, parts, *place)
        if origin is tuple:
            *above, name = place
            return tuple(self._value(parts[0], one, (*above, f"{name}[{at}]")) for at, one in enumerate(said, start=1))
        if origin is not None:
            return {key: self._value(parts[1], one, (*place, key)) for key, one in said.items()}
        return said


def nearest(word: str, known: Iterable[str]) -> str:
    """Advice on an unknown word: the nearest known word, or all of them."""
    known = list(known)
    if near := difflib.get_close_matches(word, known, n=1, cutoff=0.6):
        return f"Nearest is {near[0]}."
    return f"Use one of: {', '.join(known)}." if len(known) <= 30 else "See docs/reference for what can be used."


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


@cache
def _declared(kind: type) -> Mapping[str, tuple[Field[Any], Any]]:
    """The facts a dataclass declares, with their types, by their names in the file."""
    hints = get_type_hints(kind)
    return {one.metadata.get(WRITTEN_AS, one.name): (one, hints[one.name]) for one in fields(kind)}


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _fits(kind: Any, said: Any) -> bool:
    """Whether TOML's value is of the kind; its content is checked later."""
    origin = get_origin(kind)
    if is_dataclass(kind) or _is_mapping(kind):
        return isinstance(said, dict)
    if origin is tuple:
        item = get_args(kind)[0]
        return isinstance(said, list) and all(_fits(item, one) for one in said)
    if origin is Literal:
        return any(type(said) is type(word) for word in get_args(kind))
    # By the exact type: in Python a datetime is also a date, and True is also a number.
    return type(said) is kind


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _is_empty(said: Any, kind: Any) -> bool:
    """Whether a required fact is missing: absent, blank text or an empty table; a list may be empty."""
    if isinstance(said, str):
        return not said.strip()
    return said is None or (_is_mapping(kind) and said == {})


def _words(kind: Any) -> str:
    """The allowed words, if a fact is one of a few; otherwise empty."""
    return nearest("", map(str, get_args(kind))) if get_origin(kind) is Literal else ""


def _written(kind: Any, name: str) -> str:
    """How a fact is written, in words."""
    return " or ".join(dict.fromkeys(_written_one(one, name) for one in _alternatives(kind) if one is not type(None)))


def _written_one(kind: Any, name: str) -> str:
    if get_origin(kind) is tuple:
        return "a list of texts in square brackets" if get_args(kind)[0] is str else f"a list, each under [[{name}]]"
    if get_origin(kind) is Literal:
        return f"one of {', '.join(map(str, get_args(kind)))}"
    if is_dataclass(kind) or _is_mapping(kind):
        return f"a table of its own, such as [{name}]"
    return _WRITTEN[kind]
