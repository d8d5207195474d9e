"""The layouts of GHCN-Daily: station files of fixed width, and four kinds of comma-separated text.

Belongs here: finding out which one a file is, and the readings of fixed width. Does not: those of tables
(ghcn_daily_tables), or what elements and flags mean (ghcn_daily).

- `.dly`: a line per station, month and element with 31 slots of value and three flags.
- by_year: no header, `ID,YYYYMMDD,ELEMENT,VALUE,M,Q,S,HHMM`; by_station the same, in newer copies headed.
- BigQuery's `ghcn_d.ghcnd_YYYY`: the same columns by other names.
- access: wide, a column per element with `<ELEMENT>_ATTRIBUTES` of "M,Q,S" beside it.
"""

import re

import numpy as np

from weather_platform.core.history.delimited import LINES, header_of
from weather_platform.core.history.finish import unpacked_text
from weather_platform.core.history.fixed_width import integers, lines_of
from weather_platform.core.history.format import File
from weather_platform.core.history.ghcn_daily_readings import MISSING, Readings
from weather_platform.core.history.ghcn_daily_tables import long_table, wide_table
from weather_platform.core.observations.table import Limits, ObservationFileError, read_table

_DLY_WIDTH, _DAYS, _FLAGS = 269, 31, 3
_DLY_LINE = re.compile(rb"[A-Z]{2}[A-Z0-9_\-]{9}\d{6}[A-Z0-9]{4}")
_BARE_LINE = re.compile(rb"[A-Z]{2}[A-Z0-9_\-]{9},\d{8},[A-Z0-9]{4},")
_BARE = "ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME"
# What long tables call station, day, element, value, measurement flag and quality flag.
_LONG = (
    ("ID", "DATE", "ELEMENT", "DATA_VALUE", "M_FLAG", "Q_FLAG"),
    ("id", "date", "element", "value", "mflag", "qflag"),
    ("", "date", "attr", "value", "a", "b"),
)
_ELEMENT = re.compile(r"[A-Z][A-Z0-9]{3}")


def read_readings(file: File) -> Readings:
    """Readings of a file in any layout. Raises ObservationFileError for one that is in none."""
    if file.data.startswith(b"PAR1"):
        return long_table(read_table(file.data, list(_LONG[1]), LINES, Limits()), _LONG[1], file)
    text = unpacked_text(file)
    if _DLY_LINE.match(text):
        return _fixed(text)
    if _BARE_LINE.match(text):
        width = text.split(b"\n", 1)[0].count(b",") + 1
        text = ",".join(_BARE.split(",")[:width]).encode() + b"\n" + text
    header = header_of(text, LINES)
    for names in _LONG:
        if all(name in header for name in names if name):
            return long_table(
                read_table(text, [name for name in names if name], LINES, Limits()), names, file
            )
    elements = [name for name in header if _ELEMENT.fullmatch(name) and f"{name}_ATTRIBUTES" in header]
    if "FRSHTT" in header:
        raise ObservationFileError("that is GSOD, with inches and °F under the same names; read it as gsod")
    if elements and {"STATION", "DATE"} <= set(header):
        wanted = ["STATION", "DATE", *elements, *(f"{name}_ATTRIBUTES" for name in elements)]
        return wide_table(read_table(text, wanted, LINES, Limits()), elements)
    raise ObservationFileError(
        "not GHCN-Daily: neither lines of .dly, nor a table with date, element and value, nor one with "
        f"<ELEMENT>_ATTRIBUTES; it begins with {', '.join(header)[:120]!r}"
    )


def _fixed(text: bytes) -> Readings:
    lines = lines_of(text, _DLY_WIDTH, blank=_FLAGS)
    slots = [(21 + 8 * day, 26 + 8 * day) for day in range(_DAYS)]
    read = integers(lines.cells, [(11, 15), (15, 17), *slots])
    year, month = read.value[:, 0], read.value[:, 1]
    dated = (month >= 1) & (month <= 12)
    months = np.where(dated, (year - 1970) * 12 + month - 1, 0).astype(np.int64).astype("datetime64[M]")
    day = months.astype("datetime64[D]")[:, None] + np.arange(_DAYS)
    day[(day.astype("datetime64[M]") != months[:, None]) | ~dated[:, None]] = np.datetime64("NaT")
    stations, station = _coded(lines.cells[:, :11])
    elements, element = _coded(lines.cells[:, 17:21])
    flags = lines.cells[:, 21:].reshape(len(lines.cells), _DAYS, 8)
    value = read.value[:, 2:].reshape(-1)
    return Readings(
        stations,
        elements,
        np.repeat(station, _DAYS),
        day.reshape(-1),
        np.repeat(element, _DAYS),
        np.where(value == MISSING, np.nan, value),
        flags[:, :, 5].reshape(-1),
        flags[:, :, 6].reshape(-1),
        read.unreadable[:, 2:].reshape(-1),
        lines.malformed,
        lambda where: [
            cells.tobytes().decode("latin-1").strip() for cells in flags[where // _DAYS, where % _DAYS, :5]
        ],
    )


def _coded(cells: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Distinct texts of a few columns, and each line's position among them."""
    texts = np.ascontiguousarray(cells).view(f"S{cells.shape[1]}").reshape(-1)
    names, codes = np.unique(texts, return_inverse=True)
    return [name.decode("latin-1").strip() for name in names.tolist()], codes
