"""An archive's features are the platform's, at any time of day, and know nothing of what came later."""

from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.core.evaluate.archive import checked, wide
from weather_platform.core.evaluate.features import LOOK, features_of
from weather_platform.core.evaluate.score import evaluate
from weather_platform.core.features.build import build
from weather_platform.core.features.errors import error_sums
from weather_platform.core.features.lookback import PLATFORM
from weather_platform.core.features.target import with_target
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform_tests.core.evaluate.archives import daily_archive
from weather_platform_tests.core.synthetic import START, World, error_sums_of, world

KEY = ["location_id", "cycle", "valid_time"]
HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)


def _archived(pairs: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Rows as core.evaluate.archive.wide of the platform's own features of one variable, with their truth."""
    rows = pairs.drop(columns=["cycle"]).rename(columns={"latitude": "lat", "longitude": "lon"})
    rows = rows.assign(init_time=pairs["cycle"], member_sd=np.nan)
    rows = rows.rename(columns=lambda name: name.removeprefix("value__"))
    sources = [name.removeprefix("value__") for name in pairs.columns if name.startswith("value__")]
    return rows.sort_values(["init_time", "location_id", "valid_time"], ignore_index=True), sources


@pytest.mark.parametrize("variable", ["temperature_c", "wind_speed_m_s", "precipitation_mm"])
def test_an_archive_of_the_platforms_own_forecasts_has_the_platforms_features(variable: str) -> None:
    made = world(days=12)
    # What an archive cannot know: the truth of hours that nothing was forecast of.
    seen = made.observations[made.observations["time"] > START]
    made = World(made.forecasts, seen, made.places, made.cycles)
    sums = error_sums_of(made)
    built = build(
        made.cycles, made.forecasts, sums, seen, made.places, variables=DEFAULT_TARGETS, horizon_hours=48
    )
    built = built[(built["variable"] == variable) & (built["feeds_present"] > 0)]
    rows, sources = _archived(with_target(built, seen, DEFAULT_TARGETS))
    found = features_of(rows, sources, variable, 2.0, PLATFORM).sort_values(KEY, ignore_index=True)
    expected = built.sort_values(KEY, ignore_index=True)
    names = list(expected.select_dtypes("number").columns.drop("elevation_difference_m"))
    assert {"bias_corrected", "expected_error", "last_error", "persistence", "climatology"} < set(names)
    # The platform's sums are of whole billionths.
    pd.testing.assert_frame_equal(found[names], expected[names], rtol=1e-8, atol=1e-8, check_dtype=False)


def _irregular(seed: int, days: int = 50) -> tuple[pd.DataFrame, list[str]]:
    """Two places whose runs start at any minute and reach up to fifteen days; two sources with gaps."""
    rng = np.random.default_rng(seed)
    size = 120
    init = START + pd.to_timedelta(np.sort(rng.uniform(0, days, size)), unit="D").round("min")
    valid = (init + pd.to_timedelta(rng.uniform(0, 15, size), unit="D")).round(rng.choice(["h", "10min"]))
    frame = pd.DataFrame(
        {
            "location_id": rng.choice(["p", "q"], size),
            "lat": 50.0, "lon": np.nan, "elevation_m": np.nan, "init_time": init, "valid_time": valid,
            "lead_hours": np.maximum((valid - init) / HOUR, 0), "member": -1, "variable": "t2m",
            "unit": "degC",
        }
    )  # fmt: skip
    truth = frame[["location_id", "valid_time"]].drop_duplicates()
    truth["observation"] = rng.normal(10, 3, len(truth))
    frame = frame.merge(truth, on=["location_id", "valid_time"])
    parts = [
        frame.assign(source=name, forecast=frame["observation"] + rng.normal(bias, 1, size))
        for name, bias in (("a", 2.0), ("b", -1.0))
    ]
    return wide(checked(pd.concat(parts).sample(frac=0.9, random_state=seed)), "t2m")


@settings(max_examples=6)
@given(st.integers(0, 1000), st.floats(0, 72), st.floats(5, 45))
def test_a_row_knows_only_observations_of_its_init_less_the_delay(
    seed: int, delay_hours: float, day: float
) -> None:
    rows, sources = _irregular(seed)
    moment = START + day * DAY
    later = rows["valid_time"] + pd.Timedelta(hours=delay_hours) > moment
    spoilt = rows.assign(observed=rows["observed"].mask(later, 1e6))
    before, after = (
        features_of(table, sources, "temperature_c", delay_hours).drop(columns="observed")
        for table in (rows, spoilt)
    )
    early = (rows["init_time"] <= moment).to_numpy()
    pd.testing.assert_frame_equal(before[early], after[early])


def test_a_truth_that_was_known_changes_what_follows() -> None:
    rows, sources = _irregular(3)
    moment = START + 20 * DAY
    spoilt = rows.assign(observed=rows["observed"].mask(rows["valid_time"] <= moment, 1e6))
    soon = rows["init_time"].between(moment + DAY, moment + 5 * DAY).to_numpy()
    changed = features_of(spoilt, sources, "temperature_c", 2.0)[soon]
    assert (changed["bias_corrected"] > 1000).all()
    assert (changed["climatology"] > 1000).any()


def test_a_row_of_a_long_archive_has_the_features_it_has_without_what_is_older_than_a_look_back() -> None:
    rows, sources = wide(checked(daily_archive(days=150)), "t2m")
    start = rows["init_time"].max() - 10 * DAY
    recent = rows[rows["valid_time"] >= start.floor("D") - LOOK.days * DAY]
    whole, part = (
        features_of(table.reset_index(drop=True), sources, "temperature_c", 30.0) for table in (rows, recent)
    )
    whole, part = (table[table["cycle"] >= start].reset_index(drop=True) for table in (whole, part))
    assert len(whole) == 33
    pd.testing.assert_frame_equal(whole, part, rtol=1e-9)


def _hourly(valid: pd.DatetimeIndex, observed: np.ndarray) -> tuple[pd.DataFrame, list[str]]:
    """One place, of whose every hour one source says at 23:00 before that it is 0 °C."""
    archive = pd.DataFrame(
        {
            "location_id": "p", "lat": 50.0, "lon": 5.0, "elevation_m": 0.0,
            "init_time": valid.floor("D") - HOUR, "valid_time": valid, "lead_hours": 1.0 + valid.hour,
            "source": "a", "member": -1, "variable": "t2m", "unit": "degC", "forecast": 0.0,
            "observation": observed,
        }
    )  # fmt: skip
    return wide(checked(archive), "t2m")


def _departures(size: float) -> np.ndarray:
    """Day × hour: what is taken for the bias of each hour less its quarter of the day's, where the first
    three of six hours truly err by `size` and the others by -`size`, a day and an hour by 1 K more or less
    at random."""
    valid = pd.date_range("2025-01-01", periods=24 * 60, freq="h", tz="UTC")
    noise = np.random.default_rng(2).normal(size=(60, 25))
    error = np.where(valid.hour % 6 < 3, size, -size) + (noise[:, :1] + noise[:, 1:]).ravel()
    bias = features_of(*_hourly(valid, -error), "temperature_c", 2.0)["bias__a"].to_numpy()
    return (bias.reshape(60, 4, 6) - bias.reshape(60, 4, 6).mean(axis=2, keepdims=True)).reshape(60, 24)


def test_an_archives_hours_of_one_quarter_of_the_day_have_biases_of_their_own() -> None:
    signs = np.where(np.arange(24) % 6 < 3, 1.0, -1.0)
    found = _departures(2.0) * signs
    assert 1.2 < found[-10:].mean() < 2.0
    assert found[2].mean() < 0.8  # of two days


def test_hours_that_differ_by_chance_have_the_bias_of_their_quarter_of_the_day() -> None:
    assert np.abs(_departures(0.0)[-10:]).mean() < 0.06


def test_persistence_is_the_newest_known_value_of_the_same_hour() -> None:
    valid = pd.date_range("2025-01-01", periods=24 * 6, freq="h", tz="UTC")
    observed = np.arange(len(valid), dtype=float)
    features = features_of(*_hourly(valid, observed), "temperature_c", 2.0).tail(24)
    # At 23:00 what was valid until 21:00 is known: of later hours the newest is a day older.
    expected = observed[-24:] - np.where(np.arange(24) <= 21, 24, 48)
    np.testing.assert_array_equal(features["persistence"], expected)


def test_the_blend_that_is_scored_is_the_features_and_members_spread_stands_beside_it() -> None:
    archive = checked(daily_archive(75))
    rows, sources = wide(archive, "t2m")
    rows["member_sd"] = np.linspace(0.5, 2.0, len(rows))
    features = features_of(rows, sources, "temperature_c", 30.0)
    assert features["member_sd"].tolist() == rows["member_sd"].tolist()
    scores = evaluate(archive, "t2m", None, None).scores
    error = (features["bias_corrected"] - features["observed"]).abs()
    held_out = features["valid_time"] >= pd.Timestamp(scores["test_from"])
    assert scores["methods"]["bias_corrected"]["mae"] == pytest.approx(error[held_out].mean())


def test_rain_is_corrected_by_a_factor_as_in_the_platform() -> None:
    archive = daily_archive().assign(variable="precip", unit="mm")
    archive["observation"] = np.abs(archive["observation"])
    archive["forecast"] = np.where(archive["source"] == "a", 2.0, 0.5) * archive["observation"]
    rows, sources = wide(checked(archive), "precip")
    late = features_of(rows, sources, "precipitation_mm", 30.0).tail(60)
    np.testing.assert_allclose(late["value__a"] - late["bias__a"], late["observed"], rtol=0.1)
    np.testing.assert_allclose(late["value__b"] - late["bias__b"], late["observed"], rtol=0.1)


def test_features_are_the_same_bits_in_whatever_order_sums_are_made_and_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An engine's threads add and give rows in the order in which they end. A summer's place, whose last year
    is added up of days, is where the order of rows counts."""
    rows, sources = wide(checked(daily_archive(days=150)), "t2m")
    day = (rows["init_time"] - rows["init_time"].min()) // DAY
    rows = rows[(day < 50) | (day > 130)].reset_index(drop=True)
    one = features_of(rows, sources, "temperature_c", 30.0)

    def elsewhere(errors: pd.DataFrame, **how: Any) -> ibis.Table:
        made = error_sums(errors.sample(frac=1.0, random_state=1), **how)
        return made.order_by(made.day.desc())

    monkeypatch.setattr("weather_platform.core.evaluate.features.error_sums", elsewhere)
    other = features_of(rows, sources, "temperature_c", 30.0)
    pd.testing.assert_frame_equal(one, other, check_exact=True)
