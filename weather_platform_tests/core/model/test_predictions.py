"""Every row of features gets quantiles in order and in range, whatever is missing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.contracts.learned import FEATURES, PREDICTION, QUANTILE_LEVELS, QUANTILES
from weather_platform.core.features.blend import blend
from weather_platform.core.model.matrix import feeds_of, per_feed
from weather_platform.core.model.predictions import FALLBACK, predict
from weather_platform.core.quantities.targets import DEFAULT_TARGETS, KNOWN
from weather_platform.core.quantities.wet import is_wet
from weather_platform.core.tables.schema import check, empty
from weather_platform_tests.core.synthetic import long_lived, trained


def _late(variable: str) -> pd.DataFrame:
    features = long_lived().features
    return features[
        (features["variable"] == variable) & (features["cycle"] >= trained(variable).trained_until)
    ]


def _without(features: pd.DataFrame, variable: str, gone: list[bool]) -> pd.DataFrame:
    """The same rows as they had been with some feeds missing."""
    feeds = feeds_of(features)
    parts = {kind: per_feed(features, kind, feeds).copy() for kind in ("value", "bias", "rmse")}
    for array in parts.values():
        array[:, np.array(gone)] = np.nan
    mixed = blend(parts["value"], parts["bias"], parts["rmse"], KNOWN[variable].range)
    columns = {
        f"{kind}__{feed}": array[:, i] for kind, array in parts.items() for i, feed in enumerate(feeds)
    }
    names = ("equal_weight", "bias_corrected", "spread", "expected_error", "feeds_present")
    return features.assign(**columns, **{name: getattr(mixed, name) for name in names})


@pytest.mark.parametrize("variable", DEFAULT_TARGETS)
@pytest.mark.parametrize("with_model", [True, False])
def test_predictions_follow_the_contract(variable: str, with_model: bool) -> None:
    features = _late(variable)
    models = {variable: trained(variable)} if with_model else {}
    made = predict(features, models, {variable: "7"} if with_model else {})
    assert len(made) == len(features)
    assert check(made, PREDICTION).bad.empty
    assert set(made["model_version"]) == {"7" if with_model else FALLBACK}
    assert made["emos_location"].notna().all() == with_model
    assert made["probability"].notna().all() == (variable == "precipitation_mm")
    assert (made["center"] == made["q50"]).all()


@given(st.sampled_from(DEFAULT_TARGETS), st.lists(st.booleans(), min_size=3, max_size=3), st.booleans())
def test_quantiles_are_in_order_and_range_with_any_feeds_missing(
    variable: str, gone: list[bool], with_model: bool
) -> None:
    features = _without(_late(variable).head(200), variable, gone)
    made = predict(features, {variable: trained(variable)} if with_model else {}, {variable: "7"})
    quantiles = made[list(QUANTILES)].to_numpy()
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert (quantiles >= KNOWN[variable].range.floor).all()
    assert (quantiles <= KNOWN[variable].range.ceiling).all()
    assert (made["degraded"] == all(gone)).all()


@pytest.mark.parametrize("variable", ["temperature_c", "wind_speed_m_s"])
@pytest.mark.parametrize("kind", ["trees", "emos", "blend"])
def test_fewer_feeds_give_wider_intervals(variable: str, kind: str) -> None:
    features = _late(variable)
    models = {} if kind == "blend" else {variable: trained(variable, trees=kind == "trees")}
    best = features.filter(like="rmse__").mean().to_numpy().argmin()
    widths = []
    for gone in ([False] * 3, [index == best for index in range(3)], [True] * 3):
        made = predict(_without(features, variable, gone), models, {variable: "7"})
        widths.append((made["q90"] - made["q10"]).mean())
    assert widths[0] < widths[1] < widths[2]


def test_a_feed_that_the_model_never_saw_is_no_trouble() -> None:
    features = _late("temperature_c").rename(columns=lambda name: name.replace("gamma__blend", "delta__new"))
    made = predict(features, {"temperature_c": trained("temperature_c")}, {"temperature_c": "7"})
    assert made["center"].notna().all()


def test_a_row_of_feeds_without_any_known_error_is_not_for_the_model() -> None:
    """It was trained on none, and would be as sure of it as of those that it knows."""
    features = _late("temperature_c")
    unknown = {name: np.nan for name in features.columns if name.startswith(("bias__", "rmse__"))}
    unheard = features.assign(**unknown, expected_error=np.nan)
    model = {"temperature_c": trained("temperature_c")}
    made = predict(pd.concat([features.head(50), unheard.tail(50)]), model, {"temperature_c": "7"})
    assert made["model_version"].value_counts().to_dict() == {"7": 50, FALLBACK: 50}
    width = (made["q90"] - made["q10"]).groupby(made["model_version"]).mean()
    assert width[FALLBACK] > width["7"]


def test_the_chance_of_rain_is_what_its_quantiles_say() -> None:
    made = predict(_late("precipitation_mm"), {"precipitation_mm": trained("precipitation_mm")}, {})
    wet = is_wet(made[list(QUANTILES)].to_numpy())
    levels = np.array(QUANTILE_LEVELS)
    assert (wet == (levels > 1 - made["probability"].to_numpy()[:, None])).all()


def test_without_a_model_the_chance_of_rain_is_what_quantiles_say_too() -> None:
    features = _late("precipitation_mm").tail(200)
    past = features.assign(feeds_present=0, climatology=np.linspace(0.0, 3.0, len(features)))
    for rows in (features, past):
        made = predict(rows, {}, {})
        wet, dry = is_wet(made[list(QUANTILES)].to_numpy()), 1 - made["probability"].to_numpy()[:, None]
        assert (wet == (np.array(QUANTILE_LEVELS) > dry)).all()
        assert wet.any() and not wet.all()


def test_feeds_without_a_known_error_are_as_sure_as_they_agree_and_never_surer_than_usual() -> None:
    features = _late("temperature_c").head(2)
    unknown = {name: np.nan for name in features.columns if name.startswith(("bias__", "rmse__"))}
    made = predict(features.assign(**unknown, expected_error=np.nan, spread=[0.1, 9.0]), {}, {})
    width = made["q90"] - made["q10"]
    usual = KNOWN["temperature_c"].unknown_error
    assert width.tolist() == pytest.approx([2 * 1.2816 * usual, 2 * 1.2816 * 9.0], rel=1e-3)


def test_the_past_alone_is_somewhat_less_sure_than_it_was() -> None:
    features = _late("temperature_c").head(2).assign(feeds_present=0, climatology_sd=[2.0, np.nan])
    made = predict(features, {}, {})
    expected = [1.2 * sd * 2 * 1.2816 for sd in (2.0, 2 * KNOWN["temperature_c"].unknown_error)]
    assert (made["q90"] - made["q10"]).tolist() == pytest.approx(expected, rel=1e-3)


def test_a_row_is_predicted_the_same_alone_and_among_others() -> None:
    features = _late("precipitation_mm")
    model = {"precipitation_mm": trained("precipitation_mm")}
    many, one = predict(features, model, {}), predict(features.iloc[[11]], model, {})
    key = list(PREDICTION.key)
    same = many.merge(one[key], on=key)
    pd.testing.assert_frame_equal(same, one)


def test_no_rows_give_no_rows() -> None:
    assert predict(empty(FEATURES), {}, {}).empty
