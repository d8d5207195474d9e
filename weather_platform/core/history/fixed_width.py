"""Lines of fixed layout as numbers, without a loop over lines.

Belongs here: where lines begin and end, and which columns are an integer. Does not: what a column means.

Arrow's CSV reader is the fastest there is, so the fields are laid out for it. It knows only whether all of a
file is good; where it is not, a block of lines is decoded by one matrix product (the digits of a field times
the powers of ten of their places), which tells which fields are at fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

_BLOCK = 1 << 14
_MOST_BLANKS = 1000
_NEWLINE, _RETURN, _SPACE, _MINUS, _PLUS, _ZERO, _COMMA = b"\n\r -+0,"


@dataclass(frozen=True)
class Lines:
    """`cells`: one row of bytes per line that is long enough, cut to its fixed part. `row` is each line's
    position among all that are not empty; `malformed` has the others.
    """

    cells: np.ndarray
    row: np.ndarray
    malformed: list[tuple[int, str]]
    text: bytes
    starts: np.ndarray

    @cached_property
    def texts(self) -> pa.Array:
        """The whole lines; bytes that are not ASCII as question marks."""
        data = np.frombuffer(self.text, np.uint8)
        ascii_only = data if data.max() < 128 else np.where(data < 128, data, ord("?")).astype(np.uint8)
        offsets = np.append(self.starts, len(data)).astype(np.int64)
        whole = pa.LargeStringArray.from_buffers(
            len(self.starts), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(ascii_only))
        )
        return whole.take(pa.array(self.row))


class Integers(NamedTuple):
    """`value`, NaN where the field is blank or no integer; a mask of those that are neither."""

    value: np.ndarray
    unreadable: np.ndarray


def lines_of(text: bytes, width: int, *, more: bool = False, blank: int = 0) -> Lines:
    """Lines of `width` bytes, or of at least as many where `more`. Blanks that were added behind them are
    passed over; of their last `blank` columns those may lack that editors strip.
    """
    data = np.frombuffer(text, np.uint8)
    end = np.flatnonzero(data == _NEWLINE)
    if len(data) and data[-1] != _NEWLINE:
        end = np.append(end, len(data))
    start = np.append(0, end[:-1] + 1) if len(end) else end
    end = end - ((end > start) & (data[np.maximum(end - 1, 0)] == _RETURN))
    start, end = start[end > start], end[end > start]
    length = end - start
    if not more:
        length = _without_blanks(data, start, length, width)
    good = length >= width if more else (length <= width) & (length >= width - blank)
    malformed = [
        (int(i), text[start[i] : end[i]].decode("latin-1")[:4000]) for i in np.flatnonzero(~good).tolist()
    ]
    row = np.flatnonzero(good)
    return Lines(_cells(data, start[row], length[row], width), row, malformed, text, start)


def _without_blanks(data: np.ndarray, start: np.ndarray, length: np.ndarray, width: int) -> np.ndarray:
    """Lengths of lines without the blanks beyond `width`."""
    length = length.copy()
    over = np.flatnonzero(length > width)
    for _ in range(_MOST_BLANKS):
        over = over[(length[over] > width) & (data[start[over] + length[over] - 1] == _SPACE)]
        if not len(over):
            break
        length[over] -= 1
    return length


def _cells(data: np.ndarray, start: np.ndarray, length: np.ndarray, width: int) -> np.ndarray:
    steps, whole = np.unique(np.diff(start)), (length >= width).all()
    if len(steps) == 1 and whole:  # lines of one length: a view, without a copy
        return np.lib.stride_tricks.as_strided(
            data[start[0] :], (len(start), width), (int(steps[0]), 1), writeable=False
        )
    cells = np.empty((len(start), width), np.uint8)
    for i in range(0, len(start), _BLOCK):
        at = start[i : i + _BLOCK, None] + np.arange(width)
        cells[i : i + _BLOCK] = data[np.minimum(at, len(data) - 1)]
    if not whole:
        cells[np.arange(width) >= length[:, None]] = _SPACE
    return cells


def integers(cells: np.ndarray, fields: Sequence[tuple[int, int]]) -> Integers:
    """Fields [first, last) of at most 7 columns each: right-aligned integers with or without a sign. Returns
    arrays of (lines, fields).
    """
    if not len(cells):
        return Integers(np.empty((0, len(fields))), np.empty((0, len(fields)), bool))
    return _by_arrow(cells, fields) or _by_product(cells, fields)


def _by_arrow(cells: np.ndarray, fields: Sequence[tuple[int, int]]) -> Integers | None:
    """All fields at once, or None where any is blank or no integer."""
    text = np.full((len(cells), sum(b - a + 1 for a, b in fields)), _COMMA, np.uint8)
    at = 0
    for first, after in fields:
        text[:, at : at + after - first] = cells[:, first:after]
        at += after - first + 1
    text[:, -1] = _NEWLINE
    ends = np.cumsum([b - a + 1 for a, b in fields]) - 2
    digits_end = (text[:, ends] >= _ZERO).all()  # Arrow trims spaces behind a number as well
    if not digits_end or text.max() > _ZERO + 9:  # and takes hexadecimal digits for one
        return None
    plus = text == _PLUS
    if not (text[:, 1:][plus[:, :-1]] >= _ZERO).all():
        return None
    text[plus] = _SPACE
    names = [str(i) for i in range(len(fields))]
    convert = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.int32()), null_values=[])
    read = pacsv.ReadOptions(column_names=names, block_size=1 << 23)
    try:
        table = pacsv.read_csv(pa.BufferReader(pa.py_buffer(text.reshape(-1))), read, None, convert)
    except pa.ArrowInvalid:
        return None
    value = np.empty((len(fields), len(cells)))
    for number, column in enumerate(table.columns):
        value[number] = column.to_numpy()
    return Integers(value.T, np.broadcast_to(False, (len(cells), len(fields))))


def _by_product(cells: np.ndarray, fields: Sequence[tuple[int, int]]) -> Integers:
    value = np.empty((len(cells), len(fields)))
    unreadable = np.empty((len(cells), len(fields)), bool)
    weights, columns = _weights(fields)
    last = np.cumsum([b - a for a, b in fields]) - 1
    for i in range(0, len(cells), _BLOCK):
        part = _decoded(cells[i : i + _BLOCK, columns], weights, last)
        value[i : i + _BLOCK], unreadable[i : i + _BLOCK] = part
    return Integers(value, unreadable)


def _weights(fields: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    columns = np.concatenate([np.arange(a, b) for a, b in fields])
    weights = np.zeros((len(columns), len(fields)), np.float32)  # exact: 7 digits are less than 2**24
    at = 0
    for number, (first, after) in enumerate(fields):
        width = after - first
        weights[at : at + width, number] = 10.0 ** np.arange(width - 1, -1, -1)
        at += width
    return weights, columns


def _decoded(cells: np.ndarray, weights: np.ndarray, last: np.ndarray) -> Integers:
    digit = cells - _ZERO  # wraps, so that every other byte is above 9
    is_digit = digit < 10
    minus = cells == _MINUS
    signed = minus | (cells == _PLUS)
    inside = np.ones(cells.shape[1], bool)
    inside[last] = False
    wrong = ~(is_digit | signed | (cells == _SPACE))
    followed = np.zeros_like(is_digit)  # by a digit of the same field
    followed[:, :-1] = is_digit[:, 1:] & inside[:-1]
    wrong |= signed & ~followed
    wrong |= is_digit & inside & ~followed
    before = np.zeros_like(signed)  # something stands before a sign within the field
    before[:, 1:] = (cells[:, :-1] != _SPACE) & inside[:-1]
    wrong |= signed & before
    member = (weights > 0).astype(np.float32)
    unreadable = (wrong.astype(np.float32) @ member) > 0
    blank = (is_digit.astype(np.float32) @ member) == 0
    number = np.where(is_digit, digit, 0).astype(np.float32) @ weights
    value = np.where((minus.astype(np.float32) @ member) > 0, -number, number).astype(float)
    value[unreadable | blank] = np.nan
    return Integers(value, unreadable)
