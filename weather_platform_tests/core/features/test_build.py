"""Features are the same for training and prediction, and know nothing of what came later."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.features.axes import HOUR, microseconds
from weather_platform.core.features.build import build
from weather_platform.core.features.target import with_target
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.schema import check
from weather_platform_tests.core.synthetic import FEEDS, Learned, error_sums_of, learned, world

HORIZON = 36
KEY = list(FEATURES.key)


def _alone(made: Learned, cycle: pd.Timestamp, **changed: pd.DataFrame) -> pd.DataFrame:
    parts = {
        "forecasts": made.world.forecasts,
        "error_sums": made.error_sums,
        "observations": made.world.observations,
        "places": made.world.places,
    } | changed
    return build([cycle.to_pydatetime()], **parts, variables=DEFAULT_TARGETS, horizon_hours=HORIZON)


def _of(features: pd.DataFrame, cycle: pd.Timestamp) -> pd.DataFrame:
    return features[features["cycle"] == cycle].reset_index(drop=True)


@pytest.mark.parametrize("index", [0, 9, 40, 63])
def test_a_cycle_alone_has_the_features_it_has_among_many(index: int) -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[index])
    reached = made.world.forecasts["cycle"].between(cycle - timedelta(days=1), cycle)
    forecasts = made.world.forecasts[reached]
    recent = made.error_sums["day"] >= cycle.floor("D") - timedelta(days=29)
    alone = _alone(made, cycle, forecasts=forecasts, error_sums=made.error_sums[recent])
    pd.testing.assert_frame_equal(alone, _of(made.features, cycle), rtol=1e-9, atol=1e-9)


def test_features_follow_their_contract() -> None:
    features = learned().features
    assert check(features, FEATURES).bad.empty
    assert set(features["variable"]) == {"temperature_c", "wind_speed_m_s", "precipitation_mm"}
    assert (features["valid_time"] >= features["known_at"]).all()


def test_what_has_no_truth_yet_stands_beside_none() -> None:
    made = learned()
    cut = pd.Timestamp(made.world.cycles[40])
    observations = made.world.observations[made.world.observations["time"] < cut]
    pairs = with_target(made.features, observations, DEFAULT_TARGETS)
    pd.testing.assert_frame_equal(pairs[made.features.columns], made.features)
    unknown = pairs["valid_time"] >= cut
    for name in ("observed", "observed_known_at", "truth_source"):
        assert (pairs[name].isna() == unknown).all()


def test_truth_known_later_changes_nothing() -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[40])
    observations, sums = made.world.observations.copy(), made.error_sums.copy()
    late = observations["known_at"] > cycle
    assert late.any()
    observations.loc[late, ["temperature_c", "wind_speed_m_s", "precipitation_mm"]] = 1e6
    sums.loc[sums["known_at"] > cycle, ["error_sum", "squared_error_sum", "observed_sum"]] = 1e6
    poisoned = _alone(made, cycle, error_sums=sums, observations=observations)
    pd.testing.assert_frame_equal(poisoned, _of(made.features, cycle), rtol=1e-9, atol=1e-9)


def test_truth_known_in_time_does_change_them() -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[40])
    sums = made.error_sums.copy()
    sums.loc[sums["known_at"] <= cycle, "error_sum"] += 5.0 * sums["n"]
    shifted = _alone(made, cycle, error_sums=sums)
    before = _of(made.features, cycle)
    warm = (before["variable"] == "temperature_c").to_numpy(bool)
    assert (before["bias_corrected"] - shifted["bias_corrected"])[warm].mean() == pytest.approx(5, abs=0.6)


def test_each_day_of_lead_has_the_bias_that_it_has_shown() -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[60])
    sums = made.error_sums.copy()
    far = sums["lead_day"] == 1
    sums.loc[far, "error_sum"] += 5.0 * sums["n"]
    sums.loc[far, "squared_error_sum"] += 25.0 * sums["n"]
    before, after = (
        _alone(made, cycle, error_sums=table).query("variable == 'temperature_c'")
        for table in (made.error_sums, sums)
    )
    far_ahead = before["lead_hours"] >= 24
    for name, sign in (("bias_corrected", 1), ("neighbour_bias", -1)):
        moved = sign * (before[name] - after[name]).groupby(far_ahead).mean()
        assert moved[True] > 3 and moved[False] < 2, name
    errors = before.filter(like="rmse__").mean(axis=1).groupby(far_ahead).mean()
    assert errors[True] > 1.2 * errors[False]


def test_of_a_feed_that_does_not_tell_an_hour_nothing_stands_in_its_row() -> None:
    made = learned()
    forecasts = _three_hourly(made.world.forecasts, FEEDS[2])
    features = _alone(made, pd.Timestamp(made.world.cycles[40]), forecasts=forecasts)
    silent = features["value__gamma__blend"].isna()
    assert 0 < silent.sum() < len(features)
    for kind in ("bias", "rmse"):
        assert (features[f"{kind}__gamma__blend"].isna() == silent).all()


def _fetched(forecasts: pd.DataFrame, minutes: dict[str, int], cycle: pd.Timestamp) -> pd.DataFrame:
    """The forecasts with those feeds fetched so many minutes into that cycle."""
    rows = forecasts.copy()
    for feed, late in minutes.items():
        rows.loc[(rows["feed"] == feed) & (rows["cycle"] == cycle), "fetched_at"] = cycle + timedelta(
            minutes=late
        )
    return rows[rows["valid_time"] >= rows["fetched_at"]]


def _three_hourly(forecasts: pd.DataFrame, feed: str) -> pd.DataFrame:
    """Without the feed's rows between its six-hourly steps."""
    return forecasts[(forecasts["feed"] != feed) | (forecasts["valid_time"].dt.hour % 6 == 0)]


@pytest.mark.parametrize("minutes", [(15, 18, 350), (15, 50, 80), (15, 200, 201), (90, 91, 92), (5, 64, 66)])
def test_a_row_uses_nothing_that_was_fetched_after_it_was_known(minutes: tuple[int, int, int]) -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[40])
    given = dict(zip(FEEDS, minutes, strict=True))
    forecasts = _three_hourly(_fetched(made.world.forecasts, given, cycle), FEEDS[2])
    before = _alone(made, cycle, forecasts=forecasts)
    for time in sorted(forecasts.loc[forecasts["cycle"] == cycle, "fetched_at"].unique()):
        poisoned = forecasts.copy()
        poisoned.loc[poisoned["fetched_at"] > time, [*DEFAULT_TARGETS, "elevation_m"]] += 50
        after = _alone(made, cycle, forecasts=poisoned)
        rows = before["known_at"] <= time
        pd.testing.assert_frame_equal(before[rows], after[rows])


def test_feeds_fetched_minutes_apart_say_what_they_say_together() -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[40])
    forecasts = _three_hourly(made.world.forecasts, FEEDS[2])
    together = _alone(made, cycle, forecasts=forecasts)
    apart = _alone(made, cycle, forecasts=_fetched(forecasts, {FEEDS[1]: 21, FEEDS[2]: 27}, cycle))
    assert (apart["known_at"] == cycle + timedelta(minutes=27)).all()
    times = ["known_at", "lead_hours"]
    pd.testing.assert_frame_equal(together.drop(columns=times), apart.drop(columns=times))
    assert (together["lead_hours"] - apart["lead_hours"]).to_numpy() == pytest.approx(0.2)


def test_an_hour_that_had_passed_when_the_feeds_were_there_has_no_row() -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[40])
    forecasts = _fetched(made.world.forecasts, {FEEDS[0]: 150, FEEDS[1]: 195, FEEDS[2]: 195}, cycle)
    features = _alone(made, cycle, forecasts=forecasts)
    assert (features["known_at"] == cycle + timedelta(minutes=195)).all()
    assert (features["lead_hours"].min(), features["lead_hours"].max()) == (2.75, HORIZON - 0.25)


def test_a_variable_that_the_latest_feed_does_not_tell_was_known_before() -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[40])
    forecasts = _fetched(made.world.forecasts, {FEEDS[2]: 350}, cycle)
    forecasts.loc[forecasts["feed"] == FEEDS[2], "wind_speed_m_s"] = np.nan
    known = _alone(made, cycle, forecasts=forecasts).groupby("variable")["known_at"].max()
    assert known["wind_speed_m_s"] == cycle + timedelta(minutes=15)
    assert known["temperature_c"] == cycle + timedelta(minutes=350)


def test_the_height_that_feeds_answer_for_is_told_from_the_places_own() -> None:
    made = learned()
    features = made.features[made.features["feeds_present"] > 0]
    expected = made.world.forecasts["elevation_m"].iloc[0] - features["elevation_m"]
    assert features["elevation_difference_m"].tolist() == pytest.approx(expected.tolist())


def test_no_history_at_all_still_gives_a_row_for_every_forecast() -> None:
    made = world(days=1, n_places=2)
    features = build(
        made.cycles,
        made.forecasts,
        error_sums_of(made)[:0],
        made.observations[:0],
        made.places,
        variables=DEFAULT_TARGETS,
        horizon_hours=24,
    )
    assert len(features) == 3 * 2 * 4 * 8
    assert features["expected_error"].isna().all()
    assert (features["bias_corrected"] - features["equal_weight"]).abs().max() < 1e-9


def test_losing_the_best_feed_leaves_the_others_and_a_larger_error_to_expect() -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[40])
    before = _of(made.features, cycle)
    best = str(before.filter(like="rmse__").mean().idxmin()).removeprefix("rmse__")
    rest = made.world.forecasts[made.world.forecasts["feed"] != best.replace("__", "/")]
    features = _alone(made, cycle, forecasts=rest)
    assert (features["feeds_present"] == 2).all()
    assert f"value__{best}" not in features.columns
    assert features["expected_error"].mean() > before["expected_error"].mean()


def test_without_any_feed_the_past_still_speaks() -> None:
    made = learned()
    cycle = pd.Timestamp(made.world.cycles[40])
    features = _alone(made, cycle, forecasts=made.world.forecasts[:0])
    assert len(features) == 3 * 4 * 12
    assert (features["feeds_present"] == 0).all()
    assert (features["known_at"] == cycle).all()
    assert features["climatology"].notna().all()
    assert features["persistence"].notna().all()


def test_bias_correction_is_worth_having() -> None:
    pairs = learned().pairs
    late = pairs[(pairs["cycle"] > pairs["cycle"].min() + timedelta(days=6)) & pairs["observed"].notna()]
    for _, rows in late.groupby("variable"):
        plain = (rows["equal_weight"] - rows["observed"]).abs().mean()
        assert (rows["bias_corrected"] - rows["observed"]).abs().mean() < plain


def test_a_time_that_is_no_cycle_is_refused() -> None:
    made = learned()
    with pytest.raises(ValueError, match="6-hour cycles"):
        _alone(made, pd.Timestamp(made.world.cycles[3]) + timedelta(hours=1))


def test_the_sun_stands_where_it_stands() -> None:
    """Greenwich, noon at the June solstice: 90 − 51.48 + 23.44 degrees."""
    from weather_platform.core.features.calendar import calendar

    noon = np.array([pd.Timestamp("2026-06-21T12:00Z").value // 1000])
    columns = calendar(noon, np.array([51.48]), np.array([0.0]))
    assert columns["sun_elevation_deg"][0] == pytest.approx(61.96, abs=0.5)
    assert columns["solar_hour_cos"][0] == pytest.approx(-1)
    east = calendar(noon - 6 * HOUR, np.array([51.48]), np.array([90.0]))
    for name in ("sun_elevation_deg", "solar_hour_cos"):
        assert east[name][0] == pytest.approx(columns[name][0], abs=0.1)
    november = np.array([pd.Timestamp(f"2026-11-03T{hour}:43:36Z").value // 1000 for hour in (10, 12)])
    morning, afternoon = calendar(november, np.array([0.0]), np.array([0.0]))["sun_elevation_deg"]
    assert morning == pytest.approx(afternoon, abs=0.1), "the sun is 16 minutes and 24 seconds early"


def test_the_season_turns_once_a_year_from_the_first_of_january() -> None:
    from weather_platform.core.features.calendar import calendar

    days = ("2026-01-01T00:00Z", "2026-04-02T07:30Z", "2026-07-02T15:00Z", "2027-01-01T00:00Z")
    columns = calendar(microseconds(pd.DatetimeIndex(days)), np.zeros(4), np.zeros(4))
    assert columns["season_cos"] == pytest.approx([1, 0, -1, 1], abs=0.01)
    assert columns["season_sin"] == pytest.approx([0, 1, 0, 0], abs=0.01)
