"""Imported before prefect, which reads these when it is imported: nothing about a run is sent to its makers.

Telemetry is turned off here and not left to the operator: the product promises it, for runs from the command line and
for scheduled ones. Processes that Prefect starts inherit it.
"""

from __future__ import annotations

import os

TELEMETRY_OFF = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
}
os.environ.update(TELEMETRY_OFF)

# A run without a server starts one of its own: 15 s on an idle machine, and Prefect gives up after 20 s.
os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "true")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
