"""Where each source is fetched from and when it is due: one file (.toml) that an operator writes.

It holds no secrets: passwords, keys and connection strings are files in the folder of secrets.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from flows.stores import is_bucket
from warehouse.declared_facts import SUCH_AS, DeclaredFile, nearest
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFacts:
    """What the file may say about when a source is due; see DueTime."""

    weekday: str | None = None
    by: str | datetime.time | None = None
    days_old: int | None = None


EXPECTED_SUCH_AS = '{weekday = "monday", by = "09:00"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What the file may say about any source that is fetched; see Source."""

    kind: str
    expected: DueFacts | None = field(default=None, metadata={SUCH_AS: EXPECTED_SUCH_AS})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts(SourceFacts):
    """Facts of a source whose files are fetched from a folder or a bucket."""

    place: str
    as_at: Literal["folder", "file_name"] = "folder"
    files: str | tuple[str, ...] = field(default=(), metadata={SUCH_AS: '["*.csv"]'})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts(FileFacts):
    """Facts of a source whose files are fetched from an SFTP server."""

    user: str
    known_hosts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts(SourceFacts):
    """Facts of a source whose tables are read from a database."""

    schema: str = ""
    tables: str | tuple[str, ...] = field(default=(), metadata={SUCH_AS: '["ssd_*"]'})
    as_at: Literal["pulled"] = "pulled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredFacts:
    """Facts of a source whose owner delivers to the drop: only when it is due."""

    kind: str
    expected: DueFacts = field(metadata={SUCH_AS: EXPECTED_SUCH_AS})


FACTS: Mapping[Kind, type[FileFacts | DatabaseFacts | DeliveredFacts]] = {
    "folder": FileFacts,
    "s3": FileFacts,
    "sftp": ServerFacts,
    "sql": DatabaseFacts,
    "delivered": DeliveredFacts,
}
"""What the file may say about a source, by its kind."""


@dataclass(frozen=True, slots=True)
class DueTime:
    """When a source is due. By Europe/London's clock.

    Attributes:
        weekday: 0 is Monday; None: every day.
        by: the time of day.
        days_old: how many days before the due day the delivery's as-at date may be. This separates a late delivery of
            an earlier week from the one that is due.
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
        """The previous time it was due."""
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
    """One source, from the file.

    Attributes:
        name: its folder in a drop, such as `health`.
        kind: "delivered": the partner puts its files into the drop; Daytwo only watches for them.
        place: folder, s3:// or sftp:// address; empty for sql and delivered.
        as_at: what gives the as-at date of a delivery: the folder it is in, the date in the file's name, or the day it
            is fetched (sql).
        files: patterns of the names that are taken (sql: of the tables); empty: all.
        user: account at the SFTP server.
        known_hosts: file that holds the SFTP server's host key.
        schema: of the tables in the database; empty: every schema the account can see.
        expected: when it is due; None: Daytwo does not watch for it.
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
        """Those that Daytwo fetches: all but the delivered."""
        return tuple(source for source in self if source.kind != "delivered")


@dataclass(frozen=True, slots=True)
class Late:
    """A source that is late.

    Attributes:
        due: the moment it was due.
        last_received: when anything from it was last received; None: never.
        newest_as_at: the newest as-at date of its deliveries; None if none is dated.
    """

    source: str
    due: datetime.datetime
    last_received: datetime.datetime | None
    newest_as_at: datetime.date | None


def late_sources(sources: Iterable[Source], entries: Iterable[Entry], now: datetime.datetime) -> list[Late]:
    """The sources that have not sent the delivery that was last due.

    A delivery counts if it was received after the time the source was due before that, and its as-at date is at most
    `days_old` days before the day it was due: last week's delivery, sent late, is not this week's. Withdrawn files do
    not count.

    Args:
        entries: of the ledger.
        now: an aware moment.
    """
    received = list(received_files(entries).values())
    late = []
    for source in sources:
        if source.expected is None:
            continue
        due = source.expected.last_due(now)
        since = source.expected.before(due)
        oldest = due.date() - datetime.timedelta(days=source.expected.days_old)
        own = [extract for extract in received if extract.source == source.name]
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
        Problem: the setting is empty.
    """
    if not named:
        raise Problem(
            "No file of sources is named.",
            where="DAYTWO_SOURCES",
            why="Without it nothing can be fetched.",
            fix="Write one (docs/pulling.md shows how) and set DAYTWO_SOURCES to its path.",
        )
    return Path(named)


def read_sources(path: Path) -> Sources:
    """Read the file of sources.

    Raises:
        Problem: it cannot be read, or holds an unknown or wrong entry; table and key are named.
    """
    file = DeclaredFile(str(path), "file of sources")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise file.problem(
            "The file of sources cannot be read.",
            why=f"Daytwo does not know where the sources are or when they are due ({error.strerror}).",
            fix="Give the path of the file in DAYTWO_SOURCES; docs/pulling.md shows one.",
        ) from None
    return Sources(path, {name: _source(file, name, said) for name, said in file.table(content).items()})


def _source(file: DeclaredFile, name: str, said: Any) -> Source:
    """Read one source from the file."""
    if not isinstance(said, dict) or not _NAME.fullmatch(name):
        raise file.problem(
            "This is not a source.",
            name,
            why="A source has the name of its folder in a drop: lower-case letters, digits and underscores.",
            fix="Write a table for each source, such as [health].",
        )
    table = f"[{name}]"
    kind: Kind = file.word(said.get("kind"), KINDS, table, "kind")
    facts = file.facts(said, FACTS[kind], table)
    _check_texts(file, said, table)
    expected = _due_time(file, facts.expected, table) if facts.expected else None
    if isinstance(facts, DeliveredFacts):
        return Source(name, kind, expected=expected)
    if isinstance(facts, DatabaseFacts):
        tables = _patterns(file, facts.tables, table, "tables")
        return Source(name, kind, as_at=facts.as_at, files=tables, schema=facts.schema, expected=expected)
    _check_place(file, kind, facts.place, table)
    source = Source(
        name,
        kind,
        facts.place,
        facts.as_at,
        files=_patterns(file, facts.files, table, "files"),
        expected=expected,
    )
    if not isinstance(facts, ServerFacts):
        return source
    if not Path(facts.known_hosts).is_absolute():
        raise file.problem("known_hosts is not an absolute path.", table, "known_hosts", fix="Start it with /.")
    return replace(source, user=facts.user, known_hosts=facts.known_hosts)


def _check_texts(file: DeclaredFile, said: Mapping[str, object], table: str) -> None:
    for fact in ("place", "user", "known_hosts", "schema"):
        text = said.get(fact)
        if isinstance(text, str) and text != text.strip():
            raise file.problem(f"{fact} has spaces around it.", table, fact, fix="Remove them.")


def _check_place(file: DeclaredFile, kind: Kind, place: str, table: str) -> None:
    if kind == "folder" and not Path(place).is_absolute():
        raise file.problem(
            "The place is not an absolute path.",
            table,
            "place",
            why="A service does not start in the folder you are in.",
            fix="Start it with /, such as /mnt/health/outgoing.",
        )
    if kind == "s3" and not (is_bucket(place) and place.removeprefix("s3://").split("/")[0]):
        raise file.problem("The place is not the address of a bucket.", table, "place", fix="Write s3://bucket/prefix.")
    if kind == "sftp":
        _check_server(file, place, table)


def _check_server(file: DeclaredFile, place: str, table: str) -> None:
    try:
        parts = urlsplit(place)
        is_address = place.startswith(SFTP) and bool(parts.hostname) and (parts.port or SFTP_PORT) > 0
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment:
        raise file.problem(
            "The place is not the address of an SFTP server.", table, "place", fix="Write sftp://host/folder."
        )
    if "@" in parts.netloc:
        raise file.problem(
            "The address names an account.",
            table,
            "place",
            why="It may hold a password too, and this file must hold no secrets.",
            fix="Write the account as user, and put its key or password into the folder of secrets.",
        )


def _patterns(file: DeclaredFile, said: str | tuple[str, ...], table: str, fact: str) -> tuple[str, ...]:
    """Patterns of names; one may be written without the brackets."""
    patterns = (said,) if isinstance(said, str) else said
    if not all(one.strip() for one in patterns):
        raise file.problem(f"A pattern of {fact} is blank.", table, fact, fix=f"Leave {fact} out to take everything.")
    if outside := [one for one in patterns if "/" in one]:
        name = outside[0].rsplit("/")[-1]
        raise file.problem(f"A pattern of {fact} names a folder.", table, fact, fix=f"Match the name alone: {name}.")
    return tuple(one.strip() for one in patterns)


def _due_time(file: DeclaredFile, said: DueFacts, table: str) -> DueTime:
    weekday = None if said.weekday is None else said.weekday.lower()
    if weekday is not None and weekday not in WEEKDAYS:
        raise file.problem(
            "weekday is not a day of the week.", table, "expected", "weekday", fix=nearest(weekday, WEEKDAYS)
        )
    default = 1 if weekday is None else 6
    days_old = default if said.days_old is None else said.days_old
    if not 0 <= days_old <= 366:
        raise file.problem(
            "days_old is not a number of days.", table, "expected", "days_old", fix=f"Write one, such as {default}."
        )
    by = None
    if said.by is not None:
        with suppress(ValueError):
            by = datetime.time.fromisoformat(str(said.by))
    if by is None or by.tzinfo is not None:
        raise file.problem(
            "by is missing, or not a time of day.",
            table,
            "expected",
            "by",
            why="Without it Daytwo cannot tell when the source is late.",
            fix='Write it by Europe/London\'s clock, such as by = "09:00".',
        )
    return DueTime(None if weekday is None else WEEKDAYS.index(weekday), by, days_old)
