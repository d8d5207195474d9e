"""What a model learns of rows that miss something, from rows of which it was taken away."""

import numpy as np
import pandas as pd

from weather_platform.core.features.blend import blend
from weather_platform.core.feed_columns import KINDS
from weather_platform.core.model.dropout import with_dropout, with_forgetting
from weather_platform.core.model.expert import fit_expert
from weather_platform.core.model.matrix import feeds_of, per_feed
from weather_platform.core.model.parts import raw
from weather_platform.core.quantities.targets import KNOWN
from weather_platform_tests.core.synthetic import learned

PAST = ["last_error", "persistence", "climatology", "climatology_sd"]


def _rows() -> pd.DataFrame:
    pairs = learned().pairs
    rows = pairs[(pairs["variable"] == "temperature_c") & pairs["expected_error"].notna()]
    return rows[rows["observed"].notna()].reset_index(drop=True)


def test_feeds_that_are_taken_away_are_missing_as_in_operation_and_the_last_one_never() -> None:
    rows = _rows()
    feeds = feeds_of(rows)
    made = with_dropout(rows, "temperature_c", seed=0)
    value, bias, rmse = (per_feed(made, kind, feeds) for kind in KINDS)
    there, left = ~np.isnan(per_feed(rows, "value", feeds)), ~np.isnan(value)
    lost = there & ~left
    assert 0.15 < lost.any(axis=1).mean() < 0.3
    assert 0.05 < lost.sum() / there.sum() < 0.13
    assert (left.any(axis=1) == there.any(axis=1)).all()
    assert np.isnan(bias[lost]).all() and np.isnan(rmse[lost]).all()
    mixed = blend(value, bias, rmse, KNOWN["temperature_c"].range)
    for name in ("equal_weight", "bias_corrected", "spread", "expected_error", "feeds_present"):
        np.testing.assert_array_equal(made[name], getattr(mixed, name))


def test_a_new_place_is_not_taken_for_the_records_first_days() -> None:
    rows = _rows()
    odd = np.arange(len(rows)) % 66 == 0
    rows[PAST] = rows[PAST].fillna(0.0)
    rows.loc[odd, PAST] = np.nan
    observed = rows["observed"].to_numpy() + np.where(odd, 8.0, 0.0)
    expert = fit_expert(rows, observed, "temperature_c", trees=True)
    said = [raw(expert, table).said["trees"] for table in (rows, rows.assign(**dict.fromkeys(PAST, np.nan)))]
    usual, unknown = (float((each["center"] * each["scale"]).mean()) for each in said)
    assert unknown - usual < 1.0


def test_all_but_a_few_rows_keep_their_past() -> None:
    rows = _rows()
    rows[PAST] = rows[PAST].fillna(0.0)
    made = with_forgetting(rows, seed=0)
    forgotten = made[PAST].isna()
    assert (forgotten.nunique(axis=1) == 1).all()
    assert 0 < forgotten["climatology"].mean() < 0.05
    pd.testing.assert_frame_equal(made.drop(columns=PAST), rows.drop(columns=PAST))


def test_a_place_alone_keeps_its_past() -> None:
    rows = _rows()
    alone = rows[rows["location_id"] == rows["location_id"].iloc[0]]
    pd.testing.assert_frame_equal(with_forgetting(alone, seed=0), alone)
