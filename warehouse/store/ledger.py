"""The history of the evidence: entries chained by hash, so that a change, a gap or a cut is found.

An entry is `ledger/<12 digits>.json` in the store, holds the SHA-256 of the previous entry, and is written once. Bodies
name hashes, keys and people's decisions; never a child's data.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Literal, NamedTuple, get_args

from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore, Missing

Kind = Literal["received", "refused", "withdrawn", "decided", "published", "sealed", "released", "opened", "disposed"]
KINDS: tuple[str, ...] = get_args(Kind)

_FIELDS = {"at", "body", "entry_id", "kind", "previous", "sequence"}
_FILE = re.compile(r"ledger/([0-9]{12})\.json")
_ENTRY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,199}", re.ASCII)
_RESTORE = "Restore the ledger's files from a backup. Never edit, rename or delete one."


class Head(NamedTuple):
    """The position of a ledger: its last sequence number and the SHA-256 of that entry's bytes."""

    sequence: int
    sha256: str


BEGINNING = Head(0, "0" * 64)


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger. `at` is in UTC; `sha256` is of its bytes."""

    sequence: int
    entry_id: str
    previous: str
    kind: str
    at: datetime
    body: Mapping[str, Any]
    sha256: str

    @property
    def head(self) -> Head:
        """The ledger's position after this entry."""
        return Head(self.sequence, self.sha256)


class Draft(NamedTuple):
    """An entry to append. By default `entry_id` is derived from the rest: the same draft again is the same entry."""

    kind: Kind
    body: Mapping[str, Any]
    at: datetime
    entry_id: str | None = None


class Ledger:
    """The ledger of one store. Any number of processes may append at once: it never forks, and no entry is lost.

    Entries are read once and remembered (they never change); `verify` reads all of them again. Use one object in one
    thread.
    """

    def __init__(self, store: EvidenceStore) -> None:
        self._store = store
        self._entries: list[Entry] = []
        self._by_id: dict[str, Entry] = {}

    def entries(self) -> list[Entry]:
        """Every entry up to now, in order. If the chain is broken, raises a Problem that names the entry."""
        self._catch_up()
        return list(self._entries)

    def head(self) -> Head:
        """The ledger's current position; `BEGINNING` if it is empty."""
        self._catch_up()
        return self._head()

    def last_at(self) -> datetime | None:
        """The moment of the last entry: the next one may not be earlier. None if the ledger is empty."""
        self._catch_up()
        return self._entries[-1].at if self._entries else None

    def append(self, kind: Kind, body: Mapping[str, Any], at: datetime, entry_id: str | None = None) -> Entry:
        """Append one entry and return it; if its entry_id is in the ledger already, return that one.

        Args:
            kind: what happened, one of `KINDS`.
            body: JSON values only; names hashes and keys, no personal data.
            at: when, an aware datetime; not before the ledger's last entry.
            entry_id: makes a retry harmless; by default derived from kind, body and at.

        Raises:
            Problem: `at` is naive or too early, the body is not JSON, another entry has the entry_id, or the ledger is
                damaged.
        """
        return self.append_many([Draft(kind, body, at, entry_id)])[0]

    def append_many(self, drafts: Iterable[Draft]) -> list[Entry]:
        """Append entries in the order given, like `append`. All are checked before the first is written.

        If it is killed half-way, the entries written so far stay; the same drafts again append the rest.
        """
        ready = [_ready(draft) for draft in drafts]
        if ready:
            self._catch_up()
        return [self._append(draft) for draft in ready]

    def until(self, moment: datetime | date | int) -> list[Entry]:
        """The entries known by then: a moment (inclusive), a day (its end, Europe/London) or a sequence number.

        Raises:
            Problem: the datetime is naive, or the ledger has no such number.
        """
        entries = self.entries()
        if isinstance(moment, int):
            if not 0 <= moment <= len(entries):
                raise Problem(
                    f"The ledger has no entry {moment}.",
                    why="What was known at that entry cannot be determined.",
                    fix=f"Give a number from 0 to {len(entries)}.",
                )
            return entries[:moment]
        if isinstance(moment, datetime):
            last = _utc(moment)
            return [entry for entry in entries if entry.at <= last]
        midnight = datetime.combine(moment + timedelta(days=1), time(), LONDON).astimezone(UTC)
        return [entry for entry in entries if entry.at < midnight]

    def verify(self, *known: Head) -> Head:
        """Read every entry again and check the whole chain; return the head.

        Finds an entry that was altered, removed, inserted or moved. A cut end, or a change to the last entry, can only
        be found by comparing with heads `known` from elsewhere: those in packs and published files, and what this
        object has read before.

        Raises:
            Problem: names the faulty entry.
        """
        before = [entry.head for entry in self._entries]
        for name in self._store.keys("ledger"):
            if not _FILE.fullmatch(name):
                raise _broken("A file in the ledger is not an entry.", name)
        numbers = self._numbers_after(0)
        contents = self._contents(numbers, fresh=True)
        entries = [_parse(number, content) for number, content in zip(numbers, contents, strict=True)]
        _check_chain(entries)
        for name in self._store.rewritten("ledger"):
            raise _broken("A file of the ledger was deleted or written again after it was first written.", name)
        head = entries[-1].head if entries else BEGINNING
        for sequence, sha256 in (*before, *known):
            if sequence > head.sequence:
                raise _broken(
                    f"The ledger's end has been cut off: it stops at entry {head.sequence}, "
                    f"but entry {sequence} was written.",
                    _key(head.sequence + 1),
                )
            if sequence and entries[sequence - 1].sha256 != sha256:
                raise _broken(f"Ledger entry {sequence} is not the one that was written.", _key(sequence))
        return head

    def _head(self) -> Head:
        return self._entries[-1].head if self._entries else BEGINNING

    def _catch_up(self) -> None:
        numbers = self._numbers_after(len(self._entries))
        for number, content in zip(numbers, self._contents(numbers), strict=True):
            self._remember(_parse(number, content))

    def _numbers_after(self, number: int) -> range:
        # Only the highest number is used from the listing: if others write meanwhile, it may lack a name in between.
        after = _key(number) if number else ""
        numbers = [int(match[1]) for name in self._store.keys("ledger", after) if (match := _FILE.fullmatch(name))]
        return range(number + 1, max(numbers, default=0) + 1)

    def _contents(self, numbers: Sequence[int], *, fresh: bool = False) -> list[bytes]:
        try:
            return self._store.read_many([_key(number) for number in numbers], fresh=fresh)
        except Missing as absent:
            number = next(number for number in numbers if _key(number) == absent.key)
            raise _broken(f"Ledger entry {number} is missing.", absent.key) from None

    def _take(self, number: int) -> Entry:
        """Read the entry that follows those already read."""
        return self._remember(_parse(number, *self._contents([number])))

    def _remember(self, entry: Entry) -> Entry:
        if entry.previous != self._head().sha256:
            raise _broken(
                f"Ledger entry {entry.sequence} does not follow from entry {entry.sequence - 1}: "
                "one of them was changed after it was written.",
                _key(entry.sequence),
            )
        if self._entries:
            _check_order(self._entries[-1], entry)
        self._entries.append(entry)
        self._by_id.setdefault(entry.entry_id, entry)
        return entry

    def _append(self, draft: _Ready) -> Entry:
        while True:
            known = self._by_id.get(draft.entry_id)
            if known is not None:
                if (known.kind, known.body) != (draft.kind, draft.body):
                    raise Problem(
                        f"The entry_id {draft.entry_id} belongs to another entry.",
                        where=_key(known.sequence),
                        why="The new entry would be lost.",
                        fix="Give the new entry an entry_id of its own.",
                    )
                return known
            last = self._entries[-1] if self._entries else None
            if last is not None and draft.at < last.at:
                raise Problem(
                    f"This was {draft.kind} at {draft.at.isoformat()}, "
                    f"before the ledger's last entry ({last.at.isoformat()}).",
                    where=_key(last.sequence),
                    why="What was known on a date would change afterwards.",
                    fix="Load history in the order it was received, or give the current time.",
                )
            head = self._head()
            number = head.sequence + 1
            fields = {
                "at": _written(draft.at),
                "body": draft.body,
                "entry_id": draft.entry_id,
                "kind": draft.kind,
                "previous": head.sha256,
                "sequence": number,
            }
            content = _canonical(fields)
            if self._store.put_if_absent(_key(number), content):
                return self._remember(_parse(number, content))
            # Another process was faster, or our own put succeeded and the answer was lost: the entry shows which.
            self._take(number)


class _Ready(NamedTuple):
    kind: str
    body: Any
    at: datetime
    entry_id: str


def _ready(draft: Draft) -> _Ready:
    if draft.kind not in KINDS:
        raise Problem(f"There is no kind of ledger entry called {draft.kind!r}.", fix=f"Use one of {', '.join(KINDS)}.")
    at = _utc(draft.at)
    try:
        body = json.loads(_canonical(dict(draft.body)))
    except (TypeError, ValueError) as error:
        raise Problem(
            f"The body of a {draft.kind} entry cannot be written as JSON ({type(error).__name__}).",
            why="An entry must read back exactly as it was written.",
            fix="Use text, numbers, true, false, null, lists and dictionaries with text keys.",
        ) from None
    if _keys_changed(draft.body):
        raise Problem(f"The body of a {draft.kind} entry has a key that is not text.", fix="Use text keys.")
    entry_id = draft.entry_id
    if entry_id is None:
        entry_id = hashlib.sha256(_canonical([draft.kind, body, _written(at)])).hexdigest()[:32]
    elif not _ENTRY_ID.fullmatch(entry_id):
        raise Problem("This is not an entry_id.", fix="Use letters, digits, `_`, `.`, `:` and `-`, at most 200.")
    return _Ready(draft.kind, body, at, entry_id)


def _keys_changed(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(not isinstance(key, str) or _keys_changed(item) for key, item in value.items())
    return isinstance(value, list | tuple) and any(_keys_changed(item) for item in value)


def _canonical(value: Any) -> bytes:
    """The one way a value is written: sorted keys, two spaces, LF, UTF-8."""
    return (json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise Problem(
            "A moment was given without its time zone.",
            why="An hour's difference can put evidence on the wrong day.",
            fix="Give an aware datetime, for instance in Europe/London or UTC.",
        )
    return moment.astimezone(UTC)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _key(number: int) -> str:
    return f"ledger/{number:012d}.json"


def _parse(number: int, content: bytes) -> Entry:
    try:
        fields = json.loads(content)
        canonical = set(fields) == _FIELDS and _canonical(fields) == content
        at = datetime.fromisoformat(fields["at"])
        if not canonical or fields["kind"] not in KINDS or _written(_utc(at)) != fields["at"]:
            raise ValueError
        entry = Entry(
            sequence=fields["sequence"],
            entry_id=fields["entry_id"],
            previous=fields["previous"],
            kind=fields["kind"],
            at=at.astimezone(UTC),
            body=fields["body"],
            sha256=hashlib.sha256(content).hexdigest(),
        )
    except (ValueError, TypeError, KeyError, AttributeError, Problem, RecursionError):
        raise _broken(f"Ledger entry {number} has been altered: it cannot be read as an entry.", _key(number)) from None
    if entry.sequence != number:
        raise _broken(f"Ledger entry {number} has been moved: inside it is entry {entry.sequence}.", _key(number))
    return entry


def _check_chain(entries: list[Entry]) -> None:
    fits = [
        entry.previous == head.sha256
        for entry, head in zip(entries, [BEGINNING, *(entry.head for entry in entries)], strict=False)
    ]
    if not all(fits):
        index = fits.index(False)
        # A link is broken at one of its two ends. The next entry, if there is one, proves the later end.
        if index == 0 or not all(fits[index + 1 : index + 2]):
            raise _broken(f"Ledger entry {index + 1} has been altered.", _key(index + 1))
        if index + 1 < len(entries):
            raise _broken(f"Ledger entry {index} has been altered.", _key(index))
        raise _broken(f"Ledger entry {index} or {index + 1} has been altered: they do not fit.", _key(index))
    for earlier, later in pairwise(entries):
        _check_order(earlier, later)


def _check_order(earlier: Entry, later: Entry) -> None:
    if later.at < earlier.at:
        raise _broken(f"Ledger entry {later.sequence} is dated before the entry it follows.", _key(later.sequence))


def _broken(what: str, key: str) -> Problem:
    return Problem(what, where=key, why="The history of the evidence can no longer be proved.", fix=_RESTORE)
