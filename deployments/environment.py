"""Writes the environment examples from the declaration of the settings: python -m deployments.environment"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path

from flows.prefect_support.prefect_environment import TELEMETRY_OFF
from flows.settings import Settings, variable

EXAMPLE = Path(__file__).parent / "daytwo.env.example"
SERVER_EXAMPLE = Path(__file__).parent / "prefect-server.env.example"

# What a first installation sets; every other setting is shown with its default, commented out.
_SET = {
    "drop": "/srv/daytwo/drop",
    "store": "/srv/daytwo/store",
    "secrets": "/etc/daytwo/secrets",
    "heartbeat": "/var/lib/daytwo/heartbeat.json",
}
_HEAD = """\
# {what}
# Copy to /etc/daytwo/{name}. NAME=value, without quotes; a line that begins with # is not read.
# For systemd (EnvironmentFile=) and containers (--env-file). Written by: python -m deployments.environment
"""
_WORKER = """\
# The address of Prefect's server. Scheduled runs need one; without it the commands run without Prefect.
PREFECT_API_URL=http://127.0.0.1:4200/api

# Folder of Prefect's own files, on this machine.
PREFECT_HOME=/var/lib/daytwo/prefect

# Seconds between a worker's requests for work.
#PREFECT_WORKER_QUERY_SECONDS=10
"""
_SERVER = """\
# Prefect's database. As written here, PostgreSQL knows the account that runs the server by its name, through a socket
# of this machine, so there is no password. On another machine: postgresql+asyncpg://prefect:PASSWORD@host:5432/prefect;
# this file must then belong to root and only root may read it (0600). systemd reads it before it drops root's rights.
PREFECT_SERVER_DATABASE_CONNECTION_URL=postgresql+asyncpg://prefect@/prefect?host=/var/run/postgresql

# Folder of Prefect's own files on this machine, and inside it the folder of the page, unpacked at each start.
PREFECT_HOME=/var/lib/prefect
PREFECT_SERVER_UI_STATIC_DIRECTORY=/var/lib/prefect/page

# Keeps in a file who holds the writer's place. Kept in memory, a restart of the server during a run would leave the
# place taken for ever.
PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE=prefect.server.concurrency.lease_storage.filesystem

# The address of the page for people's browsers, if it is not on this machine (behind a proxy with sign-in).
#PREFECT_SERVER_UI_API_URL=https://daytwo.example.gov.uk/api

# Shows no advertisements on the page.
PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT=false

# Removes runs that ended more than 90 days ago from Prefect's database. Their outcomes stay in the store's ledger.
#PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED=events,flow_runs
"""
_OFF = "# Nothing is sent to the makers of the libraries. The program sets these too; here for what Prefect starts.\n"


def environment_example() -> str:
    """Every setting with its explanation and default, for the services that run the flows."""
    blocks = [_HEAD.format(what="Daytwo's environment: the worker, the registration, the watch.", name="daytwo.env")]
    for one in fields(Settings):
        assert one.default is not MISSING
        given = _SET.get(one.name)
        line = f"{variable(one.name)}={one.default if given is None else given}"
        blocks.append(f"# {one.metadata['what']}\n{line if given else f'#{line}'}\n")
    return "\n".join([*blocks, _WORKER, _OFF + _lines(TELEMETRY_OFF)])


def server_example() -> str:
    """The settings Prefect's server needs, and nothing about the council's data."""
    head = _HEAD.format(what="The environment of Prefect's server.", name="prefect-server.env")
    return "\n".join([head, _SERVER, _OFF + _lines(TELEMETRY_OFF)])


def _lines(given: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in given.items())


def main() -> None:
    """Write the files next to this one."""
    EXAMPLE.write_text(environment_example(), encoding="utf-8")
    SERVER_EXAMPLE.write_text(server_example(), encoding="utf-8")


if __name__ == "__main__":
    main()
