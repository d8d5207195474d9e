"""Scores of whole days agree with a plain computation of what was said and what the day was."""

from datetime import timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.days import DAILY_SCORE, ERROR_MEMORY
from weather_platform.core.contracts.errors import TRUTH_AGREEMENT
from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.days.daily import of_cycles
from weather_platform.core.days.statistics import DAILIES
from weather_platform.core.grid import computed, truth_grid
from weather_platform.core.model.predictions import predict
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.scoring.scores import crps_of_quantiles
from weather_platform.core.tables.schema import check, conform, empty
from weather_platform.core.verification.daily import daily_scores
from weather_platform_tests.core.synthetic import long_lived

START = pd.Timestamp("2026-03-10", tz="UTC")
END = START + timedelta(days=6)
FEED = "beta/coarse"
AT = ["location_id", "cycle", "starts_at"]


@cache
def features() -> pd.DataFrame:
    rows = long_lived().features
    rows = rows[(rows["cycle"] >= START - timedelta(days=4)) & (rows["cycle"] < END)]
    # Of one place the feed lacks an hour of each day.
    noon = (rows["location_id"] == "place_0") & (rows["valid_time"].dt.hour == 12)
    return rows.assign(value__beta__coarse=rows["value__beta__coarse"].mask(noon))


@cache
def daily() -> pd.DataFrame:
    starts = sorted(cycle.to_pydatetime() for cycle in features()["cycle"].unique())
    predictions = predict(features(), {}, {})
    return of_cycles(starts, predictions, long_lived().world.places, empty(ERROR_MEMORY), DEFAULT_TARGETS)


def scored(
    agreement: pd.DataFrame | None = None,
    made: pd.DataFrame | None = None,
    start: pd.Timestamp = START,
    end: pd.Timestamp = END,
) -> pd.DataFrame:
    world = long_lived().world
    return daily_scores(
        daily() if made is None else made,
        features(),
        world.observations,
        world.places,
        start=start.to_pydatetime(),
        end=end.to_pydatetime(),
        variables=DEFAULT_TARGETS,
        agreement=agreement,
    )


def days_of(values: pd.DataFrame, name: str) -> pd.DataFrame:
    """What each whole day's eight `value`s are, and the time of the last, by the clock of longitude / 15."""
    one = DAILIES[name]
    places = long_lived().world.places.set_index("location_id")["longitude"]
    ahead = pd.to_timedelta((values["location_id"].map(places) / 15).round(), unit="h")
    middle = timedelta(hours=1.5 if one.target == "precipitation_mm" else 0)
    starts = (values["valid_time"] - middle + ahead).dt.floor("D") - ahead
    grouped = values.assign(starts_at=starts).groupby(["location_id", "cycle", "starts_at"])
    said = grouped["value"].agg([one.statistic, "count"]).set_axis(["value", "count"], axis=1)
    return said.assign(last=grouped["valid_time"].max())[said["count"] == 8].reset_index()


@pytest.mark.parametrize("name", ["temperature_c_max", "temperature_c_min", "precipitation_mm_sum"])
def test_scores_are_of_what_was_said_of_each_day_and_what_it_was(name: str) -> None:
    target = DAILIES[name].target
    rows = features()[features()["variable"] == target]
    truth = computed(truth_grid(long_lived().world.observations, [target]))
    beside = rows.merge(truth[["location_id", "valid_time", "observed"]])
    day = days_of(beside.assign(value=beside["observed"]), name).rename(columns={"value": "observed"})
    day = day[(day["last"] >= START) & (day["last"] < END)]
    ours = daily()[daily()["variable"] == name].merge(day, on=AT)
    feed = days_of(rows.assign(value=rows["value__beta__coarse"]), name).merge(ours, on=AT)
    found = (
        scored().query("variable == @name").groupby("method")[["n", "absolute_error_sum", "crps_sum"]].sum()
    )
    expected = crps_of_quantiles(ours["observed"].to_numpy(), ours[list(QUANTILES)].to_numpy())
    assert len(ours) > 60
    assert found.loc["ours", "n"] == len(ours)
    assert found.loc["ours", "crps_sum"] == pytest.approx(expected.sum())
    assert found.loc["ours", "absolute_error_sum"] == pytest.approx(
        (ours["q50"] - ours["observed"]).abs().sum()
    )
    assert 0 < len(feed) < len(ours), "a day that lacks an hour of a feed is none of its days"
    assert found.loc[FEED, "n"] == len(feed)
    assert found.loc[FEED, "crps_sum"] == pytest.approx((feed["value"] - feed["observed"]).abs().sum())


def test_rows_are_by_the_contract_and_of_their_days() -> None:
    found = scored()
    assert check(found, DAILY_SCORE).bad.empty
    assert found["day"].min() == START and found["day"].max() == END - timedelta(days=1)
    wanted = {name for name, one in DAILIES.items() if one.target in DEFAULT_TARGETS}
    assert set(found["variable"]) == wanted
    assert {"ours", "equal_weight", "persistence", FEED} <= set(found["method"])
    assert (found["n"] >= 1).all() and found["brier_sum"].fillna(0).eq(0).all()


def test_windows_side_by_side_are_one_window() -> None:
    days = pd.date_range(START, END, inclusive="left")
    parts = pd.concat([scored(start=day, end=day + timedelta(days=1)) for day in days])
    pd.testing.assert_frame_equal(conform(parts, DAILY_SCORE).reset_index(drop=True), scored())


def test_a_feed_is_not_scored_where_the_truth_is_refused_for_it() -> None:
    rows = [
        {"day": day, "variable": "temperature_c", "location_id": "place_1", "truth_source": "made_up",
         "feed": FEED, "refused": True}
        for day in pd.date_range(START - timedelta(days=1), END)
    ]  # fmt: skip
    blank = {column.name: 0.0 for column in TRUTH_AGREEMENT.columns if column.kind == "float"}
    counts = {column.name: 0 for column in TRUTH_AGREEMENT.columns if column.kind == "int"}
    refused = conform(pd.DataFrame(rows).assign(**blank, **counts), TRUTH_AGREEMENT)
    there = scored(refused).query("location_id == 'place_1' and variable == 'temperature_c_max'")
    assert FEED not in set(there["method"]) and "alpha/fine" in set(there["method"])
    elsewhere = scored(refused).query("location_id == 'place_2' and variable == 'temperature_c_max'")
    assert FEED in set(elsewhere["method"])


def test_a_day_with_an_hour_that_no_feed_reached_is_no_rival_of_any_feed() -> None:
    silent = daily().assign(degraded=True)
    assert scored(made=silent).empty
    some = daily()["location_id"] == "place_1"
    found = scored(made=daily().assign(degraded=some))
    assert "place_1" not in set(found["location_id"]) and "place_2" in set(found["location_id"])


def test_what_stands_in_no_forecast_is_not_scored() -> None:
    none = daily()[daily()["variable"] != "temperature_c_max"]
    assert "temperature_c_max" not in set(scored(made=none)["variable"])
    assert np.isfinite(scored(made=none)["crps_sum"]).all()
