"""Feeds that say the same but for what one of them does to it, and the verdicts on them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.schema import check, conform
from weather_platform.core.trust.feed_health import judge

START = datetime(2026, 8, 2, tzinfo=UTC)
FEEDS = ("a/one", "a/two", "b/blend", "c/blend", "d/blend")

Alter = Callable[..., Any]


def said(feed: str, cycle: datetime, seed: Any = None, **change: Alter) -> pd.DataFrame:
    """A feed's 30 hours for three places: the same weather as everyone's, with small errors of its own."""
    own = np.random.default_rng([FEEDS.index(feed), seed if seed is not None else int(cycle.timestamp())])
    hours = pd.date_range(cycle + timedelta(hours=1), periods=30, freq="h", tz="UTC")
    wave = np.sin(np.arange(30) / 24 * 2 * np.pi)
    columns = {
        "temperature_c": 12 + 8 * wave,
        "dew_point_c": 6 + 2 * wave,
        "relative_humidity": 0.6 - 0.2 * wave,
        "pressure_msl_hpa": 1013 + 3 * wave,
        "wind_speed_m_s": 4 + 2 * wave,
        "precipitation_mm": np.maximum(wave, 0) * 3,
        "wind_gust_m_s": 8 + 3 * wave,
        "cloud_cover": 0.6 + 0.2 * wave,
        "wind_direction_deg": 230 + 20 * wave,
    }
    spread = {"relative_humidity": 0.03, "precipitation_mm": 0.1, "cloud_cover": 0.03}
    parts = []
    for place in ("x", "y", "z"):
        rows = {name: v + own.normal(0, spread.get(name, 0.7), 30) for name, v in columns.items()}
        rows = {
            name: np.clip(v, 0, None) if name[0] in "rw" or "mm" in name else v for name, v in rows.items()
        }
        for name, alter in change.items():
            rows[name] = alter(rows[name])
        parts.append(pd.DataFrame({"location_id": place, "valid_time": hours, **rows}))
    provider, model = feed.split("/")
    together = pd.concat(parts, ignore_index=True).assign(
        provider=provider,
        model=model,
        feed=feed,
        latitude=1.0,
        longitude=2.0,
        interval_hours=1,
        cycle=pd.Timestamp(cycle),
        fetched_at=pd.Timestamp(cycle),
        lead_hours=1.0,
    )
    return conform(together, FORECAST)


def verdicts(
    rows: list[pd.DataFrame], cycle: datetime = START, variables: Sequence[str] = DEFAULT_TARGETS
) -> pd.DataFrame:
    found = judge(pd.concat(rows, ignore_index=True), [cycle], FEEDS, variables=variables)
    assert check(found, FEED_HEALTH).bad.empty
    return found.set_index(["feed", "variable"])


def with_one(feed: str, **change: Alter) -> pd.DataFrame:
    return verdicts([said(name, START, **(change if name == feed else {})) for name in FEEDS])


def bad(found: pd.DataFrame) -> set[tuple[str, str]]:
    return set(found.index[~found["verdict"].isin(["sound", "alone"])])
