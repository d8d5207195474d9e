"""A warehouse of files for the tests here."""

from pathlib import Path

import pytest

from weather_platform.infra.warehouse.parquet import ParquetWarehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> ParquetWarehouse:
    # A folder whose name means something to DuckDB's patterns.
    return ParquetWarehouse(tmp_path / "it's [a] *.parquet?")
