"""Hours of clocks that are half an hour off are compared and blended as everybody else's."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.grid import computed, forecast_grid
from weather_platform.core.parsing.parse import Parsed, Source, assemble
from weather_platform.core.parsing.whole_hours import on_whole_hours
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked
from weather_platform.core.tables.schema import check, conform
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
    nearer = [i + (share >= 0.5) for i in range(23)]  # the mean of north-north-west and -east is not south
    assert rows["wind_direction_deg"].tolist() == [350 if i % 2 else 10 for i in nearer]
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


def test_an_hour_is_known_when_both_were_and_is_of_one_place_and_of_single_hours() -> None:
    whole = parsed(reply(0, 3)).rows
    half = whole.assign(valid_time=whole["valid_time"] + timedelta(minutes=30))
    late = START + timedelta(hours=2)
    made = on_whole_hours(half.assign(fetched_at=pd.DatetimeIndex([START, late, late])), FORECAST)
    assert made.rows[["valid_time", "fetched_at"]].to_numpy().tolist()[-1] == [late, late]
    assert made.interpolated == 1, "at 01 UTC it was not known yet"
    for others in ({"location_id": ["a", "b", "c"]}, {"interval_hours": 3}):
        assert on_whole_hours(conform(half.assign(**others), FORECAST), FORECAST).interpolated == 0


def test_an_hour_between_two_fetches_that_was_past_at_the_second_is_none_and_spoils_no_other() -> None:
    """Found by a test for a mutant: of a reply that was dropped beside the one fetched, the cycle of its
    provider ended in an IndexError.
    """
    fetched = [START + timedelta(minutes=minutes) for minutes in (5, 70)]
    sources = [
        Source(f"{i}", START, Asked((MUMBAI,), time), encoded(reply(30, 5))) for i, time in enumerate(fetched)
    ]
    rows = assemble(PROVIDERS["weatherapi"], sources).rows
    assert rows["valid_time"].tolist()[1:] == [START + timedelta(hours=i) for i in range(2, 5)]
    assert rows["fetched_at"].tolist() == [fetched[0], *[fetched[1]] * 3]


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
