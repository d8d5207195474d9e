"""What a variable is decides what may be said of it: chances, shares and amounts, in any unit."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import checked, wide
from weather_platform.core.evaluate.features import features_of
from weather_platform.core.evaluate.occurrence import chance_of_wet, occurrence, steps
from weather_platform.core.evaluate.score import evaluate
from weather_platform_tests.core.evaluate.archives import daily_archive


def _windy() -> pd.DataFrame:
    archive = daily_archive(days=60).assign(variable="wind_speed", unit="m/s")
    archive[["forecast", "observation"]] = archive[["forecast", "observation"]].abs()
    return archive


@pytest.mark.parametrize(
    ("variable", "later"), [("pop", 0.5), ("cloud", 1e6), ("clear_or_cloudy", 0.5), ("wind_speed", -9.0)]
)
def test_what_a_variable_is_does_not_follow_from_later_values(variable: str, later: float) -> None:
    made = {
        "pop": lambda: _chances("1", 1.0, 60),
        "cloud": lambda: _cloudy("1", 1.0),
        "clear_or_cloudy": lambda: _chances("1", 1.0, 60).assign(variable="clear_or_cloudy"),
        "wind_speed": _windy,
    }
    archive = made[variable]()
    before = evaluate(checked(archive), variable, None, None).predictions
    first = before["init_time"].min()
    seen = archive["valid_time"] <= first - pd.Timedelta(hours=30)
    archive["observation"] = archive["observation"].where(seen, later)
    archive["forecast"] = archive["forecast"].where(archive["init_time"] <= first, later / 2)
    after = evaluate(checked(archive), variable, None, None).predictions
    pd.testing.assert_frame_equal(*(rows[rows["init_time"] == first] for rows in (before, after)))


def test_what_cannot_be_negative_is_not_blended_below_zero() -> None:
    archive = daily_archive().assign(variable="wind_speed", unit="m/s")
    archive["observation"] = 0.5
    # Far above the truth until April: the bias learned then would take a calm forecast below zero.
    archive["forecast"] = np.where(archive["valid_time"] < pd.Timestamp("2025-04-01", tz="UTC"), 6.0, 0.2)
    rows, sources = wide(checked(archive), "wind_speed")
    features = features_of(rows, sources, "wind_speed_m_s", 2.0)
    assert features["bias_corrected"].min() == 0


def _chances(unit: str, whole: float, days: int = 100) -> pd.DataFrame:
    """Sources that say how likely warmth is, rather too boldly, and whether it came."""
    archive = daily_archive(days).assign(variable="pop", unit=unit)
    archive["forecast"] = whole / (1 + np.exp(-(archive["forecast"] - 10)))
    archive["observation"] = np.where(archive["observation"] > 10, whole, 0.0)
    return archive


def test_a_chance_is_scored_by_whether_it_came_true() -> None:
    share = evaluate(checked(_chances("1", 1.0)), "pop", None, None)
    quantiles = share.predictions.filter(regex=r"^q\d+$").to_numpy()
    assert set(np.unique(quantiles)) == {0.0, 1.0}
    assert (np.diff(quantiles, axis=1) >= 0).all()
    methods = share.scores["methods"]
    assert methods["ours"]["crps"] < 0.8 * min(methods["a"]["crps"], methods["b"]["crps"])
    per_cent = evaluate(checked(_chances("%", 100.0)), "pop", None, None)
    for name in ("bias_corrected", "equal_weight", "a", "b"):
        assert per_cent.scores["methods"][name]["crps"] == pytest.approx(100 * methods[name]["crps"])
    # Not quite the same: a hundredth of 100 % is not quite 1 %, and on truths of 0 and 1 EMOS' least is flat.
    assert per_cent.scores["methods"]["ours"]["crps"] == pytest.approx(100 * methods["ours"]["crps"], rel=0.1)
    assert set(np.unique(per_cent.predictions.filter(regex=r"^q\d+$"))) == {0.0, 100.0}


def test_the_crps_of_steps_is_the_brier_score() -> None:
    levels = (np.arange(1000) + 0.5) / 1000
    for chance in (0.0, 0.2, 0.7, 1.0):
        quantiles = steps(np.array([chance]), levels)[0]
        for truth in (0.0, 1.0):
            pinball = np.where(truth > quantiles, levels, 1 - levels) * np.abs(truth - quantiles)
            assert 2 * pinball.mean() == pytest.approx((chance - truth) ** 2, abs=1e-3)


def test_a_share_in_a_unit_that_is_unknown_is_not_cut_at_1() -> None:
    made = evaluate(checked(_cloudy("tenths", 10.0)), "cloud", None, None).predictions
    assert made["q10"].max() > 5


@pytest.mark.parametrize("size", [1e-4, 1e5])
def test_the_size_of_a_quantity_without_a_known_unit_changes_nothing(size: float) -> None:
    archive = daily_archive(40).assign(variable="q", unit="?")
    usual = evaluate(checked(archive), "q", None, None)
    archive[["forecast", "observation"]] *= size
    sized = evaluate(checked(archive), "q", None, None)
    for name, scores in usual.scores["methods"].items():
        assert sized.scores["methods"][name]["crps"] == pytest.approx(size * scores["crps"], rel=1e-3)


@pytest.mark.parametrize(("name", "unit"), [("wind_u_10m", "m/s"), ("wind", "knots"), ("wind_chill", "degF")])
def test_what_may_be_negative_is_not_cut_at_0(name: str, unit: str) -> None:
    archive = daily_archive(60).assign(variable=name, unit=unit)
    archive[["forecast", "observation"]] -= 10
    made = evaluate(checked(archive), name, None, None)
    assert made.predictions["q0"].min() < -3
    assert made.scores["methods"]["ours"]["coverage_80"] > 0.6


def _cloudy(unit: str, whole: float) -> pd.DataFrame:
    """An archive of the sky: half of the truth is exactly clear or overcast."""
    archive = daily_archive(days=60).assign(variable="cloud", unit=unit)
    for name in ("forecast", "observation"):
        archive[name] = whole * np.clip((archive[name] - 10) / 8 + 0.5, 0, 1)
    return archive


def test_a_sky_in_per_cent_is_a_sky_in_shares() -> None:
    per_cent, shares = (
        evaluate(checked(_cloudy(unit, whole)), "cloud", None, None)
        for unit, whole in (("%", 100.0), ("1", 1.0))
    )
    for name, found in per_cent.scores["methods"].items():
        same = shares.scores["methods"][name]
        assert found["crps"] == pytest.approx(100 * same["crps"], rel=5e-3), name
    quantiles = per_cent.predictions.filter(regex=r"^q\d+$").to_numpy()
    assert quantiles.min() == 0
    assert 50 < quantiles.max() <= 100
    assert (np.diff(quantiles, axis=1) >= 0).all()
    methods = per_cent.scores["methods"]
    assert methods["ours"]["crps"] < min(methods[name]["crps"] for name in ("a", "b", "climatology"))


def _rainy() -> pd.DataFrame:
    archive = daily_archive().assign(variable="precip", unit="mm")
    rng = np.random.default_rng(8)
    key = archive["location_id"] + archive["valid_time"].astype(str)
    truth = dict(zip(key.unique(), np.maximum(rng.normal(0, 4, key.nunique()), 0).round(1), strict=True))
    archive["observation"] = key.map(truth)
    archive["forecast"] = np.maximum(archive["observation"] + rng.normal(0, 1, len(archive)), 0)
    return archive


@pytest.mark.parametrize(
    ("archive", "unit", "factor", "offset"),
    [
        (daily_archive(60), "degF", 1.8, 32.0),
        (daily_archive(60), "K", 1.0, 273.15),
        (_rainy(), "inches", 1 / 25.4, 0.0),
    ],
    ids=["degF", "K", "inches"],
)
def test_the_unit_of_an_archive_changes_nothing_but_the_unit(
    archive: pd.DataFrame, unit: str, factor: float, offset: float
) -> None:
    (name,) = archive["variable"].unique()
    written = archive.assign(
        unit=unit, **{c: archive[c] * factor + offset for c in ("forecast", "observation")}
    )
    plain, found = (evaluate(checked(frame), name, None, None) for frame in (archive, written))
    for method, scores in plain.scores["methods"].items():
        same = found.scores["methods"][method]
        assert same["crps"] == pytest.approx(factor * scores["crps"], rel=2e-3), method
        assert same.get("brier", 0.0) == pytest.approx(scores.get("brier", 0.0), rel=1e-2), method
    expected, made = (one.predictions.filter(regex=r"^q\d+$").to_numpy() for one in (plain, found))
    # A threshold of the trees may fall on the other side of a value that was rounded otherwise.
    assert np.isclose(made, expected * factor + offset, atol=0.1 * factor).mean() > 0.995
    np.testing.assert_allclose(made, expected * factor + offset, atol=factor)


def test_rain_is_judged_by_whether_there_is_any() -> None:
    methods = evaluate(checked(_rainy()), "precip", None, None).scores["methods"]
    assert methods["ours"]["brier"] < min(methods["a"]["brier"], methods["b"]["brier"])
    assert methods["ours"]["brier_skill"] > 0.4
    assert 0.7 < methods["ours"]["reliability_slope"] < 1.4


def test_the_chance_of_rain_lies_between_the_levels_where_quantiles_turn_wet() -> None:
    quantiles = np.array([[0.0] * 10 + [0.1] * 9, [0.0] * 19, [1.0] * 19])
    np.testing.assert_allclose(chance_of_wet(quantiles), [0.475, 0.025, 0.975])


def test_chances_are_scored_as_by_hand() -> None:
    found = occurrence(np.array([0.2, 0.6, 0.4, 0.4]), np.array([0.0, 3.0, 0.0, 0.1]), 0.25)
    assert found == pytest.approx({"brier": 0.18, "brier_skill": 1 - 0.18 / 0.3125, "reliability_slope": 2.5})
    assert occurrence(np.array([0.5, 0.5]), np.array([0.0, 1.0]), 0.5)["reliability_slope"] is None
