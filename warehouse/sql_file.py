"""A file of SQL with its facts in TOML in the opening comment and a worked example in the closing one."""

from __future__ import annotations

import tomllib
from typing import Any


def parts_of(text: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """Facts, SQL and worked example.

    Raises:
        ValueError: a comment is missing, or is not TOML.
    """
    opening, rest = text.split("*/", 1)
    query, closing = rest.split("/*", 1)
    return tomllib.loads(opening.split("/*", 1)[1]), query, tomllib.loads(closing.rsplit("*/", 1)[0])
