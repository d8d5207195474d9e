"""What BigQuery is asked for our expressions, as readable files that a change of SQL must change.

`WEATHER_WRITE_GOLDEN=1 pytest weather_platform_tests/infra/bigquery/test_bigquery_sql.py` writes them anew.
"""

import os
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import ibis
import pytest

from weather_platform.core.contracts.errors import FORECAST_ERROR
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.learned import FEATURES, PREDICTION
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.features.errors import error_sums, forecast_errors
from weather_platform.core.features.target import verified
from weather_platform.core.grid import forecast_grid, truth_grid
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.quantities.wind import EASTWARD, NORTHWARD
from weather_platform.core.tables.contract import Contract
from weather_platform.core.tables.schema import arrow_schema
from weather_platform.infra.bigquery.backend import Backend
from weather_platform.infra.bigquery.names import table_id

GOLDEN = Path(__file__).parent / "bigquery_sql"
START, END = datetime(2026, 8, 3, tzinfo=UTC), datetime(2026, 8, 4, tzinfo=UTC)
DAYS, CYCLES = DAY.keys(START, END), CYCLE.keys(START, END)


class Nowhere:
    """A dataset that is named and never asked."""

    project, dataset = "project", "weather"


BACKEND = Backend(Nowhere(), None)  # type: ignore[arg-type]


# What the expressions use, so that the files change with the expressions and not with every new column.
USED = {
    *("feed", "location_id", "cycle", "valid_time", "fetched_at", "issue_time", "elevation_m"),
    *("interval_hours", "q50", "degraded"),
    *("source", "time", "known_at", "quality", "distance_km", "variable", "lead_hours", "error", "observed"),
    *DEFAULT_TARGETS,
}


def stored(
    name: str, contract: Contract, keys: list[str], *extra: str, used: Collection[str] = frozenset(USED)
) -> ibis.Table:
    contract = replace(contract, columns=tuple(c for c in contract.columns if c.name in used))
    schema = arrow_schema(contract, extra)
    return BACKEND.rows(table_id(name), contract, keys, schema, set(schema.names))


def forecasts() -> ibis.Table:
    return stored("forecasts/nws", FORECAST, CYCLES)


def observations() -> ibis.Table:
    return stored("observations", OBSERVATION, DAYS)


def one_variable() -> ibis.Table:
    rows = stored("features", FEATURES, CYCLES, "value__open_meteo__best.match")
    return rows.filter(rows.variable == "temperature_c").select(
        "location_id", "cycle", "value__open_meteo__best.match"
    )


def components() -> ibis.Table:
    rows = stored("forecasts/nws", FORECAST, CYCLES, used={*USED, "wind_direction_deg"})
    return forecast_grid(rows, (EASTWARD, NORTHWARD))


def predictions_beside_truth() -> ibis.Table:
    rows = stored("predictions", PREDICTION, CYCLES)
    return verified(rows, observations(), "temperature_c", START, END)


EXPRESSIONS: dict[str, Callable[[], ibis.Table]] = {
    "forecast_grid": lambda: forecast_grid(forecasts(), DEFAULT_TARGETS),
    "wind_components": components,
    "truth_grid": lambda: truth_grid(observations(), DEFAULT_TARGETS),
    "forecast_errors": lambda: forecast_errors(forecasts(), observations(), START, END, DEFAULT_TARGETS),
    "error_sums": lambda: error_sums(stored("forecast_errors", FORECAST_ERROR, DAYS)),
    "predictions_beside_truth": predictions_beside_truth,
    "features_of_one_variable": one_variable,
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expressions_compile_to_the_sql_that_was_read_and_found_right(name: str) -> None:
    sql = BACKEND.compile(EXPRESSIONS[name](), pretty=True) + "\n"
    path = GOLDEN / f"{name}.sql"
    if os.environ.get("WEATHER_WRITE_GOLDEN") == "1":
        path.write_text(sql)
    assert sql == path.read_text()
