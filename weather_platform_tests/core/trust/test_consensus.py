"""How far each feed is from what the others say."""

from datetime import timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.core.partitions import CYCLE
from weather_platform.core.trust.consensus import offsets, told
from weather_platform_tests.core.trust.spoken import FEEDS, START


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(FEEDS), st.integers(0, 2), st.integers(1, 3), st.floats(-50, 50)),
        min_size=1,
        max_size=40,
        unique_by=lambda row: row[:3],
    )
)
def test_an_offset_is_the_median_of_what_is_off_the_median(rows: list[tuple[str, int, int, float]]) -> None:
    grid = pd.DataFrame(rows, columns=["feed", "cycle", "step", "temperature_c"]).assign(location_id="x")
    grid["cycle"] = pd.Timestamp(START) + CYCLE.length * grid["cycle"]
    grid["valid_time"] = grid["cycle"] + timedelta(hours=3) * grid["step"]
    found = offsets(told(grid, ["temperature_c"]))
    found = found[found["n"] > 0].set_index(["feed", "cycle"])
    grid["provider"] = grid["feed"].str.split("/").str[0]
    votes = grid.groupby(["provider", "cycle", "valid_time"])["temperature_c"].mean()
    by_hour = votes.groupby(["cycle", "valid_time"])
    center = by_hour.median().where(by_hour.size() >= 3).rename("center")
    compared = grid.join(center, on=["cycle", "valid_time"])
    compared["away"] = compared["temperature_c"] - compared["center"]
    expected = compared.groupby(["feed", "cycle"])["away"].agg(["median", "size"])
    pd.testing.assert_series_equal(
        found["offset"], expected["median"].reindex(found.index), check_names=False, atol=6e-4, rtol=0
    )
    assert found["n"].to_dict() == expected["size"].to_dict()
