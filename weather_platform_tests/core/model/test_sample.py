"""Which rows of a long history are learned from."""

import ibis
import pandas as pd

from weather_platform.core.model.sample import sampled


def _features() -> pd.DataFrame:
    """A hundred days of four cycles and sixteen leads at five places, by hour."""
    cycles = pd.date_range("2026-01-01", periods=400, freq="6h", tz="UTC")
    rows = pd.MultiIndex.from_product([[f"place{i}" for i in range(5)], cycles, range(1, 17)])
    frame = rows.to_frame(index=False, name=["location_id", "cycle", "lead_hours"])
    return frame.assign(valid_time=frame["cycle"] + pd.to_timedelta(frame["lead_hours"], unit="h"))


def test_a_short_history_is_taken_whole() -> None:
    table = ibis.memtable(_features())
    assert sampled(table, most=32_000) is table


def test_a_long_one_is_thinned_evenly_and_always_alike() -> None:
    features = _features()
    table = ibis.memtable(features)
    kept = sampled(table, most=4_000).to_pandas()
    assert 0.8 < len(kept) / 4_000 < 1.2
    per_place = kept["location_id"].value_counts(normalize=True)
    assert per_place.between(0.15, 0.25).all()
    per_hour = kept["valid_time"].dt.hour.value_counts(normalize=True)
    assert len(per_hour) == 24
    assert per_hour.between(0.02, 0.07).all()
    again = sampled(ibis.memtable(features.sample(frac=1, random_state=1)), most=4_000).to_pandas()
    order = list(features.columns)
    pd.testing.assert_frame_equal(
        kept.sort_values(order, ignore_index=True), again.sort_values(order, ignore_index=True)
    )


def test_an_hour_that_is_kept_is_kept_in_all_its_cycles() -> None:
    features = _features()
    kept = sampled(ibis.memtable(features), most=4_000).to_pandas()
    hour = ["location_id", "valid_time"]
    whole = features.merge(kept[hour].drop_duplicates(), on=hour)
    assert len(whole) == len(kept)
