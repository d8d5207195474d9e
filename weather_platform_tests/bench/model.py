"""How long does a model take to learn a million rows of forty features, how much memory, and how fast does it
predict all quantiles?

In a process of its own, whose peak memory is the figure. The slowest variable counts.
"""

import multiprocessing
import resource
import time

import numpy as np
import pandas as pd

from weather_platform.core.features.adjacent import with_adjacent
from weather_platform.core.features.axes import microseconds
from weather_platform.core.features.blend import blend
from weather_platform.core.features.calendar import calendar
from weather_platform.core.features.lagged import with_lagged
from weather_platform.core.model.train import train
from weather_platform.core.quantities.targets import DEFAULT_TARGETS, KNOWN

ROWS, FEEDS, PLACES, CYCLES_A_DAY = 1_000_000, 8, 100, 4
LEADS = np.arange(6.0, 126.0, 6.0)
START = pd.Timestamp("2026-01-01", tz="UTC")


def measure() -> dict[str, float]:
    """Seconds to train, rows predicted per second, peak memory in GB."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(measured)


def measured() -> dict[str, float]:
    """The same, with the peak memory of this process whatever else it did."""
    learned, predicted = [], []
    for variable in DEFAULT_TARGETS:
        rows = _rows(variable)
        began = time.perf_counter()
        model = train(rows, variable, rows["observed_known_at"].max().to_pydatetime())
        learned.append(time.perf_counter() - began)
        began = time.perf_counter()
        model.forecast(rows)
        predicted.append(len(rows) / (time.perf_counter() - began))
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {
        "model_train_1m_rows_s": max(learned),
        "model_predict_rows_per_s": min(predicted),
        "model_peak_memory_gb": peak_gb,
    }


def _rows(variable: str) -> pd.DataFrame:
    """Rows as FEATURES with truth, each feed with a bias and an error of its own."""
    rng = np.random.default_rng(5)
    index = np.arange(ROWS)
    place, lead = index % PLACES, LEADS[index // PLACES % len(LEADS)]
    cycle = START + pd.to_timedelta(index // (PLACES * len(LEADS)) * (24 // CYCLES_A_DAY), unit="h")
    valid = cycle + pd.to_timedelta(lead, unit="h")
    truth = 10 + 8 * np.sin(place) + rng.normal(0, 4, ROWS)
    error = 0.3 + lead / 60
    value = (
        truth[:, None] + (rng.normal(0, 1, ROWS)[:, None] + rng.normal(0, 1, (ROWS, FEEDS))) * error[:, None]
    )
    if KNOWN[variable].range.floor == 0:
        truth, value = np.maximum(truth - 10, 0), np.maximum(value - 10, 0)
    bias, rmse = np.full(value.shape, 0.1), np.repeat(1.4 * error[:, None], FEEDS, 1)
    mixed = blend(value, bias, rmse, KNOWN[variable].range)
    latitude, longitude = np.linspace(-60, 70, PLACES)[place], np.linspace(-180, 179, PLACES)[place]
    per_feed = {
        f"{kind}__provider__{feed}": array[:, feed]
        for kind, array in (("value", value), ("bias", bias), ("rmse", rmse))
        for feed in range(FEEDS)
    }
    rows = pd.DataFrame(
        {
            "variable": variable,
            "location_id": pd.Series(np.char.add("place_", place.astype(str)), dtype="string[pyarrow]"),
            "cycle": cycle,
            "valid_time": valid,
            "known_at": cycle,
            "lead_hours": lead,
            "feeds_present": mixed.feeds_present,
            "equal_weight": mixed.equal_weight,
            "bias_corrected": mixed.bias_corrected,
            "spread": mixed.spread,
            "expected_error": mixed.expected_error,
            "last_error": rng.normal(0, 1, ROWS),
            "neighbour_bias": rng.normal(0, 0.1, ROWS),
            "persistence": np.abs(truth + rng.normal(0, 3, ROWS)),
            "climatology": 10 + 8 * np.sin(place) if variable == "temperature_c" else 1.0,
            "climatology_sd": 4.0,
            **calendar(microseconds(valid), latitude, longitude),
            "latitude": latitude,
            "longitude": longitude,
            "elevation_m": 100.0,
            "elevation_difference_m": 0.0,
            **per_feed,
            "observed": truth,
            "observed_known_at": valid + pd.Timedelta(hours=2),
        }
    )
    return with_adjacent(with_lagged(rows))


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
