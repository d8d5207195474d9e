"""Periods of the NWS product `forecast/hourly`: text-like values, each of one hour from `startTime` on.

Belongs here: reading periods. Does not: the raw gridpoint layers, which say more and are what we ask for.
"""

import re
from typing import Any

from weather_platform.core.places import Place
from weather_platform.core.providers.nws_layers import wmo_affine
from weather_platform.core.providers.reading import quoted, utc_times
from weather_platform.core.providers.spec import Block, PayloadError
from weather_platform.core.units import affine

_HOUR_S = 3600
_SPEED = re.compile(r"(\d+(?:\.\d+)?)(?: to (\d+(?:\.\d+)?))? (mph|km/h|kt|m/s)")
_COMPASS = (
    "N",
    "NNE",
    "NE",
    "ENE",
    "E",
    "ESE",
    "SE",
    "SSE",
    "S",
    "SSW",
    "SW",
    "WSW",
    "W",
    "WNW",
    "NW",
    "NNW",
)
_DIRECTIONS = {name: 22.5 * i for i, name in enumerate(_COMPASS)}


def read_periods(place: Place, periods: list[dict[str, Any]]) -> Block:
    """Hourly rows. Raises PayloadError for half-day periods, which are text about a span and not values at
    a time.
    """
    starts = utc_times([period["startTime"] for period in periods])
    ends = utc_times([period["endTime"] for period in periods])
    if not len(starts) or ((ends - starts).astype("int64") != _HOUR_S).any():
        raise PayloadError("the periods are not of one hour each; only the product forecast/hourly is read")
    values: dict[str, list[Any]] = {
        "temperature_c": [_temperature(period) for period in periods],
        "dew_point_c": [_quantity(period, "dewpoint", "dew_point_c") for period in periods],
        "relative_humidity": [
            _quantity(period, "relativeHumidity", "relative_humidity") for period in periods
        ],
        "wind_speed_m_s": [_speed(period.get("windSpeed")) for period in periods],
        "wind_direction_deg": [_DIRECTIONS.get(period.get("windDirection", "")) for period in periods],
        "weather_code": [period.get("shortForecast") or None for period in periods],
    }
    # A probability is of the hour that follows its stamp, so it belongs to the row where that hour ends.
    chances = [
        _quantity(period, "probabilityOfPrecipitation", "precipitation_probability") for period in periods
    ]
    follows = (starts[1:] == ends[:-1]).tolist()
    values["precipitation_probability"] = [
        None,
        *(chance if next_to else None for chance, next_to in zip(chances, follows, strict=False)),
    ]
    return Block(place, "hourly", starts, values)


def _temperature(period: dict[str, Any]) -> float | None:
    value = period.get("temperature")
    if isinstance(value, dict):
        return _quantity(period, "temperature", "temperature_c")
    if value is None:
        return None
    factor, offset = affine(str(period.get("temperatureUnit")), "temperature_c")
    return value * factor + offset


def _quantity(period: dict[str, Any], name: str, column: str) -> float | None:
    quantity = period.get(name) or {}
    if quantity.get("value") is None:
        return None
    factor, offset = wmo_affine(quantity.get("unitCode"), column)
    return quantity["value"] * factor + offset


def _speed(text: str | None) -> float | None:
    """`6 to 9 mph`: the middle of the range, m/s."""
    if not text:
        return None
    match = _SPEED.fullmatch(text)
    if match is None:
        raise PayloadError(f"the wind speed {quoted(text)} is not of the form `6 to 9 mph`")
    low, high, unit = match.groups()
    return (float(low) + float(high or low)) / 2 * affine(unit, "wind_speed_m_s").factor
