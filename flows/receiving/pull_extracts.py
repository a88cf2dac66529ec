"""Fetches extracts from folders, buckets, SFTP servers and databases, and receives them as if from a drop.

Nothing is changed at the source. A delivery is taken whole: while one of its files is still being written, the others
wait. A source that fails does not stop the others.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from flows.callbacks import Clock, Say, carry_out, silent
from flows.receiving.places import Changed, DropBucket, Found, Place, Share, Staged, laid_out_for
from flows.receiving.receive_drop import Seen, receive_drop, seen_file, unchanged_since
from flows.receiving.sources import Source, Sources, late_sources
from flows.safe_errors import without_values
from flows.settings import Settings
from flows.stores import s3_client
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.extracts import received_files
from warehouse.store.keys import WRITER
from warehouse.store.ledger import Ledger

Writing = Callable[[], AbstractContextManager[None]]
StagedFiles = dict[str, tuple[Path, Mapping[str, Any]]]

PULL = "pull"
WAIT_SECONDS = 15 * 60.0
"""How long to wait for a nightly run that is writing; it takes minutes."""

_SIDE_BY_SIDE = 8
BEING_WRITTEN = "still being written; the next pull takes it"
WITH_ITS_DELIVERY = "waits for the rest of its delivery"


@dataclass(frozen=True, slots=True)
class PulledSource:
    """The result of pulling one source.

    Attributes:
        received: files new to the store, by their path in a drop.
        known: number of files already in the store.
        left: files not taken, and why.
        problem: why it could not be pulled; None if it was.
    """

    name: str
    kind: str
    received: tuple[str, ...] = ()
    known: int = 0
    left: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a pull, source by source."""

    sources: tuple[PulledSource, ...]

    @property
    def failed(self) -> tuple[PulledSource, ...]:
        return tuple(source for source in self.sources if source.problem is not None)

    @property
    def said(self) -> str:
        """One sentence, with counts only."""
        received = sum(len(source.received) for source in self.sources)
        known = sum(source.known for source in self.sources)
        left = sum(len(source.left) for source in self.sources)
        said = f"{received} files received from {len(self.sources)} sources, {known} already known"
        said += f", {left} not taken" if left else ""
        names = ", ".join(source.name for source in self.failed)
        return f"{said}; could not be pulled: {names}." if names else f"{said}."

    def lines(self) -> list[str]:
        """For a person at the command line."""
        lines = []
        for source in self.sources:
            if source.problem is None:
                lines.append(f"{source.name}: {len(source.received)} files received, {source.known} already known.")
            else:
                lines.append(f"{source.name}: {source.problem}")
            lines += [f"  received: {place}" for place in source.received]
            lines += [f"  not taken: {why}" for why in source.left]
        return lines

    def as_json(self) -> dict[str, Any]:
        """For machines: `--json`."""
        return {
            "said": self.said,
            "sources": [
                {
                    "source": source.name,
                    "kind": source.kind,
                    "received": list(source.received),
                    "known": source.known,
                    "left": list(source.left),
                    "problem": str(source.problem) if source.problem else None,
                }
                for source in self.sources
            ],
        }


def pull_extracts(
    store: EvidenceStore,
    sources: Sources,
    names: Sequence[str] = (),
    *,
    settings: Settings,
    now: Clock,
    as_at: datetime.date | None = None,
    say: Say = silent,
    writing: Writing | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Pulled:
    """Pull sources into the store.

    Args:
        names: of sources; none: every one that is pulled.
        now: the clock; the ledger records when each file was received.
        as_at: sql: the day the tables are true for, by default today; other kinds: take only deliveries of that day.
        say: called with each step, or carries it out in this thread.
        writing: held while receiving; by default waits for the store's writer lock and holds it.
        sleep: waits for files to settle.

    Raises:
        Problem: a source is not in the file or is not pulled, or another pull is running.
    """
    chosen = _chosen(sources, names)
    done = []
    with store.lock(PULL), store.workspace(PULL) as folder:
        pull = _Pull(store, settings, now, as_at, say, writing or partial(writer_in_turn, store), sleep)
        for source in chosen:
            own = folder / source.name
            own.mkdir()
            try:
                # Any other error becomes a Problem too, without values.
                work = partial(without_values, partial(pull.source, source, own))
                done.append(carry_out(say, f"pulling {source.name}", work))
            except Problem as problem:
                done.append(PulledSource(source.name, source.kind, problem=problem))
    return Pulled(tuple(done))


@contextmanager
def writer_in_turn(store: EvidenceStore, waiting_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Wait for the run that holds the writer's lock, then hold it.

    Raises:
        Problem: another run still holds it.
    """
    until = time.monotonic() + waiting_seconds
    with ExitStack() as held:
        while any(holder.lock == WRITER for holder in store.holders()) and time.monotonic() < until:
            time.sleep(0.5)
        held.enter_context(store.lock(WRITER))
        yield


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What was fetched from a source: files by their path in a drop, files not taken, and unchanged files not fetched.

    `known`: how many of the unchanged files were asked for.
    """

    staged: StagedFiles
    left: list[str]
    new: Sequence[Found] = ()
    unchanged: Mapping[Found, str] = field(default_factory=dict)
    known: int = 0
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class _Pull:
    """A pull in progress."""

    store: EvidenceStore
    settings: Settings
    now: Clock
    as_at: datetime.date | None
    say: Say
    writing: Writing
    sleep: Callable[[float], None]

    def source(self, source: Source, folder: Path) -> PulledSource:
        if source.kind == "sql":
            fetched = self._tables(source, folder)
        else:
            with _opened(source, self.settings) as place:
                fetched = self._files(source, place, folder)
        # The source's connection is closed by now: no server is kept waiting while another run writes.
        pulled = self._receive(source, fetched)
        if fetched.seen is not None:
            standing = _hashes_by_slot(self.store)
            fetched.seen.keep(
                {**fetched.unchanged} | {file: standing[file.slot] for file in fetched.new if file.slot in standing}
            )
        return pulled

    def _tables(self, source: Source, folder: Path) -> _Fetched:
        from flows.receiving.sql_tables import write_tables

        as_at = self.as_at or self.now().astimezone(LONDON).date()
        written, missing = write_tables(
            source, self.settings.secrets, folder, memory_limit=self.settings.memory_limit, say=self.say
        )
        staged: StagedFiles = {f"{source.name}/{as_at}/{name}": file for name, file in written.items()}
        return _Fetched(staged, [f"{source.name}/{as_at}/{table}: the database has no such table" for table in missing])

    def _files(self, source: Source, place: Place, folder: Path) -> _Fetched:
        found, left = laid_out_for(source, place.listing())
        seen = Seen(seen_file(place.address, self.store, self.settings))
        unchanged = unchanged_since(seen, found, _hashes_by_slot(self.store), self.store)
        new = [file for file in found if file not in unchanged and self._is_asked_for(file)]
        new, unsettled = _whole_deliveries(new, self._unsettled(source, place, new))
        brought = self._brought(new, place, folder)
        new, failed = _whole_deliveries(new, {file: why for file, why in brought.items() if isinstance(why, str)})
        staged: StagedFiles = {
            file.place: (path, _origin(source, place, file)) for file in new if isinstance(path := brought[file], Path)
        }
        known = sum(map(self._is_asked_for, unchanged))
        return _Fetched(staged, [*left, *unsettled, *failed], new, unchanged, known, seen)

    def _is_asked_for(self, file: Found) -> bool:
        return self.as_at is None or file.as_at in (None, self.as_at)

    def _unsettled(self, source: Source, place: Place, new: list[Found]) -> dict[Found, str]:
        """Files without a marker that changed during the wait."""
        unmarked = [file for file in new if not file.is_marked]
        if place.is_atomic or not unmarked:
            return {}
        self.sleep(self.settings.settle_seconds)
        later = {file.slot: file.listed.state for file in laid_out_for(source, place.listing())[0]}
        return {file: BEING_WRITTEN for file in unmarked if later.get(file.slot) != file.listed.state}

    def _brought(self, new: list[Found], place: Place, folder: Path) -> dict[Found, Path | str]:
        """Each file's copy on this machine, or why there is none."""

        def bring(numbered: tuple[int, Found]) -> Path | str:
            number, file = numbered
            try:
                return place.bring(file.listed, folder / str(number))
            except Changed:
                return BEING_WRITTEN
            except PermissionError:
                return "this account may not read it"

        if new:
            self.say(f"fetching {len(new)} files")
        if isinstance(place, DropBucket):
            with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
                return dict(zip(new, threads.map(bring, enumerate(new)), strict=True))
        return {file: bring((number, file)) for number, file in enumerate(new)}

    def _receive(self, source: Source, fetched: _Fetched) -> PulledSource:
        if not fetched.staged:
            return PulledSource(source.name, source.kind, (), fetched.known, tuple(fetched.left))
        with self.writing():
            ledger = Ledger(self.store)
            last = ledger.last_at()
            receipt = receive_drop(
                Staged(source.place, fetched.staged),
                self.store,
                ledger,
                # If another machine's clock is ahead, use the ledger's last moment: entries do not go back in time.
                received_at=max(self.now(), last) if last else self.now(),
                settle_seconds=0.0,
            )
        return PulledSource(
            source.name,
            source.kind,
            receipt.received,
            receipt.known + fetched.known,
            (*fetched.left, *receipt.left_alone),
        )


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of one source: where it comes from, when it is due, when it was last received, whether it is late."""

    source: Source
    next_due: datetime.datetime | None
    last_received: datetime.datetime | None
    newest_as_at: datetime.date | None
    late_since: datetime.datetime | None

    def as_json(self) -> dict[str, Any]:
        """For machines: `--json`."""
        return {
            "source": self.source.name,
            "kind": self.source.kind,
            "from": where_from(self.source),
            "expected": self.source.expected.said() if self.source.expected else None,
            "next_due": self.next_due,
            "last_received": self.last_received,
            "newest_as_at": self.newest_as_at,
            "late_since": self.late_since,
        }

    def line(self) -> str:
        """For a person at the command line."""
        expected = f"due {self.source.expected.said()}" if self.source.expected else "not watched"
        came = "nothing received yet"
        if self.last_received:
            came = f"last received {self.last_received.astimezone(LONDON):%Y-%m-%d %H:%M}"
            came += f", as at {self.newest_as_at}" if self.newest_as_at else ""
        late = f"; LATE since {self.late_since:%Y-%m-%d %H:%M}" if self.late_since else ""
        return f"{self.source.name}: {where_from(self.source)}; {expected}; {came}{late}"


def where_from(source: Source) -> str:
    """Where a source comes from, for people."""
    match source.kind:
        case "sql":
            return f"a database{f', schema {source.schema}' if source.schema else ''}"
        case "delivered":
            return "delivered to the drop"
        case _:
            return source.place


def how_sources_stand(sources: Iterable[Source], ledger: Ledger, now: datetime.datetime) -> list[SourceState]:
    """The state of each source, in the file's order."""
    sources = list(sources)
    entries = ledger.entries()
    late = {one.source: one.due for one in late_sources(sources, entries, now)}
    extracts = list(received_files(entries).values())
    standing = []
    for source in sources:
        own = [extract for extract in extracts if extract.source == source.name]
        standing.append(
            SourceState(
                source,
                source.expected.next_due(now) if source.expected else None,
                max((extract.received_at for extract in own), default=None),
                max((extract.as_at for extract in own if extract.as_at), default=None),
                late.get(source.name),
            )
        )
    return standing


@contextmanager
def _opened(source: Source, settings: Settings) -> Iterator[Place]:
    match source.kind:
        case "folder":
            yield _share(source)
        case "s3":
            yield DropBucket(source.place, s3_client())
        case _:
            from flows.receiving.sftp import sftp_folder

            with sftp_folder(source, settings.secrets) as place:
                yield place


def _share(source: Source) -> Share:
    if not Path(source.place).is_dir():
        raise Problem(
            "The folder of this source was not found.",
            where=source.place,
            why="This source cannot be pulled.",
            fix="Mount the share, or correct place in the file of sources.",
        )
    return Share(Path(source.place), depth=1 if source.as_at == "file_name" else 2)


def _chosen(sources: Sources, names: Sequence[str]) -> list[Source]:
    pulled = {source.name: source for source in sources.pulled()}
    for name in names:
        if name not in pulled:
            is_delivered = name in sources.by_name
            raise Problem(
                "This source is delivered, not pulled." if is_delivered else "No source of this name is in the file.",
                where=f"{sources.path}, {name if is_delivered else 'the names given'}",
                fix=f"Sources that are pulled: {', '.join(pulled) or 'none'}.",
            )
    return [pulled[name] for name in dict.fromkeys(names)] if names else list(pulled.values())


def _whole_deliveries(new: list[Found], waiting: Mapping[Found, str]) -> tuple[list[Found], list[str]]:
    """Files of deliveries that can be taken whole, and why each of the others is left."""
    deliveries = {(file.as_at, file.release) for file in waiting}
    held = [file for file in new if (file.as_at, file.release) in deliveries]
    left = [f"{file.place}: {waiting.get(file, WITH_ITS_DELIVERY)}" for file in held]
    return [file for file in new if file not in held], left


def _hashes_by_slot(store: EvidenceStore) -> dict[tuple[str, str, str, str], str]:
    return {slot: extract.sha256 for slot, extract in received_files(Ledger(store).entries()).items()}


def _origin(source: Source, place: Place, file: Found) -> dict[str, Any]:
    """The file's origin, for the ledger: where it came from, and its time and size there."""
    modified = datetime.datetime.fromtimestamp(file.listed.modified, datetime.UTC)
    return {
        "kind": source.kind,
        "name": source.name,
        "place": f"{place.address}/{file.listed.path}",
        "modified": modified.isoformat(timespec="seconds"),
        "size": file.listed.size,
    }
