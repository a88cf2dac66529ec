"""The environment examples, units and ignore file match the program."""

from __future__ import annotations

import configparser
import importlib
import importlib.util
import re
import sys
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from flows.prefect_support.prefect_environment import TELEMETRY_OFF

# isort: split
import prefect.settings

from deployments.environment import EXAMPLE, SERVER_EXAMPLE, environment_example, server_example
from deployments.register import POOL
from flows.commands.command_line import EXIT_CODES, parser
from flows.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]
SYSTEMD = ROOT / "deployments/systemd"
UNITS = sorted(SYSTEMD.glob("*.service"))


def read_example(example: Path = EXAMPLE) -> dict[str, str]:
    lines = example.read_text().splitlines()
    return dict(line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?[A-Z0-9_]+=", line))


def read_unit(unit: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=True, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(unit.read_text())
    return read


def test_the_examples_are_current() -> None:
    assert EXAMPLE.read_text() == environment_example(), "write it again: python -m deployments.environment"
    assert SERVER_EXAMPLE.read_text() == server_example(), "write it again: python -m deployments.environment"


def test_the_example_holds_every_setting_and_reads_back_as_the_defaults_but_for_its_places() -> None:
    given = read_example()
    assert {variable(one.name) for one in fields(Settings)} <= set(given)
    places = {name: given[variable(name)] for name in ("drop", "store", "secrets", "heartbeat")}
    assert Settings.read(environment=given) == Settings(**places)


@pytest.mark.parametrize("example", [EXAMPLE, SERVER_EXAMPLE], ids=lambda example: example.name)
def test_the_examples_turn_telemetry_off_and_name_settings_that_prefect_has(example: Path) -> None:
    given = read_example(example)
    assert {name: given[name] for name in TELEMETRY_OFF} == TELEMETRY_OFF
    assert [name for name in given if name.startswith("PREFECT_") and not hasattr(prefect.settings, name)] == []


def test_the_servers_account_needs_no_password_and_a_restart_frees_no_place_and_takes_none() -> None:
    given = read_example(SERVER_EXAMPLE)
    url = urlsplit(given["PREFECT_SERVER_DATABASE_CONNECTION_URL"])
    assert (url.scheme, url.username, url.password, url.hostname) == ("postgresql+asyncpg", "prefect", None, None)
    module = importlib.import_module(given["PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"])
    assert module.__name__.endswith(".filesystem")
    assert not [name for name in given if name.startswith("DAYTWO_")], "nothing of the council's data"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_reads_its_environment_file_and_starts_what_there_is(unit: Path) -> None:
    service = read_unit(unit)["Service"]
    environment = "prefect-server" if service["User"] == "prefect" else "daytwo"
    assert service["EnvironmentFile"] == f"/etc/daytwo/{environment}.env"
    program, *arguments = service["ExecStart"].split()
    assert program.startswith("/opt/daytwo/.venv/bin/")
    assert (Path(sys.executable).parent / Path(program).name).exists()
    if arguments[0] == "-m":
        assert importlib.util.find_spec(arguments[1])
    elif Path(program).name == "daytwo":
        parser().parse_args(arguments)
    else:
        assert " ".join(arguments[:4]) in ("server start --host 127.0.0.1", f"worker start --pool {POOL}")


def test_the_store_can_be_written_by_the_units_that_write_to_it_and_the_server_sees_none_of_it() -> None:
    store = read_example()["DAYTWO_STORE"]
    for name in ("daytwo-worker", "daytwo-watch"):
        assert read_unit(SYSTEMD / f"{name}.service")["Service"]["ReadWritePaths"] == store
    server = read_unit(SYSTEMD / "daytwo-prefect-server.service")["Service"]
    assert "ReadWritePaths" not in server
    assert any(store.startswith(place.strip("-")) for place in server["InaccessiblePaths"].split())


def test_the_watch_rests_on_no_unit_of_prefect() -> None:
    for name in ("daytwo-watch.service", "daytwo-watch.timer"):
        assert "daytwo-prefect" not in (SYSTEMD / name).read_text()
        assert "daytwo-worker" not in (SYSTEMD / name).read_text()
    [stands] = [code for code, what in EXIT_CODES.items() if what.startswith("(watch)")]
    assert read_unit(SYSTEMD / "daytwo-watch.service")["Service"]["SuccessExitStatus"] == str(stands)


def test_secrets_and_evidence_never_travel_with_a_deployment() -> None:
    ignored = (ROOT / ".prefectignore").read_text().splitlines()
    assert {"*.env", "*.pem", "*.key", "*.csv", "*.duckdb"} <= set(ignored)
