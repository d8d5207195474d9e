"""Fixtures of the tests of assets, jobs and sensors."""

from collections.abc import Iterator

import dagster as dg
import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform_tests.defs.dropped import MAPPING, Deployment
from weather_platform_tests.platform_fixtures import run_job


@pytest.fixture
def deployment(fresh: Settings) -> Iterator[Deployment]:
    """One whose panel is read, with a mapping for the whole drop box."""
    run_job(fresh, "read_locations")
    with dg.DagsterInstance.ephemeral() as instance:
        made = Deployment(fresh, instance)
        made.put("mapping.yaml", MAPPING)
        yield made
