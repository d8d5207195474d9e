"""Distances on the Earth, taken for a sphere.

Belongs here: its radius, where points are on it, and how far two are apart. Does not: which of several is
taken. The sandbox has its own, since what stands in for the world must not share a mistake with us.
"""

import numpy as np

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 of the IUGG

Degrees = np.ndarray | float


def unit_vectors(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Point × 3, at distance 1 from the center: what lies near on the sphere lies near in space."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def great_circle_km(
    latitude: Degrees, longitude: Degrees, to_latitude: Degrees, to_longitude: Degrees
) -> np.ndarray:
    """Haversine distance, km; any broadcastable shapes."""
    phi, to_phi = np.radians(latitude), np.radians(to_latitude)
    half_phi, half_lambda = (to_phi - phi) / 2, np.radians(np.subtract(to_longitude, longitude)) / 2
    chord = np.sin(half_phi) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin(half_lambda) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1))))
