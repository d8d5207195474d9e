"""Pirate Weather: a blend of open models (of NOAA, ECMWF and DWD) in Dark Sky's format; one place per call,
hourly for seven days.

What its wire format asks of a reader: `flags.units` names the system, imperial where nobody asked for one;
shares and chances are 0-1; −999 is missing. `precipIntensity` of an hour is water whatever falls, while the
accumulations are depths, of snow too. It and the chance are of the hour that ends at `time`: its pages say
that a data point begins there, but its source takes both from models as they end. Up to ten models' runs are
named and none for the whole, so it has no time of issue; `elevation` is the ground's, not the forecast's. A
file of Dark Sky itself, whose flags name no `version`, is a model of its own without amounts and chances,
since its intensity was a rate, in some years one as if it surely fell.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from weather_platform.core.places import Place
from weather_platform.core.providers.reading import (
    answered_place,
    epoch_times,
    plain_name,
    pluck,
    quoted,
    read_object,
)
from weather_platform.core.providers.spec import (
    Asked,
    Auth,
    Block,
    Fault,
    Horizon,
    PayloadError,
    Provider,
    Request,
)
from weather_platform.core.providers.steps import timed
from weather_platform.core.providers.terms import Limit, Terms
from weather_platform.core.quantities.units import affine

# Coordinates are answered as asked.
TOLERANCE_KM = 5.0
MAX_HOURS = 168
MISSING = -999
_METRIC = {"degrees": "°C", "speed": "m/s", "distance": "km", "depth": "mm"}
_BRITISH = {**_METRIC, "speed": "mph", "distance": "mi"}
_UNITS = {
    "si": _METRIC,
    "ca": {**_METRIC, "speed": "km/h"},
    "uk": _BRITISH,
    "uk2": _BRITISH,
    "us": {**_BRITISH, "degrees": "°F", "depth": "in"},
}
# By contract column: the field, and its unit or what the system has one for.
_INSTANT = {
    "temperature_c": ("temperature", "degrees"),
    "apparent_temperature_c": ("apparentTemperature", "degrees"),
    "dew_point_c": ("dewPoint", "degrees"),
    "relative_humidity": ("humidity", "1"),
    "pressure_msl_hpa": ("pressure", "hPa"),
    "cloud_cover": ("cloudCover", "1"),
    "visibility_m": ("visibility", "distance"),
    "wind_speed_m_s": ("windSpeed", "speed"),
    "wind_direction_deg": ("windBearing", "°"),
    "wind_gust_m_s": ("windGust", "speed"),
}
_OVER_HOUR = {
    "precipitation_mm": ("precipIntensity", "depth"),
    "precipitation_probability": ("precipProbability", "1"),
}
_FIELDS = {**_INSTANT, **_OVER_HOUR}
_SCALES = {
    system: {column: affine(units.get(unit, unit), column) for column, (_, unit) in _FIELDS.items()}
    for system, units in _UNITS.items()
}


def requests(places: Sequence[Place], horizon: Horizon) -> list[Request]:
    """One request per place, of all hours there are. What stands in the path for the key is nothing's name:
    the key goes into a header.
    """
    del horizon
    return [
        Request(
            plain_name(place.location_id),
            f"/forecast/key-in-header/{place.latitude:.4f},{place.longitude:.4f}",
            {
                "units": "si",
                "extend": "hourly",
                "version": "2",
                "exclude": "currently,minutely,daily,alerts",
            },
            (place,),
        )
        for place in places
    ]


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """The one block of a reply, and a Fault for each of its hours that has no time."""
    reply = read_object(body)
    hourly = reply.get("hourly")
    if not isinstance(hourly, dict):
        problem = reply.get("message") or reply.get("detail") or reply.get("error") or ", ".join(reply)
        raise PayloadError(f"the reply has no `hourly`: it holds no hourly forecast but {quoted(problem)}")
    latitude, longitude = reply.get("latitude"), reply.get("longitude")
    place = answered_place(asked, 0, latitude, longitude, TOLERANCE_KM)
    flags = told if isinstance(told := reply.get("flags"), dict) else {}
    scale = _SCALES[_system(flags, asked.params)]
    hours, times, faults = timed(hourly.get("data"), "time", epoch_times, "hour")
    dark_sky = bool(flags) and "version" not in flags
    fields = _INSTANT if dark_sky else _FIELDS
    values = {column: _known(hours, field) for column, (field, _) in fields.items()}
    values["weather_code"] = _known(hours, "icon")
    model = "dark_sky" if dark_sky else "blend"
    return [Block(place, model, times, values, scale, 1, latitude, longitude), *faults]


def _system(flags: Mapping[str, Any], params: Mapping[str, str]) -> str:
    """The system of units that the reply names, else the one asked for; who asks for none is answered in
    `us`.
    """
    told = str(flags.get("units") or params.get("units", "us" if params else "none"))
    if told not in _UNITS:
        raise PayloadError(f"the reply is in units {quoted(told)}, and known are {', '.join(_UNITS)}")
    return told


def _known(hours: Sequence[dict[str, Any]], field: str) -> list[Any]:
    return [None if value == MISSING else value for value in pluck(hours, field)]


PROVIDER = Provider(
    name="pirate_weather",
    title="Pirate Weather",
    base_url="https://api.pirateweather.net",
    models=("blend",),
    requests=requests,
    parse=parse,
    terms=Terms(
        licence="Pirate Weather terms",
        attribution="Powered by Pirate Weather, with data of NOAA, ECMWF (CC BY 4.0) and DWD (CC BY 4.0)",
        url="https://pirateweather.net/en/latest/terms-of-service/",
        as_of=date(2026, 11, 30),
        commercial=True,
        storage="unstated",
        # A minute's is not on its pages, but its maker's word.
        limits=(Limit("minute", 60), Limit("month", 10_000)),
    ),
    steps=lambda _hours: MAX_HOURS,
    auth=Auth(header="apikey"),
    in_sandbox=False,
    concurrency=2,
    max_bytes=4_000_000,
)
