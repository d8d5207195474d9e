"""Whether it rains and how much: learned where there is something to learn, cautious where there is not."""

import json

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model.hurdle import Hurdle, fit_hurdle
from weather_platform.core.quantities.wet import WET_MM, is_wet

FEEDS = ("alpha__fine", "beta__coarse")


def _rows(count: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Rows whose truth is wet by a chance that the feeds' mean decides; that chance, and the truth in mm."""
    rng = np.random.default_rng(seed)
    amount = rng.gamma(0.5, 4.0, count)
    chance = amount / (amount + 1.5)
    wet = rng.random(count) < chance
    observed = np.where(wet, WET_MM + amount * rng.gamma(4.0, 0.25, count), 0.0)
    value = amount[:, None] * np.exp(rng.normal(0, 0.2, (count, 2)))
    blend = value.mean(axis=1)
    nothing = np.zeros(count)
    columns = {
        "bias_corrected": blend,
        "equal_weight": blend,
        "spread": value.std(axis=1),
        "elevation_m": nothing,
    }
    columns |= dict.fromkeys(("climatology", "persistence", "expected_error", "lagged_mean"), nothing + 1.0)
    for index, feed in enumerate(FEEDS):
        columns |= {
            f"value__{feed}": value[:, index],
            f"bias__{feed}": nothing,
            f"rmse__{feed}": nothing + 1.0,
        }
    return pd.DataFrame(columns), chance, observed


def _fitted(count: int = 4000) -> Hurdle:
    rows, _, observed = _rows(count, seed=1)
    made = fit_hurdle(rows, observed, FEEDS)
    assert made is not None
    return made


def test_the_chance_is_found_and_is_reliable() -> None:
    rows, chance, observed = _rows(4000, seed=2)
    _, said = _fitted()(rows)
    assert np.abs(said - chance).mean() < 0.05
    slope = np.polyfit(said, is_wet(observed), 1)[0]
    assert abs(slope - 1) < 0.1


def test_quantiles_are_in_order_never_negative_and_zero_as_often_as_the_chance_says() -> None:
    rows, _, observed = _rows(4000, seed=2)
    quantiles, chance = _fitted()(rows)
    levels = np.array(QUANTILE_LEVELS)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    np.testing.assert_array_equal(quantiles > 0, levels > 1 - chance[:, None])
    assert is_wet(quantiles[quantiles > 0]).all()
    for level in (0.5, 0.8, 0.95):
        below = (observed <= quantiles[:, QUANTILE_LEVELS.index(level)]).mean()
        assert level - 0.03 < below < level + 0.2  # more than the level only where the quantile is dry


def test_a_feed_or_a_column_that_is_missing_still_gives_an_answer() -> None:
    rows, _, _ = _rows(50, seed=3)
    gone = rows.assign(value__alpha__fine=np.nan, spread=np.nan, persistence=np.nan).drop(
        columns="bias__alpha__fine"
    )
    quantiles, chance = _fitted()(gone)
    assert np.isfinite(quantiles).all()
    assert ((chance > 0) & (chance < 1)).all()


def test_rows_of_one_kind_are_nothing_to_learn_from() -> None:
    rows, _, observed = _rows(400, seed=4)
    assert fit_hurdle(rows, np.zeros(400), FEEDS) is None
    assert fit_hurdle(rows, observed + 1, FEEDS) is None


def test_few_rows_make_it_cautious() -> None:
    rows, _, _ = _rows(4000, seed=2)
    few, many = _fitted(120)(rows)[1], _fitted()(rows)[1]
    assert few.std() < many.std()


def test_it_survives_json() -> None:
    made = _fitted()
    assert Hurdle.of(json.loads(json.dumps(made.parameters()))) == made
