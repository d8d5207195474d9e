"""How a unit somebody writes becomes the unit in a column's name: contract = value × factor + offset.

Belongs here: the table of units and their spellings. Does not: which unit a provider or a file uses.
Factors are the definitions of the SI brochure, 9th ed., and NIST SP 811 appendix B.8; snow depth is not
water, so no unit here turns one into the other.
"""

from typing import NamedTuple


class Affine(NamedTuple):
    """contract = value × factor + offset."""

    factor: float
    offset: float


class UnitError(ValueError):
    """A unit that is unknown, or of another dimension than the column."""


# What each dimension is converted to is the unit its contract columns carry in their names.
_DIMENSIONS: dict[str, dict[str, Affine]] = {
    "temperature": {
        "°c": Affine(1, 0),
        "°f": Affine(5 / 9, -160 / 9),
        "k": Affine(1, -273.15),
    },
    "speed": {
        "m/s": Affine(1, 0),
        "km/h": Affine(1 / 3.6, 0),
        "mph": Affine(0.44704, 0),
        "kn": Affine(1852 / 3600, 0),
        "ft/s": Affine(0.3048, 0),
    },
    "fraction": {
        "1": Affine(1, 0),
        "%": Affine(0.01, 0),
        "okta": Affine(0.125, 0),
    },
    "pressure": {
        "hpa": Affine(1, 0),
        "pa": Affine(0.01, 0),
        "kpa": Affine(10, 0),
        "inhg": Affine(33.86389, 0),
        "mmhg": Affine(1.33322387415, 0),
    },
    # 1 kg of water on 1 m² stands 1 mm high.
    "water": {
        "mm": Affine(1, 0),
        "cm": Affine(10, 0),
        "m": Affine(1000, 0),
        "in": Affine(25.4, 0),
        "kg/m2": Affine(1, 0),
    },
    "distance": {
        "m": Affine(1, 0),
        "km": Affine(1000, 0),
        "mi": Affine(1609.344, 0),
        "ft": Affine(0.3048, 0),
        "nmi": Affine(1852, 0),
    },
    "angle": {
        "°": Affine(1, 0),
        "rad": Affine(57.29577951308232, 0),
    },
}

_ALIASES: dict[str, str] = {
    "c": "°c",
    "degc": "°c",
    "celsius": "°c",
    "degreec": "°c",
    "degreesc": "°c",
    "degree_celsius": "°c",
    "degrees_celsius": "°c",
    "deg_c": "°c",
    "wmounit:degc": "°c",
    "f": "°f",
    "degf": "°f",
    "fahrenheit": "°f",
    "degree_fahrenheit": "°f",
    "degrees_fahrenheit": "°f",
    "wmounit:degf": "°f",
    "kelvin": "k",
    "wmounit:k": "k",
    "ms": "m/s",
    "mps": "m/s",
    "m_s": "m/s",
    "ms-1": "m/s",
    "m s-1": "m/s",
    "m s**-1": "m/s",
    "m.s-1": "m/s",
    "metre/sec": "m/s",
    "wmounit:m_s-1": "m/s",
    "kmh": "km/h",
    "kph": "km/h",
    "km_h-1": "km/h",
    "km h-1": "km/h",
    "km_h": "km/h",
    "wmounit:km_h-1": "km/h",
    "mp/h": "mph",
    "mi/h": "mph",
    "kt": "kn",
    "kts": "kn",
    "knot": "kn",
    "knots": "kn",
    "percent": "%",
    "pct": "%",
    "wmounit:percent": "%",
    "fraction": "1",
    "(0 - 1)": "1",
    "0-1": "1",
    "oktas": "okta",
    "mb": "hpa",
    "mbar": "hpa",
    "hectopascal": "hpa",
    "hectopascals": "hpa",
    "pascal": "pa",
    "pascals": "pa",
    "millibar": "hpa",
    "wmounit:hpa": "hpa",
    "wmounit:pa": "pa",
    "inch": "in",
    "inches": "in",
    '"': "in",
    "millimeter": "mm",
    "millimeters": "mm",
    "millimetre": "mm",
    "millimetres": "mm",
    "wmounit:mm": "mm",
    "wmounit:cm": "cm",
    "kg/m²": "kg/m2",
    "kg_m-2": "kg/m2",
    "kg m-2": "kg/m2",
    "kg m**-2": "kg/m2",
    "metre": "m",
    "meter": "m",
    "metres": "m",
    "meters": "m",
    "wmounit:m": "m",
    "mile": "mi",
    "miles": "mi",
    "feet": "ft",
    "deg": "°",
    "degree": "°",
    "degrees": "°",
    "wmounit:degree_(angle)": "°",
}

_DIMENSION_OF: dict[str, str] = {
    "temperature_c": "temperature",
    "apparent_temperature_c": "temperature",
    "dew_point_c": "temperature",
    "relative_humidity": "fraction",
    "pressure_msl_hpa": "pressure",
    "surface_pressure_hpa": "pressure",
    "cloud_cover": "fraction",
    "visibility_m": "distance",
    "precipitation_mm": "water",
    "rain_mm": "water",
    "snowfall_water_mm": "water",
    "precipitation_probability": "fraction",
    "wind_speed_m_s": "speed",
    "wind_direction_deg": "angle",
    "wind_gust_m_s": "speed",
}


def affine(unit: str, column: str) -> Affine:
    """The (factor, offset) from `unit` to the contract column's: contract = value × factor + offset.

    `unit` as people and APIs write it, in any case: `°F`, `degC`, `km/h`, `kn`, `%`, `inHg`, `wmoUnit:Pa`.
    Raises UnitError naming the column and its units, for an unknown column, unit, or another dimension.
    """
    if column not in _DIMENSION_OF:
        raise UnitError(f"{column!r} is no weather variable; known: {', '.join(_DIMENSION_OF)}")
    known = _DIMENSIONS[_DIMENSION_OF[column]]
    spelled = unit.strip().lower()
    found = known.get(_ALIASES.get(spelled, spelled))
    if found is None:
        raise UnitError(f"{column} cannot be given in {unit!r}; write one of: {', '.join(known)}")
    return found
