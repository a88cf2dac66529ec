"""Declared facts: a file is read as the dataclass declares, and an error names the fault, its place and the fix."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pytest

from warehouse.declared_facts import SUCH_AS, WRITTEN_AS, DeclaredFile, nearest
from warehouse.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    title: str
    day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    name: str
    begins: datetime.date = field(metadata={WRITTEN_AS: "from"})
    kind: Literal["folder", "sftp"]
    files: str | tuple[str, ...] = field(default=(), metadata={SUCH_AS: '["*.csv"]'})
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    is_open: bool = False
    by: str | datetime.time | None = None


FILE = DeclaredFile("a.toml", "trial file", why="It matters.", fix="Put it right.")
NEEDED = 'name = "a"\nfrom = 2026-04-01\nkind = "sftp"\n'


def test_every_kind_of_fact_is_read() -> None:
    said = NEEDED + (
        'files = ["a", "b"]\nis_open = true\nby = 09:00:00\n'
        '[codes.x]\n"1" = "one"\n[[parts]]\ntitle = "first"\n[[parts]]\ntitle = "second"\nday = 2\n'
    )
    assert FILE.read(said.encode(), Whole) == Whole(
        name="a",
        begins=datetime.date(2026, 4, 1),
        kind="sftp",
        files=("a", "b"),
        codes={"x": {"1": "one"}},
        parts=(Part(title="first"), Part(title="second", day=2)),
        is_open=True,
        by=datetime.time(9),
    )
    assert FILE.read(NEEDED + 'files = "a"', Whole).files == "a"


@pytest.mark.parametrize(
    ("said", "what", "where", "fix"),
    [
        ("name = ", "The trial file is not TOML", "a.toml, at ", "quotation marks"),
        (NEEDED + 'name = "b"', "gives one name twice", "a.toml, at ", "give each name once"),
        (NEEDED + 'fils = "a"', "No fact is called fils.", "a.toml, fils", "Nearest is files."),
        (NEEDED + 'zzz = "a"', "No fact is called zzz.", "a.toml, zzz", "Use one of: name, from, kind, files"),
        (NEEDED.replace("from", "begins"), "No fact is called begins.", "a.toml, begins", "Use one of: name, from"),
        (NEEDED.replace('name = "a"', ""), "name is missing.", "a.toml, name", "Add name."),
        (NEEDED.replace('"a"', '" "'), "name is missing.", "a.toml, name", "Add name."),
        (NEEDED.replace('kind = "sftp"', ""), "kind is missing.", "a.toml, kind", "Use one of: folder, sftp."),
        (NEEDED.replace("sftp", "sftpp"), "kind is not one of the known words.", "a.toml, kind", "Nearest is sftp."),
        (NEEDED.replace("2026-04-01", "2026-04-01T09:00:00"), "from is not a day", "a.toml, from", "2026-04-01"),
        (NEEDED + "files = 1", "files is not text in quotation marks or a list", "a.toml, files", '["*.csv"]'),
        (NEEDED + "files = [1]", "files is not text in quotation marks or a list", "a.toml, files", '["*.csv"]'),
        (NEEDED + "is_open = 1", "is_open is not true or false.", "a.toml, is_open", "true or false"),
        (NEEDED + "codes = 1", "codes is not a table of its own", "a.toml, codes", "[codes]"),
        (NEEDED + '[codes]\nx = "1"', "x is not a table of its own", "a.toml, codes, x", "[x]"),
        (NEEDED + "[codes.x]\n1 = 1", "1 is not text in quotation marks.", "a.toml, codes, x, 1", "Write it as text"),
        (NEEDED + "parts = [1]", "parts is not a list, each under [[parts]].", "a.toml, parts", "[[parts]]"),
        (NEEDED + "[[parts]]\nday = 1", "title is missing.", "a.toml, parts[1], title", "Add title."),
        (NEEDED + '[[parts]]\ntitle = "a"\nday = true', "day is not a whole number", "parts[1], day", "a whole number"),
        (NEEDED + '[[parts]]\ntitle = "a"\ndya = 1', "No fact is called dya.", "parts[1], dya", "Nearest is day."),
    ],
)
def test_an_error_names_the_fault_its_place_and_what_to_write(said: str, what: str, where: str, fix: str) -> None:
    with pytest.raises(Problem) as refused:
        FILE.read(said, Whole)
    assert what in refused.value.what
    assert where in refused.value.where
    assert fix in refused.value.fix
    assert refused.value.why == "It matters."


def test_a_file_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(Problem, match="UTF-8"):
        FILE.table(NEEDED.encode("utf-16"))


def test_a_message_never_repeats_a_value_and_stays_on_one_line() -> None:
    with pytest.raises(Problem) as refused:
        FILE.read(NEEDED.replace('"sftp"', '"KX77123"'), Whole)
    assert "KX77123" not in str(refused.value)
    with pytest.raises(Problem) as refused:
        FILE.read(NEEDED + '"a\\nb" = 1', Whole)
    assert "\n" not in refused.value.what + refused.value.where


def test_if_no_word_is_near_and_too_many_are_known_the_reference_is_named() -> None:
    assert nearest("zzz", (str(number) for number in range(31))) == "See docs/reference for what can be used."
