"""The file of a DWD product: the table in its zip or alone, and its sensors' columns as numbers.

Belongs here: layout, padding, missing values. Does not: which sensors there are, and what rows they make
(dwd).
"""

import io
import re
import zipfile
import zlib
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.history.delimited import header_of
from weather_platform.core.history.fields import decoded
from weather_platform.core.history.finish import unpacked
from weather_platform.core.history.format import File
from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import Limits, ObservationFileError, Table, read_table

_CSV = Csv(delimiter=";", encoding="latin-1", quoted=False)
_KEY = ("STATIONS_ID", "MESS_DATUM")
# What else is no value: a sky that could not be seen, a wind from everywhere.
_NO_VALUE = {"V_N": -1, "D": 990, "DD": 990, "DD_10": 990}
_PRODUCT = re.compile(r"(^|/)produkt_[^/]*\.txt$", re.IGNORECASE)


class Product(NamedTuple):
    """A product's columns by contract column, with what is wrong with its rows."""

    table: Table
    values: dict[str, np.ndarray]
    wire: dict[str, str]
    rejects: Rejects
    readable: np.ndarray


def read_product(file: File, known: dict[str, tuple[str, float]], kind: str) -> Product:
    """The product's columns that the contract keeps. Raises ObservationFileError where there are none."""
    text = _text(file)
    header = header_of(text, _CSV)
    if missing := [name for name in _KEY if name not in header]:
        raise ObservationFileError(f"not {kind} of DWD: no column {', '.join(missing)}")
    measured = [name for name in header if name in known]
    if not measured:
        others = [name for name in header if name not in (*_KEY, "eor", "") and not name.startswith("QN")]
        raise ObservationFileError(
            f"not {kind} of DWD with anything that is kept: {', '.join(others) or 'no sensor'} "
            "are no columns of the contract"
        )
    marks = [name for name in header if name.startswith("QN")]
    line = ";".join(header).encode("latin-1")  # names are padded in some products
    body = text.split(b"\n", 1)[1] if b"\n" in text else b""
    table = read_table(line + b"\n" + body, [*_KEY, *marks, *measured], _CSV, Limits())
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, "the row has more or fewer fields than the header")
    readable = np.ones(len(table.row), dtype=bool)
    values, wire = {}, {}
    for name in measured:
        column, factor = known[name]
        found = decoded(table.columns[name], "-999")
        rejects.add(np.flatnonzero(found.unreadable), name, "not a number")
        readable &= ~found.unreadable
        number = np.where(found.value == _NO_VALUE.get(name, -999), np.nan, found.value)
        values[column], wire[column] = number * factor, name
    return Product(table, values, wire, rejects, readable)


def _text(file: File) -> bytes:
    """The table itself. Raises ObservationFileError for a zip that is damaged or has none."""
    if not file.data.startswith(b"PK"):
        return unpacked(file)
    limits = Limits()
    allowed = min(limits.decompressed_bytes, max(limits.free_bytes, limits.ratio * len(file.data)))
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            names = [name for name in archive.namelist() if _PRODUCT.search(name)]
            if not names:
                raise ObservationFileError(
                    f"the zip has no produkt_….txt, only {', '.join(archive.namelist())[:300]}"
                )
            with archive.open(names[0]) as member:
                text = member.read(allowed + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise ObservationFileError(f"the zip cannot be read ({error}); fetch it again") from error
    if len(text) > allowed:
        raise ObservationFileError(f"its product is larger than the {allowed} bytes allowed")
    return text


def stations(table: Table) -> pa.Array:
    """Five digits, as DWD names stations; null for anything else."""
    text = pc.utf8_lpad(pc.utf8_trim_whitespace(table.columns["STATIONS_ID"]), 5, "0")
    return pc.if_else(pc.match_substring_regex(text, r"^\d{5}$"), text, pa.scalar(None, pa.string()))
