"""A file of rows as columns: CSV, JSON lines, Parquet or NetCDF, told apart by their first bytes.

Belongs here: which format a file is in, and which of its columns are wanted. Does not: any format (table_csv
and its like), decompression (unpack), or what the columns mean. Each may be compressed with gzip or zstd, and
text be in UTF-16.
"""

from collections.abc import Callable, Sequence

from weather_platform.core.observations import table_csv, table_json, table_netcdf, table_parquet
from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.table_spec import (
    Limits,
    ObservationFileError,
    Opened,
    Table,
    check_columns,
    check_names,
)
from weather_platform.core.observations.unpack import GZIP, ZSTD, UnpackError, unpack
from weather_platform.core.utf16 import as_utf8, is_utf16

__all__ = ["Limits", "ObservationFileError", "Opened", "Table", "open_table", "read_table"]

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ARCHIVES = (b"BZh", b"\xfd7zXZ", b"Rar!", b"7z\xbc\xaf")
# A further format is a file and a line.
_FORMATS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes, Csv, Limits], Opened]], ...] = (
    (table_parquet.recognised, table_parquet.opened),
    (table_netcdf.recognised, table_netcdf.opened),
    (table_json.recognised, table_json.opened),
    (lambda _data: True, table_csv.opened),
)


def open_table(data: bytes, csv: Csv, limits: Limits) -> Opened:
    """What columns a file has, and the way to their rows. Raises ObservationFileError."""
    if len(data) > limits.bytes:
        raise ObservationFileError(f"{len(data)} bytes, more than the {limits.bytes} allowed; split the file")
    limits = limits.for_file(len(data))
    if data.startswith((GZIP, ZSTD)):
        data = _decompressed(data, limits)
    if not data:
        raise ObservationFileError("the file is empty")
    if is_utf16(data):
        data, csv = as_utf8(data), csv.model_copy(update={"encoding": "utf-8"})
    _refuse_others(data)
    opened = next(opened for recognised, opened in _FORMATS if recognised(data))(data, csv, limits)
    check_names(opened.names, limits)
    return opened


def _refuse_others(data: bytes) -> None:
    if data.startswith((_ZIP, _OLD_OFFICE)):
        raise ObservationFileError(
            "a zip archive, or a spreadsheet (.xlsx, .xls, .ods): unpack it, or save the sheet as CSV"
        )
    if data.startswith(_ARCHIVES):
        raise ObservationFileError("a bzip2, xz, rar or 7z archive; unpack it, or compress with gzip or zstd")
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise ObservationFileError("an HTML or XML page instead of a table; fetch the data themselves")
    if start.startswith(b"[") and start[1:].lstrip().startswith(b"{"):
        raise ObservationFileError(
            "a JSON list; write JSON lines, an object a line without brackets and commas around them"
        )


def read_table(data: bytes, wanted: Sequence[str], csv: Csv, limits: Limits) -> Table:
    """The wanted columns of a file. Raises ObservationFileError, for a column that is not there among
    others.
    """
    opened = open_table(data, csv, limits)
    check_columns(opened.names, wanted)
    return opened.read(list(dict.fromkeys(wanted)))


def _decompressed(data: bytes, limits: Limits) -> bytes:
    try:
        return unpack(data, limits.decompressed_bytes)
    except UnpackError as error:
        raise ObservationFileError(str(error)) from error
