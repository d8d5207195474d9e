"""Types and names of tables that cost nothing to import."""

import subprocess
import sys

import dagster as dg
import ibis
import pandas as pd
import pytest

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.tables import contract_for, table_of


def test_lazy_types_are_the_real_ones() -> None:
    assert isinstance(pd.DataFrame(), DataFrame)
    assert not isinstance(pd.DataFrame(), IbisTable)
    assert isinstance(ibis.memtable({"a": [1]}), IbisTable)
    assert not isinstance(pd.Series(dtype=float), DataFrame)


def test_tables_are_named_by_their_assets() -> None:
    assert contract_for(dg.AssetKey(["forecasts", "any"])) is FORECAST
    assert contract_for(dg.AssetKey("forecast_error_sums")) is ERROR_SUM
    assert table_of(dg.AssetKey(["history", "stations"])) == "history/stations"
    for other in (["model", "temperature_c"], ["forecasts"], ["forecasts", "a", "b"]):
        with pytest.raises(KeyError, match="has no table contract; add it"):
            contract_for(dg.AssetKey(other))


def test_what_definitions_import_costs_no_heavy_library() -> None:
    code = """
import sys
import weather_platform.infra.io_manager, weather_platform.infra.lazy_types, weather_platform.infra.platform
import weather_platform.infra.tables
from weather_platform.infra.lazy_types import DataFrame
assert not isinstance(1, DataFrame)
print(sorted({"pandas", "pyarrow", "ibis", "duckdb", "numpy", "pandera"} & set(sys.modules)))
"""
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - our own
    assert found.stdout.strip() == "[]"
