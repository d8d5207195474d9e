"""What is said of truth that is not held against a feed is said once, with its days."""

import pandas as pd

from weather_platform.core.observations.refused_truth import refused_lines
from weather_platform.core.observations.suspicion import refusals


def counts(day: str, within_step: int, place: str = "nairobi") -> dict[str, object]:
    """A day's window of 100 pairs, of which some are copied."""
    group = {"feed": "p/m", "variable": "precipitation_mm", "location_id": place, "truth_source": "stations"}
    found = {"pairs": 100, "close": within_step, "within_step": within_step, "within_steps": within_step + 12}
    return {"day": pd.Timestamp(day, tz="UTC"), **group, **found, "absolute_error_sum": 90.0}


def test_a_place_and_feed_have_one_line_with_their_days() -> None:
    days = {"2026-08-01": 30, "2026-08-02": 31, "2026-08-03": 2, "2026-08-05": 27}
    rows = [counts(day, within) for day, within in days.items()] + [counts("2026-08-02", 40, "sydney")]
    nairobi, sydney = refused_lines(refusals(pd.DataFrame(rows)))
    assert nairobi.startswith(
        "nairobi: 27% of 100 values of precipitation_mm are within 0.1 of p/m, "
        "and only 12% are off by 0.1 to 0.5"
    )
    assert nairobi.endswith("Left out: 2026-08-01 to 2026-08-02, 2026-08-05")
    assert sydney.endswith("Left out: 2026-08-02")


def test_nothing_refused_is_no_line() -> None:
    assert refused_lines(refusals(pd.DataFrame([counts("2026-08-01", 2)]))) == []
