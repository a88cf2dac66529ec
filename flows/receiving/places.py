"""Places that sources deliver to: the files in them, and what a file's path in a drop says about it.

A drop is a folder or a prefix of a bucket, laid out as `<source>/<as at>/<file>`. Nothing in it is changed.
"""

from __future__ import annotations

import datetime
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from flows.receiving.sources import Source
from flows.stores import BUCKET, bucket_and_prefix, is_bucket, s3_client
from warehouse.problem import Problem, TransientFault
from warehouse.store.extracts import BENCHMARKS, DOCUMENTS, MAPPINGS

COMPLETE = "_complete"
_PLAIN = re.compile(r"[a-z][a-z0-9_]{0,40}")
_ATTEMPTS = 3  # boto3 retries a request, but not a body that is cut short
_DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4})(-?)(\d{2})\2(\d{2})(?!\d)")
_LEFT_ALONE = re.compile(
    r"^\.|^~\$|^_complete$|^thumbs\.db$|^desktop\.ini$|\.(tmp|part|partial|crdownload|filepart|lock)$", re.I
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One file, folder or link in a place.

    Attributes:
        path: below the place, `/` between parts.
        kind: folders are listed so that misplaced ones can be reported; links are never followed.
        size: in bytes.
        modified: seconds since 1970, by the place's own clock.
        tag: the place's own mark of the bytes (S3: the ETag); empty if it has none.
    """

    path: str
    kind: Literal["file", "folder", "link"] = "file"
    size: int = 0
    modified: float = 0.0
    tag: str = ""

    @property
    def state(self) -> tuple[int, float | str]:
        """What changes when the bytes do."""
        return (self.size, self.tag or self.modified)


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a drop, and what its path says about it. `is_marked`: `_complete` is in the same folder."""

    listed: Listed
    source: str
    as_at: datetime.date | None
    release: str
    name: str
    is_marked: bool

    @property
    def slot(self) -> tuple[str, str, str, str]:
        """What the file is a version of, like `Extract.slot`."""
        return (self.source, self.as_at.isoformat() if self.as_at else "", self.release, self.name)

    @property
    def place(self) -> str:
        """Its path in a drop."""
        return "/".join(part for part in self.slot if part)


class Changed(Exception):
    """A file has changed since it was listed: it is being written, or was removed."""


class Place(Protocol):
    """Where files are delivered. Daytwo only ever reads there."""

    @property
    def address(self) -> str:
        """For people and the ledger: a path or an address, without account or password."""
        ...

    @property
    def is_atomic(self) -> bool:
        """Whether every listed file is complete: an object in a bucket is never partly written."""
        ...

    def listing(self) -> list[Listed]:
        """Everything in the place, sorted by path and no deeper than the layout of a drop.

        Raises:
            Problem: the place does not exist, or this account may not list it.
        """
        ...

    def bring(self, file: Listed, to: Path) -> Path:
        """A file on this machine with the bytes: `to`, just written, or the file itself.

        Raises:
            Changed: it has changed since it was listed.
            OSError, TransientFault: it could not be read.
        """
        ...


class Stat(Protocol):
    """A file system's facts about one entry; sizes in bytes, times in seconds since 1970."""

    @property
    def st_mode(self) -> int: ...
    @property
    def st_size(self) -> int: ...
    @property
    def st_mtime(self) -> float: ...


def walked(entries_of: Callable[[str], Iterable[tuple[str, Stat]]], depth: int) -> list[Listed]:
    """Everything below a folder, sorted by path; links are not followed.

    Args:
        entries_of: gives the names and facts of a folder's entries, by the folder's path below the first (empty: the
            first itself).
        depth: how many folders deep to list.
    """

    def below(inside: str, depth: int) -> Iterator[Listed]:
        for name, there in entries_of(inside):
            path = f"{inside}/{name}" if inside else name
            if stat.S_ISDIR(there.st_mode):
                yield Listed(path, "folder")
                if depth > 1 and not _LEFT_ALONE.search(name):
                    yield from below(path, depth - 1)
            elif stat.S_ISREG(there.st_mode):
                yield Listed(path, "file", there.st_size, there.st_mtime)
            else:
                yield Listed(path, "link")

    return sorted(below("", depth), key=lambda listed: listed.path)


class Folder:
    """A folder on this machine, or a mounted share. Nothing is read before `listing`."""

    is_atomic = False

    def __init__(self, root: Path, depth: int = 3) -> None:
        self.root = root
        self._depth = depth

    @property
    def address(self) -> str:
        return str(self.root)

    def listing(self) -> list[Listed]:
        if not self.root.is_dir():
            raise Problem(
                "The drop is not a folder.",
                where=str(self.root),
                why="No extract can be received from it.",
                fix="Give --drop the folder that holds case_management/, health/ and the rest. Check that the share is"
                " mounted.",
            )
        return walked(self._entries, self._depth)

    def bring(self, file: Listed, to: Path) -> Path:
        return self.root / file.path

    def _entries(self, inside: str) -> Iterator[tuple[str, os.stat_result]]:
        with os.scandir(self.root / inside) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # renamed or removed since it was listed
                    yield entry.name, entry.stat(follow_symlinks=False)


class Share(Folder):
    """A folder that a pull copies from. A file that changed since it was listed is not taken."""

    def bring(self, file: Listed, to: Path) -> Path:
        original = self.root / file.path
        try:
            shutil.copyfile(original, to)
            there = original.stat()
        except FileNotFoundError:
            raise Changed(file.path) from None
        if (there.st_size, there.st_mtime) != file.state or to.stat().st_size != file.size:
            raise Changed(file.path)
        return to


class DropBucket:
    """A prefix of a bucket."""

    is_atomic = True

    def __init__(self, address: str, client: Any) -> None:
        self._bucket, prefix = bucket_and_prefix(address)
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = client

    @property
    def address(self) -> str:
        return f"{BUCKET}{self._bucket}/{self._prefix}".rstrip("/")

    def listing(self) -> list[Listed]:
        with self._explained():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            objects = [one for page in pages for one in page.get("Contents", ())]
        listed = []
        for one in objects:
            path = one["Key"].removeprefix(self._prefix)
            if not path or path.endswith("/"):
                continue  # what a console writes when someone creates a folder
            listed.append(Listed(path, "file", one["Size"], one["LastModified"].timestamp(), one["ETag"].strip('"')))
        return sorted(listed, key=lambda one: one.path)

    def bring(self, file: Listed, to: Path) -> Path:
        for attempt in range(_ATTEMPTS):
            try:
                # Only the version that was listed: a file replaced since then is taken next time.
                self._download(file, to)
                break
            except TransientFault:
                if attempt == _ATTEMPTS - 1:
                    raise
        if to.stat().st_size != file.size:
            raise Changed(file.path)
        return to

    def _download(self, file: Listed, to: Path) -> None:
        with self._explained():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + file.path, IfMatch=file.tag)
            with to.open("wb") as written:
                for block in answer["Body"].iter_chunks(1 << 20):
                    written.write(block)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn the service's errors into Problems."""
        from botocore.exceptions import BotoCoreError, ClientError

        told: Exception
        try:
            yield
            return
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
            if status == 412 or code in ("NoSuchKey", "404"):
                told = Changed(code)
            elif status >= 500 or status == 429 or code in ("SlowDown", "RequestTimeout"):
                told = self._unreachable(code or str(status))
            else:
                told = Problem(
                    "The bucket does not exist."
                    if code == "NoSuchBucket"
                    else f"The bucket refused a request ({code}).",
                    where=self.address,
                    why="No extract can be received from it.",
                    fix="Correct the address, or allow this account to list the prefix and read the objects below it"
                    " (s3:ListBucket, s3:GetObject).",
                )
        except BotoCoreError as error:
            told = self._unreachable(type(error).__name__)
        raise told

    def _unreachable(self, kind: str) -> TransientFault:
        return TransientFault(
            f"The S3 service could not be reached, or gave an unexpected answer ({kind}).",
            where=self.address,
            why="The files there were not received.",
            fix="Daytwo tries again automatically. If it keeps failing, check that the service is running, that this"
            " machine can reach it, and that the account's keys are set.",
        )


@dataclass(frozen=True, slots=True)
class Staged:
    """Files already fetched, by their path in a drop, each with its origin (for the ledger)."""

    address: str
    files: Mapping[str, tuple[Path, Mapping[str, Any]]]
    is_atomic: bool = True

    def listing(self) -> list[Listed]:
        return [Listed(path) for path in sorted(self.files)]

    def bring(self, file: Listed, to: Path) -> Path:
        return self.files[file.path][0]


def open_drop(drop: str) -> Place:
    """The place that `drop` names: a folder, or s3://bucket/prefix. Nothing is read from it yet.

    Raises:
        Problem: it begins with s3:// but names no bucket.
    """
    return DropBucket(drop, s3_client()) if is_bucket(drop) else Folder(Path(drop))


def laid_out(listing: Iterable[Listed], inside: str = "") -> tuple[list[Found], list[str]]:
    """The files whose path fits the layout of a drop, and why each other path does not.

    Args:
        inside: the source whose own folder was listed; empty: a whole drop.
    """
    listing = list(listing)
    marked = _marked(listing)
    found = []
    told: dict[str, None] = {}
    for listed in listing:
        own = listed.path.split("/")
        if any(_LEFT_ALONE.search(part) or not part for part in own):
            continue
        match _read_place(listed, [inside, *own] if inside else own):
            case str() as why:
                told.setdefault(why)
            case (source, as_at, release):
                found.append(Found(listed, source, as_at, release, own[-1], "/".join(own[:-1]) in marked))
    return found, list(told)


def laid_out_for(source: Source, listing: Iterable[Listed]) -> tuple[list[Found], list[str]]:
    """The files in one source's own place, with their paths in a drop, and why each other one is not received.

    Files that the source does not ask for are skipped.
    """
    asked = [
        one
        for one in listing
        if one.kind == "folder" or (name := one.path.rsplit("/", 1)[-1]) == COMPLETE or source.takes(name)
    ]
    if source.as_at == "folder":
        return laid_out(asked, source.name)
    is_marked = "" in _marked(asked)
    found: list[Found] = []
    left_alone: list[str] = []
    for listed in asked:
        name = listed.path
        if _LEFT_ALONE.search(name) or listed.kind == "folder" or "/" in name:
            continue
        day = day_in(name)
        if not _readable(name):
            left_alone.append(f"{source.name}/{_shown(name)}: {_NOT_UTF8}")
        elif listed.kind != "file":
            left_alone.append(f"{source.name}/{name}: {_NO_FILE}")
        elif day is None:
            left_alone.append(f"{source.name}/{name}: its name has no date, or several (20261031 or 2026-10-31)")
        else:
            found.append(Found(listed, source.name, day, "", name, is_marked))
    return found, left_alone


def day_in(name: str) -> datetime.date | None:
    """The date in a file's name, as 20261031 or 2026-10-31; None if it has no date, or several."""
    days = set()
    for year, _, month, day in _DAY_IN_NAME.findall(name):
        try:
            days.add(datetime.date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return days.pop() if len(days) == 1 else None


_NO_FILE = "a link or a folder, not a file"
_NOT_UTF8 = "its name is not UTF-8"

What = tuple[str, datetime.date | None, str]


def _read_place(listed: Listed, parts: list[str]) -> What | str | None:
    """Source, day and release of a file; or why its path does not fit a drop; or None for a folder that fits."""
    if not _readable(listed.path):
        return f"{_shown(listed.path)}: {_NOT_UTF8}"
    source, rest = parts[0], parts[1:]
    is_file, is_folder = listed.kind == "file", listed.kind == "folder"
    if not rest and not is_folder:
        return f"{source}: not inside a source's folder"
    if source in (DOCUMENTS, MAPPINGS):
        if not rest:
            return None
        return (source, None, "") if len(rest) == 1 and is_file else f"{source}/{rest[0]}: {_NO_FILE}"
    if source != BENCHMARKS and not _PLAIN.fullmatch(source):
        return f"{source}: not the name of a source (lower-case letters, digits, underscores)"
    if not rest:
        return None
    delivery = f"{source}/{rest[0]}"
    as_at = None if source == BENCHMARKS else _day(rest[0])
    if source != BENCHMARKS and as_at is None:
        return f"{delivery}: not a delivery named YYYY-MM-DD"
    if len(rest) == 1:
        return None if is_folder else f"{delivery}: a link or a file, not a folder of files"
    if len(rest) > 2 or not is_file:
        return f"{delivery}/{rest[1]}: {_NO_FILE}"
    return (source, as_at, rest[0] if source == BENCHMARKS else "")


def _day(name: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(name)
    except ValueError:
        return None
    # Two spellings of one day would each supersede the other, every night.
    return day if day.isoformat() == name else None


def _marked(listing: Iterable[Listed]) -> set[str]:
    """The folders with a `_complete` marker."""
    return {one.path.rpartition("/")[0] for one in listing if one.path.rsplit("/", 1)[-1] == COMPLETE}


def _readable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(path: str) -> str:
    return path.encode(errors="backslashreplace").decode()


def wait_until_settled(
    folder: Folder,
    found: Iterable[Found],
    seconds: float,
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    """Wait until no unmarked file has changed for `seconds`, so that a half-copied file is not taken."""
    unmarked = [folder.root / file.listed.path for file in found if not file.is_marked]
    while unmarked:
        youngest = max((path.stat().st_mtime for path in unmarked if path.exists()), default=0.0)
        age = now() - youngest
        # A share whose clock is fast must not hold up the run for ever.
        if age >= seconds or age < -seconds:
            return
        sleep(max(0.05, seconds - age))
