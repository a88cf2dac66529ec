"""What is scheduled, and when. Europe/London, and never between 01:00 and 02:00: that hour is absent or there twice on
the days the clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass

TIME_ZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Planned:
    """One deployment of a flow.

    Attributes:
        flow: module and name of the flow, as `module:name`.
        name: of the deployment.
        cron: when, in Europe/London; None: on demand.
        what: one sentence for Prefect's page.
    """

    flow: str
    name: str
    cron: str | None
    what: str


PLANNED = (
    Planned(
        flow="flows.nightly:nightly",
        name="every-night",
        cron="15 4 * * *",
        what="Takes what the sources delivered, builds the warehouse, checks it and publishes it.",
    ),
    Planned(
        flow="flows.notification_received:notification_received",
        name="on-demand",
        cron=None,
        what="The phone rang: freezes the evidence and seals the draft pack for two people to release.",
    ),
)
