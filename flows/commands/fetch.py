"""Brings what people open out of a store, proved by its ledger: a published warehouse, or the zip of a pack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore, NotAllowed, sha256_of
from warehouse.store.ledger import Entry, Ledger
from warehouse.store.publication import PUBLISHED, latest_published


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was brought: where it lies now, its SHA-256 and the ledger entry that names it.

    Without an entry this account may not read the ledger, and the hash is the one the store records with the file.
    """

    path: Path
    sha256: str
    entry: Entry | None
    what: str

    @property
    def proof(self) -> str:
        """What the file was compared with."""
        if self.entry is None:
            return "proved by the hash the store records with it (this account may not read the ledger)"
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
    """Bring the newest published warehouse. A file of that name is replaced in one rename: who has it open keeps it.

    Args:
        to: a file, or a folder to put it in under its own name; by default here.

    Raises:
        Problem: nothing is published, or what lies there is not what the ledger names.
    """
    name = "restricted" if restricted else "general"
    key = PUBLISHED[name]
    try:
        entry = latest_published(Ledger(store))
    except NotAllowed:
        # The ledger holds every figure as published, small numbers too: an analyst's account need not read it.
        recorded = store.recorded_sha256(key)
        return _bring(store, key, _destination(to, key), str(recorded), None, "as it was last put there")
    if entry is None:
        raise Problem(
            "Nothing has been published yet.",
            where=str(store),
            why="There is no warehouse to bring.",
            fix="Run: daytwo nightly --drop D --store S",
        )
    return _bring(store, key, _destination(to, key), str(entry.body[name]), entry, f"as at {entry.body['as_at']}")


def fetch_pack(store: EvidenceStore, to: Path | None, pack: str) -> Fetched:
    """Bring the zip of a sealed pack, named as `framework/pack_id`.

    Raises:
        Problem: no such pack was sealed here, a file of that name is there already, or the zip is not the one sealed.
    """
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
            why="Only what the ledger names can be proved.",
            fix="Give it as FRAMEWORK/PACK; daytwo status lists the packs.",
        )
    key = f"packs/{framework}/{pack_id}.zip"
    destination = _destination(to, key)
    if destination.exists():
        raise Problem(
            "There is a file of this name already.",
            where=str(destination),
            why="A pack that was looked at must not change under somebody's hands.",
            fix="Move it, or give another name with --to.",
        )
    return _bring(
        store, key, destination, str(sealed[-1].body["zip_sha256"]), sealed[-1], f"pack {framework} {pack_id}"
    )


def _destination(to: Path | None, key: str) -> Path:
    path = to or Path()
    return path / key.rsplit("/", 1)[1] if path.is_dir() else path


def _bring(store: EvidenceStore, key: str, destination: Path, sha256: str, entry: Entry | None, what: str) -> Fetched:
    if not destination.parent.is_dir():
        raise Problem(
            "There is no such folder.", where=str(destination.parent), fix="Make it, or give another with --to."
        )
    incoming = destination.with_name(f".{destination.name}.incoming")
    try:
        store.fetch(key, incoming)
        if sha256_of(incoming) != sha256:
            raise Problem(
                "What lies in the store is not what was published or sealed.",
                where=store.place(key) + (f", ledger entry {entry.sequence}" if entry else ""),
                why="It was altered, or a newer one is just being put there.",
                fix="Try again in a minute; if it stays so, the next nightly run puts a published file right.",
            )
        incoming.chmod(0o440)
        incoming.replace(destination)
    finally:
        incoming.unlink(missing_ok=True)
    return Fetched(destination, sha256, entry, what)
