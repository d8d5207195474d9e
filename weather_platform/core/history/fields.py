"""Text fields of archives as numbers, each distinct text looked at once.

Belongs here: which text is a number and which means "no value". Does not: units, bounds, or any archive's
codes. Instruments have steps, so a year of one field has some hundred distinct texts.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)$"


class Decoded(NamedTuple):
    """`value` as on the wire, NaN where missing or unreadable, and a mask of what is no number."""

    value: np.ndarray
    unreadable: np.ndarray


def decoded(field: pa.Array, missing: str) -> Decoded:
    """Fields, padded or not, of text or numbers; empty ones and those equal to `missing` are no values."""
    if pa.types.is_floating(field.type):  # pandas writes no value as NaN
        field = pc.if_else(pc.is_nan(field), pa.scalar(None, field.type), field)
    encoded = pc.dictionary_encode(field.cast(pa.string()), null_encoding="encode")
    text = pc.fill_null(pc.utf8_trim_whitespace(encoded.dictionary), "")
    good = pc.match_substring_regex(text, _NUMBER)
    value = pc.if_else(good, text, pa.scalar(None, pa.string())).cast(pa.float64())
    number = value.to_numpy(zero_copy_only=False).astype(float)
    unreadable = ~(good.to_numpy(zero_copy_only=False) | pc.equal(text, "").to_numpy(zero_copy_only=False))
    if missing:
        number[number == float(missing)] = np.nan
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return Decoded(number[codes], unreadable[codes])


def distinct(field: pa.Array, work: Callable[[pa.Array], np.ndarray]) -> np.ndarray:
    """What `work` makes of the distinct texts, for every field."""
    encoded = pc.dictionary_encode(field, null_encoding="encode")
    return work(encoded.dictionary)[encoded.indices.to_numpy(zero_copy_only=False)]
