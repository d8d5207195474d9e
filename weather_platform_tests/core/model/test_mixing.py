"""From what the parts say to the forecast."""

from typing import Any

import numpy as np
import pytest

from weather_platform.core.features.axes import DAY
from weather_platform.core.model.distributions import emos_quantiles
from weather_platform.core.model.mixing import EMOS_ALONE, forecast, heard_of, mix, quantiles_of
from weather_platform.core.model.parts import Raw

ROWS, DAYS = 600, 60
KNOWN = np.repeat(np.arange(DAYS), ROWS // DAYS) * DAY


def _raw() -> Raw:
    location = np.linspace(1.0, 12.0, ROWS)
    said = {
        "emos": {"location": location, "scale": np.full(ROWS, 1.5)},
        "wide": {"location": location + 4.0, "scale": np.full(ROWS, 1.5)},
    }
    return Raw(said, np.full(ROWS, 30.0))


def _mixed(out: Raw, observed: np.ndarray) -> dict[str, Any]:
    parts = quantiles_of(out, {}, "temperature_c")
    made = mix(parts, observed, known=KNOWN, init=KNOWN, variable="temperature_c")
    return {"weights": made.weights, "width": made.width, "trees": {}}


@pytest.mark.parametrize("variable", ["temperature_c", "wind_speed_m_s", "precipitation_mm"])
def test_emos_alone_changes_nothing_of_emos(variable: str) -> None:
    out = _raw()
    emos = out.said["emos"]
    made = forecast(out, EMOS_ALONE, variable)
    expected = emos_quantiles(emos["location"], emos["scale"], variable)
    np.testing.assert_allclose(made.quantiles, expected)
    assert np.isnan(made.probability).all() == (variable != "precipitation_mm")


def test_a_width_that_was_too_small_is_mended() -> None:
    out = _raw()
    observed = out.said["emos"]["location"] + np.random.default_rng(3).normal(0, 2.2, ROWS)
    calibration = _mixed(out, observed)
    assert min(calibration["width"][1], calibration["width"][17]) > 1.15
    plain, made = (forecast(out, c, "temperature_c").quantiles for c in (EMOS_ALONE, calibration))

    def inside(q: np.ndarray) -> float:
        return float(((observed >= q[:, 1]) & (observed <= q[:, 17])).mean())

    assert abs(inside(made) - 0.8) < abs(inside(plain) - 0.8) - 0.05


def test_a_part_with_a_bias_is_not_heard() -> None:
    out = _raw()
    observed = out.said["emos"]["location"] + np.random.default_rng(3).normal(0, 1.5, ROWS)
    assert _mixed(out, observed)["weights"]["emos"] > 0.95


def test_a_part_that_the_calibration_does_not_know_is_not_heard() -> None:
    out = _raw()
    alone = Raw({"emos": out.said["emos"]}, out.lead)
    weights = {"weights": {"emos": 0.5}, "width": 1.0, "trees": {}}
    made, expected = (forecast(o, weights, "temperature_c").quantiles for o in (out, alone))
    np.testing.assert_array_equal(made, expected)


def test_a_chance_is_of_those_that_are_heard_however_little_they_weigh_together() -> None:
    out = _raw()
    halves, little = (
        forecast(out, {"weights": {"emos": w, "wide": w}, "width": 1.0, "trees": {}}, "precipitation_mm")
        for w in (0.5, 0.1)
    )
    np.testing.assert_allclose(little.probability, halves.probability)
    np.testing.assert_allclose(little.quantiles, halves.quantiles)


def test_where_the_loudest_part_is_missing_the_others_speak() -> None:
    out = _raw()
    weights = {"weights": {"emos": 0.001, "wide": 0.001, "trees": 0.998}, "width": 1.0, "trees": {}}
    halves = {"weights": {"emos": 0.5, "wide": 0.5}, "width": 1.0, "trees": {}}
    made, expected = (forecast(out, c, "temperature_c").quantiles for c in (weights, halves))
    np.testing.assert_allclose(made, expected)


@pytest.mark.parametrize(("lesser", "heard"), [(0.0101, ["emos", "wide"]), (0.0099, ["emos"])])
def test_a_part_is_heard_if_it_weighs_a_fiftieth_of_the_loudest_and_trees_once_calibrated(
    lesser: float, heard: list[str]
) -> None:
    weights = {"emos": 0.5, "wide": lesser, "trees": 9.0}
    assert heard_of(["emos", "wide", "trees"], {"weights": weights, "trees": {}}) == heard


def test_whether_it_is_a_chance_is_told_by_what_was_known_then() -> None:
    """Until the thirtieth day all skies were clear or overcast, and later ones are neither."""
    said = {"emos": emos_quantiles(np.full(ROWS, 0.5), np.full(ROWS, 0.2), "cloud_cover")}
    came_true = np.random.default_rng(6).integers(0, 2, ROWS).astype(float)
    observed = np.where(KNOWN <= 30 * DAY, came_true, 0.5)
    then, later = (
        mix(said, observed, known=KNOWN, init=KNOWN, variable="cloud_cover", told_by=by)
        for by in (30 * DAY, 31 * DAY)
    )
    np.testing.assert_allclose(then.quantiles, said["emos"])
    assert then.width == [1.0] * 19 and later.width != then.width
    unknown = np.full(ROWS, np.nan)
    assert mix(said, unknown, known=KNOWN, init=KNOWN, variable="cloud_cover").width[0] > 1.5


def test_amounts_keep_their_width() -> None:
    observed = np.random.default_rng(6).gamma(0.5, 9.0, ROWS)
    said = {"emos": emos_quantiles(np.full(ROWS, 1.0), np.full(ROWS, 0.2), "precipitation_mm")}
    made = mix(said, observed, known=KNOWN, init=KNOWN, variable="precipitation_mm")
    assert made.width == [1.0] * 19
    np.testing.assert_allclose(made.quantiles, said["emos"])


def test_each_row_is_mixed_by_what_was_learned_before_its_own_init() -> None:
    """Truth comes five days after it."""
    out = _raw()
    emos, init = out.said["emos"]["location"], KNOWN - 5 * DAY
    observed = emos + np.random.default_rng(3).normal(0, 2.2, ROWS)
    parts = quantiles_of(out, {}, "temperature_c")
    turned = np.where(KNOWN >= 30 * DAY, emos + 40.0, observed)
    before, after = (
        mix(parts, truth, known=KNOWN, init=init, variable="temperature_c").quantiles
        for truth in (observed, turned)
    )
    early = init <= 30 * DAY
    np.testing.assert_array_equal(before[early], after[early])
    assert not np.array_equal(before[~early], after[~early])


def test_no_quantile_of_wind_is_below_zero() -> None:
    out = _raw()
    wide = {"weights": {"emos": 0.5, "wide": 0.5}, "width": 1.4, "trees": {}}
    quantiles = forecast(out, wide, "wind_speed_m_s").quantiles
    assert quantiles.min() >= 0
    assert (np.diff(quantiles, axis=1) >= 0).all()
