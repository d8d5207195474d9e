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
def _smoothed(line: Hurdle, rows: pd.DataFrame, observed: np.ndarray, seasonal: bool = False) -> Hurdle:
    return smooth_hurdle(line, rows, observed, microseconds(rows["valid_time"]) // DAY, seasonal=seasonal)


def _made(rows: pd.DataFrame, observed: np.ndarray) -> tuple[Hurdle, Hurdle]:
    """With lines alone, and smooth."""
    line = fit_hurdle(rows, observed, feeds_of(rows))
    assert line is not None
    return line, _smoothed(line, rows, observed)


@pytest.mark.parametrize("way", [1, -1])
def test_a_chance_and_an_amount_that_bend_are_found(rows: pd.DataFrame, way: int) -> None:
    """Both the same way, or less where it rains more often."""
    chance, root = 0.5 + 0.35 * _turn(rows), 1.0 + way * 0.5 * _turn(rows)
    observed = _rain(chance, root)
    line, smooth = _made(rows, observed)
    off = [np.abs(made(rows)[1] - chance).mean() for made in (line, smooth)]
    assert off[1] < 0.75 * off[0]
    sure = [replace(made, occurrence=(99.0, *made.occurrence[1:])) for made in (line, smooth)]
    middle = [np.abs(np.cbrt(made(rows)[0][:, 9]) - root).mean() for made in sure]
    assert middle[1] < 0.75 * middle[0]
    # A curve that is nearer leaves less: ranges are of what it leaves, on days that it has not seen.
    wet = is_wet(observed)
    inside = [
        (observed[wet] > made(rows)[0][wet, 1]) & (observed[wet] < made(rows)[0][wet, -2]) for made in sure
    ]
    assert all(0.75 < each.mean() < 0.9 for each in inside)
    wide = [np.diff(np.cbrt(made(rows)[0][:, [1, -2]])).mean() for made in sure]
    assert wide[1] < 0.85 * wide[0]
    quantiles, said = smooth(rows)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert is_wet(quantiles[quantiles > 0]).all()
    assert ((said > 0) & (said < 1)).all()
    assert Hurdle.of(json.loads(json.dumps(smooth.parameters()))) == smooth


def test_an_amount_that_bends_is_found_where_the_chance_does_not(rows: pd.DataFrame) -> None:
    line, smooth = _made(rows, _rain(np.full(len(rows), 0.6), root := 1.0 + 0.5 * _turn(rows)))
    sure = [replace(made, occurrence=(99.0, *made.occurrence[1:])) for made in (line, smooth)]
    off = [np.abs(np.cbrt(made(rows)[0][:, 9]) - root).mean() for made in sure]
    assert off[1] < 0.75 * off[0]
    assert (smooth(rows)[1] == line(rows)[1]).all(), "of the chance nothing held"


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


def test_a_kernel_that_saw_the_season_sees_it_again(rows: pd.DataFrame) -> None:
    observed = _rain(0.5 + 0.35 * _turn(rows), 1.0 + 0.5 * _turn(rows))
    line, plain = _made(rows, observed)
    smooth = _smoothed(line, rows, observed, seasonal=True)
    assert plain.kernel is not None and smooth.kernel is not None
    assert len(smooth.kernel.mean) == len(plain.kernel.mean) + 2
    assert np.isfinite(smooth(rows)[0]).all()
    assert Hurdle.of(json.loads(json.dumps(smooth.parameters()))) == smooth


def test_a_single_surprise_where_it_seemed_sure_turns_no_chance(rows: pd.DataFrame) -> None:
    """A line that is sure of too much: one wet row among a hundred dry ones is no reason to expect rain."""
    observed = _rain(0.5 + 0.35 * _turn(rows), 1.0 + 0.5 * _turn(rows))
    line, _ = _made(rows, observed)
    dry = rows["elevation_m"].to_numpy() > 100
    sure = replace(line, occurrence=(-30.0, *np.zeros(len(line.occurrence) - 1)))
    observed[dry & (np.arange(len(rows)) % 100 > 0)] = 0.0
    smooth = _smoothed(sure, rows, observed)
    assert smooth(rows[dry])[1].max() < 0.3
