"""What came to 0.1 mm is precipitation, whatever floating point made of the way to it, for all that ask."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.occurrence import chance_of_wet, occurrence
from weather_platform.core.feed_columns import feed_of, value_columns
from weather_platform.core.grid import truth_grid
from weather_platform.core.model.amounts import common_amounts, feed_amounts
from weather_platform.core.model.predictions import predict
from weather_platform.core.quantities.units import affine
from weather_platform.core.quantities.wet import WET_MM, is_wet
from weather_platform.core.verification.calibration import CHANCE, calibration_sums
from weather_platform.core.verification.score import scores
from weather_platform_tests.core.synthetic import Learned, learned

RAIN = "precipitation_mm"
BARELY = 0.01 + 0.09  # 0.09999999999999999


def made() -> Learned:
    return learned(days=3, n_places=2, horizon=12)


def test_hours_that_make_the_least_amount_are_wet_however_it_is_divided_among_them() -> None:
    """In hundredths of a millimetre, 14 of these 66 ways to make ten of them add up to less than 0.1."""
    parts = [(a, b, 10 - a - b) for a in range(11) for b in range(11 - a)]
    times = pd.date_range("2026-03-01T01:00Z", periods=3 * len(parts), freq="h").as_unit("us")
    hours = pd.DataFrame(
        {"location_id": "here", "source": "gauge", "quality": "good", "distance_km": 0.0}
        | {"time": times, "known_at": times, "interval_hours": 1, RAIN: np.ravel(parts) / 100}
    )
    sums = truth_grid(hours, [RAIN]).execute()["observed"].to_numpy()
    assert len(sums) == len(parts)
    assert is_wet(sums).all()


@pytest.mark.parametrize(("unit", "written"), [("mm", 0.1), ("cm", 0.01), ("m", 0.0001), ("in", 0.1 / 25.4)])
def test_the_least_amount_is_wet_in_any_unit_and_of_single_precision(unit: str, written: float) -> None:
    factor, offset = affine(unit, RAIN)
    assert is_wet(np.array([written, np.float32(written)]) * factor + offset).all()


def test_less_is_dry_and_what_is_unknown_is_not_wet() -> None:
    assert not is_wet(np.array([0.0, 0.09, 0.0999, np.nan])).any()


def test_the_chances_of_an_archive_are_judged_by_it() -> None:
    assert occurrence(np.array([1.0, 0.0]), np.array([BARELY, 0.0]), 0.5)["brier"] == 0
    assert chance_of_wet(np.full((1, 19), BARELY)) == chance_of_wet(np.full((1, 19), WET_MM))


def test_the_model_counts_a_feed_that_says_it_as_wet() -> None:
    features = made().features
    rain = features[features["variable"] == RAIN].head(5)
    values = value_columns(rain.columns)
    feeds = [feed_of(column) for column in values]
    exact, barely = (rain.assign(**dict.fromkeys(values, amount)) for amount in (WET_MM, BARELY))
    assert common_amounts(barely) == pytest.approx(common_amounts(exact), nan_ok=True)
    assert feed_amounts(barely, feeds) == pytest.approx(feed_amounts(exact, feeds), nan_ok=True)


def test_scores_and_calibration_count_it_as_having_happened() -> None:
    world, features = made().world, made().features
    rain = features[features["variable"] == RAIN]
    start, end = world.cycles[0], world.cycles[0] + timedelta(days=2)
    predictions = predict(rain, {}, {}).assign(probability=1.0)
    hour = world.observations["time"].dt.hour.to_numpy() % 3
    hours = world.observations.assign(precipitation_mm=np.array([0.0, 0.01, 0.09])[hour])
    counted = calibration_sums(predictions, hours, start=start, end=end, variables=[RAIN])
    chances = counted[counted["kind"] == CHANCE]
    assert chances["n"].sum() > 0
    assert chances["happened_sum"].tolist() == chances["n"].tolist()
    told = scores(predictions, rain, hours, start=start, end=end, variables=[RAIN]).set_index("method")
    assert told.loc[["ours"], "n"].sum() > 0
    assert told.loc[["ours"], "brier_sum"].sum() == 0
