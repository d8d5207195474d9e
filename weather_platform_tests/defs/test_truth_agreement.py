"""A truth that is a feed's own output is refused for it, in the sums of errors and in scores; one whose times
are shifted or that was read in a wrong unit is told."""

from pathlib import Path

import pandas as pd

from weather_platform.core.contracts.errors import ERROR_SUM, FORECAST_ERROR, TRUTH_AGREEMENT
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.core.trust.misread_truth import misread_truth
from weather_platform.core.trust.shifted_truth import shifted_truth
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.platform_fixtures import Lived, checks, days, run_assets

FEED = "met_norway/blend"
DAYS = days(8, 4)


def spoil(settings: Settings) -> None:
    """Denver's temperature of every day becomes the newest forecast of one feed, Kathmandu's is late, and
    Miami's in °F."""
    warehouse = Platform(settings).warehouse
    keys = warehouse.keys("observations")
    rows = warehouse.read("observations", RECONCILED, keys)
    said = warehouse.read("forecasts/met_norway", FORECAST)
    said = said.sort_values("fetched_at").drop_duplicates(["location_id", "valid_time"], keep="last")
    own = rows[["location_id", "time"]].merge(
        said[["location_id", "valid_time", "temperature_c"]],
        left_on=["location_id", "time"],
        right_on=["location_id", "valid_time"],
        how="left",
    )["temperature_c"]
    here = (rows["location_id"] == "denver") & own.notna().to_numpy()
    rows["temperature_c"] = rows["temperature_c"].mask(here, own.set_axis(rows.index))
    there = rows["location_id"] == "kathmandu"
    late = rows[there].sort_values("time")["temperature_c"].shift(6)
    rows["temperature_c"] = rows["temperature_c"].mask(there, late)
    warm = rows["location_id"] == "miami"
    rows["temperature_c"] = rows["temperature_c"].mask(warm, rows["temperature_c"] * 1.8 + 32)
    warehouse.replace("observations", RECONCILED, rows, keys)


def scored(settings: Settings, method: str) -> set[str]:
    rows = Platform(settings).warehouse.read("verification", SCORE, DAYS)
    return set(rows.loc[(rows["method"] == method) & (rows["variable"] == "temperature_c"), "location_id"])


def test_it_is_refused_where_it_is_a_copy_and_nowhere_else(lived: Lived, tmp_path: Path) -> None:
    settings = lived.copied_to(tmp_path)
    assert scored(settings, FEED) == {"denver", "miami", "kathmandu"}
    spoil(settings)
    done = run_assets(settings, ["forecast_errors", "truth_agreement", "forecast_error_sums"], days(0, 12))
    assert not checks(done)["truth_agreement:measured_truth"]
    assert not checks(done)["truth_agreement:times_of_truth"]
    (late,) = [one for one in done.get_asset_check_evaluations() if one.check_name == "times_of_truth"]
    assert "kathmandu: temperatures" in str(late.metadata["reasons"].value)
    assert "6 hours earlier" in str(late.metadata["reasons"].value)
    assert "denver" not in str(late.metadata["reasons"].value)
    assert not checks(done)["truth_agreement:units_of_truth"]
    (unit,) = [one for one in done.get_asset_check_evaluations() if one.check_name == "units_of_truth"]
    assert "miami: temperature" in str(unit.metadata["reasons"].value)
    assert "denver" not in str(unit.metadata["reasons"].value)
    verified = run_assets(settings, ["verification"], DAYS)
    warehouse = Platform(settings).warehouse
    refused = warehouse.read("truth_agreement", TRUTH_AGREEMENT, DAYS).query("refused")
    assert set(zip(refused["feed"], refused["variable"], refused["location_id"], strict=True)) == {
        (FEED, "temperature_c", "denver")
    }
    assert set(refused["truth_source"]) == {"stations"}
    sums = warehouse.read("forecast_error_sums", ERROR_SUM, DAYS)
    assert "denver" not in set(places(sums, FEED, "temperature_c"))
    assert "denver" in set(places(sums, FEED, "wind_speed_m_s"))
    assert "denver" in set(places(sums, "open_meteo/gfs_seamless", "temperature_c"))
    assert scored(settings, FEED) == {"miami", "kathmandu"}
    assert scored(settings, "ours") == {"denver", "miami", "kathmandu"}
    (event,) = verified.asset_materializations_for_node("verification")[:1]
    assert "own output" in str(event.metadata["not_scored"].value)


def test_simulated_stations_are_truth_for_every_feed(lived: Lived) -> None:
    rows = Platform(lived.settings).warehouse.read("truth_agreement", TRUTH_AGREEMENT)
    assert len(rows) > 100
    assert rows["day"].nunique() == 12
    assert rows["pairs"].max() > 300
    assert not rows["refused"].any()
    errors = Platform(lived.settings).warehouse.read("forecast_errors", FORECAST_ERROR)
    near = errors[errors["lead_hours"] < 24]
    assert shifted_truth(near).empty and misread_truth(near).empty


def places(rows: pd.DataFrame, feed: str, variable: str) -> pd.Series:
    return rows.loc[(rows["feed"] == feed) & (rows["variable"] == variable), "location_id"]
