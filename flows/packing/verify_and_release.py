"""Proves that a pack is whole, and releases it: two different people, recorded in the ledger."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transforms.evidence.bag import Verification, verify
from warehouse.problem import Problem
from warehouse.store.ledger import Entry, Ledger


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a pack is whole, and (if a ledger was given) whether it is the one sealed.

    Attributes:
        sealed_as: the `sealed` entry with its content hash.
        released_as: the entry that released it.
        ledger_given: whether the ledger was checked.
    """

    pack: Path
    bag: Verification
    ledger_given: bool
    sealed_as: Entry | None
    released_as: Entry | None

    @property
    def good(self) -> bool:
        return self.bag.whole and (self.sealed_as is not None or not self.ledger_given)

    def as_json(self) -> dict[str, Any]:
        return {
            "pack": str(self.pack),
            **asdict(self.bag),
            "good": self.good,
            "sealed_as": self.sealed_as.sequence if self.sealed_as else None,
            "released_as": self.released_as.sequence if self.released_as else None,
        }

    def lines(self) -> list[str]:
        lines = [f"{self.pack.name}: {'whole' if self.bag.whole else 'NOT WHOLE'}"]
        for what in ("altered", "missing", "added"):
            lines += [f"  {what}: {name}" for name in getattr(self.bag, what)]
        lines.append(f"  content hash {self.bag.content_hash}")
        if self.sealed_as is not None:
            body = self.sealed_as.body
            lines.append(
                f"  sealed as ledger entry {self.sealed_as.sequence}: {body['framework']} {body['pack_id']},"
                f" version {body['version']}"
            )
            if self.released_as is not None:
                body = self.released_as.body
                lines.append(
                    f"  released as ledger entry {self.released_as.sequence}: prepared by {body['prepared_by']},"
                    f" approved by {body['approved_by']}, by {body['route']}"
                )
            else:
                lines.append("  not released: a draft")
        elif self.ledger_given:
            lines.append("  NOT the pack of any ledger entry of this store")
        return lines


def verify_pack(pack: Path, ledger: Ledger | None) -> Verified:
    """Compare a pack with its own manifests and, if one is given, with the ledger (which must itself be whole).

    Raises:
        Problem: it is not a pack, or the ledger is broken.
    """
    bag = verify(pack)
    if ledger is None:
        return Verified(pack, bag, False, None, None)
    ledger.verify()
    sealed = next(
        (
            entry
            for entry in ledger.entries()
            if entry.kind == "sealed" and entry.body["content_hash"] == bag.content_hash
        ),
        None,
    )
    released = None
    if sealed is not None:
        released = next(
            (
                entry
                for entry in ledger.entries()
                if entry.kind == "released" and entry.body["sealed"] == sealed.sequence
            ),
            None,
        )
    return Verified(pack, bag, True, sealed, released)


def store_around(pack: Path) -> Path:
    """The store whose packs/ folder holds a pack.

    Raises:
        Problem: no store holds it.
    """
    for folder in pack.resolve().parents:
        if folder.name == "packs" and (folder.parent / "ledger").is_dir():
            return folder.parent
    raise Problem(
        "The pack is not in a store.",
        where=str(pack),
        why="A release is an entry in the store's ledger.",
        fix="Give --store, or set DAYTWO_STORE.",
    )


def release_pack(
    pack: Path, ledger: Ledger, *, prepared_by: str, approved_by: str, route: str, at: datetime.datetime
) -> dict[str, Any]:
    """Record in the ledger that two people release a pack; returns what was recorded.

    Raises:
        Problem: the same person in both roles, an empty route, a pack that is not whole or not sealed here, or one that
            was released before.
    """
    names = [" ".join(name.split()) for name in (prepared_by, approved_by)]
    if not all(names) or names[0].casefold() == names[1].casefold():
        raise Problem(
            "A release needs two different people.",
            where="--prepared-by and --approved-by",
            why="The person who approves must check what another person prepared.",
            fix="Ask somebody else to approve it.",
        )
    if not route.strip():
        raise Problem(
            "The route is empty.", where="--route", why="It is part of the record.", fix="Say how it is sent."
        )
    verified = verify_pack(pack, ledger)
    if not verified.bag.whole:
        raise Problem(
            "The pack is not whole and cannot be released.",
            where=str(pack),
            why="What is sent must be what was sealed.",
            fix="daytwo verify PACK names each file that differs.",
        )
    if verified.sealed_as is None:
        raise Problem(
            "The pack was not sealed in this store.",
            where=str(pack),
            why="Only a sealed draft can be released.",
            fix="Name the store it was sealed in, or answer the notification again.",
        )
    if verified.released_as is not None:
        raise Problem(
            f"The pack was released before, as ledger entry {verified.released_as.sequence}.",
            where=str(pack),
            why="A pack is released once; a correction is a new version.",
            fix="Answer the notification again for a new version.",
        )
    sealed = verified.sealed_as
    body = {
        "sealed": sealed.sequence,
        "framework": sealed.body["framework"],
        "pack_id": sealed.body["pack_id"],
        "content_hash": sealed.body["content_hash"],
        "build": sealed.body["build"],
        "prepared_by": names[0],
        "approved_by": names[1],
        "route": " ".join(route.split()),
    }
    # Retrying the same release gives the same entry: a pack is never released twice.
    entry = ledger.append("released", body, max(at, ledger.last_at() or at), f"released-{sealed.sequence}")
    return {**body, "ledger_entry": entry.sequence}
