"""How far back the past counts, and how fast it fades: the platform's own, and whatever else asks.

Belongs here: those numbers. Does not: what they are applied to (see recent and memory).
"""

import math
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Lookback:
    """In days: how many count before the present one; in how many an error weighs half; within how many, the
    present one included, an error is new; in how many an observation weighs half. `part_hours`: how long a
    part of the day is whose errors are summed, a divisor of six. `fewest_days`, weighed, below which older
    ones fill up (see before); 0: none does."""

    days: int
    error_half_life: float
    error_is_new: int
    observation_half_life: float
    part_hours: int
    fewest_days: float = 0.0


# Biases are told apart by quarters of the day (UTC), and errors are stored by them.
BLOCK_HOURS = 6
# A cycle reads so many days of sums and observations (defs.features), however much history lies behind it.
PLATFORM = Lookback(
    days=28, error_half_life=10.0, error_is_new=3, observation_half_life=math.inf, part_hours=BLOCK_HOURS
)
# Within this before a cycle, what other cycles said of the same hours counts (see lagged): twice as long did
# no better on archives, and half as long worse on the simulator.
LAG = timedelta(hours=24)
