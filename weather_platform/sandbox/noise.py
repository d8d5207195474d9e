"""Random fields over time and the panel's places: the raw material of truth and of errors.

A field is unit-variance Gaussian, exponentially correlated in space (mixed by a Cholesky factor), and an
AR(1) or AR(2) process in time, made by recursion. Time is cut into chunks of `CHUNK_HOURS`, each with noise
of its own; a chunk's recursion starts from the noise of as many chunks before it as it takes to forget the
start, so any instant of any year costs a few chunks and does not depend on what was asked before. Noise is
drawn per place, so that a place appended to a panel changes no other place.
"""

import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weather_platform.sandbox.panel import Panel

CHUNK_HOURS = 20 * 24
_CACHED_BYTES = 150_000_000  # of chunks, beyond the two that a window may need
_FORGOTTEN = 6.0  # e-folding times after which a start no longer matters (exp(-6) = 0.25 %)


@dataclass(frozen=True)
class Field:
    """`length_km` and `tau_hours` are e-folding scales; `smooth_hours` > 0 makes it an AR(2)."""

    length_km: float
    tau_hours: float
    smooth_hours: float = 0.0


def generator(seed: int, stream: str, *numbers: int) -> np.random.Generator:
    """A generator that depends on nothing but its arguments."""
    return np.random.default_rng([seed, zlib.crc32(stream.encode()), *numbers])


class FieldBank:
    """Many fields over one panel, generated together by chunks and kept for a while."""

    def __init__(
        self, seed: int, stream: str, panel: Panel, fields: Sequence[Field], step_hours: int = 1
    ) -> None:
        self.step_hours = step_hours
        self._seed, self._stream, self._panel = seed, stream, panel
        self._steps = CHUNK_HOURS // step_hours
        self._count = len(fields)
        tau = np.array([field.tau_hours for field in fields])
        self._warm_up = int(_FORGOTTEN * tau.max() / step_hours)
        smooth = np.array([field.smooth_hours for field in fields])
        slow = np.exp(-step_hours / tau)
        fast = np.where(smooth > 0, np.exp(-step_hours / np.maximum(smooth, 1e-9)), 0.0)
        # Variance of an AR(2) with roots r and s, by unit noise: (1 + rs) / ((1 - rs)(1 - r²)(1 - s²)).
        variance = (1 + slow * fast) / ((1 - slow * fast) * (1 - slow**2) * (1 - fast**2))
        self._first = (slow + fast).astype(np.float32)[:, None]
        self._second = (-slow * fast).astype(np.float32)[:, None]
        self._scale = (1 / np.sqrt(variance)).astype(np.float32)[:, None]
        self._mix = _mixers(panel, fields)
        self._chunks: OrderedDict[int, np.ndarray] = OrderedDict()

    def window(self, start: int, steps: int) -> np.ndarray:
        """Values from hour number `start` (since 1970; a multiple of the step): (steps, fields, places)."""
        first = start // self.step_hours
        number, offset = divmod(first, self._steps)
        parts = [self._chunk(number)[offset : offset + steps]]
        while (missing := steps - sum(len(part) for part in parts)) > 0:
            number += 1
            parts.append(self._chunk(number)[:missing])
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _chunk(self, number: int) -> np.ndarray:
        if number in self._chunks:
            self._chunks.move_to_end(number)
            return self._chunks[number]
        before = -(-self._warm_up // self._steps)
        noise = np.concatenate([self._noise(near) for near in range(number - before, number + 1)])
        noise = noise[before * self._steps - self._warm_up :]
        for members, factor in self._mix:
            noise[:, members] = noise[:, members] @ factor.T
        start = noise[0].copy()
        noise *= self._scale
        noise[0] = noise[1] = start
        for step in range(2, len(noise)):
            noise[step] += self._first * noise[step - 1] + self._second * noise[step - 2]
        self._chunks[number] = noise[self._warm_up :].copy()
        while len(self._chunks) > 2 and sum(kept.nbytes for kept in self._chunks.values()) > _CACHED_BYTES:
            self._chunks.popitem(last=False)
        return self._chunks[number]

    def _noise(self, number: int) -> np.ndarray:
        """Independent unit noise of a chunk: (steps, fields, places)."""
        noise = np.empty((self._steps, self._count, len(self._panel)), dtype=np.float32)
        for place, key in enumerate(self._panel.keys):
            draw = generator(self._seed, self._stream, number, key)
            noise[..., place] = draw.standard_normal(noise.shape[:2], dtype=np.float32)
        return noise


def _mixers(panel: Panel, fields: Sequence[Field]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Indices of the fields that share a length scale, with the Cholesky factor of that correlation."""
    distances = panel.distances_km()
    lengths = np.array([field.length_km for field in fields])
    small = 1e-9 * np.eye(len(panel))  # two places at one spot would leave the matrix singular
    return [
        (
            np.flatnonzero(lengths == length),
            np.linalg.cholesky(np.exp(-distances / length) + small).astype(np.float32),
        )
        for length in np.unique(lengths)
    ]
