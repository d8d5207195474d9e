"""Bytes to validated forecast rows, many payloads at once.

Belongs here: reading payloads, what becomes of those that cannot be read, and which rows stay. Does not:
any provider's format (core.providers), the making of columns (core.parsing.columns), or the rows set aside
(core.parsing.quarantine).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core import garbage
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.fetching.payloads import Meta
from weather_platform.core.parsing.columns import Flat, Piece
from weather_platform.core.parsing.quarantine import bad_rows, bad_source, quarantine
from weather_platform.core.parsing.whole_hours import on_whole_hours
from weather_platform.core.parsing.wire_values import may_hold_booleans
from weather_platform.core.providers.spec import Asked, Block, Fault, PayloadError, Provider
from weather_platform.core.providers.steps import FOREIGN
from weather_platform.core.tables.row_order import first_repeat
from weather_platform.core.tables.schema import conform, empty

# Rows that are put together at once: each of their values is a Python object until its column is made.
BATCH_ROWS = 200_000


class Parsed(NamedTuple):
    """`rows` of the FORECAST contract, `quarantine` of the QUARANTINE contract, and what became of the
    others: of `read` hours, those past were dropped, those without any value were none, of those with one
    key one was taken, and of those between whole hours one fewer is there than was: `interpolated` are made
    of two (whole_hours).
    """

    rows: pd.DataFrame
    quarantine: pd.DataFrame
    dropped_past: int
    read: int = 0
    without_values: int = 0
    repeated: int = 0
    interpolated: int = 0
    unpaired: int = 0


class Source(NamedTuple):
    """A body and where it came from: the name of its object or file, and the cycle it belongs to."""

    object: str
    cycle: datetime
    asked: Asked
    body: bytes


def parse_payloads(provider: Provider, payloads: Iterable[tuple[Meta, bytes]]) -> Parsed:
    """Rows of stored payloads; look-ups hold none and are passed over. Never raises for what a body holds."""
    sources = (
        Source(meta.object, meta.cycle, meta.asked(), body)
        for meta, body in payloads
        if meta.role == "forecast"
    )
    return assemble(provider, sources)


def read(provider: Provider, body: bytes, asked: Asked) -> list[Block | Fault]:
    """A body read by its provider. Raises PayloadError for whatever is wrong with it."""
    try:
        return provider.parse(body, asked)
    except PayloadError:
        raise
    except FOREIGN as error:
        # A foreign structure fails where its fields are taken, in as many ways as Python has of saying so.
        raise PayloadError(f"the reply is not of {provider.title}'s structure ({error!r:.120})") from error


def assemble(provider: Provider, sources: Iterable[Source]) -> Parsed:
    """Read, put together and validate.

    Hours before their fetch are dropped and counted; rows without any weather value are no rows. A value
    that is no number or is out of its bounds sends its row to quarantine, once per fault; a body that
    cannot be read, or a part of one, is one quarantine row (row −1). Of rows with the same key, the latest
    fetched is kept.
    """
    batch = _Batch(provider)
    with garbage.rarely_looked_for():
        for source in sources:
            batch.add(source)
        batch.finish()
    rows = _one([part.rows for part in batch.done])
    whole = on_whole_hours(rows, FORECAST)
    faults = [*batch.faults, *(part.quarantine for part in batch.done)]
    done = batch.done
    return Parsed(
        whole.rows,
        quarantine(faults),
        dropped_past=sum(part.dropped_past for part in done),
        read=sum(part.read for part in done),
        without_values=sum(part.without_values for part in done),
        repeated=sum(part.repeated + len(part.rows) for part in done) - len(rows),
        interpolated=whole.interpolated,
        unpaired=whole.unpaired,
    )


class _Batch:
    """Sources read so far: those whose rows are made, and those that wait for it."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.done: list[Parsed] = []
        self.faults: list[pd.DataFrame] = []
        self._cycle: datetime | None = None
        self._clear()

    def _clear(self) -> None:
        self._pieces: list[Piece] = []
        self._booleans = False
        self.waiting = 0

    def add(self, source: Source) -> None:
        """Read a source; its faults are noted, its blocks wait.

        Cycles come one after the other, so that batches of whole ones need no sorting when they are put
        together.
        """
        if self.waiting > (BATCH_ROWS if source.cycle == self._cycle else BATCH_ROWS // 2):
            self.finish()
        self._cycle = source.cycle
        try:
            parts = read(self._provider, source.body, source.asked)
        except PayloadError as error:
            parts = [Fault(str(error))]
        reasons = [part.reason for part in parts if isinstance(part, Fault)]
        self.faults += [
            bad_source(self._provider.name, source.cycle, source.object, reason) for reason in reasons
        ]
        added = _pieces(source, [part for part in parts if isinstance(part, Block)])
        self._pieces += added
        self._booleans |= may_hold_booleans(source.body)
        self.waiting += sum(len(piece.block.valid_time) for piece in added)

    def finish(self) -> None:
        """Make the rows of what waits."""
        if self._pieces:
            self.done.append(_rows(self._provider, self._pieces, booleans=self._booleans))
        self._clear()


def _pieces(source: Source, blocks: Sequence[Block]) -> list[Piece]:
    pieces, row = [], 0
    for block in blocks:
        pieces.append(Piece(block, source.object, source.cycle, source.asked.fetched_at, row))
        row += len(block.valid_time)
    return pieces


def _rows(provider: Provider, pieces: list[Piece], *, booleans: bool) -> Parsed:
    pieces.sort(key=lambda p: (*_group(p), p.fetched_at))
    flat = Flat(pieces, booleans=booleans)
    past = flat.lead_hours < 0
    forecast = flat.has_weather() & ~past
    good = forecast.copy()
    for fault in flat.faults:
        good[fault.rows] = False
    newest = _newest(flat, np.flatnonzero(good))
    return Parsed(
        flat.frame(provider, newest),
        bad_rows(provider, flat, forecast),
        dropped_past=int(past.sum()),
        read=len(past),
        without_values=int((~past & ~forecast).sum()),
        repeated=int(good.sum()) - len(newest),
    )


def _group(piece: Piece) -> tuple[datetime, str, str]:
    return piece.cycle, piece.block.model, piece.block.place.location_id


def _newest(flat: Flat, rows: np.ndarray) -> np.ndarray:
    """These rows by cycle, feed, place and valid time; of rows with the same key the last, which was
    fetched latest.
    """
    groups = [_group(piece) for piece in flat.pieces]
    changes = [a != b for a, b in pairwise(groups)]
    group = np.concatenate([[0], np.cumsum(changes)]).astype("int64")[flat.piece[rows]]
    valid = flat.valid_s[rows]
    if ((np.diff(group) > 0) | (np.diff(valid) > 0)).all():
        return rows
    order = np.lexsort((valid, group))
    repeated = (np.diff(group[order]) == 0) & (np.diff(valid[order]) == 0)
    return rows[order[~np.append(repeated, False)]]


def _one(batches: list[pd.DataFrame]) -> pd.DataFrame:
    """Batches as one frame. A key may stand in several, since a cycle may hold several fetches of a place."""
    if len(batches) < 2:
        return batches[0] if batches else empty(FORECAST)
    whole = pd.concat(batches, ignore_index=True)
    rows = conform(whole, FORECAST)
    if first_repeat([pa.array(rows[name]) for name in FORECAST.key]) is None:
        return rows if rows is whole else rows.reset_index(drop=True)
    by_fetch = rows.sort_values([*FORECAST.key, "fetched_at"], kind="stable")
    return by_fetch.drop_duplicates(list(FORECAST.key), keep="last").reset_index(drop=True)
