"""Open-Meteo's archive API: hourly reanalysis (ERA5 and IFS) at any place since 1940, as truth where no
station is.

`GET /v1/archive?start_date=…&end_date=…` answers in the forecast API's format, some five days late. A
reanalysis is a model's word: it comes after every measurement, and it flatters the forecasts of its own
centre.

Quota: it shares the forecast API's limits. A call is weighed by places, by variables beyond ten and by days
beyond fourteen; two weeks are asked at once.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from weather_platform.core.history.spec import Archive, DayRows
from weather_platform.core.places import Place
from weather_platform.core.providers.span_names import span_name
from weather_platform.core.providers.spec import JSON, Request

if TYPE_CHECKING:
    from weather_platform.core.fetching.payloads import Meta

VARIABLES = (
    "temperature_2m",
    "dew_point_2m",
    "relative_humidity_2m",
    "pressure_msl",
    "surface_pressure",
    "cloud_cover",
    "precipitation",
    "wind_speed_10m",
    "wind_direction_10m",
    "wind_gusts_10m",
)
PLACES_PER_REQUEST = 50
_SETTLED = timedelta(days=5)


def spans(first: datetime, last: datetime, places: Sequence[Place]) -> list[Request]:
    """Requests for the days `first` to `last`, 50 places each."""
    batches = [places[i : i + PLACES_PER_REQUEST] for i in range(0, len(places), PLACES_PER_REQUEST)]
    return [_request(first, last, tuple(batch)) for batch in batches]


def _request(first: datetime, last: datetime, places: tuple[Place, ...]) -> Request:
    params = {
        "latitude": ",".join(f"{place.latitude:.4f}" for place in places),
        "longitude": ",".join(f"{place.longitude:.4f}" for place in places),
        "hourly": ",".join(VARIABLES),
        "start_date": f"{first:%Y-%m-%d}",
        "end_date": f"{last:%Y-%m-%d}",
        "timezone": "GMT",
        "wind_speed_unit": "ms",
    }
    asked = " ".join([*VARIABLES, *(place.location_id for place in places)])
    name = span_name(first, last, hashlib.sha256(asked.encode()).hexdigest()[:12])
    weight = len(places) * max(1.0, ((last - first).days + 1) / 14)
    return Request(name, "/v1/archive", params, places, quota_weight=weight)


def lacks(body: bytes) -> str:
    """What a reply has not got: the end of its last day, where the archive is behind. It answers for hours
    that it does not have yet with nulls, at all places alike.
    """
    try:
        replies = orjson.loads(body)
        ends = [
            reply["hourly"][VARIABLES[0]][-1]
            for reply in (replies if isinstance(replies, list) else [replies])
        ]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return ""  # no such reply: its parser says why
    return "the archive has no end of its last day yet" if ends and all(end is None for end in ends) else ""


def parse(meta: "Meta", body: bytes) -> DayRows:
    """See open_meteo_archive_rows.parse_rows."""
    from weather_platform.core.history import open_meteo_archive_rows  # noqa: PLC0415 - pandas

    return open_meteo_archive_rows.parse_rows(meta, body, _SETTLED)


ARCHIVE = Archive(
    name="open_meteo_archive",
    title="Open-Meteo reanalysis",
    base_url="https://archive-api.open-meteo.com",
    requests=lambda _day: [],
    parse=parse,
    attribution="Weather data by Open-Meteo.com (CC BY 4.0), from ERA5 (Copernicus Climate Change Service)",
    settled=_SETTLED,
    reanalysis=True,
    counted_with="open_meteo",
    spans=spans,
    span_days=14,
    lacks=lacks,
    concurrency=2,
    timeout_seconds=60.0,
    begins=JSON,
)
