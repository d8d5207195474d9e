"""Open-Meteo /v1/forecast: several places and several models in one request; each model is a feed of its own.

What its wire format asks of a reader: units are read from `hourly_units`; times are local without offset,
and `utc_offset_seconds` is one constant even across a DST change (with `timeformat=unixtime` they are UTC
already); with two or more models every key carries `_<model>`, with one none does; a reply for several
places is an array in request order whose first element has no `location_id`, and coordinates snap to the
grid. Snowfall is cm of snow, of which 7 cm are 10 mm of water (open-meteo.com/en/docs). `precipitation` is
the sum of rain, showers and snow over the preceding hour.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from weather_platform.core.places import Place
from weather_platform.core.providers.open_meteo_series import (
    HOURLY,
    models_of,
    values_of,
)
from weather_platform.core.providers.open_meteo_times import placed, step_hours
from weather_platform.core.providers.reading import answered_place, quoted, read_json
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError, Provider, Request
from weather_platform.core.providers.terms import Limit, Terms

MODELS = ("ecmwf_ifs025", "gfs_seamless", "icon_seamless")
PLACES_PER_REQUEST = 50
# 0.4° grids and the search for a land cell of like height move a point by up to this much.
TOLERANCE_KM = 100.0


def requests(places: Sequence[Place], horizon: Horizon) -> list[Request]:
    """One request for every 50 places, for all models at once."""
    models = horizon.models or MODELS
    batches = [places[i : i + PLACES_PER_REQUEST] for i in range(0, len(places), PLACES_PER_REQUEST)]
    return [_request(tuple(batch), models, horizon.hours) for batch in batches]


def _request(places: tuple[Place, ...], models: tuple[str, ...], hours: int) -> Request:
    # Named by what is asked, so that a place added to the panel is seen to be missing.
    asked = " ".join([*models, *(place.location_id for place in places)])
    name = f"batch-{hashlib.sha256(asked.encode()).hexdigest()[:12]}"
    params = {
        "latitude": ",".join(f"{place.latitude:.4f}" for place in places),
        "longitude": ",".join(f"{place.longitude:.4f}" for place in places),
        "hourly": ",".join(HOURLY),
        "models": ",".join(models),
        "forecast_hours": str(hours + 1),  # the hour that has begun is the first
        "timezone": "GMT",
        "wind_speed_unit": "ms",
    }
    # Each place is a call; more than 10 variables or 2 weeks weigh more (open-meteo.com/en/pricing).
    tens, fortnights = len(HOURLY) * len(models) / 10, hours / 336
    weight = len(places) * max(1.0, tens, fortnights * tens)
    return Request(name, "/v1/forecast", params, places, quota_weight=weight)


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """Blocks of every place and model of a reply; a place that cannot be used is a Fault beside the good
    ones.
    """
    reply = read_json(body)
    parts = reply if isinstance(reply, list) else [reply]
    if asked.places and len(parts) != len(asked.places):
        raise PayloadError(f"{len(asked.places)} places were asked for, but the reply holds {len(parts)}")
    models = asked.models or tuple(filter(None, asked.params.get("models", "").split(",")))
    return by_place(parts, lambda index, part: _read_place(part, asked, index, models))


def by_place(
    parts: Sequence[Any], read: Callable[[int, Any], Iterable[Block | Fault]]
) -> list[Block | Fault]:
    """What `read` makes of each place of a reply. Raises PayloadError where no place can be used."""
    blocks: list[Block | Fault] = []
    for i, part in enumerate(parts):
        where = f"part {i} of the reply: " if len(parts) > 1 else ""
        try:
            found = list(read(i, part))
        except PayloadError as error:
            found = [Fault(str(error))]
        blocks += [Fault(where + one.reason) if isinstance(one, Fault) else one for one in found]
    faults = [block.reason for block in blocks if isinstance(block, Fault)]
    if faults and len(faults) == len(blocks):
        raise PayloadError(
            faults[0] if len(parts) == 1 else f"no place of the reply can be used; {faults[0]}"
        )
    if not parts:
        raise PayloadError("no place of the reply can be used; it is an empty list")
    return blocks


def _read_place(part: Any, asked: Asked, index: int, models: tuple[str, ...]) -> Iterator[Block | Fault]:
    hourly, units = hourly_of(part)
    if part.get("location_id", index) != index:
        raise PayloadError(
            f"location_id is {part['location_id']!r} at position {index}: the reply is out of order"
        )
    place = answered_place(asked, index, part.get("latitude"), part.get("longitude"), TOLERANCE_KM)
    valid_time, hourly, faults = placed(part, hourly, units.get("time", "iso8601"))
    yield from faults
    step = step_hours(valid_time)
    for model, keys in models_of(tuple(hourly), models).items():
        values, scale, faults = values_of(hourly, units, keys, len(valid_time))
        yield from faults
        if faults and not values:
            continue
        yield Block(
            place,
            model,
            valid_time,
            values,
            scale,
            step,
            grid_latitude=part["latitude"],
            grid_longitude=part["longitude"],
            elevation_m=part.get("elevation"),
        )


def hourly_of(part: Any) -> tuple[dict[str, Any], Mapping[str, str]]:
    """The hourly series of one place, and their units. Raises PayloadError where there are none."""
    if not isinstance(part, dict):
        raise PayloadError(f"expected an object for a place, found {quoted(part)}")
    if "reason" in part and "hourly" not in part:
        raise PayloadError(f"the provider answered with an error: {quoted(part['reason'])}")
    hourly, units = part.get("hourly"), part.get("hourly_units")
    if not isinstance(hourly, dict) or not isinstance(hourly.get("time"), list):
        raise PayloadError(
            "the reply has no `hourly` series; ask with hourly=… (daily values are not hourly forecasts)"
        )
    if not isinstance(units, dict):
        raise PayloadError("the reply has no `hourly_units`, and units are never guessed")
    return dict(hourly), units


PROVIDER = Provider(
    name="open_meteo",
    title="Open-Meteo",
    base_url="https://api.open-meteo.com",
    models=MODELS,
    requests=requests,
    parse=parse,
    terms=Terms(
        licence="CC BY 4.0",
        attribution="Weather data by Open-Meteo.com (CC BY 4.0)",
        url="https://open-meteo.com/en/terms",
        as_of=date(2026, 11, 25),
        commercial=False,  # the data are free for it, the free service is not
        storage="allowed",
        limits=(
            Limit("minute", 600),
            Limit("hour", 5_000),
            Limit("day", 10_000),
            Limit("month", 300_000),
        ),
    ),
    steps=lambda hours: hours,
    concurrency=1,  # the free tier answers one at a time
)
