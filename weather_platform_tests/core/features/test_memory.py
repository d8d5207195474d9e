"""What past observations alone say: of those known in time, and of no others."""

from dataclasses import replace

import numpy as np
import pytest

from weather_platform.core.features.axes import DAY, HOUR
from weather_platform.core.features.lookback import PLATFORM, Lookback
from weather_platform.core.features.memory import SLOTS, Past, memory

FIRST_DAY, DAYS = 20_000, 6
# 00 and 03 UTC of the last day are known by then, 06 UTC two hours later.
AS_OF = (FIRST_DAY + DAYS - 1) * DAY + 6 * HOUR


def _past(look: Lookback = PLATFORM, places: int = 1) -> Past:
    """The number of the day, and ten more for each slot; known two hours after its time."""
    day, slot = np.arange(DAYS)[:, None, None], np.arange(SLOTS)[None, :, None]
    known_at = (FIRST_DAY + day) * DAY + (3 * slot + 2) * HOUR
    shape = (DAYS, SLOTS, places)
    observed = np.broadcast_to(day + 10.0 * slot, shape).copy()
    return Past(look, FIRST_DAY, observed, np.broadcast_to(known_at, shape))


def test_the_newest_known_value_of_the_hour_and_the_usual_one() -> None:
    found = memory(_past(), AS_OF)
    assert found.persistence[:4, 0].tolist() == [5, 15, 24, 34]
    assert found.climatology[:3, 0] == pytest.approx([2.5, 12.5, 22])
    assert found.climatology_sd[:3, 0] == pytest.approx(
        [np.std(range(6), ddof=1), np.std(range(6), ddof=1), np.std(range(5), ddof=1)]
    )


def test_a_value_counts_from_the_instant_that_it_is_known() -> None:
    known = (FIRST_DAY + DAYS - 1) * DAY + 8 * HOUR
    assert [memory(_past(), at).persistence[2, 0] for at in (known - 1, known)] == [24, 25]


def test_days_further_back_than_it_looks_count_for_nothing_and_old_ones_for_less() -> None:
    short = memory(_past(replace(PLATFORM, days=2)), AS_OF)
    assert short.climatology[0, 0] == pytest.approx(4)
    fading = memory(_past(replace(PLATFORM, observation_half_life=1.0)), AS_OF)
    weight = 0.5 ** np.arange(DAYS)[::-1]
    mean = np.average(np.arange(DAYS), weights=weight)
    assert fading.climatology[0, 0] == pytest.approx(mean)
    reliable = weight.sum() - (weight**2).sum() / weight.sum()
    variance = (weight * (np.arange(DAYS) - mean) ** 2).sum() / reliable
    assert fading.climatology_sd[0, 0] == pytest.approx(np.sqrt(variance))


def test_of_one_value_there_is_no_spread_and_of_none_nothing() -> None:
    past = _past(places=4)
    past.observed[-1, 0, 0] = np.nan
    past.observed[1:, :, 1] = np.nan
    past.observed[:, :, 2] = np.nan
    past.observed[2:, :, 3] = np.nan
    found = memory(past, AS_OF)
    assert found.persistence[0].tolist() == pytest.approx([4, 0, np.nan, 1], nan_ok=True)
    assert found.climatology[0].tolist() == pytest.approx([2, 0, np.nan, 0.5], nan_ok=True)
    assert np.isnan(found.climatology_sd[0]).tolist() == [False, True, True, False]
