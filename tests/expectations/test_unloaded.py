"""A module imported unloaded costs nothing and is complete when it is used."""

from __future__ import annotations

import subprocess
import sys


def test_it_loads_on_first_use_and_is_then_like_any_other() -> None:
    script = (
        "import sys\n"
        "from expectations.unloaded import unloaded\n"
        "with unloaded('colorsys'):\n"
        "    import colorsys\n"
        "print('ONE_THIRD' in vars(colorsys) if type(colorsys).__name__ == 'ModuleType' else False)\n"
        "print(round(colorsys.rgb_to_hsv(1, 0, 0)[1]), type(sys.modules['colorsys']).__name__)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "1", "module"]


def test_great_expectations_starts_without_what_it_does_not_use_here() -> None:
    script = (
        "import sys, expectations.duckdb_engine\n"
        "print(sum(name.startswith(('scipy.stats.', 'altair.')) for name in sys.modules))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["0"]
