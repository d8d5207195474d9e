"""A place whose weather is forecast, and the panel of them.

Ids are the user's own and never change meaning; a panel is revisited every cycle, since a place seen once
can never be verified.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """`latitude` and `longitude` in degrees (WGS84), `elevation_m` above sea level or None where unknown."""

    location_id: str
    latitude: float
    longitude: float
    elevation_m: float | None = None
    country: str | None = None
    name: str | None = None
