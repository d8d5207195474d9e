"""NCEI's ghcnd-inventory.txt: from which year to which a station of GHCN-Daily has readings.

Belongs here: its layout (the data set's readme.txt, section VII), and how far it reaches. Does not: the list
of stations (station_lists), which names no days.

It knows years alone, and each January those who have not reported yet look like those who closed in December.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from weather_platform.core.history.finish import unpacked
from weather_platform.core.history.fixed_width import integers, lines_of
from weather_platform.core.history.format import File
from weather_platform.core.history.ghcn_daily import ELEMENTS
from weather_platform.core.observations.table import ObservationFileError

_WIDTH = 45
_STATION, _ELEMENT = slice(0, 11), slice(31, 35)
_YEARS = ((36, 40), (41, 45))


class Spans(NamedTuple):
    """First and last days of stations, by id; of those without any reading that is read there are none."""

    first: pd.Series
    last: pd.Series


def spans(data: bytes) -> Spans:
    """Of every station. Raises ObservationFileError for what is no inventory."""
    cells = lines_of(unpacked(File(data, "ghcnd-inventory.txt")), _WIDTH).cells
    years = integers(cells, _YEARS).value
    read = np.isin(_text(cells[:, _ELEMENT]), np.array(list(ELEMENTS), "S4")) & np.isfinite(years).all(axis=1)
    if not read.any():
        raise ObservationFileError("not ghcnd-inventory.txt: no line tells the years of an element")
    frame = pd.DataFrame(years[read], columns=["first", "last"])
    by_station = frame.groupby(_text(cells[read][:, _STATION]).astype(str))
    first, last = by_station["first"].min(), by_station["last"].max()
    last = last.clip(upper=_reach(last.to_numpy()))
    return Spans(_days(first, "01-01"), _days(last, "12-31"))


def _reach(last: np.ndarray) -> float:
    """The newest year of which most have reported who reported the year before, by the last years of all."""
    years = np.arange(last.max(), last.min(), -1)
    most = [year for year in years if 2 * (last >= year).sum() >= (last >= year - 1).sum()]
    return most[0] if most else last.min()


def _days(years: pd.Series, day: str) -> pd.Series:
    return pd.to_datetime(years.astype(int).astype(str) + f"-{day}", utc=True, errors="coerce")


def _text(cells: np.ndarray) -> np.ndarray:
    """A column of the layout as bytes."""
    return np.ascontiguousarray(cells).view(f"S{cells.shape[1]}").ravel()
