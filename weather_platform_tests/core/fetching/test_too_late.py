"""Places of which nothing is kept once a cycle is over."""

import pandas as pd

from weather_platform.core.fetching.fetch import Failure
from weather_platform.core.fetching.too_late import too_late
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform_tests.replies import START

LATER = START + CYCLE.length


def test_a_place_is_too_late_where_no_forecast_of_that_very_cycle_is_kept() -> None:
    manifest = pd.DataFrame(
        {
            "role": ["forecast", "lookup", "forecast"],
            "cycle": pd.DatetimeIndex([START, START, LATER]),
            "location_ids": ["a,b", "c", "c"],
        }
    )
    places = [Place(name, 0.0, 0.0) for name in ("c", "b", "a")]
    found = too_late(manifest, places, [START, LATER])
    reason = "no reply of a place is kept, and the cycle is over"
    assert found == [Failure(START, "c", reason), Failure(LATER, "a", reason), Failure(LATER, "b", reason)]
