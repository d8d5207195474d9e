"""A laptop's platform and an instance of Dagster, both new for each test that asks."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(Settings(data_dir=tmp_path))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance
