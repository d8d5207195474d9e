"""The names that people give to columns of weather, and the contract columns that they mean.

Belongs here: the table, and one column's name → what it is. Does not: what follows for a whole file
(core.uploads.recognise), or units (core.quantities.units). A further name is a word in the table.
"""

import re
from typing import NamedTuple

from weather_platform.core.quantities.units import UnitError, affine, unit_of
from weather_platform.core.quantities.variables import WEATHER

# Of two variables that share a name neither is taken: bare `pressure` is one of two.
VARIABLES: dict[str, str] = {
    "temperature_c": (
        "temperature temperature_2m temp temp_2m air_temperature air_temp air_temperature_2m t2m t_2m "
        "2m_temperature tair t_air dry_bulb_temperature outdoor_temperature outside_temperature "
        "outdoor_temp outside_temp temp_out"
    ),
    "apparent_temperature_c": "apparent_temperature feels_like feelslike felt_temperature",
    "dew_point_c": (
        "dew_point dewpoint dew_point_2m dewpoint_2m dew_point_temperature dewpoint_temperature d2m "
        "td 2m_dewpoint_temperature"
    ),
    "relative_humidity": (
        "relative_humidity relative_humidity_2m humidity hum rh rh_2m r2 rel_humidity outdoor_humidity "
        "outside_humidity outdoor_hum outside_hum"
    ),
    "pressure_msl_hpa": (
        "pressure_msl msl mslp slp sea_level_pressure mean_sea_level_pressure prmsl pressure "
        "air_pressure_at_sea_level air_pressure_at_mean_sea_level air_pressure rel_pressure relative_pressure"
    ),
    "surface_pressure_hpa": (
        "surface_pressure surface_air_pressure station_pressure sp pressure air_pressure abs_pressure "
        "absolute_pressure"
    ),
    "cloud_cover": "cloud_cover cloudcover cloudiness total_cloud_cover tcc cloud_area_fraction",
    "visibility_m": "visibility vis visibility_in_air",
    "precipitation_mm": (
        "precipitation precip total_precipitation precipitation_amount precip_amount prcp tp"
    ),
    "rain_mm": "rain rainfall rain_amount rainfall_amount",
    "snowfall_water_mm": "snowfall_water snowfall_water_equivalent",
    "precipitation_probability": (
        "precipitation_probability precip_probability probability_of_precipitation pop"
    ),
    "wind_speed_m_s": (
        "wind_speed wind_speed_10m windspeed windspeed_10m wspd wind si10 10m_wind_speed avg_wind_speed "
        "average_wind_speed mean_wind_speed"
    ),
    "wind_direction_deg": (
        "wind_direction wind_direction_10m winddirection winddirection_10m wind_dir wdir "
        "wind_from_direction wind_bearing prevailing_wind_direction"
    ),
    "wind_gust_m_s": (
        "wind_gust wind_gusts wind_gust_10m wind_gusts_10m windgust windgusts windgusts_10m gust "
        "gusts wind_speed_of_gust wgst i10fg fg10 high_wind_speed"
    ),
}
OTHERS: dict[str, str] = {
    "valid_time": (
        "valid_time time timestamp datetime date_time valid obs_time observation_time observed_at "
        "forecast_time validity_time"
    ),
    "issue_time": (
        "issue_time issued_at init_time initialization_time reference_time forecast_reference_time "
        "run_time model_run"
    ),
    "fetched_at": "fetched_at retrieved_at query_time",
    "location_id": "location_id location place place_id site site_id station station_id",
    "latitude": "latitude lat",
    "longitude": "longitude lon lng long",
    "feed": "feed",
    "provider": "provider",
    "model": "model",
}
_ZONE = "utc"
# What there is one unit of.
_ONLY_UNIT = {"wind_direction_deg": "°"}
_LONGEST_NAME = 500


class Meaning(NamedTuple):
    """What a column may be, and the unit it is in: `utc` of a time in UTC, None where nothing says it."""

    column: str
    unit: str | None


def meanings(name: str, stated: str | None = None) -> list[Meaning]:
    """What a column of this name may be; none where the name is of no table. `stated` is the unit that the
    file itself gives.

    A unit is written behind the name, as in `temperature_2m (°C)`, `temp_f` or `windSpeedKmh`; the contract's
    own names carry theirs.
    """
    if name in _CONTRACT and stated is None:
        return [Meaning(name, _CONTRACT[name])]
    if len(name) > _LONGEST_NAME:
        return []
    plain, unit = _unit_in_brackets(name) or (name, stated)
    words = _words(plain)
    for end in range(len(words), 0, -1):
        if found := _NAMES.get("_".join(words[:end])):
            rest = "_".join(words[end:])
            return [made for column in found if (made := _with_unit(column, unit, rest)) is not None]
    return []


def _unit_in_brackets(name: str) -> tuple[str, str] | None:
    """What stands before the brackets at a name's end, and in them; None without."""
    text = name.strip()
    start = max(text.rfind("("), text.rfind("["))
    inside = text[start + 1 : -1]
    if start < 0 or not text.endswith((")", "]")) or ")" in inside or "]" in inside:
        return None
    return text[:start].rstrip(), inside.strip()


def _with_unit(column: str, unit: str | None, rest: str) -> Meaning | None:
    """The meaning, if what stands behind the name is a unit of the column's, or nothing."""
    if column not in VARIABLES:
        if rest in ("", _ZONE):
            zone = rest or (unit or "").lower()
            return Meaning(column, _ZONE if zone == _ZONE else None)
        return None
    given = [text for text in (rest, unit) if text]
    if not given:
        return Meaning(column, _ONLY_UNIT.get(column))
    known = [text for text in given if _is_unit(text, column)]
    if rest and rest not in known:
        return None
    return Meaning(column, known[0] if known else None)


def _is_unit(text: str, column: str) -> bool:
    try:
        affine(text, column)
    except UnitError:
        return False
    return True


def _words(name: str) -> list[str]:
    """Lower-case words of a name in whatever style."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=\w)(?=[%°])", "_", name)
    return [word for word in re.split(r"[^0-9a-z%°]+", spaced.lower()) if word]


def example_unit(column: str) -> str:
    """A unit that the column is often given in."""
    return "%" if unit_of(column) == "1" else unit_of(column)


_CONTRACT = {variable.name: unit_of(variable.name) for variable in WEATHER}
_NAMES: dict[str, list[str]] = {}
for _column, _names in (*VARIABLES.items(), *OTHERS.items()):
    for _name in _names.split():
        _NAMES.setdefault(_name, []).append(_column)
