"""What counts as precipitation: an amount of at least 0.1 mm.

Belongs here: the amount, and whether another comes to it. Does not: how likely that is (core.model).

Everybody asks `is_wet`, of a truth, of what a feed says and of our own quantiles, and nobody compares:
0.01 + 0.09 is 0.09999999999999999. Amounts are stored as they were added up, since they are what was
measured.
"""

import numpy as np

WET_MM = 0.1  # at least this much in 3 hours is precipitation: the usual gauge's resolution
# Far more than sums and units cost an amount that was written in single precision, far less than any gauge
# or model tells apart.
_ROUNDING_MM = 1e-6


def is_wet(amount_mm: np.ndarray) -> np.ndarray:
    """Whether each amount is precipitation; one that is unknown (NaN) is not."""
    return np.asarray(amount_mm >= WET_MM - _ROUNDING_MM)
