"""An invented English council: six years of plausible careers, cut into weekly drops, with a known set of faults.

Nothing in it is real: names are made up, NHS numbers are in the 999 range that is never issued, and the postcode area
does not exist. Everything starts from `write_drop`. `faults.py` lists the faults and the rule each one breaks;
`DropSummary.faults` lists those in a drop that was written.

Three days before the world ends, between its last two weekly drops, staff correct records, as in any council: three
contacts typed in late appear, one contact is removed, two contacts and two visits get another date, four assessments'
dates are corrected, one child is renumbered (the old id becomes `pers_legacy_id`), two visits are repeated, a blank and
an unreadable date are corrected. One open allegation disappears from the LADO log without having been closed, which
must never happen. One visit or contact in fifty is recorded three to forty days late.
"""

from __future__ import annotations

from flows.demo.invented_council.faults import Fault
from flows.demo.invented_council.write_drop import DropSummary, write_drop

__all__ = ["DropSummary", "Fault", "write_drop"]
