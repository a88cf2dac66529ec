"""The environment example, units and ignore file match the program."""

from __future__ import annotations

import configparser
import importlib.util
import re
from dataclasses import fields
from pathlib import Path

import pytest

from deployments.environment import EXAMPLE, environment_example
from flows.prefect_environment import TELEMETRY_OFF
from flows.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deployments/systemd").glob("*.service"))


def read_example() -> dict[str, str]:
    lines = EXAMPLE.read_text().splitlines()
    return dict(line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?[A-Z0-9_]+=", line))


def test_the_example_is_current() -> None:
    assert EXAMPLE.read_text() == environment_example(), "write it again: python -m deployments.environment"


def test_the_example_holds_every_setting_and_reads_back_as_the_defaults() -> None:
    given = read_example()
    assert {variable(one.name) for one in fields(Settings)} <= set(given)
    there = Settings(drop=given["DAYTWO_DROP"], store=given["DAYTWO_STORE"])
    assert Settings.read(environment=given) == there


def test_the_example_turns_telemetry_off_for_prefects_server_as_well() -> None:
    given = read_example()
    assert {name: given[name] for name in TELEMETRY_OFF} == TELEMETRY_OFF


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_reads_the_environment_file_and_starts_what_there_is(unit: Path) -> None:
    read = configparser.ConfigParser(strict=True, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(unit.read_text())
    assert read["Service"]["EnvironmentFile"] == "/etc/daytwo/daytwo.env"
    program, *arguments = read["Service"]["ExecStart"].split()
    assert program.startswith("/opt/daytwo/.venv/bin/")
    if arguments[0] == "-m":
        assert importlib.util.find_spec(arguments[1])
    else:
        assert (Path(program).name, arguments[:2]) == ("prefect", ["server", "start"])


def test_the_store_can_be_written_by_the_unit_that_runs_the_flows() -> None:
    unit = (ROOT / "deployments/systemd/daytwo.service").read_text()
    assert f"ReadWritePaths={read_example()['DAYTWO_STORE']}" in unit


def test_secrets_and_evidence_never_travel_with_a_deployment() -> None:
    ignored = (ROOT / ".prefectignore").read_text().splitlines()
    assert {"*.env", "*.pem", "*.key", "*.csv", "*.duckdb"} <= set(ignored)
