"""Open-Meteo's Previous Runs API: what its models said of an hour one to seven days before it.

`GET /v1/forecast?hourly=temperature_2m_previous_day1,…&start_date=…&end_date=…` answers in the forecast API's
format, with `<variable>_previous_day<N>` (and `_<model>` where several are asked for); a lead beyond a
model's horizon is all null. Leads are nominal: the run of N days before, whose own leads sweep N to N + 1
days. The plain `<variable>` and the Historical Forecast API are stitched from short leads, and are never
asked for: they would praise every lead. Archives begin in January 2024 for most models (open-
meteo.com/en/docs/previous-runs-api).

Quota: a call is weighed by variables beyond ten and days beyond fourteen, so two weeks are asked for at once.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from weather_platform.core.places import Place
from weather_platform.core.providers.open_meteo import MODELS, TOLERANCE_KM, by_place, hourly_of
from weather_platform.core.providers.open_meteo_series import values_of
from weather_platform.core.providers.open_meteo_times import placed, step_hours
from weather_platform.core.providers.reading import answered_place, quoted, read_json
from weather_platform.core.providers.span_names import span_name
from weather_platform.core.providers.spec import Asked, Block, Fault, PayloadError, PreviousRuns, Request

VARIABLES = (
    "temperature_2m",
    "dew_point_2m",
    "pressure_msl",
    "cloud_cover",
    "precipitation",
    "wind_speed_10m",
    "wind_direction_10m",
)
LEAD_DAYS = (1, 2, 3, 4, 5, 6, 7)
PLACES_PER_REQUEST = 20
SPAN_DAYS = 14
_KEY = re.compile(r"([a-z0-9_]+?)_previous_day([1-7])(?:_([a-z0-9_]+))?")


def spans(first: datetime, last: datetime, places: Sequence[Place]) -> list[Request]:
    """Requests for the valid days `first` to `last`: all models and leads of 20 places at once."""
    batches = [places[i : i + PLACES_PER_REQUEST] for i in range(0, len(places), PLACES_PER_REQUEST)]
    return [_request(first, last, tuple(batch)) for batch in batches]


def _request(first: datetime, last: datetime, places: tuple[Place, ...]) -> Request:
    hourly = [f"{name}_previous_day{lead}" for name in VARIABLES for lead in LEAD_DAYS]
    params = {
        "latitude": ",".join(f"{place.latitude:.4f}" for place in places),
        "longitude": ",".join(f"{place.longitude:.4f}" for place in places),
        "hourly": ",".join(hourly),
        "models": ",".join(MODELS),
        "start_date": f"{first:%Y-%m-%d}",
        "end_date": f"{last:%Y-%m-%d}",
        "timezone": "GMT",
        "wind_speed_unit": "ms",
    }
    asked = " ".join([*hourly, *MODELS, *(place.location_id for place in places)])
    name = span_name(first, last, hashlib.sha256(asked.encode()).hexdigest()[:12])
    days = (last - first).days + 1
    weight = len(places) * max(1.0, len(hourly) * len(MODELS) / 10) * max(1.0, days / 14)
    return Request(name, "/v1/forecast", params, places, quota_weight=weight)


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """Blocks of every place, model and lead of a reply, the model named `<model>@<days of lead>`."""
    reply = read_json(body)
    parts = reply if isinstance(reply, list) else [reply]
    if asked.places and len(parts) != len(asked.places):
        raise PayloadError(f"{len(asked.places)} places were asked for, but the reply holds {len(parts)}")
    models = asked.models or tuple(filter(None, asked.params.get("models", "").split(",")))
    return by_place(parts, lambda index, part: _place(part, asked, index, models))


def _place(part: Any, asked: Asked, index: int, models: tuple[str, ...]) -> Iterator[Block | Fault]:
    hourly, units = hourly_of(part)
    place = answered_place(asked, index, part.get("latitude"), part.get("longitude"), TOLERANCE_KM)
    valid_time, hourly, faults = placed(part, hourly, units.get("time", "iso8601"))
    yield from faults
    series = _series(hourly, models)
    if not series:
        raise PayloadError(f"no series of a previous day among {quoted(', '.join(hourly))}")
    for (model, lead), keys in series.items():
        values, scale, faults = values_of(hourly, units, keys, len(valid_time))
        yield from faults
        if all(value is None for series in values.values() for value in series):
            continue  # beyond the model's horizon
        yield Block(
            place,
            f"{model}@{lead}",
            valid_time,
            values,
            scale,
            step_hours(valid_time),
            grid_latitude=part["latitude"],
            grid_longitude=part["longitude"],
            elevation_m=part.get("elevation"),
        )


def _series(hourly: dict[str, Any], models: tuple[str, ...]) -> dict[tuple[str, int], dict[str, str]]:
    """Per model and days of lead, the key of each variable. Without a suffix there is one model."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for key in hourly:
        if match := _KEY.fullmatch(key):
            name, lead, model = match.groups()
            if model is None and len(models) > 1:
                raise PayloadError(f"{len(models)} models were asked for, but the key {key!r} names none")
            model = model or (models[0] if models else "best_match")
            found.setdefault((model, int(lead)), {})[name] = key
    return found


PREVIOUS_RUNS = PreviousRuns(
    name="open_meteo_previous_runs",
    of="open_meteo",
    title="Open-Meteo previous runs",
    base_url="https://previous-runs-api.open-meteo.com",
    spans=spans,
    parse=parse,
    longest_days=LEAD_DAYS[-1],
    span_days=SPAN_DAYS,
    concurrency=2,
)
