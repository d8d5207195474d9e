"""A kernel finds what bends, is judged on days that it has not seen, and is not there where nothing holds."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from weather_platform.core.model.expert import fit_expert
from weather_platform.core.model.kernel import Bumps, Kernel
from weather_platform.core.model.one_thread import one_thread
from weather_platform.core.model.parts import raw
from weather_platform_tests.core.synthetic import learned

DAYS, A_DAY = 120, 8
DAY = np.repeat(np.arange(DAYS), A_DAY)


def columns(seed: int = 0, days: int = DAYS) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (days * A_DAY, 4)) * [1, 2, 30, 0.1] + [0, 5, -80, 0]


def bent(x: np.ndarray) -> np.ndarray:
    """By no line: how the first two columns turn together."""
    made: np.ndarray = np.sin(1.5 * x[:, 0]) * (x[:, 1] - 5) / 2
    return made


@one_thread  # as experts are fitted; many would wait for each other
def fit_kernel(x: np.ndarray, left: np.ndarray, day: np.ndarray) -> tuple[Kernel, np.ndarray] | None:
    bumps = Bumps(x, day)
    found = bumps.fit(left)
    return found and (bumps.kernel(found[0]), found[1])


def noise(seed: int, rows: int = DAYS * A_DAY) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.5, rows)


def test_what_bends_is_found_on_days_that_were_not_seen() -> None:
    x = columns()
    kernel, unseen = fit_kernel(x, bent(x) + noise(1), DAY) or pytest.fail("nothing found")
    new = columns(seed=2)
    assert np.mean((bent(new) - kernel(new)[0]) ** 2) < 0.5 * np.mean(bent(new) ** 2)
    assert np.mean((bent(x) - unseen) ** 2) < 0.5 * np.mean(bent(x) ** 2)
    assert np.mean((bent(x) + noise(1) - unseen) ** 2) > np.mean((bent(x) + noise(1) - kernel(x)[0]) ** 2)


def test_far_from_all_that_was_seen_it_says_what_it_says_at_the_edge() -> None:
    x = columns()
    kernel, _ = fit_kernel(x, bent(x), DAY) or pytest.fail("nothing found")
    far = x[:1] + np.array([100, 0, 0, 0])
    assert kernel(far) == pytest.approx(kernel(far + np.array([1000, 0, 0, 0])))
    assert np.abs(kernel(columns(seed=3) + np.array([0, 0, 0, 100]))).max() < 2
    middle = np.array([[0.0, 5.0, -80.0, 0.0]])
    line, _ = fit_kernel(x, x[:, 0], DAY) or pytest.fail("nothing found")
    edge, beyond = (line(middle + np.array([deviations, 0, 0, 0]))[0, 0] for deviations in (3.1, 1000.0))
    assert edge == pytest.approx(beyond, abs=0.02)
    assert edge > 1, "where nothing was seen it does not fall back to nothing"


def test_an_unknown_column_counts_as_its_mean() -> None:
    x = columns()
    x[::5, 3] = np.nan
    kernel, _ = fit_kernel(x, bent(x), DAY) or pytest.fail("nothing found")
    known = np.where(np.isnan(x), np.nanmean(x, axis=0), x)
    assert kernel(x) == pytest.approx(kernel(known))


@pytest.mark.parametrize("seed", range(5))
def test_of_what_each_day_has_for_itself_there_is_nothing_to_learn(seed: int) -> None:
    """Rows of one day share an error, and columns by which a fit could know the day."""
    random = np.random.default_rng(seed)
    x = columns(seed) * 0.01 + np.repeat(random.normal(0, 1, (DAYS, 4)), A_DAY, axis=0)
    found = fit_kernel(x, np.repeat(random.normal(0, 1, DAYS), A_DAY), DAY)
    assert found is None or np.abs(found[1]).max() < 0.25
    assert found is None or seed == 0, "nothing holds, but for one of these by chance"


@one_thread
def test_two_things_are_told_by_the_same_bumps_as_each_would_be_alone() -> None:
    x = columns()
    bumps = Bumps(x, DAY)
    found = [bumps.fit(left) or pytest.fail("nothing found") for left in (bent(x), np.cos(x[:, 0]))]
    weights = [one for one, _ in found]
    alone = [bumps.kernel(one)(x)[0] for one in weights]
    assert bumps.kernel(*weights)(x) == pytest.approx(np.array(alone), abs=1e-3)
    again = fit_kernel(x, np.cos(x[:, 0]), DAY) or pytest.fail("nothing found")
    assert (again[1] == found[1][1]).all()


def test_it_is_the_same_after_a_file() -> None:
    x = columns()
    kernel, _ = fit_kernel(x, bent(x), DAY) or pytest.fail("nothing found")
    again = Kernel.of(json.loads(json.dumps(asdict(kernel))))
    assert again == kernel
    assert (again(x) == kernel(x)).all()


def test_an_expert_of_many_days_has_kernels_of_what_bends() -> None:
    """What the line leaves, and how much is left then, turn with the lead, at each place its own way."""
    rows = learned(days=45, n_places=2, horizon=24).pairs
    known = rows["expected_error"].notna() & rows["observed"].notna()
    rows = rows[(rows["variable"] == "temperature_c") & known].reset_index(drop=True)
    turn = np.sin(2 * np.pi * rows["lead_hours"].to_numpy() / 24) * np.sign(rows["latitude"].to_numpy())
    signal = rows["bias_corrected"].to_numpy() + 2 * turn
    observed = signal + np.random.default_rng(5).normal(0, np.exp(turn))
    expert = fit_expert(rows, observed, "temperature_c", trees=False)
    assert not expert.seasonal, "six weeks tell nothing of a season"
    said = raw(expert, rows).said
    line, kernel = (np.abs(signal - said[part]["location"]).mean() for part in ("linear", "kernel"))
    assert kernel < 0.75 * line
    scale = said["kernel"]["scale"]
    assert scale[turn > 0.5].mean() > 1.2 * scale[turn < -0.5].mean()


@one_thread
def test_rows_count_as_much_as_their_weight_says() -> None:
    """Rows of no weight say nothing, whatever they are; where all weigh the same it is as without weights."""
    x, bumps = columns(), Bumps(columns(), DAY)
    left, out = bent(x) + noise(1), np.arange(len(x)) % 3 == 0
    weights, unseen = bumps.fit(left, np.where(out, 0.0, 4.0)) or pytest.fail("nothing found")
    spoilt, _ = bumps.fit(np.where(out, 1e6, left), np.where(out, 0.0, 4.0)) or pytest.fail("nothing found")
    np.testing.assert_array_equal(spoilt, weights)
    assert (unseen[out] == 0).all()
    assert np.mean((bent(x) - unseen)[~out] ** 2) < 0.6 * np.mean(bent(x)[~out] ** 2)
    assert np.mean((bent(x) - bumps.kernel(weights)(x)[0]) ** 2) < 0.6 * np.mean(bent(x) ** 2)
    plain, alike = bumps.fit(left), bumps.fit(left, np.ones(len(x)))
    for one, other in zip(plain or (), alike or pytest.fail("nothing found"), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


@one_thread
def test_of_rows_that_say_something_else_each_is_heard_by_its_weight() -> None:
    x, day, second = np.repeat(columns(), 2, axis=0), np.repeat(DAY, 2), np.arange(2 * len(DAY)) % 2 == 1
    bumps = Bumps(x, day)
    found = bumps.fit(bent(x) * second, np.where(second, 3.0, 1.0)) or pytest.fail("nothing found")
    slope = np.polyfit(bent(x), bumps.kernel(found[0])(x)[0], 1)[0]
    assert slope == pytest.approx(0.75, abs=0.07)


def test_many_rows_are_told_as_each_would_be_alone() -> None:
    x = columns()
    kernel, _ = fit_kernel(x, bent(x), DAY) or pytest.fail("nothing found")
    many = np.tile(columns(seed=4), (3, 1))
    assert kernel(many)[0, -5:] == pytest.approx(kernel(many[-5:])[0], abs=1e-4)
    assert kernel(many)[0, :5] == pytest.approx(kernel(many[:5])[0], abs=1e-4)
