"""Writes the environment example from the settings' own declaration: python -m deployments.environment"""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path

from flows.prefect_environment import TELEMETRY_OFF
from flows.settings import Settings, variable

EXAMPLE = Path(__file__).parent / "daytwo.env.example"

# What a first installation sets; every other setting is shown with its default, commented out.
_SET = {"drop": "/srv/daytwo/drop", "store": "/srv/daytwo/store"}
_HEAD = """\
# Daytwo's environment, for systemd (EnvironmentFile=) and containers (--env-file). Copy to /etc/daytwo/daytwo.env.
# NAME=value, without quotes; a line that begins with # is not read. Written by: python -m deployments.environment
"""
_PREFECT = """\
# Where Prefect's server answers. Scheduled runs need one; without it the commands run without Prefect.
PREFECT_API_URL=http://127.0.0.1:4200/api

# Folder of Prefect's own files, on this machine.
PREFECT_HOME=/var/lib/daytwo/prefect

# Prefect's database: by default SQLite in PREFECT_HOME, enough for one server and one process that serves.
# The password belongs in a file that only the service can read.
#PREFECT_SERVER_DATABASE_CONNECTION_URL=postgresql+asyncpg://prefect@localhost/prefect
"""
_OFF = "# Nothing is sent to the makers of the libraries. The program sets these too; here for Prefect's own server.\n"


def environment_example() -> str:
    """Every setting with its explanation and default."""
    blocks = [_HEAD]
    for one in fields(Settings):
        assert one.default is not MISSING
        given = _SET.get(one.name)
        line = f"{variable(one.name)}={one.default if given is None else given}"
        blocks.append(f"# {one.metadata['what']}\n{line if given else f'#{line}'}\n")
    blocks.append(_PREFECT)
    blocks.append(_OFF + "".join(f"{name}={value}\n" for name, value in TELEMETRY_OFF.items()))
    return "\n".join(blocks)


def main() -> None:
    """Write the file beside this one."""
    EXAMPLE.write_text(environment_example(), encoding="utf-8")


if __name__ == "__main__":
    main()
