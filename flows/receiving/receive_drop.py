"""Receives the files of a drop: keeps each complete file once, exactly as received, with a ledger entry."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flows.receiving.places import (
    Changed,
    DropBucket,
    Folder,
    Found,
    Place,
    Staged,
    laid_out,
    wait_until_settled,
)
from flows.settings import Settings
from flows.stores import cache_folder, is_bucket
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore, Stored, sha256_of
from warehouse.store.extracts import Extract, known_extracts, received_files
from warehouse.store.keys import extract_key
from warehouse.store.ledger import Draft, Ledger

_SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of receiving a drop.

    Attributes:
        received: files new to the store, by their path in the drop.
        known: number of files already in the store.
        left_alone: what was not received, and why.
    """

    received: tuple[str, ...]
    known: int
    left_alone: tuple[str, ...]


class Seen:
    """Remembers the bytes of each file when it was last taken, so that unchanged files are not fetched again.

    Kept in a small file on this machine. If that is lost, everything is fetched once more.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._sha256: dict[str, list[object]] = {}
        with suppress(OSError, ValueError, AttributeError):
            self._sha256 = dict(json.loads(file.read_text(encoding="utf-8")).items())

    def sha256(self, found: Found) -> str | None:
        """The hash of its bytes if it has not changed since it was taken; otherwise None."""
        match self._sha256.get(found.place):
            case [size, mark, str(sha256)] if (size, mark) == found.listed.state:
                return sha256
        return None

    def keep(self, taken: Mapping[Found, str]) -> None:
        """Record the hashes of files taken now, for the next run; forget files the place no longer has."""
        self._sha256 = {found.place: [*found.listed.state, sha256] for found, sha256 in taken.items()}
        partial_file = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial_file.write_text(json.dumps(self._sha256), encoding="utf-8")
            os.replace(partial_file, self._file)


def seen_before(place: Place, store: EvidenceStore, settings: Settings) -> Seen | None:
    """What was taken from a place last time; None for a folder, whose files are read in place."""
    if isinstance(place, Folder):
        return None
    return Seen(seen_file(place.address, store, settings))


def seen_file(address: str, store: EvidenceStore, settings: Settings) -> Path:
    """The file in which this machine records what it took from a place into a store."""
    named = hashlib.sha256(f"{address}\n{store}".encode()).hexdigest()[:16]
    return cache_folder(settings) / "seen" / f"{named}.json"


def receive_drop(
    place: Place,
    store: EvidenceStore,
    ledger: Ledger,
    *,
    received_at: datetime.datetime,
    settle_seconds: float,
    seen: Seen | None = None,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Receipt:
    """Keep every complete file of a drop. A file with the same bytes as before changes nothing.

    All files are kept before the first is entered in the ledger. If a run is killed in between, the next one finishes
    the work: keeping a file twice changes nothing.

    Args:
        received_at: the moment written into the ledger.
        settle_seconds: how long a file in a folder must be unchanged, unless `_complete` is in its folder.
        seen: what the last run took from this place.

    Raises:
        Problem: the drop is not a folder, or is in a bucket that cannot be read.
    """
    laid, left_alone = laid_out(place.listing())
    found = sorted(laid, key=lambda file: file.listed.path)
    if isinstance(place, Folder):
        wait_until_settled(place, found, settle_seconds, now, sleep)
    entries = ledger.entries()
    before = received_files(entries)
    unchanged = unchanged_since(seen, found, {slot: extract.sha256 for slot, extract in before.items()}, store)
    new_or_changed = [file for file in found if file not in unchanged]
    taken: dict[Found, Stored] = {}
    for file, kept in _keep(new_or_changed, place, store, known_extracts(entries).disposed):
        if isinstance(kept, str):
            left_alone.append(f"{file.place}: {kept}")
        else:
            taken[file] = kept
    received = [
        file for file, kept in taken.items() if file.slot not in before or before[file.slot].sha256 != kept.sha256
    ]
    ledger.append_many(
        Draft("received", _entry_of(file, taken[file], before.get(file.slot), place), received_at) for file in received
    )
    if seen is not None:
        seen.keep({**unchanged, **{file: kept.sha256 for file, kept in taken.items()}})
    return Receipt(
        tuple(file.place for file in received), len(unchanged) + len(taken) - len(received), tuple(left_alone)
    )


def _keep(
    files: Sequence[Found], place: Place, store: EvidenceStore, disposed: frozenset[str]
) -> list[tuple[Found, Stored | str]]:
    """Each file with where the store keeps it, or why it was not received."""
    # Files in a folder are read in place.
    with nullcontext(Path()) if isinstance(place, Folder) else store.workspace("receive") as folder:
        take = partial(_take, place=place, store=store, folder=folder, disposed=disposed)
        # Most of the time with a service is waiting; a local disk is no faster with several files at once.
        if isinstance(place, DropBucket) or is_bucket(str(store)):
            with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
                kept = list(threads.map(take, enumerate(files)))
        else:
            kept = [take(numbered) for numbered in enumerate(files)]
    return list(zip(files, kept, strict=True))


def _entry_of(file: Found, kept: Stored, before: Extract | None, place: Place) -> dict[str, Any]:
    """The ledger's entry for a received file; `before`: the file it supersedes."""
    body: dict[str, Any] = {
        "source": file.source,
        "as_at": file.slot[1] or None,
        "release": file.release,
        "file_name": file.name,
        "sha256": kept.sha256,
        "size": kept.size,
        "supersedes": before.sequence if before else None,
    }
    if isinstance(place, Staged):
        body["pulled_from"] = dict(place.files[file.listed.path][1])
    return body


def unchanged_since(
    seen: Seen | None,
    found: Iterable[Found],
    standing: Mapping[tuple[str, str, str, str], str],
    store: EvidenceStore,
) -> dict[Found, str]:
    """Files unchanged since they were taken, in the ledger and in the store, with their hash: they are not fetched."""
    if seen is None:
        return {}
    said = {file: sha256 for file in found if (sha256 := seen.sha256(file)) and standing.get(file.slot) == sha256}
    kept = set(store.keys("extracts")) if said else set()
    return {file: sha256 for file, sha256 in said.items() if extract_key(sha256) in kept}


def _take(
    numbered: tuple[int, Found], *, place: Place, store: EvidenceStore, folder: Path, disposed: frozenset[str]
) -> Stored | str:
    """Keep one file; or say why it was not received: it cannot be read, or may no longer be kept."""
    number, file = numbered
    path: Path | None = None
    try:
        path = place.bring(file.listed, folder / str(number))
        if disposed and sha256_of(path) in disposed:
            return "its content was disposed of and is not received again; remove it from its source too"
        return store.put_by_hash("extracts", path, move=not isinstance(place, Folder))
    except Changed:
        return "it changed while being read; the next run takes it"
    except Problem:
        raise
    except OSError as error:
        # The file can be read, so the store failed. Skipping it would leave it out of the figures.
        if path is not None and (not isinstance(place, Folder) or _can_be_read(path)):
            raise
        return f"cannot be read ({error.strerror})"


def _can_be_read(path: Path) -> bool:
    """Whether the file can be read to its end."""
    try:
        sha256_of(path)
    except OSError:
        return False
    return True
