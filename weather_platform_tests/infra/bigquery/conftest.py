"""The quick stand-in behind a proxy that fails where it is told to, with a warehouse that is not patient."""

from collections.abc import Iterator

import pytest

from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse
from weather_platform_tests.infra.bigquery.test_bigquery import new_dataset, opened
from weather_platform_tests.infra.warehouse.warehouse_contract import BY_CYCLE, KEYS, rows
from weather_platform_tests.stand_ins.faulty import Faults, faulty
from weather_platform_tests.stand_ins.servers import BigQuery as StandIn


@pytest.fixture
def faults(bqemulator: StandIn) -> Iterator[Faults]:
    with faulty(bqemulator.endpoint) as proxy:
        yield proxy


@pytest.fixture
def behind(bqemulator: StandIn, faults: Faults) -> BigQueryWarehouse:
    """The stand-in behind the proxy, with quick retries, and one table in it."""
    warehouse = opened(bqemulator, new_dataset(), faults.url)
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    return warehouse
