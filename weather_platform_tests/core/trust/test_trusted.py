"""What becomes of forecasts and their errors where a feed is not believed."""

import ibis
import numpy as np
import pandas as pd

from weather_platform.core.contracts.errors import FORECAST_ERROR
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.quantities.targets import DEFAULT_TARGETS, KNOWN
from weather_platform.core.tables.schema import conform
from weather_platform.core.trust.feed_health import judge
from weather_platform.core.trust.trusted import trusted, trusted_errors
from weather_platform_tests.core.trust.spoken import FEEDS, START, bad, said, verdicts


def test_components_are_not_believed_where_the_speed_is_off() -> None:
    """Their own offsets may be small: winds from all sides cancel."""
    health = pd.DataFrame(
        {"feed": "b/blend", "cycle": pd.Timestamp(START), "variable": ["wind_speed_m_s"], "verdict": "off"}
    )
    names = ["temperature_c", "wind_speed_m_s", "wind_eastward_m_s", "wind_northward_m_s"]
    pairs = pd.DataFrame({"feed": "b/blend", "cycle": pd.Timestamp(START), "variable": names})
    left = trusted_errors(ibis.memtable(pairs), ibis.memtable(health), tuple(KNOWN)).execute()
    assert left["variable"].tolist() == ["temperature_c"]


def test_components_are_made_of_no_speed_that_is_off() -> None:
    """Found in a review: with components alone to forecast, winds in knots from all sides stayed."""
    around = {"wind_direction_deg": lambda v: np.linspace(0, 700, len(v)) % 360}
    knots = {"wind_speed_m_s": lambda v: v / 0.514444}
    rows = [said(feed, START, **around, **(knots if feed == "d/blend" else {})) for feed in FEEDS]
    variables = ("wind_eastward_m_s", "wind_northward_m_s")
    assert bad(verdicts(rows, variables=variables)) == {("d/blend", "wind_speed_m_s")}
    health = ibis.memtable(judge(pd.concat(rows), [START], FEEDS, variables=variables))
    kept = trusted(ibis.memtable(pd.concat(rows)), health, variables).execute()
    silent = kept.groupby("feed")["wind_speed_m_s"].apply(lambda v: v.isna().mean())
    assert silent.to_dict() == {feed: float(feed == "d/blend") for feed in FEEDS}


def test_what_is_off_is_null_for_features_and_missing_from_sums() -> None:
    rows = pd.concat(
        [said(f, START, **({"temperature_c": lambda v: v + 40} if f == "b/blend" else {})) for f in FEEDS]
    )
    health = ibis.memtable(judge(rows, [START], FEEDS, variables=DEFAULT_TARGETS))
    kept = trusted(ibis.memtable(rows), health, DEFAULT_TARGETS).execute()
    assert list(kept.columns) == list(FORECAST.column_names)
    assert len(kept) == len(rows)
    null = kept.groupby("feed")["temperature_c"].apply(lambda v: v.isna().mean())
    assert null.to_dict() == {feed: float(feed == "b/blend") for feed in FEEDS}
    assert kept["wind_speed_m_s"].notna().all()
    pairs = pd.DataFrame(
        {
            "feed": ["b/blend", "b/blend", "c/blend"],
            "variable": ["temperature_c", "wind_speed_m_s", "temperature_c"],
            "cycle": pd.Timestamp(START),
        }
    )
    pairs = pairs.assign(
        location_id="x",
        valid_time=pd.Timestamp(START),
        known_at=pd.Timestamp(START),
        lead_hours=1.0,
        forecast=1.0,
        observed=1.0,
        error=0.0,
    )
    left = trusted_errors(ibis.memtable(conform(pairs, FORECAST_ERROR)), health, DEFAULT_TARGETS).execute()
    assert set(zip(left["feed"], left["variable"], strict=True)) == {
        ("b/blend", "wind_speed_m_s"),
        ("c/blend", "temperature_c"),
    }
