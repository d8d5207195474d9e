"""Two runs at the same cycle of a provider's forecasts: whoever stores last stores what both had."""

from dataclasses import replace

import pytest

from weather_platform.core.contracts.forecast import FORECAST, MANIFEST
from weather_platform.core.fetching.payloads import digest
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.reading import parsed_cycles
from weather_platform_tests.core.fetching.test_payloads import meta_of
from weather_platform_tests.platform_fixtures import run_assets
from weather_platform_tests.replies import START, encoded, met_norway


def keep(platform: Platform, name: str, latitude: float) -> None:
    body = encoded(met_norway(latitude))
    meta = replace(
        meta_of(body),
        provider="met_norway",
        request=name,
        places=(Place(name, latitude, 7.0),),
        **digest(body),
    )
    platform.payloads.save(meta, body)


def test_a_reply_that_is_dropped_while_the_others_are_parsed_is_not_lost(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform, provider, real = Platform(fresh), PROVIDERS["met_norway"], parsed_cycles.parsed
    keep(platform, "first", 46.5)

    def meanwhile(*given: object) -> object:
        """Between a run's reading and its storing, another keeps a reply and stores all rows."""
        found = real(*given)  # type: ignore[arg-type]
        monkeypatch.undo()
        keep(platform, "dropped", 50.5)
        parsed_cycles.bring_up_to_date(provider, platform, [START])
        return found

    monkeypatch.setattr(parsed_cycles, "parsed", meanwhile)
    assert run_assets(fresh, ["forecasts/met_norway"], [CYCLE.key(START)]).success
    rows = platform.warehouse.read("forecasts/met_norway", FORECAST)
    assert set(rows["location_id"]) == {"first", "dropped"}
    manifest = platform.warehouse.read("payloads/met_norway", MANIFEST)
    assert set(manifest["request"]) == {"first", "dropped"}
