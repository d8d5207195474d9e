"""Whether it rains and how much: learned where there is something to learn, cautious where there is not."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

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


@pytest.mark.parametrize("of_either", [29, 30])
def test_thirty_wet_and_thirty_dry_rows_are_enough(of_either: int) -> None:
    rows, _, _ = _rows(400, seed=4)
    few = np.arange(400) < of_either
    amount = 3.0 + np.arange(400) % 7
    for observed in (np.where(few, amount, 0.0), np.where(few, 0.0, amount)):
        assert (fit_hurdle(rows, observed, FEEDS) is not None) == (of_either == 30)


def test_an_amount_follows_what_feeds_say_of_it() -> None:
    rows, _, observed = _rows(8000, seed=2)
    quantiles, _ = _fitted()(rows)
    for least, most in ((4.0, 7.0), (10.0, 20.0)):
        told = (rows["equal_weight"] > least) & (rows["equal_weight"] < most) & is_wet(observed)
        assert np.median(quantiles[told, 9]) == pytest.approx(np.median(observed[told]), rel=0.3)
        inside = (observed[told] > quantiles[told, 1]) & (observed[told] < quantiles[told, -2])
        assert 0.7 < inside.mean() < 0.97


def test_an_error_that_seems_to_shrink_with_the_amount_never_turns_quantiles_around() -> None:
    rows, _, _ = _rows(400, seed=2)
    made = replace(_fitted(), width=(-0.5, 0.6))
    assert (np.diff(made(rows)[0], axis=1) >= 0).all()


def test_a_single_feed_is_held_to_what_all_say_together() -> None:
    """Of a hundred rows, in which one feed seems to know whether it comes."""
    rows, _, observed = _rows(100, seed=8)
    chance = np.where(is_wet(observed), 2.0, 0.5)
    rows = rows.assign(value__alpha__fine=rows["equal_weight"] * chance)
    made = fit_hurdle(rows, observed, FEEDS)
    assert made is not None
    wet, dry = (made(rows.assign(value__alpha__fine=rows["equal_weight"] * by))[1] for by in (2.0, 0.5))
    assert 0 < (wet - dry).mean() < 0.1


def test_the_unit_of_a_column_is_nothing_to_it() -> None:
    rows, _, observed = _rows(1000, seed=5)
    rows = rows.assign(elevation_m=np.random.default_rng(1).uniform(0, 2000, len(rows)))
    in_km = rows.assign(elevation_m=rows["elevation_m"] / 1000)
    m, km = ((fit_hurdle(one, observed, FEEDS) or pytest.fail("too few"))(one)[0] for one in (rows, in_km))
    np.testing.assert_allclose(m, km, atol=0.02)
