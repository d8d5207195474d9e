"""How long errors last is found again where it was made up, from what was known, and of some days alone."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.days import ERROR_MEMORY
from weather_platform.core.days import memory
from weather_platform.core.days.lengths import MEMORIES_HOURS
from weather_platform.core.days.memory import USUAL_HOURS, lasting, mean_crps, memory_sums
from weather_platform.core.tables.schema import check, conform, empty
from weather_platform_tests.core.days.hours import SPREAD, START, observed, places, predicted

DAYS = 12
AT = START + timedelta(days=DAYS)
NAMES = tuple(f"p{number}" for number in range(30))
PANEL = places(**{name: 12.0 * number - 174.0 for number, name in enumerate(NAMES)})


@cache
def world(lasts_hours: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predictions of two days each day at many places, and a truth whose errors last so long."""
    rng = np.random.default_rng(7)
    kept = math.exp(-3 / lasts_hours) if lasts_hours else 0.0
    forecasts, truths = [], []
    for name in NAMES:
        errors = [SPREAD * rng.standard_normal()]
        for _ in range(8 * DAYS + 3):
            errors.append(kept * errors[-1] + SPREAD * math.sqrt(1 - kept**2) * rng.standard_normal())
        times = pd.date_range(START + timedelta(hours=3), periods=len(errors), freq="3h")
        truths.append(observed(pd.Series(errors, times), name))
        forecasts += [predicted(np.zeros(16), name, START + timedelta(days=day)) for day in range(DAYS)]
    return pd.concat(forecasts, ignore_index=True), pd.concat(truths, ignore_index=True)


def sums(lasts_hours: float, variables: Sequence[str] = ("temperature_c",)) -> pd.DataFrame:
    return memory_sums(*world(lasts_hours), PANEL, start=START, end=AT, variables=variables)


@pytest.mark.parametrize("lasts", [0.0, 12.0, 96.0])
def test_the_length_that_made_the_errors_is_found(lasts: float) -> None:
    found = sums(lasts)
    assert check(found, ERROR_MEMORY).bad.empty
    assert set(found["memory_hours"]) == set(MEMORIES_HOURS)
    by_hours = mean_crps(found).loc["temperature_c"]
    twelve = found[found["memory_hours"] == 12]
    assert by_hours[12.0] == pytest.approx(twelve["crps_sum"].sum() / twelve["n"].sum())
    chosen = lasting(found, AT + timedelta(days=1), ["temperature_c"])["temperature_c"]
    nearest = {0.0: (0.0, 3.0), 12.0: (12.0,), 96.0: (48.0, 96.0, 192.0)}[lasts]
    assert chosen in nearest


def test_a_day_is_the_same_whichever_others_are_asked_for() -> None:
    day = START + timedelta(days=5)
    alone = memory_sums(
        *world(12.0), PANEL, start=day, end=day + timedelta(days=1), variables=["temperature_c"]
    )
    whole = sums(12.0)
    same = whole[whole["day"] == pd.Timestamp(day)].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same)


def test_only_what_was_known_at_the_time_counts() -> None:
    found = sums(96.0)
    assert lasting(found, START + timedelta(days=5), ["temperature_c"]) == {"temperature_c": USUAL_HOURS}
    late = found.assign(known_at=AT + timedelta(days=5))
    assert lasting(late, AT, ["temperature_c"]) == {"temperature_c": USUAL_HOURS}
    assert lasting(found, AT + timedelta(days=60), ["temperature_c"]) == {"temperature_c": USUAL_HOURS}
    assert lasting(empty(ERROR_MEMORY), AT, ["temperature_c"]) == {"temperature_c": USUAL_HOURS}
    assert lasting(found, AT, ["temperature_c"])["temperature_c"] > USUAL_HOURS


def test_a_day_is_known_when_the_last_of_its_truth_is() -> None:
    found = sums(12.0)
    newest = found.groupby("day")["known_at"].first()
    after = newest - newest.index.to_series()
    assert set(after) == {pd.Timedelta(hours=21 + 2)}, "some place's day has a last value at 21 UTC"


def of_days(variable: str, crps: dict[float, float], days: int = 6) -> pd.DataFrame:
    rows = [
        {"day": day, "variable": variable, "memory_hours": hours, "known_at": day, "n": 1, "crps_sum": value}
        for day in pd.date_range(START, periods=days)
        for hours, value in crps.items()
    ]
    return conform(pd.DataFrame(rows), ERROR_MEMORY)


def test_fewer_than_six_days_decide_nothing() -> None:
    for days, chosen in ((5, USUAL_HOURS), (6, 48.0)):
        known = of_days("temperature_c", {12.0: 2.0, 48.0: 1.0}, days)
        assert lasting(known, AT, ["temperature_c"]) == {"temperature_c": chosen}


def test_a_gust_has_the_memory_of_its_wind_so_that_no_day_of_it_is_below() -> None:
    known = pd.concat(
        [of_days("wind_speed_m_s", {6.0: 1.0, 24.0: 2.0}), of_days("wind_gust_m_s", {6.0: 2.0, 24.0: 1.0})]
    )
    both = lasting(known, AT, ["wind_speed_m_s", "wind_gust_m_s"])
    assert both == {"wind_speed_m_s": 6.0, "wind_gust_m_s": 6.0}
    assert lasting(known, AT, ["wind_gust_m_s"]) == {"wind_gust_m_s": 24.0}


def test_of_a_large_panel_as_many_days_are_counted_evenly_from_all_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = sums(12.0).query("memory_hours == 12").set_index("day")["n"]
    assert whole.max() > 20
    monkeypatch.setattr(memory, "_MOST_A_DAY", 20)
    some = sums(12.0).query("memory_hours == 12").set_index("day")["n"]
    assert (some == whole.clip(upper=20)).all()


def test_days_without_feeds_or_truth_tell_nothing() -> None:
    forecasts, truth = world(12.0)
    silent = forecasts.assign(degraded=True)
    day: dict[str, datetime] = {"start": START, "end": AT}
    assert memory_sums(silent, truth, PANEL, **day, variables=["temperature_c"]).empty
    assert memory_sums(forecasts, truth[:0], PANEL, **day, variables=["temperature_c"]).empty
    assert memory_sums(forecasts, truth, PANEL, **day, variables=["cloud_cover"]).empty
