"""A challenger takes the champion's place only where days that neither has seen say so, in every slice."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.model.mixing import EMOS_ALONE
from weather_platform.core.model.promotion import (
    Decision,
    decide,
    decided,
    first,
    in_window,
)
from weather_platform.core.model.train import TooFewDataError, training_rows
from weather_platform.core.model.trained import Trained, data_hash
from weather_platform.core.model.width import drawn
from weather_platform_tests.core.synthetic import START, long_lived, trained

VARIABLE = "temperature_c"


class _Shifted(Trained):
    """A model whose quantiles are moved by `offset(features)`, in °C."""

    offset: Callable[[pd.DataFrame], np.ndarray]

    def forecast(self, features: pd.DataFrame) -> Forecast:
        made = super().forecast(features)
        return replace(made, quantiles=made.quantiles + self.offset(features)[:, None])


def _shifted(model: Trained, offset: Callable[[pd.DataFrame], np.ndarray]) -> Trained:
    moved = _Shifted(**{field.name: getattr(model, field.name) for field in fields(Trained)})
    object.__setattr__(moved, "offset", offset)
    return moved


def _model() -> Trained:
    """EMOS alone, which is as good as it gets in this world and so is not held to EMOS."""
    return trained(VARIABLE, trees=False)


@cache
def _window() -> pd.DataFrame:
    made = long_lived()
    until = START + timedelta(days=24)
    return in_window(training_rows(made.pairs, VARIABLE, until), _model().trained_until)


def _decided(challenger: Trained, champion: Trained) -> Decision:
    return decided(challenger, champion, "7", _window(), START + timedelta(days=24))[1]


def _everywhere(features: pd.DataFrame) -> np.ndarray:
    return np.full(len(features), 0.6)


def test_the_same_model_does_not_take_its_own_place() -> None:
    decision = _decided(_model(), _model())
    assert not decision.promote
    assert "not significantly better than the champion (+0.0 % CRPS" in decision.reason
    same = decision.evidence[decision.evidence["method"] == "champion"]
    assert (same["difference"] == 0).all() and (same["p_worse"] == 1).all()


def test_one_that_is_worse_by_less_than_a_fiftieth_is_worse_for_nobody() -> None:
    def further_off(features: pd.DataFrame) -> np.ndarray:
        return 0.004 * np.sign((features["bias_corrected"] - features["observed"]).to_numpy())

    found = _decided(_shifted(_model(), further_off), _model()).evidence
    beside = found[found["method"] == "champion"]
    assert (beside["low"] > 0).any() and beside["p_worse"].min() > 0.5


def test_slices_of_few_rows_or_days_are_not_compared() -> None:
    rows = _window().copy()
    rows["value__mine__days"] = rows["observed"].where(rows["valid_time"] < _first_day(4))
    rows["value__mine__hours"] = rows["observed"].where(np.arange(len(rows)) % 50 == 0)
    found = decided(_model(), _model(), "7", rows, START + timedelta(days=24))[1].evidence
    mine = found[found["method"].isin(["mine/days", "mine/hours"])].set_index("method")
    assert mine["slice"].to_dict() == {"mine/days": "all", "mine/hours": "all"}
    assert mine.loc["mine/days", "n"] > 100 and mine.loc["mine/days", "days"] == 4


def test_one_that_is_better_than_all_takes_the_place_and_the_evidence_says_why() -> None:
    worse, unjudged = _shifted(_model(), _everywhere), replace(_model(), promote=False)
    made, decision = decided(unjudged, worse, "7", _window(), START + timedelta(days=24))
    assert decision.promote, decision.reason
    assert "significantly better than the champion" in decision.reason
    assert (decision.against, decision.judged_from) == ("7", _model().trained_until)
    # Of a truth known by then: whoever served a cycle before it would have known of later.
    assert decision.decided_at == START + timedelta(days=24) > _window()["observed_known_at"].max()
    assert (made.promote, made.reason) == (decision.promote, decision.reason)
    line = decision.evidence.set_index(["method", "slice"]).xs(("champion", "all"))
    assert line["n"] == len(_window())
    assert (line["ours_mae"], line["ours_crps"]) == pytest.approx((made.metrics["mae"], made.metrics["crps"]))
    assert line["difference"] == pytest.approx(line["ours_crps"] - line["crps"])
    assert line["low"] < line["difference"] < line["high"] < 0
    assert line["dm_confidence_worse"] < 0.05
    assert decision.evidence["slice"].nunique() > 5
    assert {name[:7] for name in decision.evidence["slice"]} == {"all", "000-024", "024-048"}


def test_a_challenger_that_is_emos_is_not_held_to_itself() -> None:
    alone = replace(_model(), parameters={**_model().parameters, "calibration": EMOS_ALONE})
    decision = _decided(alone, _shifted(_model(), _everywhere))
    beside = decision.evidence.set_index(["method", "slice"]).xs(("emos", "all"))
    assert beside["difference"] == pytest.approx(0)
    assert decision.promote, decision.reason


def test_the_hash_of_a_window_is_of_all_its_rows() -> None:
    rows, until = _window().copy(), START + timedelta(days=24)
    rows.loc[rows.index[-1], "observed"] += 1.0
    changed = decided(_model(), _model(), "7", rows, until)[1].window_hash
    assert changed != _decided(_model(), _model()).window_hash == data_hash(_window())


def test_one_that_is_worse_in_a_single_slice_does_not() -> None:
    def far_north(features: pd.DataFrame) -> np.ndarray:
        spoilt = (features["latitude"] > 50) & (features["lead_hours"] < 24)
        return np.where(spoilt, 1.0, 0.0)

    worse = _shifted(_model(), lambda features: np.full(len(features), 1.5))
    good = _decided(_model(), worse).evidence.set_index(["method", "slice"])
    bad = _decided(_shifted(_model(), far_north), worse).evidence.set_index(["method", "slice"])
    where = ("fallback", "000-024 h, Asia and Oceania, mid-latitudes N")
    assert good.loc[where, "p_worse"] > 0.05
    good.loc[where, bad.columns] = bad.loc[where]
    promote, reason = decide(good.reset_index(), 0.0, 0.0, beyond_emos=False)
    assert not promote
    assert reason.startswith("significantly worse in 1 of ")
    assert reason.endswith("000-024 h, Asia and Oceania, mid-latitudes N than fallback")


def test_one_that_is_no_worse_takes_the_place_only_if_it_is_better_calibrated() -> None:
    evidence = _decided(_model(), _shifted(_model(), _everywhere)).evidence
    sitting = (evidence["method"] == "champion") & (evidence["slice"] == "all")
    evidence.loc[sitting, ["difference", "low", "high"]] = (-0.0001, -0.001, 0.0004)
    assert decide(evidence, 0.01, 0.05, beyond_emos=False)[0]
    assert not decide(evidence, 0.05, 0.01, beyond_emos=False)[0]
    evidence.loc[sitting, "high"] = 0.1
    assert not decide(evidence, 0.01, 0.05, beyond_emos=False)[0]


class _Drawn(Trained):
    """A model whose quantiles are drawn from their median by `factor`."""

    factor: float

    def forecast(self, features: pd.DataFrame) -> Forecast:
        made = super().forecast(features)
        return replace(made, quantiles=drawn(made.quantiles, self.factor))


def test_too_narrow_is_as_badly_calibrated_as_too_wide() -> None:
    """A hair is no worse by CRPS, but the shares inside the intervals tell."""
    for factor in (0.9, 1.08):
        off = _Drawn(**{field.name: getattr(_model(), field.name) for field in fields(Trained)})
        object.__setattr__(off, "factor", factor)
        assert _decided(_model(), off).promote
        assert not _decided(off, _model()).promote


class _Narrowed(Trained):
    """A model whose highest quantile is a hair nearer to zero."""

    def forecast(self, features: pd.DataFrame) -> Forecast:
        made = super().forecast(features)
        lower, highest = made.quantiles[:, :-1], made.quantiles[:, -1:]
        return replace(made, quantiles=np.hstack([lower, np.maximum(0.985 * highest, lower[:, -1:])]))


def test_rain_is_no_better_calibrated_for_being_narrower() -> None:
    """Found in a review: dry hours lie in every interval that begins at 0 mm, so more than 80 % are in by
    rights."""
    sitting = trained("precipitation_mm", trees=False)
    until = START + timedelta(days=24)
    window = in_window(training_rows(long_lived().pairs, "precipitation_mm", until), sitting.trained_until)
    narrow = _Narrowed(**{field.name: getattr(sitting, field.name) for field in fields(Trained)})
    made, decision = decided(narrow, sitting, "7", window, until)
    assert (
        0.9
        < made.metrics["coverage_90"]
        < decided(sitting, sitting, "7", window, until)[0].metrics["coverage_90"]
    )
    assert not decision.promote
    assert "not significantly better than the champion" in decision.reason


def test_one_that_is_worse_than_a_baseline_does_not() -> None:
    off = _shifted(_model(), lambda features: np.full(len(features), 9.0))
    decision = _decided(off, _shifted(_model(), lambda features: np.full(len(features), 20.0)))
    assert not decision.promote
    assert "CRPS no better than" in decision.reason
    assert "equal_weight" in decision.reason


def test_one_row_of_a_feed_that_hit_it_keeps_no_challenger_out() -> None:
    rows = _window().copy()
    rows["value__mine__v1"] = rows["observed"].where(np.arange(len(rows)) == 7)
    found = decided(_model(), _shifted(_model(), _everywhere), "7", rows, START + timedelta(days=24))[1]
    assert found.evidence.set_index(["method", "slice"]).loc[("mine/v1", "all"), "difference"] > 0
    assert found.promote, found.reason


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_few_days_promote_nobody_however_good(count: int) -> None:
    day = _window()["valid_time"].dt.floor("D")
    rows = _window()[day.isin(sorted(day.unique())[:count])].reset_index(drop=True)
    found = decided(_model(), _shifted(_model(), _everywhere), "7", rows, START + timedelta(days=24))[1]
    assert (found.promote, found.reason) == (False, f"judged on {count} days: fewer than 6 decide nothing")
    assert found.evidence[["low", "high", "p_worse"]].isna().all(axis=None)


def test_a_window_of_too_little_truth_is_refused_before_a_challenger_is_trained() -> None:
    for days, kept in ((0, _window()[:0]), (3, _window()[_window()["valid_time"] < _first_day(3)])):
        with pytest.raises(TooFewDataError, match=rf"truth is known of {days} days.*the champion stays"):
            in_window(kept, _model().trained_until)
    with pytest.raises(TooFewDataError, match="the champion stays"):
        decided(_model(), _model(), "7", _window()[:0], START + timedelta(days=24))


def _first_day(after: int) -> pd.Timestamp:
    return _window()["valid_time"].min().floor("D") + pd.Timedelta(days=after)


def test_one_that_is_silent_where_the_champion_speaks_is_refused_for_it() -> None:
    def third(features: pd.DataFrame) -> np.ndarray:
        return np.where(np.arange(len(features)) % 3 == 0, np.nan, 0.0)

    rows, number = _window().copy(), np.arange(len(_window()))
    rows["value__mine__v1"] = rows["observed"].where(number % 2 == 0)
    champion, until = _shifted(_model(), _everywhere), START + timedelta(days=24)
    decision = decided(_shifted(_model(), third), champion, "7", rows, until)[1]
    silent = -(-len(_window()) // 3)
    assert not decision.promote
    assert decision.reason == f"says nothing of {silent:,} rows that the champion answers"
    whole = decision.evidence.set_index(["method", "slice"]).xs(("champion", "all"))
    assert (whole["n"], whole["silent"]) == (len(_window()) - silent, silent)
    half = decision.evidence.set_index(["method", "slice"]).loc[("mine/v1", "all"), "silent"]
    assert half == (number % 6 == 0).sum()
    spoken = decided(_model(), champion, "7", rows[number % 3 != 0].reset_index(drop=True), until)[1].evidence
    same = spoken.set_index(["method", "slice"]).xs(("champion", "all"))
    for name in ("crps", "mae", "difference"):
        assert whole[name] == pytest.approx(same[name]), name
    mute = _decided(_shifted(_model(), lambda rows: np.full(len(rows), np.nan)), _model())
    assert mute.reason == f"says nothing of {len(_window()):,} rows that the champion answers"


def test_what_cannot_be_told_speaks_against_promotion() -> None:
    evidence = _decided(_model(), _shifted(_model(), _everywhere)).evidence
    assert decide(evidence, 0.0, 0.0, beyond_emos=False)[0]
    lines = evidence["method"].isin(["champion", "equal_weight"])
    for name, where in (("high", "all"), ("difference", "all"), ("p_worse", evidence["slice"].iloc[1])):
        hidden = evidence[name].mask(lines & (evidence["slice"] == where))
        assert hidden.isna().sum() > evidence[name].isna().sum()
        assert not decide(evidence.assign(**{name: hidden}), 0.0, 1.0, beyond_emos=False)[0], name


def test_a_first_model_says_that_it_met_no_champion() -> None:
    model, decision = first(_model())
    assert decision.reason.startswith("first model, judged against the baselines alone: ")
    assert (decision.promote, decision.against) == (model.promote, None)
    assert decision.decided_at == model.trained_until
    assert not first(replace(_model(), promote=False))[1].promote
