"""A deployment that reads archives off a site on loopback, and Dagster."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from weather_platform.core.contracts.truth import STATION_REPORT
from weather_platform.core.history.scraped_archives import SCRAPED
from weather_platform.defs import archives, locations
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.io_manager import WarehouseIOManager
from weather_platform.infra.platform import Platform
from weather_platform.infra.web import guard
from weather_platform_tests.archive_site import Site, serve
from weather_platform_tests.core.history.archive_files import isd_lite

LIST = """"USAF","WBAN","STATION NAME","CTRY","STATE","ICAO","LAT","LON","ELEV(M)","BEGIN","END"
"071690","99999","TROYES","FR","","LFQB","+48.322","+004.017","+0118.0","19730101","20241231"
"071800","99999","NANCY","FR","","LFSN","+48.692","+006.221","+0229.0","19730101","20241231"
"071810","99999","FAR AWAY","FR","","LFSO","+43.583","+006.000","+0225.0","19730101","20241231"
"""
PLACES = """location_id,name,country,latitude,longitude,elevation_m
troyes,Troyes,FR,48.30,4.08,110
nancy,Nancy,FR,48.69,6.18,220
"""
FOLDER = "pub/data/noaa/isd-lite/2024/"


def hours(temperature: int, days: int = 2) -> bytes:
    measured = (temperature, -30, 10132, 90, 51, 8, 12, -9999)
    return isd_lite(*((2024, 3, day, hour, *measured) for day in range(1, 1 + days) for hour in range(24)))


@dataclass
class World:
    """A site, a deployment that uses it, and Dagster."""

    site: Site
    settings: Settings
    definitions: dg.Definitions
    instance: dg.DagsterInstance
    platform: Platform

    def run(self, job: str, tags: dict[str, str] | None = None) -> dg.ExecuteInProcessResult:
        found = self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance, tags=tags or {}, raise_on_error=True
        )
        assert found.success
        return found

    def tick(self, archive: str = "isd_lite") -> Any:
        """One evaluation of the sensor; its partitions are registered, and its run is run."""
        sensor = self.definitions.resolve_sensor_def(f"new_{archive}_files")
        context = dg.build_sensor_context(
            instance=self.instance, definitions=self.definitions, resources={"platform": self.platform}
        )
        result = sensor(context)
        for request in result.dynamic_partitions_requests or []:
            self.instance.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
        for request in result.run_requests or []:
            self.run(f"read_{archive}_files", dict(request.tags))
        return result

    def files(self) -> pd.DataFrame:
        return self.platform.warehouse.read("station_files/isd_lite", STATION_REPORT)

    def fetched(self) -> list[str]:
        return [path.rsplit("/", 1)[1] for path in self.site.asked if path.endswith(".gz")]


def world_of(site: Site, folder: Path, **more: Any) -> World:
    (folder / "places.csv").write_text(PLACES)
    settings = Settings(
        profile="live",
        data_dir=folder / "data",
        locations_file=folder / "places.csv",
        first_day=date(2024, 3, 1),
        **({"archives": ("isd_lite", "gsod", "ghcn_daily")} | more),
    )
    platform = Platform(settings)
    local = [
        replace(each, base_url=site.url, per_minute=60_000.0)
        for each in SCRAPED.values()
        if each.name in settings.archives
    ]
    definitions = dg.Definitions.merge(
        locations.build(settings),
        archives.build(settings, local),
        dg.Definitions(
            jobs=[
                dg.define_asset_job("places", dg.AssetSelection.assets(locations.KEY)),
                dg.define_asset_job("day", dg.AssetSelection.key_prefixes("history")),
                dg.define_asset_job("year", dg.AssetSelection.key_prefixes("daily")),
            ],
            resources={"platform": platform, "warehouse": WarehouseIOManager(platform)},
        ),
    )
    return World(site, settings, definitions, dg.DagsterInstance.ephemeral(), platform)


@contextmanager
def site_of_archives() -> Iterator[Site]:
    """Sites are asked at public addresses only (infra.web.guard), and this one is none: it counts as one."""
    with pytest.MonkeyPatch.context() as patched, serve() as site:
        patched.setattr(guard, "refuse_unless_public", lambda _host, _addresses: None)
        yield site
