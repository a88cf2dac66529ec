"""What is scheduled, and when. Europe/London, and never between 01:00 and 02:00: on the days the clocks change, that
hour is missing or comes twice.
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
        cron: when, in Europe/London; None: on demand, or by an automation.
        what: one sentence for Prefect's page.
        checks_its_form: False: the server accepts any parameters, so that a wrong one shows as a failed run with a
            sentence and is not lost as a refused request.
        needs: the setting without which it is not scheduled; it can still be run by hand.
    """

    flow: str
    name: str
    cron: str | None
    what: str
    checks_its_form: bool = True
    needs: str = ""

    @property
    def title(self) -> str:
        """Its name in Prefect: `nightly/every-night`."""
        return f"{self.flow.partition(':')[2]}/{self.name}"


# An hour before the nightly run of the same morning, which then publishes what came: a weekend's extracts are published
# when people start work on Monday. If it is still receiving then, the nightly run waits for the writer's place.
PULL = Planned(
    flow="flows.weekly_pull:pull_extracts",
    name="weekly",
    cron="0 3 * * 1",
    what="Fetches the week's extracts from where each source leaves them, and receives them into the store.",
    needs="sources",
)
# After the night's backups and batches, and well before anyone starts work.
NIGHTLY = Planned(
    flow="flows.nightly:nightly",
    name="every-night",
    cron="15 4 * * *",
    what="Receives what the sources delivered, builds the warehouse, checks it and publishes it.",
)
REHEARSAL = Planned(
    flow="flows.nightly_rehearsal:rehearsal",
    name="after-each-night",
    cron=None,
    what="Makes the packs as if the call came today and reports what would be missing. Follows every nightly run.",
)
NOTIFICATION = Planned(
    flow="flows.notification_received:notification_received",
    name="on-demand",
    cron=None,
    what="Answers a notification: freezes the evidence and seals the draft pack for two people to release.",
    checks_its_form=False,
)


def after_a_crash(planned: Planned) -> Planned:
    """The deployment that runs a crashed run once more: no automation listens to it, so there is no third time."""
    return Planned(
        flow=planned.flow,
        name="after-a-crash",
        cron=None,
        what=f"Runs {planned.title} once more, with the same parameters, when its process was lost part-way.",
        checks_its_form=False,
    )


RUN_ONCE_MORE = (PULL, NIGHTLY, NOTIFICATION)
PLANNED = (PULL, NIGHTLY, REHEARSAL, NOTIFICATION, *(after_a_crash(planned) for planned in RUN_ONCE_MORE))
