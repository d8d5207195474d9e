"""Hours of clocks that are half an hour off are compared and blended as everybody else's."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.grid import computed, forecast_grid
from weather_platform.core.parsing.parse import Parsed, Source, assemble
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked
from weather_platform.core.tables.schema import check
from weather_platform_tests.replies import START, encoded, weatherapi

MUMBAI = Place("mumbai", 19.07, 72.88)


def reply(minutes: int, hours: int = 24, **columns: Any) -> dict[str, Any]:
    """WeatherAPI's hours on a clock that stands so many minutes past UTC's, with values by hour."""
    made = weatherapi(MUMBAI.latitude, MUMBAI.longitude, days=1)
    (day,) = made["forecast"]["forecastday"]
    day["hour"] = day["hour"][:hours]
    for i, hour in enumerate(day["hour"]):
        hour["time_epoch"] += 60 * minutes
        hour |= {"temp_c": 20.0 + i, "precip_mm": float(i), "wind_degree": 350 if i % 2 else 10}
        hour |= {name: values[i] for name, values in columns.items()}
    return made


def parsed(*replies: dict[str, Any], fetched_at: datetime = START) -> Parsed:
    asked = Asked((MUMBAI,), fetched_at)
    sources = [Source(f"{i}", CYCLE.floor(fetched_at), asked, encoded(one)) for i, one in enumerate(replies)]
    return assemble(PROVIDERS["weatherapi"], sources)


@pytest.mark.parametrize(("minutes", "share"), [(30, 0.5), (15, 0.75), (45, 0.25)])
def test_hours_between_utcs_are_brought_onto_them(minutes: int, share: float) -> None:
    """In India and Nepal every value of such a feed was lost without a word, and its rain came too early."""
    result = parsed(reply(minutes))
    rows = result.rows
    assert check(rows, FORECAST).bad.empty
    assert rows["valid_time"].tolist() == [START + timedelta(hours=i) for i in range(1, 24)]
    assert rows["lead_hours"].tolist() == list(range(1, 24))
    assert rows["temperature_c"].tolist() == pytest.approx([20 + i + share for i in range(23)])
    assert rows["precipitation_mm"].tolist() == pytest.approx([i + share for i in range(23)])
    assert set(rows["wind_direction_deg"]) == {10, 350}, "the mean of north-north-west and -east is not south"
    assert (result.read, result.interpolated, result.unpaired) == (24, 23, 1)
    grid = computed(forecast_grid(rows, ["temperature_c", "precipitation_mm"]), ["valid_time"])
    assert grid["temperature_c"].notna().sum() == 7
    assert grid["precipitation_mm"].dropna().tolist() == pytest.approx(
        [9 * k + 3 + 3 * share for k in range(7)]
    )


def test_what_one_of_two_hours_lacks_is_missing_between_them() -> None:
    rows = parsed(reply(30, 4, temp_c=[20, None, 22, 24])).rows
    assert rows["temperature_c"].tolist() == pytest.approx([np.nan, np.nan, 23], nan_ok=True)
    assert rows["precipitation_mm"].tolist() == [0.5, 1.5, 2.5]


def test_an_hour_that_is_there_is_not_made_again() -> None:
    """Of a clock that is put forward by half an hour, and of a file by the half hour."""
    both = reply(0, 4)
    both["forecast"]["forecastday"] += reply(30, 4)["forecast"]["forecastday"]
    rows = parsed(both).rows
    assert len(rows) == 8 and rows["temperature_c"].tolist() == [20, 20, 21, 21, 22, 22, 23, 23]
    changed = reply(0, 3)
    changed["forecast"]["forecastday"][0]["hour"] += reply(30, 6)["forecast"]["forecastday"][0]["hour"][3:]
    rows = parsed(changed).rows
    assert rows["valid_time"].dt.minute.eq(0).all()
    assert rows["temperature_c"].tolist() == [20, 21, 22, 23.5, 24.5]


def test_a_gap_stays_one() -> None:
    made = reply(30, 5)
    del made["forecast"]["forecastday"][0]["hour"][2]
    result = parsed(made)
    assert result.rows["temperature_c"].tolist() == [20.5, 23.5]
    assert result.read == len(result.rows) + result.unpaired


def test_hours_on_the_hour_are_left_alone() -> None:
    result = parsed(reply(0))
    assert len(result.rows) == 24 and (result.interpolated, result.unpaired) == (0, 0)
    assert isinstance(result.rows.index, pd.RangeIndex)
