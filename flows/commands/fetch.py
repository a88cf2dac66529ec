"""`daytwo fetch`: copies a published warehouse, or the zip of a pack, out of the store, checked against the ledger."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.commands.arguments import add_restricted, add_store, store_of
from flows.commands.printing import show
from warehouse.problem import Problem
from warehouse.store.keys import pack_key, zip_of

if TYPE_CHECKING:
    from warehouse.store.evidence_store import EvidenceStore
    from warehouse.store.ledger import Entry

HELP = "copy the published warehouse, or a pack, out of the store, checked against the ledger"
PLACE = 150


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    add_restricted(parser)
    parser.add_argument("--pack", metavar="FRAMEWORK/PACK", help="fetch the zip of this pack instead")
    parser.add_argument(
        "--to", metavar="FILE", help="where to put it: a file or a folder (default: the current folder)"
    )


def run(given: argparse.Namespace) -> int:
    to = Path(given.to) if given.to else None
    store = store_of(given)
    fetched = (
        fetch_pack(store, to, given.pack) if given.pack else fetch_warehouse(store, to, restricted=given.restricted)
    )
    line = f"{fetched.path}: {fetched.what}, {fetched.proof}, SHA-256 {fetched.sha256}."
    show(given, fetched.as_json, lambda: [line])
    return 0


class Fetched(NamedTuple):
    """A file that was fetched.

    Attributes:
        path: where it is now.
        sha256: of the file, compared with the hash in the ledger entry.
        entry: the ledger entry that names it; None: this account may not read the ledger, so the file was compared with
            the hash that the store records with it.
        what: what it is, for people.
    """

    path: Path
    sha256: str
    entry: Entry | None
    what: str

    @property
    def proof(self) -> str:
        """What the file was compared with."""
        if self.entry is None:
            return "checked against the hash the store records with it (this account may not read the ledger)"
        return f"ledger entry {self.entry.sequence}"

    def as_json(self) -> dict[str, Any]:
        """For machines: `--json`."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "ledger_entry": self.entry.sequence if self.entry else None,
            "what": self.what,
        }


def fetch_warehouse(store: EvidenceStore, to: Path | None, *, restricted: bool) -> Fetched:
    """Fetch the newest published warehouse. One rename replaces a file of that name: readers keep the file they opened.

    Args:
        to: a file, or a folder to put it in under its own name; by default the current folder.

    Raises:
        Problem: nothing has been published, or the file is not the one the ledger names.
    """
    from warehouse.store.evidence_store import NotAllowed
    from warehouse.store.ledger import Ledger
    from warehouse.store.publication import PUBLISHED, latest_published

    name = "restricted" if restricted else "general"
    key = PUBLISHED[name]
    try:
        entry = latest_published(Ledger(store))
    except NotAllowed:
        # The ledger holds every published figure, small numbers included, so an analyst's account may not read it.
        recorded = store.recorded_sha256(key)
        return _fetch(store, key, _destination(to, key), str(recorded), None, "as last published")
    if entry is None:
        raise Problem(
            "Nothing has been published yet.",
            where=str(store),
            why="There is no warehouse to fetch.",
            fix="Run: daytwo nightly --drop D --store S",
        )
    return _fetch(store, key, _destination(to, key), str(entry.body[name]), entry, f"as at {entry.body['as_at']}")


def fetch_pack(store: EvidenceStore, to: Path | None, pack: str) -> Fetched:
    """Fetch the zip of a sealed pack, named as `framework/pack_id`.

    Raises:
        Problem: no such pack was sealed here, a file of that name already exists, or the zip is not the one sealed.
    """
    from warehouse.store.ledger import Ledger

    framework, _, pack_id = pack.strip("/").partition("/")
    sealed = [
        entry
        for entry in Ledger(store).entries()
        if entry.kind == "sealed" and (entry.body["framework"], entry.body["pack_id"]) == (framework, pack_id)
    ]
    if not sealed:
        raise Problem(
            "No pack of that name was sealed in this store.",
            where=str(store),
            why="Only a pack that the ledger names can be verified.",
            fix="Give it as FRAMEWORK/PACK; daytwo status lists the packs.",
        )
    key = zip_of(pack_key(framework, pack_id))
    destination = _destination(to, key)
    if destination.exists():
        raise Problem(
            "A file of this name already exists.",
            where=str(destination),
            why="A pack must not change while somebody reads it.",
            fix="Move it, or give another name with --to.",
        )
    return _fetch(
        store, key, destination, str(sealed[-1].body["zip_sha256"]), sealed[-1], f"pack {framework} {pack_id}"
    )


def _destination(to: Path | None, key: str) -> Path:
    path = to or Path()
    return path / key.rsplit("/", 1)[1] if path.is_dir() else path


def _fetch(store: EvidenceStore, key: str, destination: Path, sha256: str, entry: Entry | None, what: str) -> Fetched:
    from warehouse.store.evidence_store import sha256_of

    if not destination.parent.is_dir():
        raise Problem(
            "There is no such folder.", where=str(destination.parent), fix="Create it, or give another with --to."
        )
    incoming = destination.with_name(f".{destination.name}.incoming")
    try:
        store.fetch(key, incoming)
        if sha256_of(incoming) != sha256:
            raise Problem(
                "The file in the store is not what was published or sealed.",
                where=store.place(key) + (f", ledger entry {entry.sequence}" if entry else ""),
                why="It was altered, or a newer one is being written.",
                fix="Try again in a minute; if it happens again, the next nightly run repairs a published file.",
            )
        incoming.chmod(0o440)
        incoming.replace(destination)
    finally:
        incoming.unlink(missing_ok=True)
    return Fetched(destination, sha256, entry, what)
