"""What the orchestration of a backfill costs: 120 cycles over every asset of a deployment of one place.

The figure is the whole wall time of the jobs, over the asset partitions that they made. That is an upper
bound: the real work on one place (parsing, joining, predicting, writing a file) is in it, and so is the
start of every job; only fetching and training are left out, since the one waits for a server and the other
has no partitions.
"""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from weather_platform.cli import flow
from weather_platform.cli.flow import run_flow
from weather_platform.cli.steps import Period, Step, steps
from weather_platform.core.partitions import CYCLE
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.platform import Platform
from weather_platform.sandbox.launch import start

CYCLES = 120
FIRST = datetime(2026, 8, 1, tzinfo=UTC)
_PLACE = "location_id,name,country,latitude,longitude,elevation_m\ndenver,Denver,US,39.739,-104.990,1609\n"
_LEFT_OUT = ("fetch", "train")


def measure() -> dict[str, float]:
    """`backfill_ms_per_asset_partition`: milliseconds of wall time, of a second run on the same payloads."""
    end = FIRST + CYCLES * CYCLE.length
    period = Period(FIRST, FIRST + timedelta(days=20), end)
    with tempfile.TemporaryDirectory() as folder:
        places = Path(folder) / "places.csv"
        places.write_text(_PLACE)
        with start(places) as sandbox:
            settings = Settings(
                data_dir=Path(folder) / "data",
                locations_file=places,
                sandbox_url=sandbox.url,
                first_day=FIRST.date(),
            )
            run_flow(settings, period, Console(quiet=True))
            wanted = [step for step in steps(period, []) if step.job not in _LEFT_OUT and step.grain]
            seconds, partitions = _timed(settings, wanted)
    return {"backfill_ms_per_asset_partition": 1000 * seconds / partitions}


def _timed(settings: Settings, wanted: list[Step]) -> tuple[float, int]:
    """Seconds that the steps take, and how many asset partitions they make."""
    definitions = build(settings, Platform(settings))
    partitions = 0
    with instance(settings) as opened:
        began = time.perf_counter()
        for step in wanted:
            flow.execute(definitions, opened, step)
            job = definitions.resolve_job_def(step.job)
            partitions += len(step.keys) * len(set(job.asset_layer.executable_asset_keys))
        return time.perf_counter() - began, partitions


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
