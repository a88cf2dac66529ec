"""An SQL file that declares its facts in TOML in its opening comment; a closing comment may have a worked example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic

from warehouse.declared_facts import DeclaredFile, Facts


@dataclass(frozen=True, slots=True)
class SqlFile(Generic[Facts]):
    """The content of an SQL file; the example is empty if there is none."""

    facts: Facts
    sql: str
    example: dict[str, Any]


def read_sql_file(text: str, file: DeclaredFile, kind: type[Facts]) -> SqlFile[Facts]:
    """Read an SQL file.

    Args:
        kind: the dataclass of its facts.

    Raises:
        Problem: it does not begin with a comment, a comment is not TOML, or a fact is invalid.
    """
    opening, end, rest = text.partition("*/")
    if not end or not opening.startswith("/*"):
        raise file.problem(f"The {file.kind} does not begin with a comment that declares its facts.")
    sql, begin, closing = rest.partition("/*") if rest.rstrip().endswith("*/") else (rest, "", "")
    example = file.table(closing.rpartition("*/")[0]) if begin else {}
    return SqlFile(file.read(opening.removeprefix("/*"), kind), sql.lstrip("\n"), example)
