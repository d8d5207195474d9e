"""How large errors are is found where columns tell it, and not where they are of few days or far away."""

import numpy as np
import pytest

from weather_platform.core.model.scale import Scale, fit_scale

ROWS = 8_000


def columns(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal([5.0, -80.0], [2.0, 30.0], (ROWS, 2))


def errors(x: np.ndarray, slope: float = 0.5) -> np.ndarray:
    """Twice as large as 1 where the first column is usual, and by e to the slope more a standard deviation
    further."""
    normal: np.ndarray = np.random.default_rng(2).normal(0, 2 * np.exp(slope * (x[:, 0] - 5) / 2))
    return normal


def at(scale: Scale, deviations: float, other: float = -80.0) -> float:
    return float(scale(np.array([[5.0 + 2.0 * deviations, other]]))[0])


def test_a_size_that_a_column_tells_is_found() -> None:
    scale = fit_scale(columns(), errors(columns()), days=100_000)
    assert at(scale, 0) == pytest.approx(2.0, rel=0.03)
    assert at(scale, 1) == pytest.approx(2.0 * np.exp(0.5), rel=0.05)
    assert at(scale, -2) == pytest.approx(2.0 * np.exp(-1.0), rel=0.07)
    assert at(scale, 0, other=-20.0) == pytest.approx(2.0, rel=0.05)


def test_of_few_days_less_is_learned() -> None:
    """A penalty of 0.01 s² weighs against a mean CRPS whose second derivative by the slope is about 1."""
    x = columns()
    slopes = [np.log(at(fit_scale(x, errors(x), days), 1) / 2) for days in (5, 100, 1_000, 100_000)]
    assert slopes[0] == slopes[1] < slopes[2] < slopes[3]
    assert 0.4 < slopes[0] < slopes[3] - 0.005


def test_errors_in_a_small_unit_have_a_small_size() -> None:
    scale = fit_scale(columns(), 0.01 * errors(columns(), slope=0.0), days=100)
    assert at(scale, 0) == pytest.approx(0.02, rel=0.03)


def test_far_from_all_that_was_seen_it_is_what_it_is_at_the_edge() -> None:
    scale = fit_scale(columns(), errors(columns()), days=100_000)
    assert at(scale, 2.9) < at(scale, 3.1) == at(scale, 300.0)


def test_what_is_unknown_counts_as_usual() -> None:
    x = columns()
    scale = fit_scale(x, errors(x), days=100)
    assert scale(np.array([[np.nan, np.nan]])) == pytest.approx(scale(x.mean(axis=0)[None]))
