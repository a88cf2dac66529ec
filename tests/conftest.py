"""What every test shares: the shared data's whereabouts, and the small council built once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `shared` need data that lies beside the checkout; in CI they run or fail, never skip."""
    if (SHARED / "data").is_dir() or os.environ.get("CI"):
        return
    absent = pytest.mark.skip(reason="the shared data does not lie beside this checkout")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(absent)


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> Iterator[None]:
    """Settings of the machine must not change what tests see."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("DAYTWO_")}
    for name in kept:
        del os.environ[name]
    yield
    os.environ.update(kept)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data; only for tests marked `shared`."""
    return SHARED
