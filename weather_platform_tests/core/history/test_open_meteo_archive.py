"""Replies of the reanalysis as rows."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd

from weather_platform.core.history.open_meteo_archive import ARCHIVE, spans
from weather_platform.core.payloads import Meta, digest
from weather_platform.core.places import Place
from weather_platform.core.spans import kept_under

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 3


def test_every_hour_is_known_when_its_own_day_may_be_asked_for() -> None:
    """Asked for in one span, and a year later: known as if each day had been asked for when it settled."""
    last = FIRST + timedelta(days=DAYS - 1)
    (request,) = spans(FIRST, last, [Place("here", 50.0, 8.0)])
    hours = pd.date_range(FIRST, periods=24 * DAYS, freq="h")
    reply = {
        "latitude": 50.0,
        "longitude": 8.0,
        "elevation": 120.0,
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C"},
        "hourly": {
            "time": [f"{hour:%Y-%m-%dT%H:%M}" for hour in hours],
            "temperature_2m": [12.5] * len(hours),
        },
    }
    body = json.dumps(reply).encode()
    meta = Meta(
        provider=ARCHIVE.name,
        cycle=kept_under(ARCHIVE.settled, last),
        request=request.name,
        role="forecast",
        places=request.places,
        url="https://archive.invalid/v1/archive?timezone=GMT&wind_speed_unit=ms&hourly=temperature_2m",
        status=200,
        fetched_at=FIRST + timedelta(days=365),
        quota_weight=1,
        **digest(body),
    )
    rows = ARCHIVE.parse(meta, body).rows
    assert rows["time"].tolist() == hours.tolist()
    day = [kept_under(ARCHIVE.settled, time.to_pydatetime()) for time in rows["time"].dt.floor("D")]
    assert rows["known_at"].tolist() == day
