"""Fields of a file as numbers in a contract column's unit.

Belongs here: which text is a number, which number means "no value", and which is no weather. Does not:
times, stations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.quantities.units import affine
from weather_platform.core.quantities.variables import WEATHER

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_COMMA = r"^\s*[+-]?\d+,\d+\s*$"
_POINTS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip
_POINT_DEG = 360 / len(_POINTS)
_BOUNDS = {c.name: (cast(float, c.ge), cast(float, c.le)) for c in WEATHER}


@dataclass(frozen=True)
class Numbers:
    """`value` in the contract's unit, NaN where missing or wrong; masks of what is no number, and of what
    is no weather.
    """

    value: np.ndarray
    unreadable: np.ndarray
    out_of_bounds: np.ndarray


def numbers(field: pa.Array, column: str, unit: str, missing: Sequence[str], decimal: str = ".") -> Numbers:
    """Fields (text or any number type) of one variable. `missing` are marks of the file's own for "no
    value". Points of the compass are directions, as many stations' programs write them.
    """
    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        wire, unreadable = _from_text(field, missing, decimal, points=column == "wind_direction_deg")
    else:
        wire, unreadable = _from_type(field)
    for mark in missing:
        if pc.match_substring_regex(pa.scalar(mark), _NUMBER).as_py():
            wire[wire == float(mark)] = np.nan
    factor, offset = affine(unit, column)
    value = wire * factor + offset
    low, high = _BOUNDS[column]
    out_of_bounds = (value < low) | (value > high)
    value[out_of_bounds] = np.nan
    return Numbers(value, unreadable, out_of_bounds)


def with_point(field: pa.Array, decimal: str) -> pa.Array:
    """Text with a point for its decimal sign; a point that is none makes a text that is no number."""
    if decimal == "." or not (pa.types.is_string(field.type) or pa.types.is_large_string(field.type)):
        return field
    return pc.replace_substring(pc.replace_substring(field, ".", "?"), decimal, ".")


def no_number(column: str, fields: pa.Array) -> str:
    """What is said of fields that are unreadable."""
    texts = pc.match_substring_regex(fields.cast(pa.string()), _COMMA)
    remedy = '; for decimals behind a comma write `csv: {decimal: ","}` into the mapping'
    return f"not a number, for {column}{remedy * bool(pc.any(texts).as_py())}"


def bounds_text(column: str) -> str:
    """The range a contract column allows, for messages."""
    low, high = _BOUNDS[column]
    return f"outside {low:g} to {high:g}"


def _from_text(
    field: pa.Array, missing: Sequence[str], decimal: str, *, points: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Distinct texts are few (instruments have steps), so each is looked at once."""
    encoded = pc.dictionary_encode(field, null_encoding="encode")
    text = pc.utf8_trim_whitespace(encoded.dictionary.cast(pa.string()))
    plain = with_point(text, decimal)
    good = pc.fill_null(pc.match_substring_regex(plain, _NUMBER), False)
    absent = pc.or_(pc.is_null(text), pc.is_in(text, value_set=pa.array(["", *missing], pa.string())))
    number = pc.if_else(good, plain, pa.scalar(None, pa.string())).cast(pa.float64())
    if points:
        point = pc.if_else(absent, None, pc.index_in(pc.utf8_upper(text), value_set=pa.array(_POINTS)))
        number = pc.coalesce(number, pc.multiply(point.cast(pa.float64()), _POINT_DEG))
        good = pc.or_(good, pc.is_valid(point))
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    wire = number.to_numpy(zero_copy_only=False).astype(float)
    unreadable = ~(good.to_numpy(zero_copy_only=False) | absent.to_numpy(zero_copy_only=False))
    return wire[codes], unreadable[codes]


def _from_type(field: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    no_numbers = np.full(len(field), np.nan), pc.is_valid(field).to_numpy(zero_copy_only=False)
    if pa.types.is_boolean(field.type):
        return no_numbers  # Arrow takes them for 1 and 0
    try:
        wire = field.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return no_numbers
    infinite = np.isinf(wire)
    wire[infinite] = np.nan
    return wire, infinite
