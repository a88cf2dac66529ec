"""The one error this house raises on bad input: what, where, why it matters, how to fix it."""

from __future__ import annotations


class Problem(Exception):
    """Something a person has to know and can put right. Carries no value of a child's record.

    Args:
        what: what is wrong, in one sentence.
        where: file, sheet, column letter, row number Excel shows, or setting.
        why: why it matters.
        fix: what to do about it.
    """

    def __init__(self, what: str, *, where: str = "", why: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        parts = [self.what]
        for label, text in (("Where", self.where), ("Why it matters", self.why), ("How to fix it", self.fix)):
            if text:
                parts.append(f"{label}: {text}")
        return "\n  ".join(parts)


class TransientFault(Problem):
    """A fault of the machine, a disk or a service, which may be gone in a minute: only these are tried again."""


class Busy(Problem):
    """Somebody else is writing where only one may. Nothing was changed; it is over when they have ended."""
