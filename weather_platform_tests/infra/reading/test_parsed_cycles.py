"""A cycle made again from what is kept of it: all replies, what was set aside, and the past where there are
none.
"""

from pathlib import Path

import pytest

from weather_platform.core.contracts.forecast import FORECAST, QUARANTINE
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.reading import parsed_cycles
from weather_platform_tests.defs.test_two_writers import keep
from weather_platform_tests.replies import START

KEY, NORWAY = CYCLE.key(START), PROVIDERS["met_norway"]


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(Settings(data_dir=tmp_path))


def places(platform: Platform, provider: str = "met_norway") -> set[str]:
    return set(platform.warehouse.read(f"forecasts/{provider}", FORECAST, [KEY])["location_id"])


def test_a_reply_that_comes_while_a_cycle_is_parsed_is_parsed_as_well(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(platform, "first", 46.5)
    real = parsed_cycles.parsed

    def meanwhile(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]
        if not platform.payloads.has("met_norway", START, "second"):
            keep(platform, "second", 50.5)
        return found

    monkeypatch.setattr(parsed_cycles, "parsed", meanwhile)
    parsed_cycles.bring_up_to_date(NORWAY, platform, [START])
    assert places(platform) == {"first", "second"}


def test_a_cycle_whose_replies_never_cease_to_come_is_given_up(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = parsed_cycles.kept_of, iter(range(1000))
    monkeypatch.setattr(parsed_cycles, "kept_of", lambda *given: real(*given) | {"n": next(asked)})
    with pytest.raises(RuntimeError, match=r"met_norway: replies came 20 times .*; run this again"):
        parsed_cycles.bring_up_to_date(NORWAY, platform, [START])


def test_a_reply_that_is_damaged_is_set_aside_beside_those_that_are_not(platform: Platform) -> None:
    keep(platform, "whole", 46.5)
    platform.objects.create(f"payloads/met_norway/{KEY}/spoilt", b"no payload at all")
    parsed_cycles.bring_up_to_date(NORWAY, platform, [START])
    assert places(platform) == {"whole"}
    aside = platform.warehouse.read(parsed_cycles.quarantine_of(NORWAY), QUARANTINE, [KEY])
    assert aside["object"].tolist() == [f"payloads/met_norway/{KEY}/spoilt"]


def test_where_nothing_was_fetched_the_reconstructed_past_stands(platform: Platform, tmp_path: Path) -> None:
    keep(platform, "first", 46.5)
    parsed_cycles.bring_up_to_date(NORWAY, platform, [START])
    rows = platform.warehouse.read("forecasts/met_norway", FORECAST, [KEY])
    silent = Platform(Settings(data_dir=tmp_path / "silent"))
    silent.warehouse.replace("reconstructed/open_meteo", FORECAST, rows, [KEY])
    parsed_cycles.bring_up_to_date(PROVIDERS["open_meteo"], silent, [START])
    assert places(silent, "open_meteo") == {"first"}
