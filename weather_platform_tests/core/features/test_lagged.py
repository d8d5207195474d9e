"""What the cycles of the day before said of the same hours."""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.features.lagged import with_lagged

START = datetime(2026, 3, 1, tzinfo=UTC)
_COLUMNS = ["lagged_newest", "lagged_mean", "lagged_change"]


def _rows(said: dict[tuple[str, int, int], float]) -> pd.DataFrame:
    """Rows of what was said by place, hours of the cycle and hours of the valid time."""
    places, cycles, valid = zip(*said, strict=True)
    return pd.DataFrame(
        {
            "location_id": places,
            "cycle": pd.to_datetime([START + timedelta(hours=h) for h in cycles]),
            "valid_time": pd.to_datetime([START + timedelta(hours=h) for h in valid]),
            "bias_corrected": list(said.values()),
            "known_at": pd.to_datetime([START + timedelta(hours=h) for h in cycles]),
        }
    )


def test_a_cycle_that_was_answered_late_is_not_heard_by_those_before_its_answer() -> None:
    rows = _rows({("a", 0, 48): 1.0, ("a", 6, 48): 2.0, ("a", 12, 48): 3.0})
    rows.loc[1, "known_at"] += timedelta(hours=8)
    assert with_lagged(rows)["lagged_newest"].iloc[2] == 1.0
    rows.loc[2, "known_at"] += timedelta(hours=2)
    assert with_lagged(rows)["lagged_newest"].iloc[2] == 2.0


def test_newest_mean_and_change_are_of_the_same_place_and_hour() -> None:
    found = with_lagged(
        _rows(
            {
                ("a", 0, 48): 8.0,
                ("a", 6, 48): 10.0,
                ("a", 12, 48): 12.0,
                ("a", 12, 51): 99.0,
                ("b", 12, 48): 77.0,
            }
        )
    )
    assert found[_COLUMNS].iloc[2].to_list() == [10.0, 9.0, np.sqrt((4 + 16) / 2)]
    assert found[_COLUMNS].iloc[[0, 3, 4]].isna().all(axis=None)


def test_a_cycle_more_than_a_day_ago_or_without_any_feed_says_nothing() -> None:
    silent = {("a", 0, 60): 1.0, ("a", 24, 60): np.nan, ("a", 30, 60): 5.0}
    assert with_lagged(_rows(silent))[_COLUMNS].iloc[2].isna().all()
    heard = {("a", 6, 60): 1.0, ("a", 24, 60): np.nan, ("a", 30, 60): 5.0}
    assert with_lagged(_rows(heard))[_COLUMNS].iloc[2].to_list() == [1.0, 1.0, 4.0]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ab"), st.integers(0, 9).map(lambda n: 5 * n), st.sampled_from([60, 63])),
        st.floats(-40, 40) | st.just(np.nan),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)
def test_it_is_what_looking_row_by_row_finds_in_any_order(
    said: dict[tuple[str, int, int], float], shuffled: Random
) -> None:
    keys = list(said)
    shuffled.shuffle(keys)
    found = with_lagged(_rows({key: said[key] for key in keys}))[_COLUMNS].to_numpy()
    for row, (place, cycle, valid) in enumerate(keys):
        before = sorted(
            (other, value)
            for (where, other, when), value in said.items()
            if (where, when) == (place, valid) and cycle - 24 <= other < cycle and not np.isnan(value)
        )
        values = np.array([value for _, value in before])
        own = said[place, cycle, valid]
        expected = (
            [values[-1], values.mean(), np.sqrt(((values - own) ** 2).mean())] if before else [np.nan] * 3
        )
        np.testing.assert_allclose(found[row], expected, atol=1e-9)
