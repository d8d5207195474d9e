"""What is counted of calibration: every verified row once, and chances by tenths."""

from datetime import timedelta

import numpy as np
import pytest
from scipy.stats import norm

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.contracts.scores import CALIBRATION
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.scoring.scores import crps_of_quantiles, expected_crps
from weather_platform.core.tables.schema import check
from weather_platform.core.verification.calibration import PIT_BINS, calibration_sums
from weather_platform_tests.core.synthetic import long_lived
from weather_platform_tests.core.verification.test_scores import made_predictions


def test_the_expected_crps_is_that_of_truth_drawn_from_the_forecast() -> None:
    rng = np.random.default_rng(3)
    sd = rng.uniform(0.5, 3, 20_000)
    quantiles = norm.ppf(np.array(QUANTILE_LEVELS)) * sd[:, None] + rng.normal(0, 5, 20_000)[:, None]
    truth = quantiles[:, 9] + rng.normal(0, 1, 20_000) * sd
    assert expected_crps(quantiles).mean() == pytest.approx(
        crps_of_quantiles(truth, quantiles).mean(), rel=0.02
    )


def test_calibration_counts_every_verified_row_once() -> None:
    made, predictions = long_lived(), made_predictions()
    start = made.world.cycles[0]
    found = calibration_sums(
        predictions,
        made.world.observations,
        start=start,
        end=start + timedelta(days=30),
        variables=DEFAULT_TARGETS,
    )
    assert check(found, CALIBRATION).bad.empty
    assert not found.duplicated(list(CALIBRATION.key)).any()
    verified = made.pairs[["variable", "location_id", "cycle", "valid_time", "observed"]].merge(
        predictions[~predictions["degraded"]]
    )
    n = verified.dropna(subset="observed").groupby("variable").size()
    pit = found[found["kind"] == "pit"].groupby("variable")["n"].sum()
    assert pit.to_dict() == pytest.approx(n.to_dict())
    chance = found[found["kind"] == "chance"]
    assert set(chance["variable"]) == {"precipitation_mm"}
    assert chance["n"].sum() == n["precipitation_mm"]
    assert (chance["said_sum"] <= chance["n"]).all()


def test_a_dry_hour_is_spread_over_the_quantiles_that_are_dry() -> None:
    predictions = made_predictions()
    wet = predictions[predictions["variable"] == "precipitation_mm"].head(1)
    dry = wet.assign(**{name: 0.0 for name in wet.columns if name.startswith("q")})
    made = long_lived()
    hour = made.world.observations.assign(precipitation_mm=0.0)
    day = wet["valid_time"].iloc[0].floor("D")
    found = calibration_sums(dry, hour, start=day, end=day + timedelta(days=1), variables=DEFAULT_TARGETS)
    assert found.loc[found["kind"] == "pit", "n"].tolist() == pytest.approx([1 / PIT_BINS] * PIT_BINS)


def test_chances_are_counted_by_tenths_and_no_row_without_one_or_without_feeds() -> None:
    predictions = made_predictions()
    rain = predictions[(predictions["variable"] == "precipitation_mm")].head(6)
    rain = rain.assign(
        valid_time=rain["valid_time"].iloc[0],
        cycle=[rain["cycle"].iloc[0] - timedelta(hours=6 * index) for index in range(6)],
        location_id=rain["location_id"].iloc[0],
        lead_hours=3.0,
        probability=[0.0, 0.0999, 0.1, 1.0, np.nan, 0.5],
        degraded=[False] * 5 + [True],
    )
    day = rain["valid_time"].iloc[0].floor("D")
    found = calibration_sums(
        rain,
        long_lived().world.observations.assign(precipitation_mm=1.0),
        start=day,
        end=day + timedelta(days=1),
        variables=["precipitation_mm"],
    )
    chances = found[found["kind"] == "chance"].set_index("bin")
    assert chances["n"].to_dict() == {0: 2.0, 1: 1.0, 9: 1.0}
    assert chances["said_sum"].to_dict() == pytest.approx({0: 0.0999, 1: 0.1, 9: 1.0})
    assert chances["happened_sum"].to_dict() == {0: 2.0, 1: 1.0, 9: 1.0}
    assert found.loc[found["kind"] == "pit", "n"].sum() == pytest.approx(5)
