"""Replies of the reanalysis as rows."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd

from weather_platform.core.fetching.payloads import Meta, digest
from weather_platform.core.fetching.spans import kept_under
from weather_platform.core.history.open_meteo_archive import ARCHIVE, spans
from weather_platform.core.places import Place

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 3


LAST = FIRST + timedelta(days=DAYS - 1)
HOURS = pd.date_range(FIRST, periods=24 * DAYS, freq="h")


def rows_of_reply(latitude: float, longitude: float) -> pd.DataFrame:
    """Rows of a reply that a place at 50° N, 8° E gets from a grid point, asked for in one span, a year
    later."""
    (request,) = spans(FIRST, LAST, [Place("here", 50.0, 8.0)])
    reply = {
        "latitude": latitude,
        "longitude": longitude,
        "elevation": 120.0,
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C"},
        "hourly": {
            "time": [f"{hour:%Y-%m-%dT%H:%M}" for hour in HOURS],
            "temperature_2m": [12.5] * len(HOURS),
        },
    }
    body = json.dumps(reply).encode()
    meta = Meta(
        provider=ARCHIVE.name,
        cycle=kept_under(ARCHIVE.settled, LAST),
        request=request.name,
        role="forecast",
        places=request.places,
        url="https://archive.invalid/v1/archive?timezone=GMT&wind_speed_unit=ms&hourly=temperature_2m",
        status=200,
        fetched_at=FIRST + timedelta(days=365),
        quota_weight=1,
        **digest(body),
    )
    return ARCHIVE.parse(meta, body).rows


def test_every_hour_is_known_when_its_own_day_may_be_asked_for() -> None:
    """As if each day had been asked for when it settled."""
    rows = rows_of_reply(50.0, 8.0)
    assert rows["time"].tolist() == HOURS.tolist()
    day = [kept_under(ARCHIVE.settled, time.to_pydatetime()) for time in rows["time"].dt.floor("D")]
    assert rows["known_at"].tolist() == day
