"""Pieces of a Markdown page, from which the generated reference is built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def page(title: str, source: str, *blocks: str) -> str:
    opening = f"<!-- Written by `daytwo docs` from {source}. Do not edit: change that, then run `make docs`. -->"
    return "\n\n".join([opening, f"# {title}", *(block.strip("\n") for block in blocks if block.strip())]) + "\n"


def cell(value: object) -> str:
    return str("" if value is None else value).replace("|", "\\|").replace("\n", " ").strip()


def table_of(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}"]
    return "\n".join([*lines, *(f"| {' | '.join(cell(value) for value in row)} |" for row in rows)])


def listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def tick(text: object) -> str:
    return f"`{text}`" if text not in (None, "") else ""


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return "".join(sign for sign in heading.lower().replace(" ", "-") if sign.isalnum() or sign in "-_")


def to_table(name: str, up: str = "") -> str:
    return f"[{name}]({up}tables.md#{anchor(name)})"


def to_indicator(code: str) -> str:
    return f"[{code}](indicators/{code}.md)"
