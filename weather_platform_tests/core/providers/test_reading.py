"""Times as providers write them: every zone is followed, and two zones at once are an error."""

import numpy as np
import pytest

from weather_platform.core.providers.reading import utc_times
from weather_platform.core.providers.spec import PayloadError

HOUR = np.array(["2026-08-01T06:00"], dtype="datetime64[s]")


@pytest.mark.parametrize(
    "text", ["2026-08-01T06:00:00Z", "2026-08-01T08:00:00+02:00", "2026-08-01T00:30-05:30"]
)
def test_a_time_is_the_same_in_any_zone(text: str) -> None:
    assert utc_times([text]).tolist() == HOUR.tolist()
    assert utc_times([text, "2026-08-01T06:00Z"]).tolist() == 2 * HOUR.tolist()


@pytest.mark.parametrize("zone", ["+02:00Z", "-05:30Z", "ZZ", "+0200Z"])
def test_a_time_in_two_zones_is_no_time(zone: str) -> None:
    with pytest.raises(PayloadError, match="a time is not ISO 8601"):
        utc_times(["2026-08-01T06:00Z", f"2026-08-01T06:00{zone}"])
