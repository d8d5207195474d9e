"""Kernel ridge regression: a smooth function of all columns, for what the linear correction leaves.

Belongs here: fitting and applying it. Does not: which columns it sees (see matrix), how far it is held to 0
(see penalty), or the size of what it leaves (see scale).

Trees cut a column in steps and a line has no bends: where years of one place or weeks of many are known, a
smooth function finds what both miss. It is a sum of bumps around some of the rows (Williams and Seeger 2001,
"Using the Nyström method to speed up kernel machines"). It could learn its own rows by heart: where nothing
of it holds on days that it has not seen, there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from weather_platform.core.model.penalty import Penalised
from weather_platform.core.model.standardise import moments, some_of, standard

_FURTHEST = 3.0  # standard deviations of a column; beyond, a row counts as one at the edge
_REACH = 0.5  # of a bump, over the distance of rows drawn at random; 0.35 to 1 did as well
_BUMPS = 300  # twice as many gained nothing
MOST_ROWS = 20_000  # to fit to
_PRIOR_DAYS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # that the penalty may be worth, see penalty
_JITTER = 1e-8
_Numbers = Sequence[float] | np.ndarray
_ROWS_AT_ONCE = 1_000  # so many, with their bumps, stay in the processor's cache


@dataclass(frozen=True)
class Kernel:
    """Σ wᵢ exp(-|x - lᵢ|² / 2 r² k) on k standardised columns x; `landmarks` are lᵢ and r is the reach.
    `weights` has a row for each thing that it tells of a row."""

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    landmarks: tuple[tuple[float, ...], ...]
    weights: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Kernel":
        """From what `asdict` made of it, as JSON gave it back."""
        mean, sd = (tuple(parameters[name]) for name in ("mean", "sd"))
        landmarks, weights = (tuple(map(tuple, parameters[name])) for name in ("landmarks", "weights"))
        return cls(mean, sd, landmarks, weights)

    def __call__(self, columns: np.ndarray) -> np.ndarray:
        """Thing × row, on the scale of what it was fitted to; an unknown column counts as its mean in
        training."""
        # Half the numbers' length is half the time, and far finer than what is told.
        mean, sd, landmarks, weights = (
            np.array(values, np.float32) for values in (self.mean, self.sd, self.landmarks, self.weights)
        )
        told = np.empty((len(weights), len(columns)))
        for start in range(0, len(columns), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            x = _near(columns[rows].astype(np.float32), mean, sd)
            told[:, rows] = weights @ _bumps(x, landmarks).T
        return told


class Bumps:
    """Rows to fit kernels to, and fits that have not seen some of their days: worked out once, for all that
    is fitted without weights. `day` is the UTC day of each row, counted from anywhere; bumps stand around
    some of the rows that `around` marks, or of all."""

    def __init__(self, columns: np.ndarray, day: np.ndarray, around: np.ndarray | None = None) -> None:
        self._mean, self._sd = moments(columns)
        x = _near(columns, self._mean, self._sd)
        near = x if around is None else x[around]
        # Anywhere will do: short numbers to store.
        self._landmarks = np.round(near[some_of(len(near), _BUMPS)], 3)
        own = _bumps(self._landmarks, self._landmarks)
        self._root = cholesky(own + _JITTER * np.eye(len(own)))
        self._basis = solve_triangular(self._root, _bumps(x, self._landmarks).T, trans="T").T
        self._day = day

    def fit(self, left: np.ndarray, weight: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray] | None:
        """Weights that tell `left`, by row; and what is said of each row by those that have not seen its
        days. None where nothing of that held. `weight` says how much each row counts; of those that do not
        count at all 0 is said."""
        if weight is None:
            found = self._penalised.fit(left)
            unseen = found.unseen
        else:
            heavy = np.sqrt(weight)
            found = Penalised(self._basis * heavy[:, None], self._day, _PRIOR_DAYS).fit(left * heavy)
            unseen = np.divide(found.unseen, heavy, out=np.zeros_like(heavy), where=heavy > 0)
        return (solve_triangular(self._root, found.weights), unseen) if found.holds else None

    @property
    def number(self) -> int:
        """Of bumps, and so of weights."""
        return len(self._landmarks)

    @cached_property
    def _penalised(self) -> Penalised:
        return Penalised(self._basis, self._day, _PRIOR_DAYS)

    def kernel(self, *weights: np.ndarray) -> Kernel:
        """One that tells what each of these weights does."""
        mean, sd = (tuple(values.tolist()) for values in (self._mean, self._sd))
        landmarks, told = (tuple(map(tuple, np.array(rows).tolist())) for rows in (self._landmarks, weights))
        return Kernel(mean, sd, landmarks, told)


def _near(columns: np.ndarray, mean: _Numbers, sd: _Numbers) -> np.ndarray:
    return standard(columns, mean, sd, _FURTHEST)[:, 1:]


def _bumps(x: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Row × landmark: 1 where they meet, 0 far away."""
    made = x @ landmarks.T
    made *= 2
    made -= (x**2).sum(axis=1)[:, None]
    made -= (landmarks**2).sum(axis=1)
    made /= 2 * _REACH**2 * x.shape[1]
    return np.exp(made, out=made)
