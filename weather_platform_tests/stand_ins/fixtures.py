"""Fixtures that give tests a stand-in, or skip them with the reason; with WEATHER_REQUIRE_STAND_INS=1, as in
continuous integration, what would be a skip is a failure.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

import pytest

from weather_platform_tests.stand_ins import servers
from weather_platform_tests.stand_ins.environments import NotToBeHadError

Server = TypeVar("Server")


@pytest.fixture(scope="session")
def gcs_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a stand-in for GCS that lasts the session: make a bucket of your own in it."""
    yield from _or_skip(servers.fake_gcs, tmp_path_factory.mktemp("fake_gcs"))


@pytest.fixture(scope="session")
def bqemulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.BigQuery]:
    """The quick stand-in for BigQuery: make a dataset of your own in it."""
    yield from _or_skip(servers.bqemulator, tmp_path_factory.mktemp("bqemulator"))


@pytest.fixture(scope="session")
def local_bigquery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.BigQuery]:
    """The faithful stand-in for BigQuery, which needs a Python that may not be here, nor in continuous
    integration: it is never required.
    """
    yield from _or_skip(servers.local_bigquery, tmp_path_factory.mktemp("local_bigquery"), required=False)


def _or_skip(
    start: Callable[[Path], AbstractContextManager[Server]], folder: Path, required: bool = True
) -> Iterator[Server]:
    try:
        server = start(folder)
        started = server.__enter__()
    except NotToBeHadError as error:
        if required and os.environ.get("WEATHER_REQUIRE_STAND_INS") == "1":
            raise
        pytest.skip(str(error))
    try:
        yield started
    finally:
        server.__exit__(None, None, None)
