"""Which code wrote a file: the program's version and a hash of its own files, so that every change shows."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

PACKAGES = ("warehouse", "transforms", "expectations", "flows")
_KINDS = (".py", ".sql", ".toml", ".typ")


@cache
def code_version() -> str:
    """ "<version>+<first 12 digits of the SHA-256 of the names and bytes of the program's files>"."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for name, entry in sorted(_walk(files(package), package)):
            digest.update(name.encode())
            digest.update(hashlib.sha256(entry.read_bytes()).digest())
    return f"{version('daytwo')}+{digest.hexdigest()[:12]}"


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__":
                found += _walk(entry, f"{prefix}/{entry.name}")
        elif entry.name.endswith(_KINDS):
            found.append((f"{prefix}/{entry.name}", entry))
    return found
