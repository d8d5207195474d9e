"""What a model learns of rows that miss something, from rows of which it was taken away."""

import numpy as np
import pandas as pd

from weather_platform.core.model.dropout import with_forgetting
from weather_platform.core.model.expert import fit_expert, raw
from weather_platform_tests.core.synthetic import learned

PAST = ["last_error", "persistence", "climatology", "climatology_sd"]


def _rows() -> pd.DataFrame:
    pairs = learned().pairs
    rows = pairs[(pairs["variable"] == "temperature_c") & pairs["expected_error"].notna()]
    return rows[rows["observed"].notna()].reset_index(drop=True)


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
