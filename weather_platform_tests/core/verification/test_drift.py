"""A week unlike the weeks before is seen, and weather that is merely different is not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.contracts.scores import DRIFT, SCORE
from weather_platform.core.tables.schema import check, conform, empty
from weather_platform.core.verification.drift import drift, due, newest, worst
from weather_platform.core.verification.stability import population_stability
from weather_platform_tests.core.verification.drift_tables import FIRST, VARIABLE, error_sums, our_scores

LAST = FIRST + timedelta(days=39)


def signals(rows: pd.DataFrame) -> dict[tuple[str, str], bool]:
    return {
        (str(row["signal"]), str(row["subject"])): bool(row["breached"]) for row in rows.to_dict("records")
    }


def test_steady_weeks_breach_nothing() -> None:
    found = drift(our_scores(40), error_sums(40), empty(FEATURES), [LAST])
    assert check(found, DRIFT).bad.empty
    assert signals(found) == {
        ("crps_ratio", "ours"): False, ("coverage_80", "ours"): False, ("coverage_90", "ours"): False,
        ("feed_bias", "a/steady"): False, ("feed_bias", "b/changed"): False,
        ("feed_error", "a/steady"): False, ("feed_error", "b/changed"): False,
    }  # fmt: skip


def test_a_feed_that_changed_overnight_is_named_and_no_other() -> None:
    found = drift(empty(SCORE), error_sums(40, shift_from=34, shift=1.5), empty(FEATURES), [LAST])
    assert signals(found) == {
        ("feed_bias", "a/steady"): False, ("feed_bias", "b/changed"): True,
        ("feed_error", "a/steady"): False, ("feed_error", "b/changed"): False,
    }  # fmt: skip
    (told,) = worst(found)
    assert told.startswith(f"{VARIABLE}: feed_bias of b/changed is 1.")


@pytest.mark.parametrize("noisier", [2.0, 4.0])
def test_a_feed_that_errs_more_without_a_bias_is_named(noisier: float) -> None:
    """Found in a review: errors four times as large breached nothing while their mean stayed."""
    sums = error_sums(40, shift_from=33, noisier=noisier)
    found = signals(drift(empty(SCORE), sums, empty(FEATURES), [LAST]))
    assert found == {
        ("feed_bias", "a/steady"): False, ("feed_bias", "b/changed"): False,
        ("feed_error", "a/steady"): False, ("feed_error", "b/changed"): True,
    }  # fmt: skip
    wet = sums.assign(variable="precipitation_mm")
    assert {signal for signal, _ in signals(drift(empty(SCORE), wet, empty(FEATURES), [LAST]))} == {
        "feed_bias"
    }


def test_an_error_to_expect_is_not_watched_while_its_past_grows() -> None:
    """Found in a review: in the first weeks it changed as days were added to it, and asked for trainings."""
    fed = watched(40)
    fed["expected_error"] *= np.where(fed["cycle"] < FIRST + timedelta(days=20), 1.5, 1.0)
    key = ("feature_psi", "expected_error")
    assert key in signals(drift(empty(SCORE), empty(ERROR_SUM), fed, [LAST]))
    early = drift(empty(SCORE), empty(ERROR_SUM), fed, [LAST], settled=FIRST + timedelta(days=20))
    assert set(signals(early)) == {("feature_psi", "spread"), ("feature_psi", "feeds_present")}


def test_intervals_that_became_too_narrow_are_seen_by_crps_and_by_coverage() -> None:
    found = drift(our_scores(40, worse_from=34, worse=1.6), empty(ERROR_SUM), empty(FEATURES), [LAST])
    assert signals(found) == {
        ("crps_ratio", "ours"): True, ("coverage_80", "ours"): True, ("coverage_90", "ours"): True,
    }  # fmt: skip


def test_weeks_without_any_rain_said_or_fallen_are_told_as_what_can_be_stored() -> None:
    """In a desert nothing is expected and nothing errs: the ratio of both could not be stored, so that drift
    failed each day, and the first rain passed a limit of 0."""
    names = [name for name in SCORE.column_names if name.endswith("_sum")]
    dry = our_scores(40).assign(variable="precipitation_mm", **dict.fromkeys(names, 0.0))
    errors = ("error_sum", "absolute_error_sum", "squared_error_sum")
    rain = error_sums(40).assign(variable="precipitation_mm")
    rain = rain.assign(**{name: rain[name].where(rain["day"] >= LAST, 0.0) for name in errors})
    found = drift(dry, rain, empty(FEATURES), [LAST])
    assert check(found, DRIFT).bad.empty
    assert not found["breached"].any()


@pytest.mark.parametrize("shift", [1.5, -1.5])
def test_a_bias_is_seen_whichever_way_it_went(shift: float) -> None:
    found = signals(drift(empty(SCORE), error_sums(40, 34, shift), empty(FEATURES), [LAST]))
    assert found["feed_bias", "b/changed"] and not found["feed_bias", "a/steady"]


def test_the_last_seven_days_are_held_against_the_twenty_eight_before_them() -> None:
    """Errors that are the day's number tell which days are in a mean."""
    sums = error_sums(60)
    number = (sums["day"] - pd.Timestamp(FIRST)).dt.days
    sums = sums.assign(error_sum=sums["n"] * number.astype(float))
    found = drift(empty(SCORE), sums, empty(FEATURES), [FIRST + timedelta(days=49)])
    bias = found[found["signal"] == "feed_bias"]
    assert bias["value"].tolist() == pytest.approx([np.arange(43, 50).mean()] * 2)
    assert bias["reference"].tolist() == pytest.approx([np.arange(15, 43).mean()] * 2)


def test_an_amount_may_be_twice_its_usual_ratio_and_one_that_was_low_its_expectation() -> None:
    worse = our_scores(40, worse_from=33, worse=1.5)
    low = our_scores(40, worse_from=33, worse=2.0)
    low = low.assign(crps_sum=low["crps_sum"] / 2)
    rain = worse.assign(variable="precipitation_mm")
    limits = {}
    for name, rows in (("worse", worse), ("low", low), ("rain", rain)):
        found = drift(rows, empty(ERROR_SUM), empty(FEATURES), [LAST]).set_index("signal")
        limits[name] = (found["threshold"]["crps_ratio"], found["breached"]["crps_ratio"])
    assert limits["worse"] == (pytest.approx(1.25, abs=0.01), True)
    assert limits["low"] == (1.25, False)
    assert limits["rain"] == (pytest.approx(2.0, abs=0.02), False)


def test_too_few_days_say_nothing() -> None:
    assert drift(our_scores(3), error_sums(20), empty(FEATURES), [FIRST + timedelta(days=2)]).empty


def test_days_looked_at_together_say_what_each_says_alone() -> None:
    tables = our_scores(50, worse_from=34), error_sums(50, shift_from=40, shift=1.5), watched(50)
    ours, sums, features = (table.sample(frac=1, random_state=1) for table in tables)
    days = [FIRST + timedelta(days=n) for n in (3, 38, 44, 45)]
    alone = pd.concat([drift(*tables, [day]) for day in days], ignore_index=True)
    pd.testing.assert_frame_equal(drift(ours, sums, features, days).reset_index(drop=True), alone)
    assert set(alone["signal"]) >= {"crps_ratio", "coverage_80", "feed_bias", "feature_psi"}


def of_nine_places(table: pd.DataFrame, name: str) -> pd.DataFrame:
    factors = np.random.default_rng(1).uniform(0.9, 1.1, (9, len(table)))
    parts = [
        table.assign(location_id=f"place_{place}", **{name: table[name] * factor})
        for place, factor in enumerate(factors)
    ]
    return pd.concat(parts, ignore_index=True)


def test_sums_of_many_places_are_the_same_bits_in_whatever_order_their_rows_come() -> None:
    scores = of_nine_places(our_scores(40), "crps_sum")
    sums = of_nine_places(error_sums(40), "error_sum")
    one = drift(scores, sums, empty(FEATURES), [LAST])
    scores, sums = (table.sample(frac=1.0, random_state=1) for table in (scores, sums))
    other = drift(scores, sums, empty(FEATURES), [LAST])
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def watched(days: int) -> pd.DataFrame:
    """Features whose spread grows by 2.5 after 33 days; 20 rows a cycle."""
    rng = np.random.default_rng(2)
    cycles = pd.date_range(FIRST, periods=days * 4, freq="6h")
    grown = np.where(np.arange(days * 4) < 33 * 4, 1.0, 2.5)
    spread = rng.gamma(4, 0.3, (days * 4, 20)) * grown[:, None]
    fed = pd.DataFrame({"variable": VARIABLE, "cycle": cycles.repeat(20), "spread": spread.ravel()})
    return fed.assign(expected_error=rng.normal(1, 0.1, len(fed)), feeds_present=3.0)


def test_what_models_are_fed_is_watched() -> None:
    found = drift(empty(SCORE), empty(ERROR_SUM), watched(40), [LAST])
    assert signals(found) == {
        ("feature_psi", "spread"): True, ("feature_psi", "expected_error"): False,
        ("feature_psi", "feeds_present"): False,
    }  # fmt: skip


@given(st.integers(0, 1000))
def test_an_index_of_stability_is_small_for_the_same_law_and_never_negative(seed: int) -> None:
    rng = np.random.default_rng(seed)
    same = population_stability(rng.normal(size=2000), rng.normal(size=1000))
    assert 0 <= same < 0.1
    assert population_stability(rng.normal(size=2000), rng.normal(2, 1, 1000)) > 0.5


@pytest.mark.parametrize("now", [4.0, 6.0, 50.0])
def test_a_count_that_never_changed_is_seen_when_it_does_in_either_direction(now: float) -> None:
    assert population_stability(np.full(2000, 5.0), np.full(500, 5.0)) < 0.1
    assert population_stability(np.full(2000, 5.0), np.full(500, now)) > 0.5
    mostly = np.where(np.arange(2000) % 20 > 0, 5.0, 4.0)
    assert population_stability(mostly, np.full(500, max(now, 6.0))) > 0.5


def test_an_index_of_stability_is_the_sum_over_tenths_and_values_that_fill_more() -> None:
    """By hand: of 100 rows a tenth each; of 50 all in the last one, and half a row in the others."""
    by_hand = 9 * (0.01 - 0.1) * np.log(0.01 / 0.1) + (1 - 0.1) * np.log(1 / 0.1)
    assert population_stability(np.arange(100.0), np.full(50, 95.0)) == pytest.approx(by_hand)
    often = np.concatenate([np.linspace(0, 4, 100), np.full(250, 5.0), np.linspace(6, 10, 650)])
    moved = np.where(often == 5, 5.5, often)
    assert population_stability(often, moved) > 0.5, "no longer that value, and less than the next tenth"


def test_what_features_tell_today_hides_nothing_that_scores_told_days_ago() -> None:
    told = [
        ("a", "crps_ratio", 1, False), ("a", "crps_ratio", 2, True),
        ("a", "feature_psi", 2, True), ("a", "feature_psi", 5, False), ("b", "crps_ratio", 1, True),
    ]  # fmt: skip
    rows = pd.DataFrame(told, columns=["variable", "signal", "day", "breached"])
    assert list(newest(rows).itertuples(index=False, name=None)) == [told[1], *told[3:]]


def test_a_clock_that_was_ahead_delays_no_training() -> None:
    now = datetime(2026, 5, 10, tzinfo=UTC)
    rows = pd.DataFrame({"variable": ["a"], "breached": [True]})
    assert due(rows, {"a": now + timedelta(days=365)}, now) == ["a"]


def test_a_variable_is_due_once_in_a_cool_down() -> None:
    now = datetime(2026, 5, 10, tzinfo=UTC)
    rows = pd.DataFrame({"variable": ["a", "a", "b", "c"], "breached": [True, True, False, True]})
    assert due(rows, {}, now) == ["a", "c"]
    assert due(rows, {"a": now - timedelta(days=6)}, now) == ["c"]
    assert due(rows, {"a": now - timedelta(days=7), "c": now}, now) == ["a"]


def test_the_feed_whose_bias_flipped_in_dijon_is_seen_when_it_did(recorded_data: Path) -> None:
    """A real record: until 2025-10-19 another product, with a bias of −0.4 °C, stands behind the feed."""
    folder = recorded_data / "forecast_archives" / "dijon_bias_corrector"
    pairs = pd.read_csv(folder / "forecasts.csv").merge(pd.read_csv(folder / "observations.csv"), on="date")
    day = pd.to_datetime(pairs["date"], utc=True).dt.as_unit("us")
    error = pairs["tmax_prev"] - pairs["tmax_obs"]
    sums = conform(
        pd.DataFrame(
            {
                "day": day, "feed": "open_meteo/best_match", "variable": VARIABLE, "location_id": "dijon",
                "lead_day": 1, "hour_block": 2, "n": 1, "error_sum": error, "absolute_error_sum": error.abs(),
                "squared_error_sum": error**2, "observed_sum": pairs["tmax_obs"],
                "known_at": day + pd.Timedelta(days=2),
            }
        ),
        ERROR_SUM,
    )  # fmt: skip
    days = pd.date_range("2025-04-01", "2025-10-31", freq="2D", tz="UTC")
    found = drift(empty(SCORE), sums, empty(FEATURES), list(days.to_pydatetime()))
    breached = found.groupby("day")["breached"].any().reindex(days, fill_value=False)
    assert breached["2025-10-15":"2025-10-26"].any()
    assert breached[:"2025-10-12"].mean() < 0.05
