"""An archive that shares a provider's limits is not asked for more than they have left."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.panel.places_file import read_panel
from weather_platform.core.partitions import CYCLE
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.core.fetching.test_payloads import meta_of
from weather_platform_tests.platform_fixtures import checks, run_assets


def test_what_forecasts_spent_the_archive_may_not(places_file: Path, tmp_path: Path) -> None:
    settings = Settings(
        profile="live",
        data_dir=tmp_path,
        locations_file=places_file,
        providers=("open_meteo",),
        archives=("open_meteo_archive",),
        first_day=datetime(2026, 8, 1, tzinfo=UTC).date(),
    )
    now = datetime.now(UTC)
    spending = replace(meta_of(b""), cycle=CYCLE.floor(now), fetched_at=now, quota_weight=10_000.0)
    platform = Platform(settings)
    platform.payloads.save(spending, b"")
    platform.warehouse.replace("locations", LOCATIONS, read_panel(places_file), None)
    result = run_assets(settings, ["history/open_meteo_archive"], ["2026-08-01"])
    assert not checks(result)["history/open_meteo_archive:complete"]
    (check,) = [found for found in result.get_asset_check_evaluations() if found.check_name == "complete"]
    assert "not asked: 10,000 of the" in str(check.metadata["reasons"])


def test_they_are_asked_one_after_the_other() -> None:
    """Spending is read from what is kept, so two runs at once would not see each other's."""
    settings = Settings(profile="live", archives=("open_meteo_archive",))
    graph = build(settings).get_repository_def().asset_graph
    asked = ("payloads/open_meteo", "reconstructed/open_meteo", "history/open_meteo_archive")
    pools = {pool for name in asked for pool in graph.get(dg.AssetKey(name.split("/"))).pools}
    assert pools == {"provider_open_meteo"}
