"""Forecasts of whole days: what a day's hours say together, by cycle, with what each could know."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from weather_platform.core.contracts.days import DAILY_PREDICTION, ERROR_MEMORY
from weather_platform.core.contracts.learned import QUANTILE_LEVELS, QUANTILES
from weather_platform.core.days.calendar import whole_days
from weather_platform.core.days.daily import of_cycles
from weather_platform.core.days.memory import USUAL_HOURS
from weather_platform.core.days.statistics import DAILIES, dailies, shown_dailies
from weather_platform.core.days.summaries import said_of_days
from weather_platform.core.model.predictions import FALLBACK
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.tables.schema import check, empty
from weather_platform_tests.core.days.hours import SPREAD, START, places, predicted
from weather_platform_tests.core.days.test_memory import of_days as memory_of_days

NOTHING = empty(ERROR_MEMORY)
WAVE = 5.0 * np.sin(np.arange(24) * np.pi / 4)  # a period a day
HERE = places(here=0.0)


def days(rows: pd.DataFrame, sums: pd.DataFrame = NOTHING, variable: str = "temperature_c") -> pd.DataFrame:
    starts = sorted(cycle.to_pydatetime() for cycle in rows["cycle"].unique())
    made = of_cycles(starts, rows, HERE, sums, [variable])
    assert check(made, DAILY_PREDICTION).bad.empty
    return made


def test_a_mean_is_told_as_surely_as_errors_last() -> None:
    made = days(predicted(WAVE, "here")).query("variable == 'temperature_c_mean'")
    assert made["date"].tolist() == ["2026-08-02", "2026-08-03"]
    assert made["lead_hours"].tolist() == [24.0, 48.0]
    hours = 3.0 * abs(np.arange(8)[:, None] - np.arange(8))
    spread = SPREAD * np.sqrt(np.exp(-hours / USUAL_HOURS).mean())
    expected = spread * norm.ppf(QUANTILE_LEVELS)
    np.testing.assert_allclose(made[list(QUANTILES)].to_numpy(), np.tile(expected, (2, 1)), atol=0.12)


def test_where_hours_err_alike_a_mean_is_as_unsure_as_each_of_them() -> None:
    rows = whole_days(predicted(np.zeros(16), "here"), HERE, "temperature_c", ["cycle"])
    said = {one.asked.statistic: one.quantiles[0] for one in said_of_days(rows, 1e9, "temperature_c")}
    for quantiles in said.values():
        np.testing.assert_allclose(quantiles, SPREAD * norm.ppf(QUANTILE_LEVELS), atol=0.006)


def test_extremes_lie_around_the_mean_at_every_level() -> None:
    made = days(predicted(WAVE, "here")).set_index(["variable", "starts_at"])[list(QUANTILES)]
    low, mean, high = (made.loc[f"temperature_c_{what}"] for what in ("min", "mean", "max"))
    assert (low < mean).to_numpy().all() and (mean < high).to_numpy().all()
    assert (np.diff(made, axis=1) > 0).all()
    assert high["q50"].between(5.0, 7.5).all(), "above the highest median, since any of the hours may be it"


def test_rain_of_a_day_is_the_sum_and_its_chance_that_of_a_millimetre() -> None:
    rows = predicted(np.full(24, -6.0), "here", variable="precipitation_mm")
    dry = rows.assign(**dict.fromkeys(QUANTILES, 0.0))
    assert days(dry, variable="precipitation_mm")[["q95", "probability"]].to_numpy().tolist() == [[0, 0]] * 3
    wet = rows.assign(**dict.fromkeys(QUANTILES, 1.0))
    made = days(wet, variable="precipitation_mm")
    assert made["variable"].unique().tolist() == ["precipitation_mm_sum"]
    assert made[["q05", "q95", "probability"]].to_numpy().tolist() == [[8, 8, 1]] * 3
    some = rows.assign(**dict.fromkeys(QUANTILES, 0.0) | {"q95": 0.6, "q90": 0.3})
    chance = days(some, variable="precipitation_mm")["probability"]
    assert chance.between(0.01, 0.3).all()


def test_only_rain_has_a_chance() -> None:
    assert days(predicted(WAVE, "here"))["probability"].isna().all()


def test_each_cycle_takes_what_was_known_of_errors_when_it_began() -> None:
    late = START + timedelta(days=10)
    rows = pd.concat([predicted(WAVE, "here", START), predicted(WAVE, "here", late)])
    made = days(rows, memory_of_days("temperature_c", {12.0: 2.0, 96.0: 1.0}, days=8))
    by_cycle = made.groupby("cycle")["memory_hours"].unique().map(list).to_dict()
    assert by_cycle == {pd.Timestamp(START): [USUAL_HOURS], pd.Timestamp(late): [96.0]}
    width = made.query("variable == 'temperature_c_mean'").groupby("cycle")["q90"].mean()
    assert width[late] > 1.15 * width[START]


def test_a_day_is_as_good_as_the_worst_of_its_hours() -> None:
    rows = predicted(WAVE, "here")
    blended = rows["valid_time"] == pd.Timestamp("2026-08-02T12Z")
    silent = rows["valid_time"] == pd.Timestamp("2026-08-03T12Z")
    rows = rows.assign(
        model_version=rows["model_version"].mask(blended | silent, FALLBACK),
        feeds_present=rows["feeds_present"].mask(blended, 1).mask(silent, 0),
        degraded=silent,
        known_at=rows["known_at"].mask(blended, pd.Timestamp(START + timedelta(minutes=20))),
    )
    made = days(rows).query("variable == 'temperature_c_max'")
    assert made["model_version"].tolist() == [FALLBACK, FALLBACK]
    assert made["feeds_present"].tolist() == [1, 0] and made["degraded"].tolist() == [False, True]
    assert made["known_at"].tolist() == [START + timedelta(minutes=20), START]


def test_without_a_whole_day_there_is_nothing() -> None:
    assert days(predicted(np.zeros(14), "here")).empty
    assert days(predicted(WAVE, "elsewhere")).empty


@pytest.mark.parametrize("target", KNOWN)
def test_every_target_has_days_and_people_are_told_some_of_them(target: str) -> None:
    said = dailies([target])
    assert said and {one.target for one in said} == {target}
    assert shown_dailies([target]) and set(shown_dailies([target])) <= set(said)
    assert all(DAILIES[one.name] is one for one in said)
