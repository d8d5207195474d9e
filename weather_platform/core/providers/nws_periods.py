"""Periods of the NWS product `forecast/hourly`: text-like values, each of one hour from `startTime` on.

Belongs here: reading periods. Does not: the raw gridpoint layers, which say more and are what we ask for.

A chance beyond the first days is of six hours or twelve, and the product repeats it at each of them without
saying so.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from weather_platform.core.places import Place
from weather_platform.core.providers.nws_layers import wmo_affine
from weather_platform.core.providers.reading import quoted, utc_times
from weather_platform.core.providers.spec import Block, Fault, PayloadError
from weather_platform.core.providers.steps import each
from weather_platform.core.quantities.units import Affine, UnitError, affine

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


def read_periods(place: Place, periods: list[Any]) -> tuple[Block, list[Fault]]:
    """Hourly rows, and a Fault for each period that is not of one hour. Raises PayloadError where none is:
    half-day periods are text about a span and not values at a time.
    """
    spans, faults = each(periods, _hour, "period")
    if not spans:
        why = f" ({faults[0].reason})" if faults else ""
        raise PayloadError(
            f"the periods are not of one hour each; only the product forecast/hourly is read{why}"
        )
    periods = [period for period, _, _ in spans]
    starts, ends = (np.concatenate(times) for times in list(zip(*spans, strict=True))[1:])
    values: dict[str, list[Any]] = {
        "temperature_c": [_temperature(period) for period in periods],
        "dew_point_c": [_quantity(period, "dewpoint", "dew_point_c") for period in periods],
        "relative_humidity": [
            _quantity(period, "relativeHumidity", "relative_humidity") for period in periods
        ],
        "wind_speed_m_s": [_speed(period) for period in periods],
        "wind_direction_deg": [_DIRECTIONS.get(str(period.get("windDirection"))) for period in periods],
        "weather_code": [period.get("shortForecast") or None for period in periods],
    }
    chances = [
        _quantity(period, "probabilityOfPrecipitation", "precipitation_probability") for period in periods
    ]
    values["precipitation_probability"] = _of_their_hours(chances, (starts[1:] == ends[:-1]).tolist())
    return Block(place, "hourly", starts, values), faults


def _of_their_hours(chances: list[Any], joined: list[bool]) -> list[Any]:
    """Chances at the rows where their hours end, of periods of which `joined` tells whether the next begins
    with their end: those that differ from both beside them, which must be of an hour, and those of nothing,
    which is as true of a part. What is no number stays, to be set aside."""
    told: list[Any] = [None]
    for hour, chance in enumerate(chances[:-1]):
        alone = hour > 0 and joined[hour - 1] and chances[hour - 1] != chance != chances[hour + 1]
        sure = alone or chance == 0 or not isinstance(chance, float)
        told.append(chance if joined[hour] and sure else None)
    return told


def _hour(period: dict[str, Any]) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    start, end = utc_times([period["startTime"]]), utc_times([period["endTime"]])
    if (end - start).astype("int64")[0] != _HOUR_S:
        raise PayloadError("it is not of one hour")
    return period, start, end


def _temperature(period: dict[str, Any]) -> Any:
    value = period.get("temperature")
    if isinstance(value, dict):
        return _quantity(period, "temperature", "temperature_c")
    return _scaled(value, period.get("temperatureUnit"), affine, "temperature_c")


def _quantity(period: dict[str, Any], name: str, column: str) -> Any:
    """Of a value with its unit beside it; for winds the provider writes so behind a feature flag."""
    quantity = period.get(name)
    if not isinstance(quantity, dict):
        return None if quantity is None else quoted(quantity)
    if quantity.get("value") is None and "minValue" in quantity and "maxValue" in quantity:
        ends = [
            _scaled(quantity[end], quantity.get("unitCode"), wmo_affine, column)
            for end in ("minValue", "maxValue")
        ]
        return sum(ends) / 2 if all(isinstance(end, float) for end in ends) else ends[0]
    return _scaled(quantity.get("value"), quantity.get("unitCode"), wmo_affine, column)


def _scaled(value: Any, unit: Any, affine_of: Callable[[str, str], Affine], column: str) -> Any:
    """A number in the column's unit. What is no number, or of no known unit, stays a text, which sets its row
    aside and no other."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return quoted(value)
    try:
        factor, offset = affine_of(str(unit), column)
    except UnitError:
        return f"{value} {unit}"
    return float(value * factor + offset)


def _speed(period: dict[str, Any]) -> Any:
    """`6 to 9 mph`: the middle of the range, m/s."""
    text = period.get("windSpeed")
    if isinstance(text, dict):
        return _quantity(period, "windSpeed", "wind_speed_m_s")
    if not text:
        return None
    match = _SPEED.fullmatch(str(text))
    if match is None:
        return quoted(text)
    low, high, unit = match.groups()
    return (float(low) + float(high or low)) / 2 * affine(unit, "wind_speed_m_s").factor
