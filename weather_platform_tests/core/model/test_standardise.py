"""Columns on a common scale, whatever is unknown, constant or far, and a sample that is always the same."""

import numpy as np

from weather_platform.core.model.standardise import moments, some_of, standard

NAN = np.nan


def test_moments_are_of_what_is_known() -> None:
    mean, sd = moments(np.array([[1.0, NAN, 7.0], [NAN, NAN, 7.0], [5.0, NAN, 7.0]]))
    assert mean.tolist() == [3.0, 0.0, 7.0]
    assert sd.tolist() == [2.0, 1.0, 1.0]


def test_the_unknown_is_usual_and_the_far_at_the_edge() -> None:
    columns = np.array([[1.0], [3.0], [NAN], [100.0], [-100.0]])
    made = standard(columns, [3.0], [2.0], 4.0)
    assert made.tolist() == [[1, -1], [1, 0], [1, 0], [1, 4], [1, -4]]
    assert standard(columns, [3.0], [2.0])[3, 1] == 48.5
    assert np.isnan(columns[2, 0]), "what is asked of stays as it is"


def test_what_never_varied_says_nothing_until_it_does() -> None:
    columns = np.full((9, 1), 0.1)
    assert (standard(columns, *moments(columns))[:, 1] == 0).all()
    assert np.isfinite(standard(columns + 5, *moments(columns))).all()


def test_a_sample_is_of_all_rows_in_their_order_and_the_same_every_time() -> None:
    some = some_of(10_000, 1_000)
    assert len(np.unique(some)) == 1_000
    assert (np.diff(some) > 0).all()
    assert some.min() < 100 and some.max() > 9_900
    assert (some_of(10_000, 1_000) == some).all()
    assert some_of(5, 5).tolist() == [0, 1, 2, 3, 4]
