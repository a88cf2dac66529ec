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
        cron: when, in Europe/London; None: on demand, or by an automation.
        what: one sentence for Prefect's page.
        checks_its_form: False: the server takes parameters as they come, so that a mistaken one is seen as a failed run
            with a sentence, and not lost as a refused request.
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
        """As Prefect names it: `nightly/every-night`."""
        return f"{self.flow.partition(':')[2]}/{self.name}"


# An hour before the nightly run of the same morning, which then publishes what came: a weekend's extracts are there
# when people start work on Monday. Where it is still receiving then, the nightly run waits for the writer's place.
PULL = Planned(
    flow="flows.weekly_pull:pull_extracts",
    name="weekly",
    cron="0 3 * * 1",
    what="Fetches the week's extracts from where each source leaves them, and takes them into the store.",
    needs="sources",
)
# After every backup and batch of a night, and well before anyone starts work.
NIGHTLY = Planned(
    flow="flows.nightly:nightly",
    name="every-night",
    cron="15 4 * * *",
    what="Takes what the sources delivered, builds the warehouse, checks it and publishes it.",
)
REHEARSAL = Planned(
    flow="flows.nightly_rehearsal:rehearsal",
    name="after-each-night",
    cron=None,
    what="Makes the packs as if the call came today and says what would be missing. Follows every nightly run.",
)
NOTIFICATION = Planned(
    flow="flows.notification_received:notification_received",
    name="on-demand",
    cron=None,
    what="The phone rang: freezes the evidence and seals the draft pack for two people to release.",
    checks_its_form=False,
)


def after_a_crash(planned: Planned) -> Planned:
    """The deployment that runs once more what crashed: no automation listens to it, so there is no third time."""
    return Planned(
        flow=planned.flow,
        name="after-a-crash",
        cron=None,
        what=f"Runs {planned.title} once more, with the same parameters, where its process was lost in the midst.",
        checks_its_form=False,
    )


RUN_ONCE_MORE = (PULL, NIGHTLY, NOTIFICATION)
PLANNED = (PULL, NIGHTLY, REHEARSAL, NOTIFICATION, *(after_a_crash(planned) for planned in RUN_ONCE_MORE))
