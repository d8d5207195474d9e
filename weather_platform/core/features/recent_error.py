"""The error to expect of every feed after its recent bias is taken away.

Belongs here: errors of the past few days, drawn from cells to feeds, to all feeds, to what is usual where
nothing is known. Does not: the bias, or how days weigh by age (see recent).
"""

import numpy as np

from weather_platform.core.features.shrinkage import mean, toward

# Before a cell's error counts for more than its feed's, that than all feeds', and that than what is usual.
# One or two do as well; eight, as for a bias, keep good feeds from being heard.
_ERROR_DAYS = 1.5


def squares_left(n: np.ndarray, error: np.ndarray, squared: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Sum of squares of errors less the offset, over the blocks."""
    return np.maximum(squared - 2 * offset * error + offset**2 * n, 0.0).sum(axis=0)


def rmse_to_expect(n: np.ndarray, left: np.ndarray, days: np.ndarray, unknown_error: float) -> np.ndarray:
    """RMSE to expect after correction by lead day × place × feed; NaN for an unknown feed. Drawn to the
    feed's at that lead, that to all feeds', and that to `unknown_error`: otherwise a feed that joined
    yesterday is heard more than any other, and a blend surest in its first days."""
    n, days = n.sum(axis=0), days.max(axis=0)

    def to_expect(axes: tuple[int, ...]) -> np.ndarray:
        return _to_expect(left.sum(axis=axes), n.sum(axis=axes), days.max(axis=axes, initial=0.0))

    everyone, feed = to_expect((1, 2)), to_expect((1,))
    unknown = np.asarray(unknown_error**2 or mean(left.sum(), n.sum()))
    everyone = toward(everyone, unknown, days.max(axis=(1, 2), initial=0.0), _ERROR_DAYS)
    feed = toward(feed, everyone[:, None], days.max(axis=1), _ERROR_DAYS)
    mse = toward(to_expect(()), feed[:, None], days, _ERROR_DAYS)
    return np.where(n.sum(axis=(0, 1)) > 0, np.sqrt(mse), np.nan)


def _to_expect(left: np.ndarray, n: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Mean square to expect of other days than those that the bias was estimated on: of so few days their
    errors less their own mean are too small, about one part in as many (Akaike's final prediction error,
    1969)."""
    return mean(left, n) * (1 + 1 / np.maximum(days, 0.5))
