"""Passphrases of protected workbooks, passwords and keys: files in a folder the system mounts for this service only.

systemd credentials and mounted secrets look like this. The content of a file never reaches the ledger, a log, an error
or a published file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

WORKBOOK = "workbook_passphrase"


def secret(folder: str, name: str) -> str | None:
    """The text of a secret, without its line end; None if there is none that can be read.

    Args:
        folder: the setting; empty: there are no secrets.
    """
    if not folder:
        return None
    try:
        return (Path(folder) / name).read_text(encoding="utf-8").rstrip("\r\n") or None
    except (OSError, UnicodeDecodeError):
        return None


def secret_file(folder: str, name: str) -> Path | None:
    """The file of a secret, such as a private key; None if there is none of this name."""
    path = Path(folder) / name
    return path if folder and path.is_file() else None


def workbook_passphrase(folder: str, source: str) -> str | None:
    """The passphrase for a source's workbooks; None if there is none that can be read.

    Args:
        folder: the setting; empty: there are no secrets.
        source: folder of the drop.
    """
    return secret(folder, f"{WORKBOOK}_{source}") or secret(folder, WORKBOOK)


def passphrases_stand_for(folder: str) -> str:
    """A mark that changes when a passphrase does, so that a corrected one causes a new build.

    Two bytes of a slow hash: too short to confirm a guess. One corrected passphrase in 65,536 goes unnoticed until
    something new arrives. Empty if there are no passphrases.
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
