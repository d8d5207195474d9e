"""Archives' lists of stations as STATION rows.

Belongs here: their columns and their signs for an unknown position. Does not: fetching, nearness
(matching). A station without a position can be near nothing and is left out, counted.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.contracts.archives import STATION
from weather_platform.core.history.delimited import LINES, read_delimited
from weather_platform.core.history.fields import decoded, distinct
from weather_platform.core.history.finish import repeat, unpacked, utc
from weather_platform.core.history.format import File
from weather_platform.core.history.ghcn_daily_inventory import spans
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.core.tables.dtypes import TEXT
from weather_platform.core.tables.schema import check, conform

_ISD = ("USAF", "WBAN", "STATION NAME", "LAT", "LON", "ELEV(M)", "BEGIN", "END")
_GHCND = (
    r"^(?P<id>[A-Z]{2}[A-Z0-9_-]{9})\s+(?P<latitude>-?\d+\.\d+)\s+(?P<longitude>-?\d+\.\d+)"
    r"\s+(?P<elevation>-?\d+\.\d+) (?:..|) (?P<name>.{1,30})"
)
_DWD = (
    r"^(?P<id>\d{5})\s+(?P<first>\d{8})\s+(?P<last>\d{8})\s+(?P<elevation>-?\d+)"
    r"\s+(?P<latitude>-?\d+\.\d+)\s+(?P<longitude>-?\d+\.\d+)\s+(?P<name>\S+(?: \S+)*)"
)
_GHCN = ("GHCN_ID", "LATITUDE", "LONGITUDE", "ELEVATION", "NAME")


class StationRows(NamedTuple):
    """`rows` by STATION; `left_out` counts those without a position or anything to read, or listed
    twice.
    """

    rows: pd.DataFrame
    left_out: int


def isd_stations(data: bytes, archive: str, separator: str = "-") -> StationRows:
    """NCEI's isd-history.csv; ids are USAF and WBAN joined by `separator`. Raises ObservationFileError."""
    columns = read_delimited(File(data, "isd-history.csv"), "isd-history.csv", _ISD, (), LINES).columns
    ids = pc.binary_join_element_wise(_text(columns["USAF"]), _text(columns["WBAN"]), separator)
    position = [decoded(columns[name], "").value for name in ("LAT", "LON", "ELEV(M)")]
    days = {name: distinct(_text(columns[name]), days_of) for name in ("BEGIN", "END")}
    return stations_of(
        archive, ids, _text(columns["STATION NAME"]), position, first=days["BEGIN"], last=days["END"]
    )


def gsod_stations(data: bytes, archive: str) -> StationRows:
    """The same list for GSOD, whose files are named by the eleven characters alone."""
    return isd_stations(data, archive, "")


def ghcn_stations(data: bytes, archive: str) -> StationRows:
    """NCEI's ghcnh-station-list.csv. Raises ObservationFileError."""
    columns = read_delimited(File(data, "ghcnh-station-list.csv"), "a list of GHCN", _GHCN, (), LINES).columns
    position = [decoded(columns[name], "").value for name in ("LATITUDE", "LONGITUDE", "ELEVATION")]
    return stations_of(archive, _text(columns["GHCN_ID"]), _text(columns["NAME"]), position)


def ghcnd_stations(data: bytes, archive: str, inventory: bytes) -> StationRows:
    """NCEI's ghcnd-stations.txt, of fixed width, with the years of ghcnd-inventory.txt. Stations that have
    nothing which is read are left out. Raises ObservationFileError.
    """
    listed, known = _fixed(File(data, "ghcnd-stations.txt"), archive, _GHCND), spans(inventory)
    rows = listed.rows[listed.rows["station_id"].isin(known.last.index)]
    days = {"first_day": rows["station_id"].map(known.first), "last_day": rows["station_id"].map(known.last)}
    found = conform(rows.assign(**days), STATION).reset_index(drop=True)
    return StationRows(found, listed.left_out + len(listed.rows) - len(found))


def dwd_stations(data: bytes, archive: str) -> StationRows:
    """DWD's description of the stations of a product, in Latin-1. Raises ObservationFileError."""
    return _fixed(File(data, "Beschreibung_Stationen.txt"), archive, _DWD)


def _fixed(file: File, archive: str, line: str) -> StationRows:
    """Lines that match; all others are headers, or no stations."""
    lines = pa.array(unpacked(file).decode("latin-1").splitlines(), pa.string())
    found = pc.extract_regex(lines, line)
    found = found.filter(pc.is_valid(found))
    if not len(found):
        raise ObservationFileError(f"not {file.name}: no line describes a station")
    text = {name: _text(pc.struct_field(found, name)) for name in [field.name for field in found.type]}
    position = [decoded(text[name], "").value for name in ("latitude", "longitude", "elevation")]
    days = {name: distinct(text[name], days_of) for name in ("first", "last") if name in text}
    return stations_of(archive, text["id"], text["name"], position, **days)


def stations_of(
    archive: str,
    ids: pa.Array,
    names: pa.Array,
    position: list[np.ndarray],
    *,
    first: np.ndarray | None = None,
    last: np.ndarray | None = None,
) -> StationRows:
    """STATION rows of columns. `position` is latitude, longitude and elevation.

    0, 0 is "unknown" in these lists, as are elevations of −999 and below.
    """
    latitude, longitude, elevation = position
    unknown = np.full(len(ids), np.datetime64("NaT"))
    frame = pd.DataFrame(
        {
            "archive": repeat(archive, len(ids)),
            "station_id": ids.to_pandas().astype(TEXT),
            "name": names.to_pandas().astype(TEXT),
            "latitude": latitude,
            "longitude": longitude,
            "elevation_m": np.where(elevation > -900, elevation, np.nan),
            "first_day": utc(unknown if first is None else first),
            "last_day": utc(unknown if last is None else last),
        }
    )
    placed = np.isfinite(latitude) & np.isfinite(longitude) & ~((latitude == 0) & (longitude == 0))
    good = check(conform(frame[placed], STATION), STATION).good.reset_index(drop=True)
    return StationRows(good, len(frame) - len(good))


def _text(field: pa.Array) -> pa.Array:
    return pc.fill_null(pc.utf8_trim_whitespace(field), "")


def days_of(texts: pa.Array) -> np.ndarray:
    """Days as 20240131; NaT for anything else."""
    return pd.to_datetime(texts.to_pandas(), format="%Y%m%d", errors="coerce").to_numpy("datetime64[us]")
