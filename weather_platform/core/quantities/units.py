"""How a unit somebody writes becomes the unit in a column's name: contract = value × factor + offset.

Belongs here: the table of units and their spellings. Does not: which unit a provider or a file uses.
Factors are the definitions of the SI brochure, 9th ed., and NIST SP 811 appendix B.8; snow depth is not
water, so no unit here turns one into the other.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from weather_platform.core.quantities import wind
from weather_platform.core.quantities.variables import WEATHER


class Affine(NamedTuple):
    """contract = value × factor + offset."""

    factor: float
    offset: float


class UnitError(ValueError):
    """A unit that is unknown, or of another dimension than the column."""


# What each dimension is converted to, its first, is the unit its contract columns carry in their names.
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

# Every spelling of a unit, as _plain leaves it.
_SPELLINGS: dict[str, str] = {
    "°c": "c degc celsius centigrade degreec degreesc degreecelsius degreescelsius degcelsius °celsius",
    "°f": "f degf fahrenheit degreef degreesf degreefahrenheit degreesfahrenheit degfahrenheit °fahrenheit",
    "k": "kelvin kelvins degk °k degreekelvin degreeskelvin",
    "m/s": (
        "ms mps ms-1 m/sec ms/s metre/sec meter/sec metre/second meter/second metres/second meters/second "
        "metrepersecond meterpersecond metrespersecond meterspersecond"
    ),
    "km/h": (
        "kmh kph kmph kmh-1 km/hr km/hour kilometre/hour kilometer/hour kilometresperhour kilometersperhour"
    ),
    "mph": "mp/h mi/h mi/hr mih-1 miles/hour mile/hour milesperhour mileperhour",
    "kn": "kt kts knot knots nmi/h",
    "ft/s": "fps ft/sec fts-1 feetpersecond feet/second",
    "1": "fraction (0-1) 0-1 proportion dimensionless unitless",
    "%": "percent percentage pct %(0-100)",
    "okta": "oktas octa octas",
    "hpa": "mb mbar hectopascal hectopascals millibar millibars",
    "pa": "pascal pascals",
    "kpa": "kilopascal kilopascals",
    "inhg": "inchhg inchesofmercury",
    "in": 'inch inches "',
    "mm": "millimeter millimeters millimetre millimetres mmh2o mmofwater",
    "cm": "centimeter centimeters centimetre centimetres",
    "kg/m2": "kgm-2 l/m2 lm-2",
    "m": "metre meter metres meters",
    "km": "kilometre kilometer kilometres kilometers",
    "mi": "mile miles",
    "ft": "feet foot",
    "°": "deg degree degrees degree(angle)",
    "rad": "radian radians",
}
_ALIASES = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}

# NFKC would make the ordinal º an o, and the ring ˚ a blank.
_DEGREES = str.maketrans("º˚", "°°")

# The unit that a column of weather carries at the end of its name; one that carries none is a share of one.
_ENDINGS = {"_c": "°C", "_hpa": "hPa", "_m_s": "m/s", "_mm": "mm", "_deg": "°", "_m": "m"}


def unit_of(column: str) -> str:
    """The unit that a contract column carries in its name."""
    return next((unit for ending, unit in _ENDINGS.items() if column.endswith(ending)), "1")


_MEASURED_IN = {next(iter(units)): dimension for dimension, units in _DIMENSIONS.items()}
_DIMENSION_OF = {
    name: _MEASURED_IN[unit_of(name).lower()]
    for name in (*(column.name for column in WEATHER), wind.EASTWARD, wind.NORTHWARD)
}


def affine(unit: str, column: str) -> Affine:
    """The (factor, offset) from `unit` to the contract column's: contract = value × factor + offset.

    `unit` as people and APIs write it, in any case: `°F`, `degC`, `km/h`, `kn`, `%`, `inHg`, `wmoUnit:Pa`.
    Raises UnitError naming the column and its units, for an unknown column, unit, or another dimension.
    """
    if column not in _DIMENSION_OF:
        raise UnitError(f"{column!r} is no weather variable; known: {', '.join(_DIMENSION_OF)}")
    known = _DIMENSIONS[_DIMENSION_OF[column]]
    found = known.get(known_as(unit))
    if found is None:
        raise UnitError(f"{column} cannot be given in {unit!r}; write one of: {', '.join(known)}")
    return found


def between(written: str, wanted: str) -> Affine:
    """wanted = value × factor + offset, of units as people write them. Raises UnitError where they are not
    the same, and do not measure one and the same thing for sure.
    """
    given, other = known_as(written), known_as(wanted)
    if given == other:
        return Affine(1.0, 0.0)
    shared = dimensions(written) & dimensions(wanted)
    if len(shared) != 1:
        raise UnitError(f"{written!r} cannot be converted to {wanted!r}")
    known = _DIMENSIONS[next(iter(shared))]
    factor = known[given].factor / known[other].factor
    return Affine(factor, (known[given].offset - known[other].offset) / known[other].factor)


def dimensions(unit: str) -> frozenset[str]:
    """What a unit measures: `temperature`, `speed`, …; several where it says two things (m), none where it
    is unknown."""
    plain = known_as(unit)
    return frozenset(name for name, units in _DIMENSIONS.items() if plain in units)


def dimension_of(column: str) -> str:
    """What a contract column measures. Raises KeyError for a column that is unknown."""
    return _DIMENSION_OF[column]


@lru_cache(maxsize=256)  # every reply says its units anew
def known_as(unit: str) -> str:
    """The one spelling that stands for all of a unit's, of one that is unknown as of any other."""
    plain = _plain(unit)
    return _ALIASES.get(plain, plain)


def _plain(unit: str) -> str:
    """A spelling without what people write in many ways: case, blanks, exponents, signs of a degree."""
    signs = unit.translate(_DEGREES)
    text = unicodedata.normalize("NFKC", signs).replace("\u2212", "-").lower().strip()
    return re.sub(r"[\s_^·⋅]|\*\*|\.(?!\d)", "", text.removeprefix("wmounit:"))
