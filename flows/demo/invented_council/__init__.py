"""An invented English council: six years of plausible careers, cut into weekly drops, with a known set of faults.

Nothing in it is real: names are made up, NHS numbers are of the 999 range that is never issued, postcodes of an area
that does not exist. `write_drop` is the one way in. What the faults are, and which rule each runs into, is listed in
`faults.py` and, for a drop written, in `DropSummary.faults`.

Between the last two weekly drops of a world (three days before its end) records are put right, as happens everywhere:
three contacts typed in late appear, one contact goes, two contacts and two visits get another day, four assessments'
dates are corrected, one child is renumbered (the old id becomes `pers_legacy_id`), two visits are repeated, a blank and
an unreadable date are mended. One open allegation is gone from the LADO log without ever having been closed, as must
not happen. Besides, one visit or contact in fifty is recorded three to forty days late.
"""

from __future__ import annotations

from flows.demo.invented_council.faults import Fault
from flows.demo.invented_council.write_drop import DropSummary, write_drop

__all__ = ["DropSummary", "Fault", "write_drop"]
