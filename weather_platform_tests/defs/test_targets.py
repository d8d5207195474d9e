"""Everything that can be forecast, from features to scores, in the assets that forecast the usual three."""

import numpy as np
import pytest

from weather_platform.core.contracts.errors import FORECAST_ERROR
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.contracts.learned import FEATURES, PREDICTION, QUANTILES
from weather_platform.core.contracts.scores import CALIBRATION, SCORE
from weather_platform.core.quantities.targets import KNOWN, judged
from weather_platform.core.tables.schema import check
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.platform_fixtures import Lived, cycles, days, run_assets

EVERYTHING = tuple(KNOWN)
TRAINED = "cloud_cover"
PREDICTED, SCORED = cycles(8, 1), days(8, 1)


@pytest.fixture(scope="module")
def made(lived: Lived, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the finished deployment that forecasts everything from now on."""
    settings = lived.copied_to(tmp_path_factory.mktemp("targets")).model_copy(update={"targets": EVERYTHING})
    run_assets(settings, ["feed_health"], PREDICTED)
    run_assets(settings, ["forecast_errors", "forecast_error_sums"], days(0, 9))
    run_assets(settings, ["features"], cycles(1, 8))
    run_assets(settings, [f"model/{TRAINED}"], [])
    run_assets(settings, ["predictions"], PREDICTED)
    run_assets(settings, ["verification", "calibration"], SCORED)
    return settings


def in_range(quantiles: np.ndarray, variable: str) -> bool:
    floor, ceiling = KNOWN[variable].range
    ordered = (np.diff(quantiles, axis=1) >= 0).all()
    return bool(ordered and (quantiles >= floor).all() and (quantiles <= ceiling).all())


def test_every_target_is_predicted_everywhere_within_its_range(made: Settings) -> None:
    rows = Platform(made).warehouse.read("predictions", PREDICTION, PREDICTED)
    assert check(rows, PREDICTION).bad.empty
    places = rows.groupby(["cycle", "variable"])["location_id"].nunique()
    assert places.to_dict() == {
        (cycle, variable): 3 for cycle in rows["cycle"].unique() for variable in EVERYTHING
    }
    for variable, of_variable in rows.groupby("variable"):
        assert in_range(of_variable[list(QUANTILES)].to_numpy(), str(variable)), variable
    assert rows.loc[rows["variable"] != "precipitation_mm", "probability"].isna().all()


def test_no_gust_is_below_its_wind(made: Settings) -> None:
    rows = Platform(made).warehouse.read("predictions", PREDICTION, PREDICTED)
    key = ["location_id", "cycle", "valid_time"]
    gust, wind = (rows[rows["variable"] == name] for name in ("wind_gust_m_s", "wind_speed_m_s"))
    both = gust.merge(wind, on=key, suffixes=("_gust", "_wind"))
    assert len(both) > 0
    for name in QUANTILES:
        assert (both[f"{name}_gust"] >= both[f"{name}_wind"]).all(), name
    assert (both["center_gust"] == both["q50_gust"]).all()


def test_a_model_is_learned_and_keeps_to_the_range(made: Settings) -> None:
    platform = Platform(made)
    model = platform.models.load(TRAINED, "1")
    rows = platform.warehouse.read("features", FEATURES, PREDICTED)
    rows = rows[(rows["variable"] == TRAINED) & (rows["feeds_present"] > 0)]
    assert model.variable == TRAINED
    assert in_range(model.forecast(rows).quantiles, TRAINED)


def test_feeds_are_judged_paired_and_scored_by_every_target(made: Settings) -> None:
    warehouse = Platform(made).warehouse
    health = warehouse.read("feed_health", FEED_HEALTH, PREDICTED)
    assert set(health["variable"]) == set(judged(EVERYTHING))
    assert set(warehouse.read("forecast_errors", FORECAST_ERROR, SCORED)["variable"]) == set(EVERYTHING)
    scores = warehouse.read("verification", SCORE, SCORED)
    methods = scores.groupby("variable")["method"].agg(set)
    assert set(methods.index) == set(EVERYTHING)
    for variable, found in methods.items():
        assert {"ours", "equal_weight", "climatology", "met_norway/blend"} <= found, variable
        assert ("ideal" in found) == (variable in ("temperature_c", "wind_speed_m_s")), variable
    assert set(warehouse.read("calibration", CALIBRATION, SCORED)["variable"]) == set(EVERYTHING)
