"""Where each source is pulled from and when it is due: one file (.toml) an operator writes, looked at fact by fact.

It holds no secrets: passwords, keys and connection strings are files in the folder of secrets.
"""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from flows.stores import is_bucket
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.extracts import received_files
from warehouse.store.ledger import Entry

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SFTP = "sftp://"
SFTP_PORT = 22

Kind = Literal["folder", "s3", "sftp", "sql", "delivered"]
AsAt = Literal["folder", "file_name", "pulled"]
KINDS: tuple[str, ...] = get_args(Kind)

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
FACTS: Mapping[str, tuple[str, ...]] = {
    "folder": ("kind", "place", "as_at", "files", "expected"),
    "s3": ("kind", "place", "as_at", "files", "expected"),
    "sftp": ("kind", "place", "as_at", "files", "user", "known_hosts", "expected"),
    "sql": ("kind", "schema", "tables", "as_at", "expected"),
    "delivered": ("kind", "expected"),
}
"""What the file may say of a source, by its kind."""

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "folder": ("place",),
    "s3": ("place",),
    "sftp": ("place", "user", "known_hosts"),
    "sql": (),
    "delivered": ("expected",),
}
_EXPECTED = ("weekday", "by", "days_old")


@dataclass(frozen=True, slots=True)
class DueTime:
    """When a source is due. By Europe/London's clock.

    Attributes:
        weekday: 0 is Monday; None: every day.
        by: the time of day.
        days_old: how many days before the day it is due the delivery may be true for. A delivery that made good an
            earlier week is told by this from the one that is due.
    """

    weekday: int | None
    by: datetime.time
    days_old: int

    @property
    def period(self) -> datetime.timedelta:
        """From one time it is due to the next, in days of the calendar (one of 23 hours is a day)."""
        return datetime.timedelta(days=1 if self.weekday is None else 7)

    def last_due(self, now: datetime.datetime) -> datetime.datetime:
        """The last moment it was due, `now` included."""
        day = now.astimezone(LONDON).date()
        while (due := self._due_on(day)) is None or due.astimezone(datetime.UTC) > now.astimezone(datetime.UTC):
            day -= datetime.timedelta(days=1)
        return due

    def before(self, due: datetime.datetime) -> datetime.datetime:
        """The time it was due before `due`."""
        return datetime.datetime.combine(due.date() - self.period, self.by, LONDON)

    def next_due(self, now: datetime.datetime) -> datetime.datetime:
        """The first moment after `now` that it is due."""
        return datetime.datetime.combine(self.last_due(now).date() + self.period, self.by, LONDON)

    def said(self) -> str:
        """`monday by 09:00`, `every day by 09:00`."""
        return f"{'every day' if self.weekday is None else WEEKDAYS[self.weekday]} by {self.by:%H:%M}"

    def _due_on(self, day: datetime.date) -> datetime.datetime | None:
        if self.weekday is not None and day.weekday() != self.weekday:
            return None
        return datetime.datetime.combine(day, self.by, LONDON)


@dataclass(frozen=True, slots=True)
class Source:
    """One source, as the file says.

    Attributes:
        name: its folder in a drop, such as `health`.
        kind: "delivered": the partner puts it into the drop; it is only watched.
        place: folder, s3:// or sftp:// address; empty for sql and delivered.
        as_at: what says the day a delivery is true for: the folder it lies in, the date in the file's name, or the day
            it is pulled (sql).
        files: patterns of the names that are taken (sql: of the tables); empty: all.
        user: account at the SFTP server.
        known_hosts: file that holds the SFTP server's host key.
        schema: of the tables in the database; empty: where the account's tables are.
        expected: when it is due; None: it is not watched.
    """

    name: str
    kind: Kind
    place: str = ""
    as_at: AsAt = "folder"
    files: tuple[str, ...] = ()
    user: str = ""
    known_hosts: str = ""
    schema: str = ""
    expected: DueTime | None = None

    def takes(self, name: str) -> bool:
        """Whether a file (or table) of this name is asked for, whatever its case."""
        return not self.files or any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self.files)

    def server(self) -> tuple[str, int, str]:
        """Host, port and folder of an SFTP source."""
        parts = urlsplit(self.place)
        return parts.hostname or "", parts.port or SFTP_PORT, parts.path or "/"


@dataclass(frozen=True, slots=True)
class Sources:
    """Every source of one file, in its order."""

    path: Path
    by_name: Mapping[str, Source]

    def __iter__(self) -> Iterator[Source]:
        return iter(self.by_name.values())

    def pulled(self) -> tuple[Source, ...]:
        """Those that are fetched, less those that are delivered."""
        return tuple(source for source in self if source.kind != "delivered")


@dataclass(frozen=True, slots=True)
class Late:
    """A source that is late.

    Attributes:
        due: the moment it was due.
        last_received: when anything of it was received last; None: never.
        newest_as_at: the day its newest delivery is true for; None where it has no dated one.
    """

    source: str
    due: datetime.datetime
    last_received: datetime.datetime | None
    newest_as_at: datetime.date | None


def late_sources(sources: Iterable[Source], entries: Iterable[Entry], now: datetime.datetime) -> list[Late]:
    """The sources of which nothing has come for the last time they were due.

    What counts is a file received after the time it was due before, and true for a day not more than `days_old` days
    before it was due: last week's delivery, come late, is not this week's. Files withdrawn do not count.

    Args:
        entries: of the ledger.
        now: an aware moment.
    """
    standing = list(received_files(entries).values())
    late = []
    for source in sources:
        if source.expected is None:
            continue
        due = source.expected.last_due(now)
        since = source.expected.before(due)
        oldest = due.date() - datetime.timedelta(days=source.expected.days_old)
        own = [extract for extract in standing if extract.source == source.name]
        if any(extract.received_at > since and (extract.as_at or oldest) >= oldest for extract in own):
            continue
        late.append(
            Late(
                source.name,
                due,
                max((extract.received_at for extract in own), default=None),
                max((extract.as_at for extract in own if extract.as_at), default=None),
            )
        )
    return late


def sources_file(named: str) -> Path:
    """The file of sources that the setting names.

    Raises:
        Problem: none is named.
    """
    if not named:
        raise Problem(
            "No file of sources is named.",
            where="DAYTWO_SOURCES",
            why="Where the sources are pulled from is not known.",
            fix="Write one (docs/pulling.md shows how) and set DAYTWO_SOURCES to its path.",
        )
    return Path(named)


def read_sources(path: Path) -> Sources:
    """Read the file of sources.

    Raises:
        Problem: it cannot be read, or says something that is not understood; table and key are named.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(
            "The file of sources cannot be read.",
            where=str(path),
            why=f"Where the sources are, and when they are due, is not known ({error.strerror}).",
            fix="Give the path of the file in DAYTWO_SOURCES; docs/pulling.md shows one.",
        ) from None
    except UnicodeDecodeError:
        raise Problem("The file of sources is not UTF-8 text.", where=str(path), fix="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"\((at .*?)\)$", str(error))
        raise Problem(
            "The file of sources is not TOML, or says one thing twice.",
            where=f"{path}{', ' + where[1] if where else ''}",
            fix="Put texts into quotation marks, and name each source once.",
        ) from None
    return Sources(path, {name: _Checked(path, name, facts).source() for name, facts in said.items()})


class _Checked:
    """What the file says of one source."""

    def __init__(self, path: Path, name: str, facts: Any) -> None:
        self._path = path
        self._name = name
        self._facts: dict[str, Any] = facts if isinstance(facts, dict) else {}
        self._is_table = isinstance(facts, dict)

    def source(self) -> Source:
        if not self._is_table or not _NAME.fullmatch(self._name):
            raise Problem(
                "This is not a source.",
                where=f"{self._path}, {self._name}",
                why="A source is named as its folder in a drop: lower-case letters, digits and underscores.",
                fix="Write a table for each source, such as [health].",
            )
        kind: Kind = self._word("kind", "", KINDS)
        for fact in self._facts:
            if fact not in FACTS[kind]:
                raise self._problem(
                    f"A source of kind {kind} has nothing called {fact}.", fact, fix=_nearest(fact, FACTS[kind])
                )
        for fact in _NEEDED[kind]:
            if not self._facts.get(fact):
                raise self._problem(f"A source of kind {kind} needs {fact}.", fact, fix=f"Add {fact}.")
        words = ("pulled",) if kind == "sql" else ("folder", "file_name")
        return Source(
            name=self._name,
            kind=kind,
            place=self._place(kind),
            as_at=self._word("as_at", words[0], words),
            files=self._patterns("tables" if kind == "sql" else "files"),
            user=self._text("user"),
            known_hosts=self._known_hosts(),
            schema=self._text("schema"),
            expected=self._expected(),
        )

    def _problem(self, what: str, fact: str, *, why: str = "", fix: str) -> Problem:
        return Problem(what, where=f"{self._path}, [{self._name}], {fact}", why=why, fix=fix)

    def _text(self, fact: str) -> str:
        said = self._facts.get(fact, "")
        if not isinstance(said, str) or said != said.strip():
            raise self._problem(
                f"{fact} is not a text, or has blanks around it.", fact, fix="Write it in quotation marks, without."
            )
        return said

    def _word(self, fact: str, default: str, words: tuple[str, ...]) -> Any:
        said = self._text(fact) or default
        if said not in words:
            raise self._problem(
                f"{fact} is missing." if not said else f"{fact} is none of the words that are known.",
                fact,
                fix=_nearest(said, words),
            )
        return said

    def _place(self, kind: Kind) -> str:
        place = self._text("place")
        if kind == "folder" and not Path(place).is_absolute():
            raise self._problem(
                "The place is not a whole path.",
                "place",
                why="A service does not start in the folder you are in.",
                fix="Write it from the root, such as /mnt/health/outgoing.",
            )
        if kind == "s3" and not (is_bucket(place) and place.removeprefix("s3://").split("/")[0]):
            raise self._problem("The place is not the address of a bucket.", "place", fix="Write s3://bucket/prefix.")
        if kind == "sftp":
            self._check_server(place)
        return place

    def _check_server(self, place: str) -> None:
        try:
            parts = urlsplit(place)
            plain = place.startswith(SFTP) and bool(parts.hostname) and (parts.port or SFTP_PORT) > 0
        except ValueError:
            plain = False
        if not plain or parts.query or parts.fragment:
            raise self._problem(
                "The place is not the address of an SFTP server.", "place", fix="Write sftp://host/folder."
            )
        if "@" in parts.netloc:
            raise self._problem(
                "The address names an account.",
                "place",
                why="A password may stand beside it, and this file holds no secrets.",
                fix="Write the account as user, and put its key or password into the folder of secrets.",
            )

    def _known_hosts(self) -> str:
        said = self._text("known_hosts")
        if said and not Path(said).is_absolute():
            raise self._problem("known_hosts is not a whole path.", "known_hosts", fix="Write it from the root.")
        return said

    def _patterns(self, fact: str) -> tuple[str, ...]:
        said = self._facts.get(fact, [])
        patterns = [said] if isinstance(said, str) else said
        if not isinstance(patterns, list) or not all(isinstance(one, str) and one.strip() for one in patterns):
            raise self._problem(f"{fact} is not a list of patterns.", fact, fix='Write one such as ["*.csv"].')
        if outside := [one for one in patterns if "/" in one]:
            raise self._problem(
                f"A pattern of {fact} names a folder.", fact, fix=f"Match the name alone: {outside[0].rsplit('/')[-1]}."
            )
        return tuple(one.strip() for one in patterns)

    def _expected(self) -> DueTime | None:
        said = self._facts.get("expected")
        if said is None:
            return None
        if not isinstance(said, dict):
            raise self._problem("expected is not a table.", "expected", fix='Write {weekday = "monday", by = "09:00"}.')
        for fact in said:
            if fact not in _EXPECTED:
                raise self._problem(f"expected has nothing called {fact}.", "expected", fix=_nearest(fact, _EXPECTED))
        weekday = said.get("weekday")
        if weekday is not None and str(weekday).lower() not in WEEKDAYS:
            raise self._problem(
                "weekday is no day of the week.", "expected", fix=_nearest(str(weekday).lower(), WEEKDAYS)
            )
        default = 1 if weekday is None else 6
        days_old = said.get("days_old", default)
        if not isinstance(days_old, int) or isinstance(days_old, bool) or not 0 <= days_old <= 366:
            raise self._problem("days_old is not a number of days.", "expected", fix=f"Write one, such as {default}.")
        return DueTime(
            None if weekday is None else WEEKDAYS.index(str(weekday).lower()), self._by(said.get("by")), days_old
        )

    def _by(self, said: Any) -> datetime.time:
        by = None
        if isinstance(said, str | datetime.time):
            with suppress(ValueError):
                by = datetime.time.fromisoformat(str(said))
        if by is None or by.tzinfo is not None:
            raise self._problem(
                "by is missing, or not a time of day.",
                "expected",
                why="Without it nobody can say when the source is late.",
                fix='Write it by Europe/London\'s clock, such as by = "09:00".',
            )
        return by


def _nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Nearest is {near[0]}." if near else f"There are: {', '.join(known)}."
