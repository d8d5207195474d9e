"""Kernel ridge regression: a smooth function of all columns, for what the linear correction leaves.

Belongs here: fitting and applying it, and how far it may be trusted. Does not: which columns it sees (see
matrix), or the size of what it leaves (see scale).

Trees cut a column in steps and a line has no bends: where years of one place or weeks of many are known, a
smooth function finds what both miss. It is a sum of bumps around some of the rows (Williams and Seeger 2001,
"Using the Nyström method to speed up kernel machines"). How far it is held to 0 is learned from blocks of
days that it has not seen; where nothing holds there, there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cholesky, eigh, solve_triangular

from weather_platform.core.model.blocks import BLOCKS, day_blocks
from weather_platform.core.model.standardise import moments, some_of, standard

_FURTHEST = 3.0  # standard deviations of a column; beyond, a row counts as one at the edge
_REACH = 0.5  # of a bump, over the distance of rows drawn at random; 0.35 to 1 did as well
_BUMPS = 300  # twice as many gained nothing
_PRIOR_DAYS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # that the penalty may be worth, see linear
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


def fit_kernel(
    columns: np.ndarray, left: np.ndarray, day: np.ndarray, beside: Kernel | None = None
) -> tuple[Kernel, np.ndarray] | None:
    """Fit to `left`, by row, of the UTC days `day`, counted from anywhere; and what is said of each row by a
    fit that has not seen its days. None where nothing of that held, or days are too few to tell. With
    `beside`, a kernel of the same columns, one that tells what that does, and this."""
    block = day_blocks(day)
    if len(np.unique(block)) < BLOCKS:
        return None
    mean, sd = moments(columns)
    x = _near(columns, mean, sd)
    landmarks = np.round(x[some_of(len(x), _BUMPS)], 3)  # they may lie anywhere: short numbers to store
    root = cholesky(_bumps(landmarks, landmarks) + _JITTER * np.eye(len(landmarks)))
    basis = solve_triangular(root, _bumps(x, landmarks).T, trans="T").T
    rows_of_a_day = len(x) / len(np.unique(day))
    unseen = _unseen(basis, left, block, rows_of_a_day)
    errors = np.mean((unseen - left) ** 2, axis=1)
    best = int(errors.argmin())
    if errors[best] >= np.mean(left**2):
        return None
    penalty = _PRIOR_DAYS[best] * rows_of_a_day * np.eye(len(landmarks))
    weights = solve_triangular(root, np.linalg.solve(basis.T @ basis + penalty, basis.T @ left))
    earlier = beside.weights if beside else ()
    stored = tuple(map(tuple, landmarks.tolist()))
    told = (*earlier, tuple(weights.tolist()))
    return Kernel(tuple(mean.tolist()), tuple(sd.tolist()), stored, told), unseen[best]


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


def _unseen(basis: np.ndarray, left: np.ndarray, block: np.ndarray, rows_of_a_day: float) -> np.ndarray:
    """By penalty and row: what a fit says that has not seen the row's block."""
    said = np.zeros((len(_PRIOR_DAYS), len(left)))
    squares, products = basis.T @ basis, basis.T @ left
    for one in np.unique(block):
        its = block == one
        values, vectors = eigh(squares - basis[its].T @ basis[its])
        turned = vectors.T @ (products - basis[its].T @ left[its])
        for number, days in enumerate(_PRIOR_DAYS):
            solved = vectors @ (turned / (np.maximum(values, 0) + days * rows_of_a_day))
            said[number, its] = basis[its] @ solved
    return said
