"""Passphrases of protected workbooks, passwords and keys: files in a folder the system mounts for this service alone.

systemd credentials and mounted secrets look like this. What a file holds never reaches the ledger, a log, an error or
a published file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

WORKBOOK = "workbook_passphrase"


def secret(folder: str, name: str) -> str | None:
    """What the secret of a name says, less the line end; None where the store has nothing for it that can be read.

    Args:
        folder: the setting; empty: there is no store.
    """
    if not folder:
        return None
    try:
        return (Path(folder) / name).read_text(encoding="utf-8").rstrip("\r\n") or None
    except (OSError, UnicodeDecodeError):
        return None


def secret_file(folder: str, name: str) -> Path | None:
    """The file of a secret, such as a private key; None where the store has none of this name."""
    path = Path(folder) / name
    return path if folder and path.is_file() else None


def workbook_passphrase(folder: str, source: str) -> str | None:
    """What opens the workbooks of a source; None where the store has nothing for it that can be read.

    Args:
        folder: the setting; empty: there is no store.
        source: folder of the drop.
    """
    return secret(folder, f"{WORKBOOK}_{source}") or secret(folder, WORKBOOK)


def passphrases_stand_for(folder: str) -> str:
    """A mark that changes when a passphrase does, so that a corrected one makes a new build.

    Two bytes of a slow hash: no use for confirming a guess, and one corrected passphrase in 65,536 goes unnoticed until
    something new arrives. Empty where there are none.
    """
    if not folder or not Path(folder).is_dir():
        return ""
    marks = []
    for path in sorted(Path(folder).glob(f"{WORKBOOK}*")):
        source = path.name.removeprefix(WORKBOOK).removeprefix("_")
        if said := workbook_passphrase(folder, source):
            mark = hashlib.scrypt(said.encode(), salt=path.name.encode(), n=1 << 14, r=8, p=1, dklen=2)
            marks.append(f"{path.name} {mark.hex()}")
    return ", ".join(marks)
