"""The error for bad input: what is wrong, where, why it matters, how to fix it."""

from __future__ import annotations


class Problem(Exception):
    """A fault that a person needs to know about and can correct. Has no value of a child's record.

    Args:
        what: what is wrong, in one sentence: a capital letter, a full stop.
        where: file, sheet, column letter, row number Excel shows, or setting.
        why: why it matters, as a sentence.
        fix: what to do about it, as a sentence.
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
    """A fault of the machine, a disk or a service that may pass in a minute: only these are retried."""


class Busy(Problem):
    """Another process is writing where only one may. Nothing was changed; try again when it has ended."""
