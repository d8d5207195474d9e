"""Fixtures that more than one room uses."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from weather_platform_tests.platform_fixtures import (  # noqa: F401 - fixtures are found by name
    fresh,
    lived,
    places_file,
    small_sandbox,
)
from weather_platform_tests.postgres_fixtures import database, postgres  # noqa: F401
from weather_platform_tests.registry_fixtures import registry_in  # noqa: F401
from weather_platform_tests.stand_ins.fixtures import (  # noqa: F401
    bqemulator,
    gcs_url,
    local_bigquery,
)

# Where a script starts the suite in its background, interrupts are ignored, and Dagster then has SIGTERM
# ignored by what it starts: runs in threads waited a minute for theirs to end.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples on every machine; how long one takes depends on who else uses the cores, and is no result.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def recorded_data() -> Path:
    """Folder of recorded real material; the test is skipped, with the reason, where there is none."""
    folder = Path(os.environ.get("WEATHER_RECORDED_DATA", "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no recorded material at {folder}: set WEATHER_RECORDED_DATA to a folder that has it")
    return folder
