"""What every test shares: the shared data's whereabouts, and the small council built once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.publishing.run_nightly import Outcome, run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests import small_council
from warehouse.store.local_folder import LocalFolder

pytest.register_assert_rewrite("tests.every_store", "tests.every_bucket")
pytest_plugins = ["tests.faults.prepared", "tests.s3_servers"]

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `shared` need data that lies beside the checkout; in CI they run or fail, never skip.

    Files with tests marked `slow` come first: the last worker would otherwise run one of them alone at the end.
    """
    slow = {item.path for item in items if "slow" in item.keywords}
    items.sort(key=lambda item: item.path not in slow)
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


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A folder with the small council's drop and a store it was published to. Never written to by a test."""
    folder = tmp_path_factory.mktemp("small_council")
    small_council.write(folder / "drop")
    outcome = run_nightly(
        LocalFolder(folder / "store"),
        drop=Folder(folder / "drop"),
        settings=Settings.read({}),
        started_at=small_council.NIGHT,
    )
    return folder, outcome


@pytest.fixture
def council(published: tuple[Path, Outcome], tmp_path: Path) -> Path:
    """A copy of that folder of a test's own: <council>/drop and <council>/store."""
    shutil.copytree(published[0], tmp_path / "council")
    return tmp_path / "council"


@pytest.fixture(scope="session")
def small_warehouse(published: tuple[Path, Outcome]) -> Path:
    """The small council's restricted file."""
    return published[0] / "store" / "published" / "warehouse_restricted.duckdb"
