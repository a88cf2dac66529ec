"""What a run is handed by whoever starts it: how to say what it does, how to warn, what time it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable

Say = Callable[[str], None]
"""Called with each step as it begins; a step carries no personal data."""

Warn = Callable[[str], None]
"""Called, without secrets, with what could not be done beside the work itself."""

Clock = Callable[[], datetime.datetime]
"""The moment now, aware."""


def silent(step: str) -> None:
    """Says nothing."""
