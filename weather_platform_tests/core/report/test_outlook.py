"""A forecast in cells: what is said for each hour and place, and what is not known is empty."""

from collections.abc import Sequence

import pandas as pd
import pytest

from weather_platform.core.contracts.learned import PREDICTION, QUANTILES
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.report.outlook import NO_FEED, by_hour, day_ahead
from weather_platform.core.tables.schema import conform, empty

START = pd.Timestamp("2026-08-20T18:00Z")


def said(
    variable: str, medians: Sequence[float], place: str = "here", chance: float | None = None, feeds: int = 3
) -> pd.DataFrame:
    """Rows of one place, three hours apart, with 0.1 between one quantile and the next."""
    rows = [
        {
            "variable": variable,
            "location_id": place,
            "cycle": START,
            "valid_time": START + pd.Timedelta(hours=3 * (index + 1)),
            "known_at": START,
            "lead_hours": 3.0 * (index + 1),
            **{name: max(median + 0.1 * (at - 9), 0.0 if chance is not None else -99.0)
               for at, name in enumerate(QUANTILES)},
            "probability": chance,
            "center": median,
            "feeds_present": feeds,
            "model_version": "1",
            "degraded": feeds == 0,
        }
        for index, median in enumerate(medians)
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), PREDICTION)


def test_an_hour_is_told_by_its_median_or_its_chance_and_the_range_of_four_in_five() -> None:
    rows = pd.concat(
        [said("temperature_c", [-0.04, 12.34]), said("precipitation_mm", [0.0, 3.0], chance=0.126)]
    )
    cells = by_hour(rows, ["temperature_c", "precipitation_mm"])
    assert cells.columns.tolist() == [
        ("temperature_c", "median"),
        ("temperature_c", "80 %"),
        ("precipitation_mm", "chance"),
        ("precipitation_mm", "80 %"),
    ]
    assert cells.index.tolist() == [START + pd.Timedelta(hours=3), START + pd.Timedelta(hours=6)]
    assert cells.to_numpy().tolist() == [
        ["0.0", "-0.8 to 0.8", "13 %", "0.0 to 0.8"],
        ["12.3", "11.5 to 13.1", "13 %", "2.2 to 3.8"],
    ]


def test_a_range_of_one_value_is_that_value_and_shares_have_two_digits() -> None:
    dry = said("precipitation_mm", [-5.0], chance=0.004)
    cells = by_hour(pd.concat([dry, said("cloud_cover", [0.5])]), ["precipitation_mm", "cloud_cover"])
    assert cells.to_numpy().tolist() == [["0 %", "0.0", "0.50", "-0.30 to 1.30"]]


def test_hours_that_no_feed_reaches_say_so_and_a_variable_that_ends_before_is_empty_there() -> None:
    rows = pd.concat(
        [
            said("temperature_c", [1.0]),
            said("temperature_c", [1.0, 2.0], feeds=0)[1:],
            said("wind_speed_m_s", [5.0]),
        ]
    )
    cells = by_hour(rows, ["temperature_c", "wind_speed_m_s"])
    assert cells["", ""].tolist() == ["", NO_FEED]
    assert cells["wind_speed_m_s", "median"].tolist() == ["5.0", ""]


def test_a_day_ahead_is_of_24_hours_by_place() -> None:
    near, far = [10.0, 14.0, 12.0, 11.0, 9.0, 8.0, 7.5, 7.0], [99.0]
    rows = pd.concat(
        [
            said("temperature_c", near + far),
            said("temperature_c", [3.0], place="there"),
            said("precipitation_mm", [0.0], chance=0.2),
            said("precipitation_mm", [0.0] * 9, chance=0.6)[8:],
        ]
    )
    cells = day_ahead(rows, ["temperature_c", "precipitation_mm"])
    assert cells.index.tolist() == ["here", "there"]
    assert cells.to_numpy().tolist() == [["7.0 to 14.0", "20 %"], ["3.0", ""]]


@pytest.mark.parametrize("cells", [by_hour, day_ahead])
def test_without_rows_there_is_nothing_to_say(cells: object) -> None:
    assert callable(cells)
    assert cells(empty(PREDICTION), DEFAULT_TARGETS).empty
