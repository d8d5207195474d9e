"""What the same feeds' recent biases are at the places around.

Belongs here: how much each place counts at each other, and their weighted mean. Does not: biases of a place
itself (see recent).

A place's own bias is what stays of it (its height, its valley, its instrument) and what all of a region had
in the past weeks, which passes with the weather. Beside the neighbours' bias the two can be told apart.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from weather_platform.core.sphere import EARTH_RADIUS_KM, unit_vectors

_NEIGHBOURS, _FADES_KM = 8, 150.0
# So much does the mean of all places count: as much as a neighbour at 450 km. Far from everybody it is all.
_EVERYBODY = 0.05


def weights_between(latitude: np.ndarray, longitude: np.ndarray) -> csr_array:
    """Place × place: exp(−d / 150 km) for the eight nearest others, else 0. Degrees; a place without a
    position is nobody's neighbour."""
    size = len(latitude)
    known = np.flatnonzero(~(np.isnan(latitude) | np.isnan(longitude)))
    if len(known) < 2:
        return csr_array((size, size))
    points = unit_vectors(latitude[known], longitude[known])
    chord, nearest = cKDTree(points).query(points, k=min(_NEIGHBOURS + 1, len(known)))
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1.0))
    weight = np.where(nearest == np.arange(len(known))[:, None], 0.0, np.exp(-km / _FADES_KM))
    one = np.repeat(known, nearest.shape[1])
    return csr_array((weight.ravel(), (one, known[nearest.ravel()])), shape=(size, size))


def beside(bias: np.ndarray, known: np.ndarray, weights: csr_array) -> np.ndarray:
    """Mean of the neighbours' `bias` where it is `known`, drawn to that of all places; NaN where no place but
    one knows any. Block × lead day × place × feed; `known` lead day × place × feed."""
    blocks, leads, places, feeds = bias.shape
    heard = np.broadcast_to(known, bias.shape)
    said = np.where(heard, bias, 0.0)

    def around(values: np.ndarray) -> np.ndarray:
        flat = values.transpose(2, 0, 1, 3).reshape(places, -1)
        return (weights @ flat).reshape(places, blocks, leads, feeds).transpose(1, 2, 0, 3)

    number = heard.sum(axis=2, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        everybody = said.sum(axis=2, keepdims=True) / number
    total = around(said) + _EVERYBODY * everybody
    return np.where(number > 1, total / (around(heard.astype(np.float64)) + _EVERYBODY), np.nan)
