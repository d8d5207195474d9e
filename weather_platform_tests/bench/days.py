"""How fast do whole days follow from their hours: one cycle, five days ahead, of a thousand places?"""

import time

import numpy as np
import pandas as pd
from scipy.stats import norm

from weather_platform.core.contracts.days import ERROR_MEMORY
from weather_platform.core.contracts.learned import PREDICTION, QUANTILE_LEVELS, QUANTILES
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.days.daily import of_cycles
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.quantities.variables import STEP_HOURS
from weather_platform.core.tables.schema import conform, empty

PLACES, STEPS, ROUNDS = 1_000, 40, 3
START = pd.Timestamp("2026-08-01", tz="UTC")


def measure() -> dict[str, float]:
    """Days predicted per second, each with all that is said of it."""
    names = [f"place_{number:04d}" for number in range(PLACES)]
    longitude = np.linspace(-179.0, 179.0, PLACES)
    places = conform(pd.DataFrame({"location_id": names, "latitude": 0.0, "longitude": longitude}), LOCATIONS)
    predictions = pd.concat([_hours(variable, names) for variable in DEFAULT_TARGETS], ignore_index=True)
    seconds, made = [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        rows = of_cycles([START.to_pydatetime()], predictions, places, empty(ERROR_MEMORY), DEFAULT_TARGETS)
        seconds.append(time.perf_counter() - began)
        made = len(rows)
    return {"days_predicted_rows_per_s": made / min(seconds)}


def _hours(variable: str, names: list[str]) -> pd.DataFrame:
    lead = STEP_HOURS * (np.arange(len(names) * STEPS) % STEPS + 1.0)
    center = 8 + 6 * np.sin(lead * np.pi / 12)
    levels = np.maximum(center[:, None] + (0.5 + 0.01 * lead)[:, None] * norm.ppf(QUANTILE_LEVELS), 0.0)
    rows = pd.DataFrame(levels, columns=list(QUANTILES)).assign(
        variable=variable,
        location_id=np.repeat(names, STEPS),
        cycle=START,
        valid_time=START + pd.to_timedelta(lead, unit="h"),
        known_at=START,
        lead_hours=lead,
        center=center,
        feeds_present=3,
        model_version="1",
        degraded=False,
    )
    return conform(rows, PREDICTION)
