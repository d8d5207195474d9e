"""What was spent is read back from what is kept: tables, and objects that no table knows yet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from weather_platform.core.contracts.forecast import FORECAST, MANIFEST
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon
from weather_platform.core.providers.terms import LENGTH
from weather_platform.core.tables.schema import empty
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.reading.spending import spent
from weather_platform_tests.core.fetching.test_payloads import meta_of
from weather_platform_tests.platform_fixtures import Lived, run_job

KEYS = CYCLE.keys(datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 2, tzinfo=UTC))
NOW = datetime(2026, 8, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_table_and_the_objects_tell_the_same(fresh: Settings) -> None:
    run_job(fresh, "read_locations")
    assert run_job(fresh, "fetch", KEYS).success
    platform, provider = Platform(fresh), PROVIDERS["open_meteo"]
    manifest = platform.payloads.manifest("open_meteo", [CYCLE.start(key) for key in KEYS])
    weight = manifest["quota_weight"].sum()
    assert weight > 0
    assert sum(one for _, one in spent(platform, provider, NOW)) == pytest.approx(weight)
    # A run that was killed before it wrote its table has spent all the same.
    platform.warehouse.replace("payloads/open_meteo", MANIFEST, empty(MANIFEST), None)
    assert sum(one for _, one in spent(Platform(fresh), provider, NOW - timedelta(days=8))) > 0
    assert spent(platform, provider, NOW + timedelta(days=31)) == []


def test_of_a_cycle_that_may_still_be_fetched_the_objects_count_and_not_its_table(fresh: Settings) -> None:
    """A run that is at it has made calls that no table has."""
    platform = Platform(fresh)
    for hours, kept, told in ((1, 2, 0), (49, 2, 1)):
        at = NOW - timedelta(hours=hours)
        cycle = CYCLE.floor(at)
        for number in range(kept):
            meta = replace(meta_of(b""), cycle=cycle, fetched_at=at, request=f"batch-{number}")
            platform.payloads.save(meta, b"")
        table = platform.payloads.manifest("open_meteo", [cycle])[:told]
        platform.warehouse.replace("payloads/open_meteo", MANIFEST, table, [CYCLE.key(cycle)])
    times = [time for time, _ in spent(platform, PROVIDERS["open_meteo"], NOW)]
    assert sorted(times) == [NOW - timedelta(hours=hours) for hours in (49, 1, 1)]


def test_calls_count_that_no_table_has_and_those_of_a_cycle_that_began_before_the_window(
    tmp_path: Path,
) -> None:
    platform, provider, now = Platform(Settings(data_dir=tmp_path)), PROVIDERS["open_meteo"], NOW + HOUR * 2
    edge = now - max(LENGTH[limit.window] for limit in provider.terms.limits)
    times = {"before": edge - HOUR, "edge": edge + HOUR, "untold": now - timedelta(days=5)}
    for name, at in times.items():
        meta = replace(meta_of(b""), cycle=CYCLE.floor(at), fetched_at=at, request=name)
        platform.payloads.save(meta, b"")
    assert CYCLE.floor(times["edge"]) < edge
    assert sorted(time for time, _ in spent(platform, provider, now)) == [times["edge"], times["untold"]]


def test_a_provider_without_limits_is_not_looked_up(fresh: Settings) -> None:
    free = replace(PROVIDERS["nws"], terms=replace(PROVIDERS["nws"].terms, limits=()))
    assert spent(Platform(fresh), free, NOW) == []


@pytest.mark.parametrize("name", ["open_meteo", "met_norway", "nws"])
def test_the_rows_that_a_plan_promises_come(lived: Lived, name: str) -> None:
    provider = PROVIDERS[name]
    platform = Platform(lived.settings)
    rows = platform.warehouse.read(f"forecasts/{name}", FORECAST, columns=["feed", "location_id", "cycle"])
    assert len(rows)
    per_place = rows.groupby(["feed", "location_id", "cycle"]).size().median()
    horizon = Horizon(lived.settings.horizon_hours)
    assert provider.steps(horizon.hours) == pytest.approx(per_place, rel=0.1)


@pytest.mark.parametrize("name", ["open_meteo_archive", "open_meteo_previous_runs"])
def test_calls_to_a_providers_archives_count_with_its_own(tmp_path: Path, name: str) -> None:
    """They have one limit, and are kept under the days that they are about, however long ago."""
    platform, now = Platform(Settings(data_dir=tmp_path)), datetime.now(UTC)
    old = CYCLE.floor(now - timedelta(days=400))
    for request, fetched_at in (("first", now - timedelta(days=40)), ("second", now - timedelta(hours=1))):
        body = request.encode()
        meta = replace(meta_of(body), provider=name, cycle=old, request=request, fetched_at=fetched_at)
        platform.payloads.save(meta, body)
    assert [weight for _, weight in spent(platform, PROVIDERS["open_meteo"], now)] == [
        meta_of(b"").quota_weight
    ]
    assert spent(platform, PROVIDERS["met_norway"], now) == []
