"""The places that the simulated world has, and which of them answers for a coordinate.

A coordinate within `SAME_PLACE_KM` of a panel place is that place. Any other is answered with the nearest
panel place's weather, with a fixed temperature offset of its own: plausible, but no station stands there.
"""

import csv
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

EARTH_RADIUS_KM = 6371.0
SAME_PLACE_KM = 5.0
MOST_PLACES = 300  # all pairs of places are correlated, which costs memory and time by the square
BUILT_IN = Path(__file__).parent.parent / "core" / "panel" / "panel.csv"
_REQUIRED = ("location_id", "latitude", "longitude")


@dataclass(frozen=True)
class Spot:
    """Where a coordinate is served from: the panel index, and the offset of its temperature (K)."""

    index: int
    latitude: float
    longitude: float
    temperature_offset_k: float = 0.0


@dataclass(frozen=True)
class Panel:
    """Places as columns. Degrees, metres; `keys` are stable numbers from the ids, for seeding."""

    location_ids: tuple[str, ...]
    countries: tuple[str, ...]
    names: tuple[str, ...]
    latitude: np.ndarray
    longitude: np.ndarray
    elevation_m: np.ndarray
    keys: tuple[int, ...]
    _spots: dict[tuple[float, float], Spot] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.location_ids)

    def distances_km(self) -> np.ndarray:
        """Great-circle distances among the places, (places, places), km."""
        return great_circle_km(self.latitude[:, None], self.longitude[:, None], self.latitude, self.longitude)

    def spot(self, latitude: float, longitude: float) -> Spot:
        """The spot that answers for a coordinate (degrees)."""
        key = (latitude, longitude)
        if key not in self._spots:
            if len(self._spots) > 100_000:
                self._spots.clear()
            self._spots[key] = self._find(latitude, longitude)
        return self._spots[key]

    def _find(self, latitude: float, longitude: float) -> Spot:
        distance = great_circle_km(latitude, longitude, self.latitude, self.longitude)
        index = int(np.argmin(distance))
        if distance[index] <= SAME_PLACE_KM:
            return Spot(index, latitude, longitude)
        own = zlib.crc32(f"{latitude:.3f},{longitude:.3f}".encode())
        return Spot(index, latitude, longitude, float(np.random.default_rng(own).normal(0, 0.8)))


def great_circle_km(
    latitude: np.ndarray | float, longitude: np.ndarray | float, latitudes: np.ndarray, longitudes: np.ndarray
) -> np.ndarray:
    """Great-circle distance by the haversine formula, degrees in, km out; arguments broadcast."""
    a, b = np.radians(latitude), np.radians(latitudes)
    half = (
        np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(longitudes - longitude) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def read_panel(path: Path = BUILT_IN) -> Panel:
    """Read a CSV with the LOCATIONS contract's columns. Raises ValueError naming file, line and remedy."""
    with path.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in _REQUIRED if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(
                f"{path}: no column {', '.join(missing)}; give a CSV with {', '.join(_REQUIRED)}"
            )
        rows = [_place(row, path, number) for number, row in enumerate(reader, start=2)]
    if len(rows) > MOST_PLACES:
        raise ValueError(
            f"{path}: {len(rows)} places; the sandbox simulates at most {MOST_PLACES}, give fewer"
        )
    if not rows:
        raise ValueError(f"{path}: no places; give at least one row")
    ids = [row[0] for row in rows]
    if len(set(ids)) < len(ids):
        raise ValueError(f"{path}: a location_id occurs twice; make ids unique")
    numbers = np.array([row[3:] for row in rows], dtype=float).T
    keys = tuple(zlib.crc32(location_id.encode()) for location_id in ids)
    countries, names = tuple(row[1] for row in rows), tuple(row[2] for row in rows)
    return Panel(tuple(ids), countries, names, numbers[0], numbers[1], numbers[2], keys)


def _place(row: dict[str, str], path: Path, line: int) -> tuple[str, str, str, float, float, float]:
    try:
        latitude, longitude = float(row["latitude"]), float(row["longitude"])
        elevation = float(row.get("elevation_m") or 0)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}, line {line}: {error}; give degrees and metres as numbers") from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"{path}, line {line}: {latitude},{longitude} is not a coordinate in degrees")
    name = row.get("name") or row["location_id"]
    return row["location_id"], row.get("country") or "", name, latitude, longitude, elevation
