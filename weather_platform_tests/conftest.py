"""Fixtures that more than one room uses."""

import gc
import os
import signal
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import settings

# Before the platform: at its import it looks for hundreds of functions in every module that there is by then.
import skops.io  # isort: skip  # noqa: F401

from weather_platform_tests.platform_fixtures import (  # noqa: F401 - fixtures are found by name
    fresh,
    lived,
    places_file,
    small_sandbox,
)
from weather_platform_tests.postgres_fixtures import (  # noqa: F401
    dagster_database,
    dagsters_tables,
    database,
    postgres,
)
from weather_platform_tests.registry_fixtures import registry_in  # noqa: F401
from weather_platform_tests.stand_ins.fixtures import (  # noqa: F401
    bqemulator,
    gcs_url,
    local_bigquery,
)

# What somebody's shell has for a deployment of theirs, or for their terminal, is not for tests; and their
# office's proxy knows nothing of servers on our loopback.
_SUITES_OWN = {
    *("WEATHER_RECORDED_DATA", "WEATHER_REQUIRE_STAND_INS", "WEATHER_FUZZ_INPUTS", "WEATHER_WRITE_GOLDEN"),
    *("WEATHER_KILLS", "WEATHER_KILLS_SEED"),
}
_TERMINALS = {"COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM"}
for _name in {name for name in os.environ if name.startswith("WEATHER_")} - _SUITES_OWN | _TERMINALS:
    os.environ.pop(_name, None)
_spared = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(filter(None, [_spared, "127.0.0.1,localhost,::1"]))

# Where a script starts the suite in its background, interrupts are ignored, and Dagster then has SIGTERM
# ignored by what it starts: runs in threads waited a minute for theirs to end.
signal.signal(signal.SIGINT, signal.default_int_handler)

_migrations: dict[str | None, ScriptDirectory] = {}
_read_migrations = ScriptDirectory.from_config


def _kept_migrations(config: Config) -> ScriptDirectory:
    """Dagster asks for them twice with every new database, and each run of a job has one; Alembic would read
    its hundred files anew each time, which is half of what a new instance costs."""
    place = config.get_main_option("script_location")
    if place not in _migrations:
        _migrations[place] = _read_migrations(config)
    return _migrations[place]


ScriptDirectory.from_config = staticmethod(_kept_migrations)  # type: ignore[method-assign]

# The garbage collector took a twentieth of the suite's time, looking at imported modules again and again.
gc.set_threshold(50_000, 20)

# The same examples on every machine; how long one takes depends on who else uses the cores, and is no result.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that no worker sits idle at the end; and nobody waits for the deployment of
    `lived`: one file that looks at it makes it while others do without, and the rest of them come after."""
    looking = {item.path for item in items if "lived" in getattr(item, "fixturenames", ())}
    first = min(looking, default=None)
    functions_only = Path(__file__).parent / "core"

    def place(item: pytest.Item) -> int:
        if item.path in looking:
            return 0 if item.path == first else 2
        return 3 if item.path.is_relative_to(functions_only) else 1

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was imported stays."""
    gc.freeze()


def pytest_unconfigure() -> None:
    """Else DuckDB's binding finds its objects there when Python ends, and lists them below the result; also
    connections that are held to the end: by Ibis, for expressions of frames alone, by the fixtures of the
    last deployment, and by Dagster, whose records keep what was around when the first of a kind was made.
    """
    gc.unfreeze()
    if (duckdb := sys.modules.get("ibis.backends.duckdb")) is not None:
        for held in gc.get_objects():
            if type(held) is duckdb.Backend:
                vars(held).clear()


@pytest.fixture(scope="session")
def recorded_data() -> Path:
    """Folder of recorded real material; the test is skipped, with the reason, where there is none."""
    folder = Path(os.environ.get("WEATHER_RECORDED_DATA", "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no recorded material at {folder}: set WEATHER_RECORDED_DATA to a folder that has it")
    return folder
