"""Takes what lies in a drop into the store: each complete file once, exactly as received, with a ledger entry."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from warehouse.evidence_store import EvidenceStore, put_extract
from warehouse.extracts import BENCHMARKS, DOCUMENTS, MAPPINGS, received_files
from warehouse.ledger import Draft, Ledger
from warehouse.problem import Problem

COMPLETE = "_complete"
_PLAIN = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LEFT_ALONE = re.compile(
    r"^\.|^~\$|^_complete$|^thumbs\.db$|^desktop\.ini$|\.(tmp|part|partial|crdownload|lock)$", re.I
)


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a drop and what its place says of it."""

    path: Path
    source: str
    as_at: datetime.date | None
    release: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a look into a drop came to: files new to the store, files it had, and what was left alone and why."""

    received: tuple[str, ...]
    known: int
    left_alone: tuple[str, ...]


def receive_drop(
    drop: Path,
    store: EvidenceStore,
    ledger: Ledger,
    *,
    received_at: datetime.datetime,
    settle_seconds: float,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Receipt:
    """Keep every complete file of a drop; the same bytes again are a no-op.

    Args:
        received_at: the moment written into the ledger.
        settle_seconds: how long a file must have been untouched, where no `_complete` marker lies beside it.

    Raises:
        Problem: the drop is not a folder.
    """
    if not drop.is_dir():
        raise Problem(
            "The drop is not a folder.",
            where=str(drop),
            why="No extract can be received from it.",
            fix="Give --drop the folder that holds case_management/, health/ and the rest.",
        )
    left_alone: list[str] = []
    found = sorted(_files(drop, left_alone), key=lambda file: str(file.path))
    _wait_until_settled(found, settle_seconds, now, sleep)
    standing = received_files(ledger.entries())
    drafts: list[Draft] = []
    names: list[str] = []
    known = 0
    for file in found:
        try:
            stored = put_extract(store, file.path)
        except OSError as error:
            left_alone.append(f"{_place(file, drop)}: cannot be read ({error.strerror})")
            continue
        slot = (file.source, file.as_at.isoformat() if file.as_at else "", file.release, file.path.name)
        if slot in standing and standing[slot].sha256 == stored.sha256:
            known += 1
            continue
        names.append(_place(file, drop))
        drafts.append(
            Draft(
                "received",
                {
                    "source": file.source,
                    "as_at": slot[1] or None,
                    "release": file.release,
                    "file_name": file.path.name,
                    "sha256": stored.sha256,
                    "size": stored.size,
                    "supersedes": standing[slot].sequence if slot in standing else None,
                },
                received_at,
            )
        )
    ledger.append_many(drafts)
    return Receipt(tuple(names), known, tuple(left_alone))


def _place(file: Found, drop: Path) -> str:
    return file.path.relative_to(drop).as_posix()


def _files(drop: Path, left_alone: list[str]) -> Iterator[Found]:
    """The files whose place in the drop says what they are; what has no such place is named in `left_alone`."""
    for folder in sorted(drop.iterdir()):
        if not folder.is_dir() or folder.is_symlink():
            if not _LEFT_ALONE.search(folder.name):
                left_alone.append(f"{folder.name}: not inside a source's folder")
            continue
        if folder.name in (DOCUMENTS, MAPPINGS):
            yield from (Found(path, folder.name, None, "") for path in _plain_files(folder, drop, left_alone))
        elif folder.name == BENCHMARKS:
            for release in sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.is_symlink()):
                files = _plain_files(release, drop, left_alone)
                yield from (Found(path, BENCHMARKS, None, release.name) for path in files)
        elif not _PLAIN.fullmatch(folder.name):
            left_alone.append(f"{folder.name}: not the name of a source (lower-case letters, digits, underscores)")
        else:
            for delivery in sorted(folder.iterdir()):
                try:
                    as_at = datetime.date.fromisoformat(delivery.name)
                except ValueError:
                    if not _LEFT_ALONE.search(delivery.name):
                        left_alone.append(f"{folder.name}/{delivery.name}: not a delivery named YYYY-MM-DD")
                    continue
                if delivery.is_dir() and not delivery.is_symlink():
                    files = _plain_files(delivery, drop, left_alone)
                    yield from (Found(path, folder.name, as_at, "") for path in files)


def _plain_files(folder: Path, drop: Path, left_alone: list[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if _LEFT_ALONE.search(path.name):
            continue
        if path.is_symlink() or not path.is_file():
            left_alone.append(f"{path.relative_to(drop).as_posix()}: a link or a folder, not a file")
        else:
            yield path


def _wait_until_settled(
    found: list[Found], seconds: float, now: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    """Wait until no unmarked file has been touched for `seconds`: a half-copied file must not be taken."""
    unmarked = [file.path for file in found if not (file.path.parent / COMPLETE).exists()]
    while unmarked:
        youngest = max((path.stat().st_mtime for path in unmarked if path.exists()), default=0.0)
        age = now() - youngest
        # A clock that runs ahead on the share must not hold the run for ever.
        if age >= seconds or age < -seconds:
            return
        sleep(max(0.05, seconds - age))
