"""Whole days in cells, and how good they were in lines."""

from collections.abc import Sequence

import pandas as pd

from weather_platform.core.contracts.days import DAILY_PREDICTION
from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.report.days import by_day, first_days, told
from weather_platform.core.report.outlook import NO_FEED
from weather_platform.core.tables.schema import conform, empty

CYCLE = pd.Timestamp("2026-08-20T18:00Z")
FIRST = pd.Timestamp("2026-08-21T06:00Z")


def said_of_days(
    variable: str,
    medians: Sequence[float],
    place: str = "here",
    chance: float | None = None,
    feeds: Sequence[int] = (3, 3),
) -> pd.DataFrame:
    """Rows of one place, a day each, with 0.1 between one quantile and the next."""
    rows = [
        {
            "variable": variable,
            "location_id": place,
            "cycle": CYCLE,
            "starts_at": FIRST + pd.Timedelta(days=index),
            "date": f"2026-08-{21 + index}",
            "known_at": CYCLE,
            "lead_hours": 12.0 + 24 * index,
            **{name: median + 0.1 * (at - 9) for at, name in enumerate(QUANTILES)},
            "probability": chance,
            "memory_hours": 12.0,
            "feeds_present": feeds[index],
            "model_version": "1",
            "degraded": feeds[index] == 0,
        }
        for index, median in enumerate(medians)
    ]
    return conform(pd.DataFrame(rows), DAILY_PREDICTION)


def test_a_day_is_told_by_its_extremes_and_an_amount_by_its_chance_and_sum() -> None:
    rows = pd.concat(
        [
            said_of_days("temperature_c_mean", [7.0, 8.0]),  # nobody asks for it beside the extremes
            said_of_days("temperature_c_max", [12.34, 13.0]),
            said_of_days("temperature_c_min", [-0.04, 3.0]),
            said_of_days("precipitation_mm_sum", [3.0, 4.0], chance=0.256),
            said_of_days("cloud_cover_mean", [0.5, 0.6]),
        ]
    )
    cells = by_day(rows, ["temperature_c", "precipitation_mm", "cloud_cover"])
    assert [*dict.fromkeys(cells.columns.get_level_values(0))] == [
        "temperature_c_min",
        "temperature_c_max",
        "precipitation_mm_sum",
        "cloud_cover_mean",
    ]
    assert cells["precipitation_mm_sum"].columns.tolist() == ["chance", "median", "80 %"]
    assert cells.loc["2026-08-21"].tolist() == [
        "0.0", "-0.8 to 0.8", "12.3", "11.5 to 13.1", "26 %", "3.0", "2.2 to 3.8", "0.50", "-0.30 to 1.30",
    ]  # fmt: skip
    assert cells.index.tolist() == ["2026-08-21", "2026-08-22"]


def test_units_are_those_that_are_asked_for() -> None:
    rows = pd.concat([said_of_days("temperature_c_max", [0.0]), said_of_days("wind_speed_m_s_max", [10.0])])
    cells = by_day(rows, DEFAULT_TARGETS, "us")
    assert cells.xs("median", axis=1, level=1).to_numpy().tolist() == [["32.0", "22.4"]]


def test_a_day_without_a_feed_says_so() -> None:
    cells = by_day(said_of_days("temperature_c_max", [1.0, 2.0], feeds=[3, 0]), DEFAULT_TARGETS)
    assert cells["", ""].tolist() == ["", NO_FEED]


def test_the_first_day_is_one_that_all_is_said_of() -> None:
    rain = said_of_days("precipitation_mm_sum", [0.0, 1.0], chance=0.5)
    cells = first_days(
        pd.concat([said_of_days("temperature_c_max", [20.0, 21.0])[1:], rain]), DEFAULT_TARGETS
    )
    assert cells["date", ""].tolist() == ["2026-08-22"] and (cells != "").all(axis=None)


def test_of_many_places_the_first_whole_day_of_each() -> None:
    later = said_of_days("temperature_c_max", [30.0, 31.0], place="there")[1:]
    rows = pd.concat([said_of_days("temperature_c_max", [20.0, 21.0]), later])
    cells = first_days(rows, DEFAULT_TARGETS)
    assert cells["date", ""].to_dict() == {"here": "2026-08-21", "there": "2026-08-22"}
    assert cells["temperature_c_max", "median"].to_dict() == {"here": "20.0", "there": "31.0"}


def test_a_plain_table_has_ranges_behind_their_medians() -> None:
    rows = pd.concat(
        [
            said_of_days("temperature_c_max", [20.0, 21.0]),
            said_of_days("precipitation_mm_sum", [4.0, 5.0], chance=0.25),
        ]
    )
    assert told(first_days(rows, DEFAULT_TARGETS)).to_dict("records") == [
        {
            "date": "2026-08-21",
            "Temperature, highest, °C": "20.0 (19.2 to 20.8)",
            "chance of ≥ 1 mm": "25 %",
            "Precipitation, total, mm": "4.0 (3.2 to 4.8)",
        }
    ]


def test_without_rows_there_is_nothing_to_say() -> None:
    assert by_day(empty(DAILY_PREDICTION), DEFAULT_TARGETS).empty
    assert told(first_days(empty(DAILY_PREDICTION), DEFAULT_TARGETS)).empty
