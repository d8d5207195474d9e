"""Old days fill up what the window holds too little of: days that were known, and no more than it lacks."""

import numpy as np
import pytest

from weather_platform.core.features.before import Before

# Part of the day × lead day × place × feed, of one feed; the two parts are of one block.
SHAPE = (2, 2, 3, 1)
ONE_BLOCK = np.zeros(2, np.int64)


def _before(days: float, error: float) -> Before:
    """So many days, on each of which one pair of each part erred by so much."""
    return Before(np.full(SHAPE, days), (np.full(SHAPE, days), np.full(SHAPE, days * error)))


def _filled(spoken: np.ndarray, fewest: float, old: Before) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days, and pairs and errors of the first part, where each day that was `spoken` (by place) has a pair of
    each part at the shorter lead, without an error."""
    days = np.zeros((1, *SHAPE[1:]))
    days[0, 0, :, 0] = spoken
    n = np.repeat(days, 2, axis=0)
    made, (pairs, errors) = old.filled([n, 0.0 * n], days, ONE_BLOCK, fewest)
    return made[0, :, :, 0], pairs[0, :, :, 0], errors[0, :, :, 0]


def test_a_place_that_has_spoken_too_little_gets_the_days_that_it_lacks_and_others_keep_theirs() -> None:
    days, pairs, errors = _filled(np.array([0.0, 4.0, 20.0]), 6.0, _before(100.0, 3.0))
    for found in (days, pairs):
        assert found[0].tolist() == pytest.approx([6.0, 6.0, 20.0])
    assert errors[0].tolist() == pytest.approx([18.0, 6.0, 0.0])


def test_old_days_are_no_more_than_there_were_however_many_parts_a_day_has() -> None:
    days, pairs, errors = _filled(np.zeros(3), 6.0, _before(2.0, 3.0))
    assert days[0].tolist() == pairs[0].tolist() == pytest.approx([2.0] * 3)
    assert errors[0].tolist() == pytest.approx([6.0] * 3)


def test_a_lead_that_is_silent_now_is_filled_by_no_more_than_its_place_lacks() -> None:
    days, _, _ = _filled(np.array([0.0, 4.0, 20.0]), 6.0, _before(100.0, 3.0))
    assert days[1].tolist() == pytest.approx([6.0, 2.0, 0.0])


def test_a_day_counts_once_however_many_blocks_and_leads_spoke_on_it() -> None:
    days = np.full((4, 2, 1, 1), 2.0)
    old = Before(np.full((4, 2, 1, 1), 50.0), (np.full((4, 2, 1, 1), 50.0),))
    made, _ = old.filled([days], days, np.arange(4), 6.0)
    np.testing.assert_allclose(made, 6.0)


def test_of_the_days_since_only_those_count_whose_truth_is_known() -> None:
    column = np.broadcast_to(np.array([1.0, 10.0, 100.0])[:, None, None, None, None], (3, *SHAPE))
    known = np.broadcast_to(np.array([True, False, True])[:, None, None, None, None], column.shape)
    found = _before(5.0, 1.0).and_of(known, [column, 2 * column])
    assert (found.days == 7).all()
    assert (found.totals[0] == 106).all() and (found.totals[1] == 207).all()
