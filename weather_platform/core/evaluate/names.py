"""What the name of an archive's variable surely says: the target that it is like, or nothing.

Belongs here: words. Does not: units, or what follows from both (see kinds).

Names are those of the platform's own table (core.uploads.synonyms), without heights, hours and statistics,
and what archives write beside them. A wrong guess costs more than none: what is taken for rain or a wind
speed cannot be below 0 any more. So a word that makes another quantity of one (a wind's chill, a cloud's
base) leaves nothing said.
"""

import re

from weather_platform.core.uploads.synonyms import VARIABLES

TEMPERATURE, WIND, RAIN = "temperature_c", "wind_speed_m_s", "precipitation_mm"
HUMIDITY, PRESSURE, CLOUD = "relative_humidity", "pressure_msl_hpa", "cloud_cover"
COMPONENT, CHANCE, DIRECTION = "wind_eastward_m_s", "chance", "direction"

# Of the columns that are no targets themselves.
_LIKE = {
    "apparent_temperature_c": TEMPERATURE,
    "dew_point_c": TEMPERATURE,
    "surface_pressure_hpa": PRESSURE,
    "rain_mm": RAIN,
    "snowfall_water_mm": RAIN,
    "wind_gust_m_s": WIND,
    "precipitation_probability": CHANCE,
    "wind_direction_deg": DIRECTION,
    "visibility_m": None,
}
# No name of a variable is longer, and of a long one the patterns below are slow.
_LONGEST = 200
_NUMBERS = re.compile(r"\d+(?:cm|mins?|hrs?|hours?|[mhd])?(?![a-z])|\d+")
# Beside "wind", they leave it a wind.
_NEUTRAL = re.compile(
    r"max\w*|min\w*|mean|av\w*g\w*|peak|sustained|daily|day|hourly|hours?|hrs?|[hdms]|at|near|surface|sfc|above|"
    r"ground|height|obs\w*|f(?:ore)?c(?:a)?st|ms|kmh|kts?|knots|mph"
)
_OTHER = re.compile(
    r"anomal|depart|deviat|deficit|change|tendency|trend|diff|delta|error|bias|residual|index|power|energy|load|"
    r"chill|shear|stress|density|ratio|factor|base|ceiling|top|specific|absolute|temp|albedo|precipitable|"
    r"snow_?(?:cover|line)|days|type|code|flag"
)
# In this order: gusts and directions are of winds too, and there are chances of all of them.
_SAYS = (
    (CHANCE, r"probs?|probab\w*|pop|pops|poprecip|chance"),
    (DIRECTION, r"(?:wind|wnd|w)_?(?:from_?)?(?:dir\w*|drct|bearing)|drct|wd|dd"),
    (
        COMPONENT,
        r"[uv]|[uv]_?(?:wind|wnd|grd|as|comp\w*|gust)|(?:wind|wnd)_?[uvxy]|[uv]_component|eastward|northward|"
        r"zonal|meridional|westerly|southerly",
    ),
    (
        WIND,
        r"gusts?|\w*wind_?(?:gusts?|sp\w*|vel\w*|max|min|mean|avg)|wnd_?(?:sp\w*|vel\w*)|wspd|wsp|wgst|wgust|wpgt|"
        r"ws|ff|fx|fg|sknt|vmax",
    ),
    (
        RAIN,
        r"precip\w*|rain\w*|snow\w*|pcp\w*|tp|tprate|prcp\w*|ppt|prec|pr|rr|rre|rrr|apcp|tot_prec|totprec|"
        r"swe|qpf",
    ),
    (CLOUD, r"\w*cloud\w*|tcc|[lmht]?cc|clct?|clc[lmht]|clt|tcdc|[lmh]cdc|sky_?cover|nebulosity"),
    (HUMIDITY, r"\w*humid\w*|rh|rhum?|hurs?|relhum|rel_hum"),
    (PRESSURE, r"pres\w*|\w*pressure|mslp|pmsl|mslet|prmsl|slp|psl|msl|ps|pp|qnh|qff|barom\w*"),
    (
        TEMPERATURE,
        r"\w*temp\w*|t|t(?:a|as|max|min|mean|avg|n|x|g|m|d|mp|air|obs)|tas(?:max|min)|dew_?po?i?n?t\w*|dwpt|"
        r"dpt",
    ),
)


def said_by(variable: str) -> str | None:
    """One of the names above, None where the name does not say it for sure."""
    if len(variable) > _LONGEST:
        return None
    words = plain(variable)
    if found := _TABLE.get("_".join(words)):
        return found
    name = "_".join(words)
    for kind, pattern in _SAYS:
        if re.search(rf"(?:^|_)(?:{pattern})(?:_|$)", name):
            other = kind in (WIND, RAIN, CLOUD, HUMIDITY) and _OTHER.search(name)
            return None if other else kind
    alone = [word for word in words if not _NEUTRAL.fullmatch(word)]
    return WIND if alone in (["wind"], ["wnd"]) else None


def plain(name: str) -> list[str]:
    """Lower-case words of a name in whatever style, without numbers and what they count."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", name).lower()
    return [word for word in re.split(r"[^a-z]+", _NUMBERS.sub("_", spaced)) if word]


def _table() -> dict[str, str]:
    found: dict[str, str] = {}
    for column, names in VARIABLES.items():
        if (kind := _LIKE.get(column, column)) is not None:
            found |= {"_".join(plain(name)): kind for name in names.split()}
    return found


_TABLE = _table()
