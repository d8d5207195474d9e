"""A penalty follows from what holds on days that were not seen."""

import numpy as np
import pytest

from weather_platform.core.model.linear import fit_linear
from weather_platform.core.model.penalty import Penalised, day_blocks, enough_days

DAYS, A_DAY = 120, 8
DAY = np.repeat(np.arange(DAYS), A_DAY)


def _by_day(seed: int, columns: int) -> np.ndarray:
    """Columns that all rows of a day share but for a hundredth."""
    random = np.random.default_rng(seed)
    of_day = np.repeat(random.normal(0, 1, (DAYS, columns)), A_DAY, axis=0)
    made: np.ndarray = of_day + random.normal(0, 0.01, of_day.shape)
    return made


def test_forty_days_are_too_few_to_leave_any_out() -> None:
    assert not enough_days(np.repeat(np.arange(40), A_DAY))
    assert enough_days(np.repeat(np.arange(41), A_DAY))


def test_days_beside_each_other_are_left_out_together() -> None:
    later = 20_000 + 3 * np.repeat(np.arange(57), 2)
    assert day_blocks(later).tolist() == [number // 20 % 5 for number in range(114)]


@pytest.mark.parametrize("seed", range(3))
def test_what_holds_is_nearly_free_and_chance_is_held_to_nothing(seed: int) -> None:
    x, error = _by_day(seed, 20), np.repeat(np.random.default_rng(seed + 9).normal(0, 1, DAYS), A_DAY)
    by_chance = Penalised(x, DAY, (1.0, 1000.0)).fit(error)
    assert np.abs(by_chance.weights).max() < 0.05
    assert not Penalised(x, DAY, (1.0,)).fit(error).holds, "nothing at all is nearer"
    true = Penalised(x, DAY, (1.0, 1000.0)).fit(x[:, 0] + 0.3 * error)
    assert true.holds
    assert true.weights[0] == pytest.approx(1.0, abs=0.1)


def test_a_line_learns_its_penalty_where_days_are_many_and_has_the_usual_one_where_they_are_few() -> None:
    x = _by_day(1, 12) + 5
    error = 3.0 + x[:, 0]
    many, few = fit_linear(x, error, DAY), fit_linear(x[:160], error[:160], DAY[:160])
    assert np.abs(many(x) - error).mean() < 0.02
    assert np.abs(few(x[:160]) - error[:160]).mean() > 0.3
    assert few(x[:160]).mean() == pytest.approx(error[:160].mean(), abs=1e-3)


def test_far_from_all_that_was_seen_a_line_says_what_it_says_at_the_edge() -> None:
    x = _by_day(1, 1)
    line = fit_linear(x, 3.0 + x[:, 0], DAY)
    assert line(np.array([[2.0]])) == pytest.approx(5.0, abs=0.05)
    edge = 3.0 + x.mean() + 4 * x.std()
    assert line(np.array([[100.0], [1000.0]])) == pytest.approx(edge, abs=0.1)


def test_what_is_said_of_unseen_days_is_what_a_fit_without_them_says() -> None:
    """One penalty, so that there is nothing to choose: five fits by hand."""
    random = np.random.default_rng(1)
    x, target = _by_day(1, 3), random.normal(0, 1, len(DAY))
    found = Penalised(x, DAY, (2.0,)).fit(target)
    penalty = 2.0 * A_DAY * np.eye(3)
    for block in range(5):
        its = day_blocks(DAY) == block
        weights = np.linalg.solve(x[~its].T @ x[~its] + penalty, x[~its].T @ target[~its])
        assert found.unseen[its] == pytest.approx(x[its] @ weights)
    assert found.weights == pytest.approx(np.linalg.solve(x.T @ x + penalty, x.T @ target))


def test_the_penalty_is_the_one_that_errs_least_on_unseen_days() -> None:
    random = np.random.default_rng(4)
    x, target = _by_day(4, 30), np.repeat(random.normal(0, 2, DAYS), A_DAY)
    target = target + 0.4 * x[:, :5].sum(axis=1)
    priors = (0.1, 10.0, 100_000.0)
    alone = [Penalised(x, DAY, (prior,)).fit(target) for prior in priors]
    best = int(np.argmin([np.mean((each.unseen - target) ** 2) for each in alone]))
    assert best == 1
    found = Penalised(x, DAY, priors).fit(target)
    assert found.weights == pytest.approx(alone[1].weights)
    assert found.unseen == pytest.approx(alone[1].unseen)
