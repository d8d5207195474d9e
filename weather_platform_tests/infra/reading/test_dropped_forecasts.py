"""In which cycles a dropped forecast has a say, and what is read for them."""

from datetime import timedelta
from pathlib import Path

import pytest

from weather_platform.core.partitions import CYCLE
from weather_platform.infra.reading.dropped_forecasts import rows_of, touched
from weather_platform.infra.warehouse.base import Warehouse
from weather_platform.infra.warehouse.parquet import ParquetWarehouse
from weather_platform_tests.defs.test_uploaded_forecasts import START, store

ONE, OTHER = "x@000001-aaaaaaaa", "y@000002-bbbbbbbb"
A_DAY = timedelta(days=1)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    warehouse = ParquetWarehouse(tmp_path)
    store(warehouse, ONE, "mine/v1", hours_ahead=40)
    store(warehouse, OTHER, "yours/v1", start=START + 5 * A_DAY, hours_ahead=40)
    return warehouse


def test_an_upload_has_a_say_in_the_cycles_of_a_day_and_no_other_has(warehouse: Warehouse) -> None:
    assert touched(warehouse, [ONE]) == [START + step * CYCLE.length for step in range(5)]
    assert len(touched(warehouse, [OTHER, ONE])) == 10
    assert touched(warehouse, []) == []


def test_a_cycle_without_a_file_of_its_own_says_what_the_newest_of_the_day_before_said(
    warehouse: Warehouse,
) -> None:
    for hours, feeds in ((0, ["mine/v1"]), (24, ["mine/v1"]), (30, []), (-6, [])):
        assert rows_of(warehouse, [START + timedelta(hours=hours)])["feed"].tolist() == feeds, hours
    both = rows_of(warehouse, [START + 5 * A_DAY, START + A_DAY])
    assert both.set_index("feed")["cycle"].to_dict() == {
        "mine/v1": START + A_DAY,
        "yours/v1": START + 5 * A_DAY,
    }
