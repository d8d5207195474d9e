"""What stamps of a layout look like, and which of them are of the hour 24.

Belongs here: patterns. Does not: instants (times). Who counts hours from 1 to 24, as KNMI and JMA do, ends a
day with its 24; Python's layouts end at 23.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_DIGITS = {"Y": r"\d{4}", "j": r"\d{3}", "f": r"\d{1,9}"} | dict.fromkeys("ymdHIMS", r"\d{2}")
_DIRECTIVES = re.compile(rf"%%|(?:%[{''.join(_DIGITS)}])+|%[A-Za-z]")
_ISO_24 = r"([^T ]*[T ])24((?::?00){0,2}(?:[.,]0+)?\s*(?:Z|[+-]\d{1,2}(?::?\d{2})?)?)"
_ZEROS = {"%M": "00", "%S": "00", "%f": "000000"}


def in_full(layout: str) -> str:
    """A pattern of the stamps of a layout, in which numbers that nothing parts have all their digits: by %H%M
    100 would be ten o'clock, and not one.
    """
    return "(?s)" + _pattern(layout)


def at_hour_24(text: pa.Array, layout: str | None) -> tuple[pa.Array, np.ndarray]:
    """Stamps with the hour 24 as 00 of the same day, and a mask of these: a day is to be added to them."""
    whole = f"^{_hour_24(layout)}$"
    ends = pc.match_substring_regex(text, whole)
    if pc.any(ends).as_py():
        text = pc.if_else(ends, pc.replace_substring_regex(text, whole, r"\100\2"), text)
    return text, ends.to_numpy(zero_copy_only=False)


def _hour_24(layout: str | None) -> str:
    """A pattern of a layout's stamps at 24 o'clock, with groups of what stands before and behind the hour."""
    if layout is None:
        return _ISO_24
    before, hour, after = layout.partition("%H")
    for directive, zeros in _ZEROS.items():
        after = after.replace(directive, zeros)
    return f"({_pattern(before)}){'24' if hour else 'no hour'}({_pattern(after)})"


def _pattern(layout: str) -> str:
    def pattern(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        parts = found[0][1::2]
        if len(parts) == 1:
            return r" ?\d{1,9}" if parts in _DIGITS else ".{1,40}"
        return "".join(_DIGITS[part] for part in parts)

    return _DIRECTIVES.sub(pattern, re.sub(r"\\\s", r"\\s+", re.escape(layout)))
