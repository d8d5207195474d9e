"""The end of every format's reading: columns held to their contract, and everything counted.

Belongs here: what all formats share once their columns are numbers. Does not: any format.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.history.format import File, FileRows
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import Limits, ObservationFileError
from weather_platform.core.observations.unpack import UnpackError, unpack
from weather_platform.core.partitions import EPOCH
from weather_platform.core.tables.contract import Contract
from weather_platform.core.tables.dtypes import TIME
from weather_platform.core.tables.schema import check, conform

DUPLICATE = "its key comes again in a later row, which was taken"
_REPEATED = "the key comes again in a later row"
_ARCHIVES = (b"PK\x03\x04", b"BZh", b"\xfd7zXZ")


def finished(
    values: Mapping[str, Any],
    contract: Contract,
    rejects: Rejects,
    readable: np.ndarray,
    *,
    source: str,
    file: File,
    wire: Mapping[str, str],
    malformed: int,
    left_out: Mapping[str, np.ndarray] | None = None,
    refused: Mapping[str, int] | None = None,
) -> FileRows:
    """Columns of a file whose rows are the contract's rows: those not `readable` are in `rejects` already,
    those that break the contract join them, and those whose key comes again are counted.

    `wire` names the file's column of a contract column; `left_out` has masks of rows that are no rows of the
    contract, by reason.
    """
    left = {reason: int((mask & readable).sum()) for reason, mask in (left_out or {}).items()}
    wanted = np.logical_and.reduce([readable, *(~mask for mask in (left_out or {}).values())])
    frame = pd.DataFrame({**values, "source": repeat(source, len(readable))}, copy=False)
    if not wanted.all():
        frame = frame.take(np.flatnonzero(wanted))
    frame = conform(frame, contract)
    checked = check(frame, contract)
    bad = checked.bad
    repeated = bad["reason"] == _REPEATED
    for (column, reason), faults in bad[~repeated].groupby(["column", "reason"], dropna=False):
        rejects.add(faults["row"].to_numpy(), wire.get(str(column), str(column)), str(reason))
    rows = checked.good
    rows.index = pd.RangeIndex(len(rows))  # resetting it would copy everything
    left[DUPLICATE] = int(repeated.sum())
    return FileRows(
        rows,
        quarantine(rejects, source, file, rows),
        read=len(readable) + malformed,
        kept=len(rows),
        left_out={reason: count for reason, count in left.items() if count},
        refused=refused or {},
    )


def quarantine(rejects: Rejects, source: str, file: File, rows: pd.DataFrame) -> pd.DataFrame:
    """What was set aside; its partition is that of the file's first row, since a file has none of its own."""
    time = next((name for name in ("time", "day") if name in rows), None)
    first = rows[time].min().to_pydatetime() if time and len(rows) else EPOCH
    return rejects.frame(source, first, file.name)


def unpacked(file: File) -> bytes:
    """The file's text. Raises ObservationFileError for one that is empty, too large or damaged."""
    bounds = Limits()
    if len(file.data) > bounds.bytes:
        raise ObservationFileError(f"{len(file.data)} bytes, more than the {bounds.bytes} allowed")
    allowed = min(bounds.decompressed_bytes, max(bounds.free_bytes, bounds.ratio * len(file.data)))
    try:
        text = unpack(file.data, allowed)
    except UnpackError as error:
        raise ObservationFileError(str(error)) from error
    start = text[:1000].lstrip()[:9].lower()
    if not start:
        raise ObservationFileError("the file is empty")
    if start.startswith((b"<!doctype", b"<html")):
        raise ObservationFileError("an HTML page instead of data; fetch the file itself")
    if text.startswith(_ARCHIVES):
        raise ObservationFileError("a zip, bzip2 or xz archive; unpack it, or compress with gzip or zstd")
    return text.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")  # as programs write them before the first line


def unpacked_text(file: File) -> bytes:
    """The same as UTF-8: a byte that is none spoils its field, not the file."""
    text = unpacked(file)
    return text if text.isascii() else text.decode(errors="replace").encode()


def repeat(text: str, rows: int) -> pd.Series:
    """One text in every row."""
    return pd.Series(pd.arrays.ArrowStringArray(pa.chunked_array([pa.repeat(text, rows)])))


def utc(time: np.ndarray) -> pd.Series:
    """Instants (datetime64, UTC) as the contract's column."""
    return pd.Series(time.astype("datetime64[us]")).dt.tz_localize("UTC").astype(TIME)


def instants_of(
    year: np.ndarray, month: np.ndarray, day: np.ndarray, hour: np.ndarray, minute: np.ndarray | float = 0
) -> np.ndarray:
    """Parts of UTC times as datetime64[m]; NaT where they are NaN or no time."""
    parts = np.broadcast_arrays(year, month, day, hour, minute)
    known = np.logical_and.reduce([np.isfinite(part) for part in parts])
    y, m, d, h, minutes = (np.where(known, part, 1).astype(np.int64) for part in parts)
    good = known & (y >= 1700) & (y < 2300) & (m >= 1) & (m <= 12) & (d >= 1) & (h >= 0) & (h <= 23)
    good &= (minutes >= 0) & (minutes <= 59)
    months = (np.where(good, (y - 1970) * 12 + m - 1, 0)).astype("datetime64[M]")
    date = months.astype("datetime64[D]") + np.where(good, d - 1, 0)
    good &= date.astype("datetime64[M]") == months
    time = date.astype("datetime64[m]") + np.where(good, h * 60 + minutes, 0)
    return np.where(good, time, np.datetime64("NaT"))
