"""Counts the trials and how they ended: printed, and added to the file that DAYTWO_TEST_REPORT names."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.faults.trials import Verdict

# Read before any fixture hides the settings of the machine.
_REPORT = os.environ.get("DAYTWO_TEST_REPORT")


def tell(title: str, verdicts: Iterable[Verdict]) -> list[str]:
    """Print and keep the counts of some trials; returns the lines."""
    verdicts = list(verdicts)
    ends = Counter(verdict.end for verdict in verdicts)
    lines = [f"{title}: {len(verdicts)} trials: {_counted(ends)}"]
    for kind in sorted({verdict.kind for verdict in verdicts}):
        of_kind = Counter(verdict.end for verdict in verdicts if verdict.kind == kind)
        lines.append(f"  {kind}: {of_kind.total()} ({_counted(of_kind)})")
    wrong = [verdict for verdict in verdicts if verdict.wrong]
    lines.append(f"  {len(wrong)} did not hold" if wrong else "  all held")
    print("\n".join(lines), flush=True)
    if _REPORT:
        with Path(_REPORT).open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return lines


def _counted(ends: Counter[str]) -> str:
    return ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
