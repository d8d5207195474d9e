"""Blocks of many payloads put together into one frame of the FORECAST contract, a column at a time.

Belongs here: concatenation, unit scales, bounds, and which rows stay. Does not: reading bytes
(core.parsing.parse, core.providers). The work per value is done in NumPy and Arrow over all payloads at once;
Python touches blocks, never rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.parsing.wire_values import numbers, texts
from weather_platform.core.providers.reading import number
from weather_platform.core.providers.spec import Block, Provider
from weather_platform.core.quantities.variables import WEATHER
from weather_platform.core.tables.contract import Column
from weather_platform.core.tables.schema import DTYPES

_HOUR_S = 3600.0


@dataclass(slots=True)
class Piece:
    """A block with where it came from; `first_row` is the place of its first row among the rows of its
    object.
    """

    block: Block
    object: str
    cycle: datetime
    fetched_at: datetime
    first_row: int


@dataclass(slots=True)
class Fault:
    """Rows (by number) whose value in a column is at fault, with the values."""

    column: str
    reason: str
    rows: np.ndarray
    values: list[Any]


class Flat:
    """Rows of all pieces one after the other, before any is dropped. `piece` is the piece of each row."""

    def __init__(self, pieces: Sequence[Piece], *, booleans: bool = True) -> None:
        """Pieces with the same feed, place and cycle must stand together, in order of their fetch.

        `booleans` False says that no body held any (see core.parsing.wire_values).
        """
        self.pieces = pieces
        self._booleans = booleans
        self.counts = np.array([len(p.block.valid_time) for p in pieces])
        self.starts = np.cumsum(self.counts) - self.counts
        self.piece = np.repeat(np.arange(len(pieces)), self.counts)
        self.valid_s = np.concatenate([p.block.valid_time.astype("int64") for p in pieces])
        fetched_s = np.array([p.fetched_at.timestamp() for p in pieces])
        self.lead_hours = (self.valid_s - fetched_s[self.piece]) / _HOUR_S
        self.faults: list[Fault] = []
        self.weather = {column.name: self._weather(column) for column in WEATHER}
        self.interval_hours = np.concatenate([_intervals(p.block) for p in pieces])
        self._bounds(FORECAST.by_name["lead_hours"], self.lead_hours)  # past hours are no forecasts anyway
        self._bounds(FORECAST.by_name["interval_hours"], self.interval_hours)

    def __len__(self) -> int:
        return len(self.piece)

    def _weather(self, column: Column) -> np.ndarray:
        """One variable in the contract's unit, faults noted."""
        series = [p.block.values.get(column.name) for p in self.pieces]
        if all(values is None for values in series):
            return np.full(len(self), np.nan)
        raw = list(
            chain.from_iterable(
                [None] * n if v is None else v for v, n in zip(series, self.counts, strict=True)
            )
        )
        found = numbers(raw, booleans=self._booleans)
        if found.not_numbers is not None and len(rows := np.flatnonzero(found.not_numbers)):
            self.faults.append(Fault(column.name, "not a number", rows, [raw[row] for row in rows]))
        values = self._scaled(column.name, found.values)
        self._bounds(column, values)
        return values

    def _scaled(self, name: str, values: np.ndarray) -> np.ndarray:
        scales = [p.block.scale.get(name, (1.0, 0.0)) for p in self.pieces]
        if len(set(scales)) == 1:
            factor, offset = scales[0]
            return values if (factor, offset) == (1.0, 0.0) else values * factor + offset
        factors, offsets = np.array(scales).T
        return values * factors[self.piece] + offsets[self.piece]

    def _bounds(self, column: Column, values: np.ndarray) -> None:
        low, high = column.ge, column.le
        outside = np.zeros(len(values), dtype=bool)
        if low is not None:
            outside |= values < low
        if high is not None:
            outside |= values > high
        if len(rows := np.flatnonzero(outside)):
            self.faults.append(
                Fault(column.name, f"outside {low:g} to {high:g}", rows, values[rows].tolist())
            )

    def has_weather(self) -> np.ndarray:
        """Whether a row has any weather value, be it one at fault."""
        found = np.zeros(len(self), dtype=bool)
        for values in self.weather.values():
            found |= values == values  # noqa: PLR0124 - false for NaN alone, and faster than isnan and invert
        for fault in self.faults:
            if fault.column in self.weather:
                found[fault.rows] = True
        return found

    def weather_code(self) -> pa.Array:
        """The providers' own codes, as text."""
        series = [p.block.values.get("weather_code") for p in self.pieces]
        missing = zip(series, self.counts, strict=True)
        return texts(
            list(chain.from_iterable([None] * n if values is None else values for values, n in missing))
        )

    def frame(self, provider: Provider, rows: np.ndarray) -> pd.DataFrame:
        """The rows with these numbers, in the contract's columns and dtypes."""
        whole = len(rows) == len(self) and bool((np.diff(rows) == 1).all())
        piece = self.piece if whole else self.piece[rows]
        columns: dict[str, Any] = {
            name: _repeated(name, self._of_pieces(name, provider), piece) for name in _PER_PIECE
        }
        columns["valid_time"] = _utc((self.valid_s if whole else self.valid_s[rows]) * 1_000_000)
        per_row = {**self.weather, "lead_hours": self.lead_hours, "interval_hours": self.interval_hours}
        columns |= per_row if whole else {name: values[rows] for name, values in per_row.items()}
        code = self.weather_code()
        columns["reconstructed_from"] = _text(pa.nulls(len(rows), pa.large_string()))
        columns["weather_code"] = _text(code if whole else code.take(pa.array(rows)))
        return pd.DataFrame({name: columns[name] for name in FORECAST.column_names}, copy=False)

    def _of_pieces(self, name: str, provider: Provider) -> list[Any]:
        return [_PER_PIECE[name](p, provider) for p in self.pieces]


_PER_PIECE: dict[str, Any] = {
    "provider": lambda _piece, provider: provider.name,
    "model": lambda piece, _: piece.block.model,
    "feed": lambda piece, provider: provider.feed(piece.block.model),
    "location_id": lambda piece, _: piece.block.place.location_id,
    "latitude": lambda piece, _: piece.block.place.latitude,
    "longitude": lambda piece, _: piece.block.place.longitude,
    "grid_latitude": lambda piece, _: number(piece.block.grid_latitude),
    "grid_longitude": lambda piece, _: number(piece.block.grid_longitude),
    "elevation_m": lambda piece, _: _height(piece.block.elevation_m),
    "cycle": lambda piece, _: _microseconds(piece.cycle),
    "fetched_at": lambda piece, _: _microseconds(piece.fetched_at),
    "issue_time": lambda piece, _: _microseconds(piece.block.issue_time),
}


def _height(value: Any) -> float:
    """A height that an answer may lack, or fill with a number that no place on Earth has."""
    height, column = number(value), FORECAST.by_name["elevation_m"]
    return height if (column.ge or 0.0) <= height <= (column.le or np.inf) else np.nan


def _microseconds(time: datetime | None) -> int:
    return _MISSING if time is None else round(time.astimezone(UTC).timestamp() * 1_000_000)


_MISSING = np.iinfo("int64").min  # what NumPy and pandas store for "not a time"


def _repeated(name: str, values: list[Any], piece: np.ndarray) -> Any:
    kind = FORECAST.by_name[name].kind
    if kind == "text":
        return _text(pa.array(values, pa.large_string()).take(pa.array(piece)))
    if kind == "time":
        return _utc(np.array(values, dtype="int64")[piece])
    return np.array(values, dtype="float64")[piece]


def _text(values: pa.Array) -> Any:
    return DTYPES["text"].__from_arrow__(values)


def _utc(microseconds: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(microseconds.view("datetime64[us]")).tz_localize("UTC")


def _intervals(block: Block) -> np.ndarray:
    return np.broadcast_to(np.asarray(block.interval_hours, dtype="int64"), len(block.valid_time))
