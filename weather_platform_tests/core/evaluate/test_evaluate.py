"""An archive is walked honestly: what was observed later changes no earlier prediction."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import ArchiveError, checked, wide
from weather_platform.core.evaluate.history import features_of
from weather_platform.core.evaluate.score import evaluate


def _archive(days: int = 150) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    valid = pd.date_range("2025-01-01", periods=days, freq="D", tz="UTC")
    truth = 10 + 5 * np.sin(np.arange(days) / 9) + rng.normal(0, 2, (3, days))
    frames = [
        pd.DataFrame({"location_id": f"p{p}", "lat": 50.0 + p, "lon": 5.0, "elevation_m": np.nan,
                      "init_time": valid - pd.Timedelta(hours=36), "valid_time": valid, "lead_hours": 36.0,
                      "source": source, "member": -1, "variable": "t2m", "unit": "degC",
                      "forecast": truth[p] + bias + rng.normal(0, 1, days), "observation": truth[p]})
        for p in range(3) for source, bias in (("a", 2.0), ("b", -1.0))
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def test_an_impossible_value_in_the_future_changes_no_earlier_prediction() -> None:
    archive = _archive()
    when = archive["valid_time"].quantile(0.8)
    cut = pd.Timestamp("2025-04-10", tz="UTC")
    before = evaluate(checked(archive), "t2m", cut, None).predictions
    archive.loc[archive["valid_time"] >= when, "observation"] = 1e6
    after = evaluate(checked(archive), "t2m", cut, None).predictions
    early = (before["init_time"] < when + pd.Timedelta(hours=30)).to_numpy()
    assert early.any()
    assert (~early).any()
    pd.testing.assert_frame_equal(before[early], after[early])
    assert not before[~early].equals(after[~early])


def test_bias_is_learned_and_intervals_hold() -> None:
    methods = evaluate(checked(_archive()), "t2m", None, None).scores["methods"]
    assert methods["ours"]["mae"] < min(
        methods["a"]["mae"], methods["b"]["mae"], methods["equal_weight"]["mae"]
    )
    assert methods["ours"]["coverage_80"] == pytest.approx(0.8, abs=0.1)


def test_what_cannot_be_negative_is_not_blended_below_zero() -> None:
    archive = _archive().assign(variable="wind_speed", unit="m/s")
    archive["observation"] = 0.5
    # Far above the truth until April: the bias learned then would take a calm forecast below zero.
    archive["forecast"] = np.where(archive["valid_time"] < pd.Timestamp("2025-04-01", tz="UTC"), 6.0, 0.2)
    rows, sources = wide(checked(archive), "wind_speed")
    features = features_of(rows, sources, "wind_speed_m_s", 2.0)
    assert features["bias_corrected"].min() == 0


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(ArchiveError, match="observation"):
        checked(_archive().drop(columns="observation"))
