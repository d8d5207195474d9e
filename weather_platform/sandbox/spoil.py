"""Replies as a provider spoils them that changes its format overnight: keys, types, columns, units.

Belongs here: changes to the JSON of any provider, in terms of what its values mean. Does not: when they
happen (sandbox.faults), or which there are (sandbox.scenarios).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

import orjson

from weather_platform.sandbox.wire.ask import Reply

_KNOTS_PER_M_S, _KNOTS_PER_KM_H = 1 / 0.514444, 1 / 1.852


@dataclass(frozen=True)
class Names:
    """What a provider calls its series (patterns of keys), where they lie, and the units they are in.

    `root` is the key below which every number is a value, but for those called `times`.
    """

    temperature: str
    humidity: str
    wind: str
    root: str
    times: str = "time"
    knots: float = _KNOTS_PER_M_S
    kelvin: float = 0.0


NAMES = {
    "open_meteo": Names("temperature_2m*", "relative_humidity_2m*", "wind_speed_10m*", "hourly"),
    "openweathermap": Names("temp", "humidity", "speed", "list", "dt", kelvin=273.15),
    "weatherapi": Names("temp_c", "humidity", "wind_kph", "hour", "time_epoch", knots=_KNOTS_PER_KM_H),
    "met_norway": Names("air_temperature", "relative_humidity", "wind_speed", "timeseries"),
    "nws": Names("temperature", "relativeHumidity", "windSpeed", "values", knots=_KNOTS_PER_KM_H),
}
Spoil = Callable[[str, Reply], Reply]
_Path = tuple[str, ...]


def objects(change: Callable[[Names, dict[str, Any]], dict[str, Any]]) -> Spoil:
    """A change of every JSON object of a reply."""

    def walk(names: Names, value: Any) -> Any:
        if isinstance(value, list):
            return [walk(names, item) for item in value]
        if isinstance(value, dict):
            return change(names, {key: walk(names, item) for key, item in value.items()})
        return value

    return _of_json(walk)


def values(change: Callable[[Names, _Path, float], Any]) -> Spoil:
    """A change of every number of a series, told by the keys that lead to it; places and times stay."""

    def walk(names: Names, value: Any, path: _Path = ()) -> Any:
        if isinstance(value, list):
            return [walk(names, item, path) for item in value]
        if isinstance(value, dict):
            return {key: walk(names, item, (*path, key)) for key, item in value.items()}
        if isinstance(value, int | float) and names.root in path and path[-1] != names.times:
            return change(names, path, value)
        return value

    return _of_json(walk)


def _of_json(walk: Callable[[Names, Any], Any]) -> Spoil:
    def spoil(provider: str, reply: Reply) -> Reply:
        """The station archive speaks CSV and stays as it is."""
        if provider not in NAMES or reply.status != 200:
            return reply
        return replace(reply, body=orjson.dumps(walk(NAMES[provider], orjson.loads(reply.body))))

    return spoil


def with_new_keys(_names: Names, thing: dict[str, Any]) -> dict[str, Any]:
    """Each object has a further copy of its first key under a name nobody knows."""
    return thing | {f"brand_new_{key}": thing[key] for key in list(thing)[:1]}


def without_temperature(names: Names, thing: dict[str, Any]) -> dict[str, Any]:
    """The temperature is gone."""
    return {key: value for key, value in thing.items() if not fnmatchcase(key, names.temperature)}


def with_temperature_renamed(names: Names, thing: dict[str, Any]) -> dict[str, Any]:
    """The temperature stands under another name."""
    return {f"air_{key}" if fnmatchcase(key, names.temperature) else key: thing[key] for key in thing}


def with_columns_swapped(names: Names, thing: dict[str, Any]) -> dict[str, Any]:
    """Temperature and humidity each hold the other's numbers."""
    warm = [key for key in thing if fnmatchcase(key, names.temperature)]
    damp = [key for key in thing if fnmatchcase(key, names.humidity)]
    swapped = dict(thing)
    for one, other in zip(warm, damp, strict=False):
        if isinstance(thing[one], dict):  # a layer: its unit stays where it is
            swapped[one] = thing[one] | {"values": thing[other]["values"]}
            swapped[other] = thing[other] | {"values": thing[one]["values"]}
        else:
            swapped[one], swapped[other] = thing[other], thing[one]
    return swapped


def as_text(_names: Names, _path: _Path, value: float) -> str:
    """The number as text."""
    return str(value)


def as_null(_names: Names, _path: _Path, _value: float) -> None:
    """Nothing instead of the number."""


def in_other_units(names: Names, path: _Path, value: float) -> float:
    """Temperature in °F and wind in knots, while the reply still claims the old units."""
    if any(fnmatchcase(key, names.temperature) for key in path):
        return round((value - names.kelvin) * 1.8 + 32, 2)
    if any(fnmatchcase(key, names.wind) for key in path):
        return round(value * names.knots, 2)
    return value
