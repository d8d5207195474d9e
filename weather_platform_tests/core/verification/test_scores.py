"""Scores agree with a plain computation, and the leaderboard with the scores."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.model.predictions import FALLBACK, predict
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.scoring.differences import differences
from weather_platform.core.scoring.scores import crps_of_quantiles, expected_crps
from weather_platform.core.tables.schema import check, empty
from weather_platform.core.verification.gathered import by_lead, calibration_of_ranked, ranked
from weather_platform.core.verification.leaderboard import leaderboard
from weather_platform.core.verification.score import scores
from weather_platform_tests.core.synthetic import long_lived, trained

VARIABLE = "temperature_c"


@cache
def made_predictions() -> pd.DataFrame:
    features = long_lived().features
    until = trained(VARIABLE).trained_until
    early = predict(features[features["cycle"] < until], {}, {})
    late = predict(features[features["cycle"] >= until], {VARIABLE: trained(VARIABLE)}, {VARIABLE: "1"})
    return pd.concat([early, late], ignore_index=True)


@cache
def _scores() -> pd.DataFrame:
    made = long_lived()
    start = made.world.cycles[0]
    return scores(
        made_predictions(),
        made.features,
        made.world.observations,
        start=start,
        end=start + timedelta(days=30),
        variables=DEFAULT_TARGETS,
    )


def test_scores_follow_the_contract() -> None:
    assert check(_scores(), SCORE).bad.empty


@pytest.mark.parametrize("variable", [VARIABLE, "precipitation_mm"])
def test_a_line_of_the_leaderboard_is_what_its_rows_say(variable: str) -> None:
    pairs = long_lived().pairs[
        ["value__alpha__fine", "observed", "variable", "location_id", "cycle", "valid_time"]
    ]
    rows = made_predictions().merge(pairs[(pairs["variable"] == variable) & pairs["observed"].notna()])
    observed, feed = rows["observed"], rows["value__alpha__fine"]
    crps = pd.Series(crps_of_quantiles(observed.to_numpy(), rows[list(QUANTILES)].to_numpy()))
    wet = (observed >= 0.1).astype(float) * (1.0 if variable == "precipitation_mm" else np.nan)
    scored = _scores().replace({"model_version": {FALLBACK: "0"}})  # which count, as any version's do
    board = leaderboard(scored).query("lead_bucket == 'all' and variable == @variable")
    board = board.set_index("method").astype({"n": float, "days": float})
    assert board.loc["ours", "days"] == rows["valid_time"].dt.floor("D").nunique()
    assert board.loc["ours", ["n", "share", "reach"]].tolist() == [len(rows), 1, 1]
    assert _line(board, "ours") == pytest.approx(
        {
            **_errors(rows["q50"] - observed),
            "crps": crps.mean(),
            "coverage_80": ((observed >= rows["q10"]) & (observed <= rows["q90"])).mean(),
            "coverage_90": ((observed >= rows["q05"]) & (observed <= rows["q95"])).mean(),
            "width_80": (rows["q90"] - rows["q10"]).mean(),
            "expected_crps": expected_crps(rows[list(QUANTILES)].to_numpy()).mean(),
            "brier": ((rows["probability"] - wet) ** 2).mean(),
        },
        nan_ok=True,
    )
    there = feed.notna()
    off = (feed - observed)[there]
    said = (feed >= 0.1).astype(float)
    assert board.loc["alpha/fine", "n"] == there.sum()
    assert _line(board, "alpha/fine") == pytest.approx(
        {**_errors(off), "crps": off.abs().mean(), **dict.fromkeys(_OF_QUANTILES, np.nan)}
        | {"brier": ((said - wet) ** 2)[there].mean()},
        nan_ok=True,
    )
    ours = board.loc["alpha/fine", ["ours_mae", "ours_crps"]].tolist()
    assert ours == pytest.approx([(rows["q50"] - observed)[there].abs().mean(), crps[there].mean()])


_OF_QUANTILES = ("coverage_80", "coverage_90", "width_80", "expected_crps")


def _errors(error: pd.Series) -> dict[str, float]:
    return {"bias": error.mean(), "mae": error.abs().mean(), "rmse": (error**2).mean() ** 0.5}


def _line(board: pd.DataFrame, method: str) -> dict[str, float]:
    return board.loc[method, ["bias", "mae", "rmse", "crps", *_OF_QUANTILES, "brier"]].to_dict()


def test_scoring_days_apart_gives_the_scores_of_all_days() -> None:
    made = long_lived()
    day = made.world.cycles[0] + timedelta(days=20)
    alone = scores(
        made_predictions(),
        made.features,
        made.world.observations,
        start=day,
        end=day + timedelta(days=1),
        variables=DEFAULT_TARGETS,
    )
    same = _scores()[_scores()["day"] == day].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same)


def test_ninety_percent_intervals_are_measured_by_their_own_ends() -> None:
    made = made_predictions().merge(
        long_lived().pairs[["variable", "location_id", "cycle", "valid_time", "observed"]]
    )
    known = made[made["observed"].notna()]
    width = (known["q95"] - known["q05"]).groupby(known["variable"]).sum()
    found = _scores()[_scores()["method"] == "ours"].groupby("variable")["width90_sum"].sum()
    assert found.to_dict() == pytest.approx(width.to_dict())


def test_one_feed_is_enough_to_stand_in_the_comparison() -> None:
    made, day = long_lived(), long_lived().world.cycles[0] + timedelta(days=20)
    window: dict[str, Any] = {"start": day, "end": day + timedelta(days=1), "variables": [VARIABLE]}
    features, ours = _of_day(made.features, day), _of_day(made_predictions(), day)
    found, alone = (
        scores(ours, each, made.world.observations, **window)
        for each in (features, features.assign(feeds_present=1))
    )
    pd.testing.assert_frame_equal(found, alone)


def test_a_feed_is_not_scored_where_the_truth_is_refused_for_it() -> None:
    made, day = long_lived(), long_lived().world.cycles[0] + timedelta(days=20)
    at = {"variable": VARIABLE, "location_id": "place_0", "truth_source": "made_up"}
    judged = pd.DataFrame(
        [{"feed": "alpha/fine", "refused": True}, {"feed": "beta/coarse", "refused": False}]
    )
    agreement = judged.assign(day=pd.Timestamp(day), **at)
    plain, found = (
        scores(
            _of_day(made_predictions(), day),
            _of_day(made.features, day),
            made.world.observations,
            start=day,
            end=day + timedelta(days=1),
            variables=[VARIABLE],
            agreement=each,
        )
        for each in (None, agreement)
    )
    gone = (plain["method"] == "alpha/fine") & (plain["location_id"] == "place_0")
    assert gone.any()
    pd.testing.assert_frame_equal(found, plain[~gone].reset_index(drop=True))


def _of_day(rows: pd.DataFrame, day: datetime) -> pd.DataFrame:
    return rows[(rows["variable"] == VARIABLE) & (rows["valid_time"].dt.floor("D") == day)]


def test_without_truth_there_is_nothing_to_score() -> None:
    made = long_lived()
    start = made.world.cycles[0]
    found = scores(
        made_predictions(),
        made.features,
        made.world.observations[:0],
        start=start,
        end=start + timedelta(days=30),
        variables=DEFAULT_TARGETS,
    )
    assert found.empty
    assert leaderboard(empty(SCORE)).empty


def test_the_leaderboard_ranks_what_a_model_predicted() -> None:
    board = leaderboard(_scores())
    rows = board[(board["variable"] == VARIABLE) & (board["lead_bucket"] == "all")].set_index("method")
    assert {
        "ours",
        "emos",
        "equal_weight",
        "bias_corrected",
        "persistence",
        "climatology",
        "alpha/fine",
    } <= set(rows.index)
    assert rows["relative"].is_monotonic_increasing
    assert rows["skill"].to_dict()["equal_weight"] == 0
    mean = rows["crps"].to_dict()["equal_weight"]
    assert rows["skill"].to_dict()["ours"] == pytest.approx(1 - rows["crps"].to_dict()["ours"] / mean)
    assert rows["high"].to_dict()["equal_weight"] < 0
    assert (rows["sure"].to_dict()["ours"], rows["sure"].to_dict()["equal_weight"]) == (0, 1)
    assert rows["crps"].to_dict()["ours"] == rows["ours_crps"].to_dict()["equal_weight"]
    by_model = _scores()[(_scores()["model_version"] == "1") & (_scores()["method"] == "ours")]
    assert rows.loc["ours", "n"] == by_model["n"].sum()
    others = board[board["variable"] != VARIABLE]
    assert (others["method"] == "emos").sum() == 0


def test_calibration_is_judged_on_what_the_leaderboard_stands_on() -> None:
    """Weeks of the fallback stood in all diagrams as soon as another variable had no model, or an hour no
    feed."""
    scored = _scores()
    dark = (
        scored[scored["method"] == "ours"].head(1).assign(method="ours_without_feeds", model_version=FALLBACK)
    )
    cells = scored.loc[scored["method"] == "ours", ["variable", "model_version"]].drop_duplicates()
    sums = by_lead(ranked(pd.concat([scored, dark], ignore_index=True)))
    both = calibration_of_ranked(cells.assign(n=1.0), sums)
    assert set(both.loc[both["variable"] == VARIABLE, "model_version"]) == {"1"}
    assert set(both.loc[both["variable"] != VARIABLE, "model_version"]) == {FALLBACK}


def test_rows_of_the_fallback_do_not_count_where_a_model_predicted_others() -> None:
    of_ours = "method == 'ours' and variable == @VARIABLE"
    rows, board = _scores().query(of_ours), leaderboard(_scores()).query(of_ours)
    fallback = rows["model_version"] == FALLBACK
    assert fallback.any()
    assert board.loc[board["lead_bucket"] == "all", "n"].item() == rows.loc[~fallback, "n"].sum()


def test_rows_without_any_feed_are_no_part_of_the_comparison() -> None:
    made = long_lived()
    start = made.world.cycles[0]
    dark = made.features["cycle"] == made.world.cycles[-20]
    feeds = [name for name in made.features.columns if name.startswith("value__")]
    blends = ["equal_weight", "bias_corrected", "spread", "expected_error"]
    features = made.features.assign(feeds_present=made.features["feeds_present"].where(~dark, 0))
    features[[*feeds, *blends]] = features[[*feeds, *blends]].mask(dark)
    predictions = predict(features, {VARIABLE: trained(VARIABLE)}, {VARIABLE: "1"})
    window: dict[str, Any] = {"start": start, "end": start + timedelta(days=30), "variables": DEFAULT_TARGETS}
    found = scores(predictions, features, made.world.observations, **window)
    fed = scores(predictions[~dark.to_numpy()], features[~dark], made.world.observations, **window)
    apart = found["method"] == "ours_without_feeds"
    pd.testing.assert_frame_equal(found[~apart].reset_index(drop=True), fed)
    board = leaderboard(found)
    alone = board[(board["method"] == "ours_without_feeds") & (board["lead_bucket"] == "all")]
    rows = made.pairs[dark.to_numpy() & made.pairs["observed"].notna().to_numpy()]
    assert dict(zip(alone["variable"], alone["n"], strict=True)) == rows["variable"].value_counts().to_dict()
    assert check(found, SCORE).bad.empty


def test_the_ideal_stands_beside_ours_where_it_is_known() -> None:
    made = long_lived()
    start = made.world.cycles[0]
    pairs = made.pairs[(made.pairs["variable"] == VARIABLE) & made.pairs["observed"].notna()]
    ideal = pairs[["variable", "location_id", "cycle", "valid_time"]].assign(value=pairs["observed"], sd=0.1)
    board = leaderboard(
        scores(
            made_predictions(),
            made.features,
            made.world.observations,
            start=start,
            end=start + timedelta(days=30),
            variables=DEFAULT_TARGETS,
            ideal=ideal,
        )
    )
    first = board[board["lead_bucket"] == "all"].groupby("variable")["method"].first()
    assert first[VARIABLE] == "ideal"
    assert "ideal" not in set(board.loc[board["variable"] != VARIABLE, "method"])


@pytest.mark.parametrize("daily", [[-0.02], [-0.4, 0.3], [-0.9, 0.4, 0.4], [-0.5] * 5])
def test_days_too_few_for_two_blocks_decide_nothing(daily: list[float]) -> None:
    assert np.isnan(differences(np.array(daily)[:, None], np.ones((len(daily), 1)))).all()
    kept = _scores()["day"] >= _scores()["day"].max() - timedelta(days=len(daily) - 1)
    board = leaderboard(_scores()[kept])
    assert len(board)
    assert board["crps"].notna().all()
    assert board[["low", "high", "p"]].isna().all(axis=None)
    assert set(board["sure"]) == {0}
