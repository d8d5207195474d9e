"""Rain whose chance and amount bend: found on days that were not seen, and nothing where nothing bends."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.features.axes import DAY, microseconds
from weather_platform.core.model.hurdle import Hurdle, fit_hurdle
from weather_platform.core.model.matrix import feeds_of
from weather_platform.core.model.one_thread import one_thread
from weather_platform.core.model.own_blend import with_blend
from weather_platform.core.model.smooth_hurdle import smooth_hurdle
from weather_platform.core.quantities.wet import WET_MM, is_wet
from weather_platform_tests.core.synthetic import learned


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    pairs = learned(days=45, n_places=2, horizon=24).pairs
    known = pairs["expected_error"].notna() & pairs["observed"].notna()
    rain = pairs[(pairs["variable"] == "precipitation_mm") & known].reset_index(drop=True)
    return with_blend(rain, "precipitation_mm", 0.0)


def _turn(rows: pd.DataFrame) -> np.ndarray:
    """By no line: with the lead, and at each place its own way."""
    turned: np.ndarray = np.sin(2 * np.pi * rows["lead_hours"].to_numpy() / 24) * np.sign(rows["latitude"])
    return turned


def _rain(chance: np.ndarray, root: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(5)
    wet = random.random(len(chance)) < chance
    return np.where(wet, WET_MM + np.maximum(root + random.normal(0, 0.1, len(root)), 0) ** 3, 0.0)


@one_thread
def _made(rows: pd.DataFrame, observed: np.ndarray) -> tuple[Hurdle, Hurdle]:
    """With lines alone, and smooth."""
    line = fit_hurdle(rows, observed, feeds_of(rows))
    assert line is not None
    return line, smooth_hurdle(line, rows, observed, microseconds(rows["valid_time"]) // DAY, seasonal=False)


def test_a_chance_and_an_amount_that_bend_are_found(rows: pd.DataFrame) -> None:
    chance, root = 0.5 + 0.35 * _turn(rows), 1.0 + 0.5 * _turn(rows)
    line, smooth = _made(rows, _rain(chance, root))
    off = [np.abs(made(rows)[1] - chance).mean() for made in (line, smooth)]
    assert off[1] < 0.75 * off[0]
    sure = [replace(made, occurrence=(99.0, *made.occurrence[1:])) for made in (line, smooth)]
    middle = [np.abs(np.cbrt(made(rows)[0][:, 9]) - root).mean() for made in sure]
    assert middle[1] < 0.75 * middle[0]
    quantiles, said = smooth(rows)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert is_wet(quantiles[quantiles > 0]).all()
    assert ((said > 0) & (said < 1)).all()
    assert Hurdle.of(json.loads(json.dumps(smooth.parameters()))) == smooth


def test_where_nothing_bends_there_is_none_or_next_to_nothing(rows: pd.DataFrame) -> None:
    flat = np.full(len(rows), 0.4)
    line, smooth = _made(rows, _rain(flat, flat))
    assert smooth.kernel is None or np.abs(smooth(rows)[1] - line(rows)[1]).mean() < 0.02


def test_wet_days_that_are_too_few_to_be_left_out_leave_the_lines_alone(rows: pd.DataFrame) -> None:
    observed = _rain(np.full(len(rows), 0.5), np.ones(len(rows)))
    day = microseconds(rows["valid_time"]) // DAY
    observed[day >= day.min() + 40] = 0.0
    line, smooth = _made(rows, observed)
    assert smooth == line


def test_models_of_earlier_releases_have_no_kernel(rows: pd.DataFrame) -> None:
    line, _ = _made(rows, _rain(np.full(len(rows), 0.5), np.ones(len(rows))))
    stored = {name: value for name, value in line.parameters().items() if name not in ("seasonal", "kernel")}
    assert Hurdle.of(stored) == line
