"""Training learns what is there, uses nothing from later, and refuses to promote what is no better."""

import dataclasses
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.features.axes import HOUR, microseconds
from weather_platform.core.model.evidence import compare, decide
from weather_platform.core.model.folds import forward_folds
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.model.train import TooFewDataError, train, training_rows
from weather_platform.core.model.trained import data_hash
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform_tests.core.synthetic import learned, long_lived, trained


@pytest.mark.parametrize("variable", DEFAULT_TARGETS)
def test_a_model_beats_the_blends_on_a_period_it_did_not_see(variable: str) -> None:
    for trees in (True, False):
        model = trained(variable, trees)
        assert bool(model.trees) is (trees and variable != "precipitation_mm")
        assert (model.parameters["expert"]["hurdle"] is not None) is (variable == "precipitation_mm")
        difference = model.evidence.set_index("method")["difference"].to_dict()
        for name in ("persistence", "climatology", "equal_weight", "bias_corrected", "alpha/fine"):
            assert difference[name] < 0, name


@pytest.mark.parametrize("days", [16, 30])
def test_all_folds_but_the_first_judge(days: int) -> None:
    """A last fifth of sixteen days is too little to decide anything, and of thirty it is little."""
    made = learned(days=days, n_places=4)
    until = made.world.cycles[-1]
    model = train(made.pairs, "temperature_c", until, trees_from_station_days=10**9)
    assert model.promote, model.reason
    folds = forward_folds(training_rows(made.pairs, "temperature_c", until))
    assert model.evidence["n"].max() == sum(len(fold.judge) for fold in folds[1:])
    assert model.evidence["days"].max() >= days // 2
    assert (model.evidence.set_index("method").loc[["equal_weight", "bias_corrected"], "high"] < 0).all()


@pytest.mark.parametrize("variable", ["temperature_c", "wind_speed_m_s"])
def test_intervals_hold_what_they_say(variable: str) -> None:
    """Sixteen days of ten places that err apart, as real ones do not, so that they hold somewhat more."""
    metrics = trained(variable).metrics
    assert metrics["coverage_80"] == pytest.approx(0.8, abs=0.08)
    assert metrics["coverage_90"] == pytest.approx(0.9, abs=0.08)


def test_what_was_not_known_in_time_changes_nothing() -> None:
    made = long_lived()
    before = trained("temperature_c")
    pairs = made.pairs.copy()
    pairs.loc[pairs["observed_known_at"] > before.trained_until, "observed"] = 1e6
    again = train(pairs, "temperature_c", before.trained_until, trees_from_station_days=0)
    assert again.data_hash == before.data_hash
    assert again.parameters == before.parameters
    pd.testing.assert_frame_equal(again.evidence, before.evidence)


def _judged(pairs: pd.DataFrame, until: datetime, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """What a candidate says of the rows that it is judged on: its quantiles by cycle."""
    said: list[pd.DataFrame] = []

    def noted(rows: pd.DataFrame, out: Forecast, variable: str) -> pd.DataFrame:
        said.append(pd.DataFrame(out.quantiles).assign(cycle=rows["cycle"].to_numpy()))
        return compare(rows, out, variable)

    monkeypatch.setattr("weather_platform.core.model.train.compare", noted)
    train(pairs, "temperature_c", until, trees_from_station_days=0)
    return said[0]


def test_what_is_judged_knew_nothing_of_what_came_after_its_fold_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither its parts, nor how much each is heard, nor how wide they are."""
    made = learned()
    until = made.world.cycles[-1]
    third = forward_folds(training_rows(made.pairs, "temperature_c", until))[2].start
    later = microseconds(made.pairs["observed_known_at"].fillna(made.pairs["valid_time"])) > third
    spoilt = made.pairs.assign(observed=made.pairs["observed"] + np.where(later, 9.0, 0.0))
    before, after = (_judged(pairs, until, monkeypatch) for pairs in (made.pairs, spoilt))
    early = microseconds(before["cycle"]) < third + 6 * HOUR
    assert 0 < early.sum() < len(before)
    pd.testing.assert_frame_equal(before[early], after[early])


@pytest.mark.parametrize(
    ("mix", "alone", "kind"),
    [(True, True, "mix of parts"), (False, True, "EMOS alone"), (False, False, "mix of parts")],
)
def test_emos_alone_stands_in_where_it_may_serve_and_the_mix_may_not(
    mix: bool, alone: bool, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decided(_evidence: pd.DataFrame, beyond_emos: bool) -> tuple[bool, str]:
        return mix if beyond_emos else alone, "so it is"

    monkeypatch.setattr("weather_platform.core.model.train.decide", decided)
    made = learned()
    model = train(made.pairs, "temperature_c", made.world.cycles[-1], trees_from_station_days=0)
    assert (model.reason, model.promote) == (f"{kind}: so it is", mix or alone)
    assert model.beyond_emos is (kind == "mix of parts")
    assert bool(model.trees) is model.beyond_emos, "trees that nobody hears are not stored"


def test_truth_teaches_from_the_instant_that_it_is_known_and_no_row_without_a_known_error_does() -> None:
    pairs = learned().pairs
    known = pairs["observed_known_at"].dropna().sort_values().iloc[len(pairs) // 2]
    rows = training_rows(pairs, "temperature_c", known)
    assert rows["observed_known_at"].max() == known
    assert rows["expected_error"].notna().all() and rows["observed"].notna().all()
    assert pairs.loc[pairs["observed_known_at"] <= known, "expected_error"].isna().any()


@pytest.mark.parametrize("variable", ["temperature_c", "precipitation_mm"])
def test_a_forecast_is_the_same_however_many_rows_come_together(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, rows = trained(variable), long_lived().features
    rows = rows[(rows["variable"] == variable) & (rows["feeds_present"] > 0)].tail(301)
    whole = model.forecast(rows)
    monkeypatch.setattr("weather_platform.core.model.trained._CHUNK_ROWS", 50)
    parts = model.forecast(rows)
    for field in dataclasses.fields(whole):
        np.testing.assert_allclose(
            getattr(whole, field.name), getattr(parts, field.name), rtol=1e-9, atol=1e-9
        )


def test_other_data_has_another_hash() -> None:
    rows = training_rows(learned().pairs, "temperature_c", learned().world.cycles[-1])
    other = rows.assign(observed=rows["observed"].where(rows.index != 7, 0.0))
    assert data_hash(rows) == data_hash(rows[rows.columns[::-1]])
    assert data_hash(rows) != data_hash(other)


def test_nothing_trains_on_what_was_unknown_when_the_judged_began() -> None:
    rows = training_rows(learned().pairs, "temperature_c", learned().world.cycles[-1])
    folds = forward_folds(rows)
    assert len(folds) == 4
    for fold in folds:
        known = rows["observed_known_at"].iloc[fold.train]
        assert (known <= rows["cycle"].iloc[fold.judge].min()).all()
    assert len(np.unique(np.concatenate([fold.judge for fold in folds]))) == sum(
        len(fold.judge) for fold in folds
    )
    judged = np.concatenate([fold.judge for fold in folds])
    assert rows["cycle"].max() == rows["cycle"].iloc[judged].max(), "the newest cycle is judged too"


def test_a_feed_without_any_value_is_no_trouble() -> None:
    made = long_lived()
    pairs = made.pairs.assign(value__new__feed=np.nan, bias__new__feed=np.nan, rmse__new__feed=np.nan)
    assert train(pairs, "temperature_c", trained("temperature_c").trained_until).metrics["crps"] > 0


def test_too_little_history_is_said_plainly() -> None:
    made = learned()
    with pytest.raises(TooFewDataError, match=r"verified rows on \d days"):
        train(made.pairs, "temperature_c", made.world.cycles[0] + timedelta(days=3))


def test_few_rows_are_too_few_on_however_many_days() -> None:
    made = learned()
    until = made.world.cycles[-1]
    rows = training_rows(made.pairs, "temperature_c", until)
    few = rows.iloc[np.linspace(0, len(rows) - 1, 299).astype(int)]
    with pytest.raises(TooFewDataError, match=r"299 verified rows on \d+ days; a model needs 300 rows on 6"):
        train(few, "temperature_c", until)


def test_truth_that_all_came_late_leaves_nothing_to_judge_by() -> None:
    made = learned()
    rows = training_rows(made.pairs, "temperature_c", made.world.cycles[-1])
    late = pd.Timestamp(forward_folds(rows)[-1].start, unit="us", tz="UTC")
    with pytest.raises(TooFewDataError, match="too few to train and to judge in turn"):
        train(
            rows.assign(
                observed_known_at=rows["observed_known_at"].mask(rows["observed_known_at"] < late, late)
            ),
            "temperature_c",
            made.world.cycles[-1],
        )


def test_no_history_at_all_is_too_little() -> None:
    made = learned()
    with pytest.raises(TooFewDataError, match="0 verified rows"):
        train(made.pairs, "temperature_c", made.world.cycles[0])


def _evidence(**changed: tuple[float, float, float]) -> pd.DataFrame:
    """Evidence of a good model on 1,000 rows; `changed`: method → (difference, high, ours_mae − mae)."""
    methods = ("equal_weight", "bias_corrected", "fallback", "emos", "alpha/fine")
    good = dict.fromkeys(methods, (-0.1, -0.05, -0.1))
    lines = good | changed
    return pd.DataFrame(
        [
            {
                "method": name,
                "n": 1000,
                "days": 8,
                "difference": difference,
                "low": 2 * difference - high,
                "high": high,
                "mae": 1.0,
                "ours_mae": 1.0 + worse,
            }
            for name, (difference, high, worse) in lines.items()
        ]
    )


@pytest.mark.parametrize(
    ("changed", "promoted"),
    [
        ({}, True),
        ({"alpha/fine": (0.001, 0.01, 0.0)}, False),
        ({"emos": (0.001, 0.01, 0.0)}, False),
        ({"emos": (-0.001, 0.01, 0.0)}, True),
        ({"equal_weight": (-0.01, 0.001, -0.1)}, False),
        ({"equal_weight": (-0.01, 0.0, -0.1)}, False),
        ({"fallback": (0.001, 0.01, 0.0)}, False),
        ({"bias_corrected": (float("nan"), float("nan"), 0.0)}, False),
    ],
)
def test_only_what_beats_every_baseline_is_promoted(
    changed: dict[str, tuple[float, float, float]], promoted: bool
) -> None:
    decided, reason = decide(_evidence(**changed), beyond_emos=True)
    assert decided is promoted
    assert promoted or any(name in reason for name in changed)


def test_a_promotion_names_the_baselines_that_it_may_owe_to_chance() -> None:
    assert decide(_evidence(), beyond_emos=True)[1].endswith(
        "baselines, significantly better than all of them"
    )
    unsure = _evidence(emos=(-0.001, 0.01, -0.01))
    assert decide(unsure, beyond_emos=True)[1].endswith("significantly better than all but emos")


def test_a_recalibrated_emos_is_not_held_to_itself() -> None:
    evidence = _evidence(emos=(0.0, 0.0, 0.0))
    assert decide(evidence, beyond_emos=False)[0]
    assert not decide(evidence, beyond_emos=True)[0]


@pytest.mark.parametrize(
    ("n", "days", "difference", "low", "promoted"),
    [
        (1, 1, 0.4, float("nan"), True),  # a dry hour of which it said 0 mm
        (99, 8, 0.4, 0.2, True),
        (100, 6, 0.4, 0.2, False),
        (500, 8, 0.0, 0.0, True),  # a dry week in which neither erred
        (500, 5, 0.4, float("nan"), True),
        (500, 8, 0.01, -0.01, True),
        (500, 8, 0.4, 0.2, False),
        (950, 8, 0.01, -0.01, False),
    ],
)
def test_a_feed_is_a_rival_by_how_much_it_answers_for(
    n: int, days: int, difference: float, low: float, promoted: bool
) -> None:
    """Found in a review: one row of one feed kept any model from serving."""
    evidence = _evidence()
    feed = evidence["method"] == "alpha/fine"
    high = 2 * difference - low
    evidence.loc[feed, ["n", "days", "difference", "low", "high"]] = (n, days, difference, low, high)
    decided, reason = decide(evidence, beyond_emos=True)
    assert decided is promoted, reason
    assert promoted or "alpha/fine" in reason
    assert ("no worse than 1 of a part of the rows" in reason) is (promoted and n == 500 and days == 8)
    # Against a window of a hundred thousand rows five hundred are next to nothing.
    assert decide(evidence.assign(n=evidence["n"].mask(~feed, 100_000)), beyond_emos=True)[0]


def test_few_rows_excuse_nobody_from_what_would_be_said_instead() -> None:
    for name in ("equal_weight", "bias_corrected", "emos", "fallback"):
        evidence = _evidence(**{name: (0.1, 0.2, 0.0)})
        evidence.loc[evidence["method"] == name, ["n", "days"]] = (50, 3)
        assert not decide(evidence, beyond_emos=True)[0], name
