"""Imported before prefect, which reads these as it is imported: nothing of a run is sent to its makers.

Set here and not left to the operator: a promise of the product, for runs from the command line as for scheduled ones.
Processes that Prefect starts inherit it.
"""

from __future__ import annotations

import os

TELEMETRY_OFF = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
}
os.environ.update(TELEMETRY_OFF)
