"""Does building one cycle's features cost the same with 30 and with 120 days of history behind it?

Both histories lie in a real warehouse; a measurement reads what the asset reads and builds the newest
cycle.
"""

import statistics
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.features.build import build
from weather_platform.core.features.lookback import LAG, PLATFORM
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.contract import Contract
from weather_platform.infra.warehouse.parquet import ParquetWarehouse
from weather_platform_tests.core.synthetic import error_sums_of, world

ROUNDS = 15
LONG, SHORT = 120, 30


def measure() -> dict[str, float]:
    """Median time with 120 days over that with 30; and rows per second over many cycles at once."""
    made = world(days=LONG + 1, n_places=12, horizon=48)
    sums, cycle = error_sums_of(made), made.cycles[-1]
    with tempfile.TemporaryDirectory() as folder:
        stores = {days: ParquetWarehouse(Path(folder) / str(days)) for days in (LONG, SHORT)}
        for days, store in stores.items():
            first = cycle - timedelta(days=days)
            _fill(store, "sums", ERROR_SUM, sums[sums["day"] >= first])
            _fill(store, "observations", OBSERVATION, made.observations[made.observations["time"] >= first])
            _fill(store, "forecasts", FORECAST, made.forecasts[made.forecasts["cycle"] >= cycle - LAG])
        spent: dict[int, list[float]] = {days: [] for days in stores}
        for _ in range(ROUNDS):  # in turn, so that whatever else the machine does hits both
            for days, store in stores.items():
                began = time.perf_counter()
                _newest(store, cycle, made.places)
                spent[days].append(time.perf_counter() - began)
    began = time.perf_counter()
    rows = build(
        made.cycles,
        made.forecasts,
        sums,
        made.observations,
        made.places,
        variables=DEFAULT_TARGETS,
        horizon_hours=48,
    )
    many = len(rows) / (time.perf_counter() - began)
    ratio = statistics.median(spent[LONG]) / statistics.median(spent[SHORT])
    return {"features_time_120d_over_30d": ratio, "features_rows_per_s": many}


def _newest(store: ParquetWarehouse, cycle: datetime, places: pd.DataFrame) -> None:
    end = cycle + CYCLE.length
    days = DAY.keys(cycle - timedelta(days=PLATFORM.days) - LAG, end)
    build(
        [cycle],
        store.expression("forecasts", FORECAST, CYCLE.keys(cycle - LAG, end)),
        store.read("sums", ERROR_SUM, days),
        store.expression("observations", OBSERVATION, days),
        places,
        variables=DEFAULT_TARGETS,
        horizon_hours=48,
    )


def _fill(store: ParquetWarehouse, table: str, contract: Contract, rows: pd.DataFrame) -> None:
    """Write rows by the contract, with what it demands and the made-up world lacks."""
    assert contract.partition_column is not None
    assert contract.grain is not None
    text = pd.StringDtype("pyarrow")
    absent = {
        column.name: pd.Series("x", index=rows.index, dtype=text) if column.kind == "text" else 1.0
        for column in contract.columns
        if not column.nullable and column.name not in rows.columns
    }
    times = rows[contract.partition_column]
    store.replace(
        table, contract, rows.assign(**absent), sorted({contract.grain.key(time) for time in times})
    )


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
