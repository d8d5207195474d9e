"""Truth that is a feed's own output is found; honest truth is not, however good the feed."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.observations.suspicion import (
    COUNTS,
    WINDOW_DAYS,
    agreement,
    refusals,
    rolling,
    suspicious_truth,
)


def pairs(
    error: np.ndarray, variable: str = "temperature_c", observed: float | np.ndarray = 12.0
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"feed": "p/m", "variable": variable, "location_id": "here", "observed": observed, "error": error}
    )
    return frame.assign(forecast=frame["observed"] + frame["error"])


@pytest.fixture
def rng() -> np.random.Generator:
    """Of each test's own, so that none depends on which ran before."""
    return np.random.default_rng(5)


def test_a_rounded_copy_of_a_forecast_is_found_and_told(rng: np.random.Generator) -> None:
    found = suspicious_truth(pairs(rng.uniform(-0.05, 0.05, 300)))
    assert found[["feed", "location_id", "pairs"]].to_numpy().tolist() == [["p/m", "here", 300]]
    assert (
        "p/m's own output" not in found["reason"][0]
        and "seems to be that feed's own output" in found["reason"][0]
    )


def test_an_excellent_forecast_is_not(rng: np.random.Generator) -> None:
    assert suspicious_truth(pairs(rng.normal(0, 0.6, 5000))).empty


def test_a_copy_in_part_of_the_time_is_found_from_half_on(rng: np.random.Generator) -> None:
    error = np.where(np.arange(1000) % 5 < 3, 0, rng.normal(0, 1, 1000))
    assert len(suspicious_truth(pairs(error))) == 1


def test_few_pairs_prove_nothing() -> None:
    assert suspicious_truth(pairs(np.zeros(59))).empty


def test_dry_hours_and_calms_agree_without_proof() -> None:
    assert suspicious_truth(pairs(np.zeros(5000), "precipitation_mm", observed=0.0)).empty
    assert suspicious_truth(pairs(np.zeros(5000), "wind_speed_m_s", observed=0.0)).empty
    wet = np.where(np.arange(5000) % 20 == 0, 2.4, 0.0)
    assert suspicious_truth(pairs(np.zeros(5000), "precipitation_mm", observed=wet))["pairs"].tolist() == [
        250
    ]


def showers(rng: np.random.Generator, hours: int) -> tuple[np.ndarray, np.ndarray]:
    """Rain of wet hours and an honest forecast of it, each to the gauge's 0.1 mm: mostly small amounts."""
    amount = rng.gamma(0.6, 1.2, hours)
    said = amount * rng.lognormal(0, 0.9, hours)
    return np.round(amount, 1), np.round(said, 1)


def test_small_amounts_that_agree_to_the_gauges_step_prove_nothing(rng: np.random.Generator) -> None:
    observed, said = showers(rng, 4000)
    near = np.abs(said - observed)
    assert (near < 0.11).mean() > 0.3  # with all of them counted, a third is within the step ...
    assert (near < 0.11).mean() > ((near > 0.11) & (near < 0.51)).mean()  # ... and fewer just beyond it
    assert suspicious_truth(pairs(said - observed, "precipitation_mm", observed)).empty


def test_rain_copied_on_two_of_five_days_is_found(rng: np.random.Generator) -> None:
    observed, said = showers(rng, 4000)
    observed = np.where(np.arange(4000) % 5 < 2, said, observed)
    assert len(suspicious_truth(pairs(said - observed, "precipitation_mm", observed))) == 1


def test_an_error_far_below_every_other_feeds_is_found(rng: np.random.Generator) -> None:
    near = pairs(rng.normal(0, 0.6, 500))
    assert suspicious_truth(pd.concat([near, pairs(rng.normal(0, 1.5, 500)).assign(feed="q/n")])).empty
    assert suspicious_truth(pd.concat([near, pairs(rng.normal(0, 4.0, 500)).assign(feed="q/n")]))[
        "feed"
    ].tolist() == ["p/m"]


def test_where_several_feeds_are_as_good_the_place_is_easy(rng: np.random.Generator) -> None:
    easy = pairs(rng.normal(0, 0.45, 500))
    assert len(suspicious_truth(easy)) == 1
    rival = pairs(rng.normal(0, 0.55, 500)).assign(feed="q/n")
    assert suspicious_truth(pd.concat([easy, rival])).empty


def test_some_hours_copied_are_found_and_whole_degrees_are_not(rng: np.random.Generator) -> None:
    honest = rng.normal(0, 1.5, 3000)
    assert len(suspicious_truth(pairs(np.where(np.arange(3000) % 3 == 0, 0, honest)))) == 1
    assert suspicious_truth(pairs(np.round(rng.normal(0, 1.6, 3000)) * 5 / 9)).empty


def test_days_add_up_to_their_whole(rng: np.random.Generator) -> None:
    given = pairs(rng.normal(0, 1, 480)).assign(truth_source="s")
    given["valid_time"] = pd.date_range("2026-08-01", periods=480, freq="h", tz="UTC")
    daily = agreement(given).execute()
    assert daily["day"].nunique() == 20
    assert daily["pairs"].sum() == 480
    assert daily["absolute_error_sum"].sum() == pytest.approx(given["error"].abs().sum())


def test_a_day_is_judged_by_the_thirty_that_end_with_it() -> None:
    first = pd.Timestamp("2026-08-01", tz="UTC")
    thrice_a_day = pd.date_range(first, periods=3 * 40, freq="8h")
    copied = pairs(np.zeros(3 * 40)).assign(truth_source="s", valid_time=thrice_a_day)
    found = rolling(agreement(copied).execute(), first.to_pydatetime(), 40)
    assert found["pairs"].tolist() == [min(3 * day, 90) for day in range(1, 41)]
    assert found["refused"].tolist() == [3 * day >= 60 for day in range(1, 41)]


def test_a_day_alone_has_the_bytes_that_it_has_in_a_range(rng: np.random.Generator) -> None:
    """In whatever order the pairs of a day are added, and whichever days lie before it."""
    first, days = pd.Timestamp("2026-08-01", tz="UTC"), 40
    hours = pd.date_range(
        first - pd.Timedelta(days=WINDOW_DAYS - 1), first + pd.Timedelta(days=days), freq="h"
    )
    given = pd.concat(
        pairs(rng.gamma(2, 3, len(hours)) / 7).assign(feed=feed, truth_source="s", valid_time=hours)
        for feed in ("a/x", "b/y")
    )
    given = given[rng.random(len(given)) < 0.9]
    whole = rolling(agreement(given).execute(), first.to_pydatetime(), days)
    assert whole["absolute_error_sum"].nunique() > days
    for day in (0, 1, 17, 39):
        start = first + pd.Timedelta(days=day)
        window = given["valid_time"].between(
            start - pd.Timedelta(days=WINDOW_DAYS - 1), start + pd.Timedelta(days=1), inclusive="left"
        )
        shuffled = given[window].sample(frac=1, random_state=day)
        alone = rolling(agreement(shuffled).execute(), start.to_pydatetime(), 1)
        same = whole[whole["day"] == start].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, same, check_exact=True)


@pytest.mark.parametrize(
    ("counts", "refused"),
    [
        ([100, 0, 0, 0, 60.0], True),
        ([100, 0, 0, 0, 80.0], False),  # a quarter of the other's, and larger than agreement is
        ([100, 0, 30, 55, 100.0], True),
        ([100, 0, 30, 65, 100.0], False),  # more between one step and five: as a smooth distribution has it
    ],
)
def test_what_is_near_is_refused_only_where_nothing_else_explains_it(
    counts: list[float], refused: bool
) -> None:
    where = {"variable": "temperature_c", "location_id": "here", "truth_source": "net"}
    rows = [dict(zip(COUNTS, each, strict=True)) for each in (counts, [100, 0, 0, 0, 400.0])]
    frame = pd.DataFrame(rows).assign(feed=["a/m", "b/m"], **where)
    assert refusals(frame)["refused"].tolist() == [refused, False]
