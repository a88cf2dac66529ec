"""Receives the files of a drop: keeps each complete file once, exactly as it came, with a ledger entry."""

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
    """What receiving from a drop came to.

    Attributes:
        received: files new to the store, by their place in the drop.
        known: how many files the store had already.
        left_alone: what was not received, and why.
    """

    received: tuple[str, ...]
    known: int
    left_alone: tuple[str, ...]


class Seen:
    """Which bytes a file of a place had when it was last taken, so that what has not changed is not fetched again.

    Kept in a small file of this machine, which may be lost: then everything is fetched once more.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._sha256: dict[str, list[object]] = {}
        with suppress(OSError, ValueError, AttributeError):
            self._sha256 = dict(json.loads(file.read_text(encoding="utf-8")).items())

    def sha256(self, found: Found) -> str | None:
        """The hash of its bytes, where it is as it was when it was taken."""
        match self._sha256.get(found.place):
            case [size, mark, str(sha256)] if (size, mark) == found.listed.state:
                return sha256
        return None

    def keep(self, taken: Mapping[Found, str]) -> None:
        """Note the hashes of files taken now, for this place's next look; forget files it no longer has."""
        self._sha256 = {found.place: [*found.listed.state, sha256] for found, sha256 in taken.items()}
        partial_file = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial_file.write_text(json.dumps(self._sha256), encoding="utf-8")
            os.replace(partial_file, self._file)


def seen_before(place: Place, store: EvidenceStore, settings: Settings) -> Seen | None:
    """What a former look into a place found; None for a folder, whose files are read where they lie."""
    if isinstance(place, Folder):
        return None
    return Seen(seen_file(place.address, store, settings))


def seen_file(address: str, store: EvidenceStore, settings: Settings) -> Path:
    """Where a machine notes what it took from a place into a store."""
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

    All files are kept before the first is entered in the ledger. Where a run is killed in between, the next one does
    what is left: keeping a file twice changes nothing.

    Args:
        received_at: the moment written into the ledger.
        settle_seconds: how long a file of a folder must have been untouched, unless `_complete` lies next to it.
        seen: what the last run found in this place.

    Raises:
        Problem: the drop is not a folder, or is in a bucket that cannot be read.
    """
    left_alone: list[str] = []
    found = sorted(laid_out(place.listing(), left_alone), key=lambda file: file.listed.path)
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
    """Each file with where the store keeps it, or why it was left alone."""
    # Files of a folder are read where they lie.
    with nullcontext(Path()) if isinstance(place, Folder) else store.workspace("receive") as folder:
        take = partial(_take, place=place, store=store, folder=folder, disposed=disposed)
        # With a service it is the waiting that costs; a disk of this machine is not faster with several at once.
        if isinstance(place, DropBucket) or is_bucket(str(store)):
            with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
                kept = list(threads.map(take, enumerate(files)))
        else:
            kept = [take(numbered) for numbered in enumerate(files)]
    return list(zip(files, kept, strict=True))


def _entry_of(file: Found, kept: Stored, before: Extract | None, place: Place) -> dict[str, Any]:
    """What the ledger says of a file received; `before`: the file it takes the place of."""
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
    """Files that are as they were when taken, stand in the ledger and are kept, with their hash: none is fetched."""
    if seen is None:
        return {}
    said = {file: sha256 for file in found if (sha256 := seen.sha256(file)) and standing.get(file.slot) == sha256}
    kept = set(store.keys("extracts")) if said else set()
    return {file: sha256 for file, sha256 in said.items() if extract_key(sha256) in kept}


def _take(
    numbered: tuple[int, Found], *, place: Place, store: EvidenceStore, folder: Path, disposed: frozenset[str]
) -> Stored | str:
    """Keep one file; why it was left alone where it cannot be read, or may not be kept any more."""
    number, file = numbered
    path: Path | None = None
    try:
        path = place.bring(file.listed, folder / str(number))
        if disposed and sha256_of(path) in disposed:
            return "its bytes were disposed of, and are not taken again; remove it here too"
        return store.put_by_hash("extracts", path, move=not isinstance(place, Folder))
    except Changed:
        return "it changed while it was read; the next run takes it"
    except Problem:
        raise
    except OSError as error:
        # What can be read was not kept because the store failed: left alone, it would be missing from the figures.
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
