"""Fixtures of the tests of assets, jobs and sensors."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform_tests.defs.dropped import MAPPING, Deployment
from weather_platform_tests.defs.scraped import FOLDER, LIST, World, hours, site_of_archives, world_of
from weather_platform_tests.platform_fixtures import run_job


@pytest.fixture
def deployment(fresh: Settings) -> Iterator[Deployment]:
    """One whose panel is read, with a mapping for the whole drop box."""
    run_job(fresh, "read_locations")
    with dg.DagsterInstance.ephemeral() as instance:
        made = Deployment(fresh, instance)
        made.put("mapping.yaml", MAPPING)
        yield made


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One that reads the hours of two stations near its places, where there are three."""
    with site_of_archives() as site:
        site.put("pub/data/noaa/isd-history.csv", LIST.encode())
        for name, temperature in (("071690", 50), ("071800", 60), ("071810", 70)):
            site.put(f"{FOLDER}{name}-99999-2024.gz", hours(temperature))
        found = world_of(site, tmp_path)
        found.run("places")
        found.run("match_stations")
        found.run("list_isd_lite", {"dagster/partition": "2024"})
        yield found
