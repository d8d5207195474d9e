"""What a cycle says of the hours beside."""

from random import Random

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.features.adjacent import with_adjacent


def _rows(said: dict[tuple[str, int, int], float], minutes: dict[int, int] | None = None) -> pd.DataFrame:
    """Rows of what was said by place, hours of the cycle and hours of the valid time; known at the cycle's
    start, or so many `minutes` later by valid time."""
    places, cycles, valid = zip(*said, strict=True)
    start = pd.Timestamp("2026-03-01T00:00Z")
    return pd.DataFrame(
        {
            "location_id": places,
            "cycle": start + pd.to_timedelta(cycles, unit="h"),
            "valid_time": start + pd.to_timedelta(valid, unit="h"),
            "bias_corrected": list(said.values()),
            "known_at": start
            + pd.to_timedelta(cycles, unit="h")
            + pd.to_timedelta([(minutes or {}).get(when, 0) for when in valid], unit="min"),
        }
    )


def test_what_was_known_later_is_left_out_and_looks_back_itself() -> None:
    said = {("a", 0, 3): 1.0, ("a", 0, 6): 2.0, ("a", 0, 9): 3.0}
    found = with_adjacent(_rows(said, {6: 40}))
    np.testing.assert_equal(found["blend_after"].to_numpy(), [np.nan, 3.0, np.nan])
    np.testing.assert_equal(found["blend_before"].to_numpy(), [np.nan, 1.0, np.nan])


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ab"), st.sampled_from([0, 6]), st.integers(0, 12).map(lambda n: 6 * n)),
        st.floats(-40, 40) | st.just(np.nan),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)
def test_it_is_the_nearest_hour_of_the_same_place_and_cycle_within_a_day(
    said: dict[tuple[str, int, int], float], shuffled: Random
) -> None:
    keys = list(said)
    shuffled.shuffle(keys)
    found = with_adjacent(_rows({key: said[key] for key in keys}))
    for row, (place, cycle, valid) in enumerate(keys):
        hours = sorted(when for where, start, when in said if (where, start) == (place, cycle))
        before = [when for when in hours if valid - 24 <= when < valid][-1:]
        after = [when for when in hours if valid < when <= valid + 24][:1]
        for column, beside in (("blend_before", before), ("blend_after", after)):
            expected = said[place, cycle, beside[0]] if beside else np.nan
            np.testing.assert_equal(found[column].iloc[row], expected)
