"""A day of every feed for many places: asked, kept, read, made into features and predicted.

    python -m weather_platform_tests.bench.full_day [--places 1600] [--cycles 4]

Not part of `make bench`: it takes minutes. 1,600 places in the United States, where every provider answers,
are about what the providers' free tiers together allow in a day. The sandbox that answers runs on the same
machine and its time is counted too. There is no history, so predictions are the blend's, not a model's.
"""

import argparse
import json
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.cli.flow import execute
from weather_platform.cli.steps import Step
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.platform import Platform
from weather_platform.sandbox.launch import start

START = datetime(2026, 8, 1, tzinfo=UTC)
MOST_SIMULATED = 225  # places with weather of their own; the sandbox gives others that of the nearest
JOBS = ("fetch", "parse", "build_features", "predict")


def main() -> None:
    """Run it and print what it took, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=1600)
    parser.add_argument("--cycles", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(given.places, given.cycles, Path(folder)), indent=2))  # noqa: T201


def measure(places: int, cycles: int, folder: Path) -> dict[str, Any]:
    """Seconds by stage, rows, and the largest resident size of this process, bytes.

    `processor_seconds` are of this process alone: what it would take on a machine that nobody shares.
    """
    panel, simulated = folder / "places.csv", folder / "simulated.csv"
    american(places).to_csv(panel, index=False)
    american(min(places, MOST_SIMULATED)).to_csv(simulated, index=False)
    end = START + cycles * CYCLE.length
    with start(simulated) as sandbox, instance(Settings(data_dir=folder / "data")) as dagster_instance:
        settings = Settings(
            data_dir=folder / "data", locations_file=panel, sandbox_url=sandbox.url, first_day=START.date()
        )
        definitions = build(settings)
        execute(definitions, dagster_instance, Step("read_locations"))
        seconds, processor = {}, {}
        for job in JOBS:
            began, used = time.monotonic(), time.process_time()
            execute(definitions, dagster_instance, Step(job, CYCLE, START, end))
            seconds[job] = round(time.monotonic() - began, 1)
            processor[job] = round(time.process_time() - used, 1)
        warehouse = Platform(settings).warehouse
        rows = {
            name: len(warehouse.read(f"forecasts/{name}", FORECAST, columns=["feed"])) for name in PROVIDERS
        }
        predicted = len(warehouse.read("predictions", PREDICTION, columns=["location_id"]))
    return {
        "places": places,
        "cycles": cycles,
        "seconds": seconds | {"all": round(sum(seconds.values()), 1)},
        "processor_seconds": processor | {"all": round(sum(processor.values()), 1)},
        "forecast_rows": rows | {"all": sum(rows.values())},
        "prediction_rows": predicted,
        "peak_gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


def american(places: int) -> pd.DataFrame:
    """So many places on a regular grid between 32 and 48° north and 118 and 82° west."""
    across = int(np.ceil(np.sqrt(places)))
    longitude, latitude = np.meshgrid(np.linspace(-118, -82, across), np.linspace(32, 48, across))
    return pd.DataFrame(
        {
            "location_id": [f"us-{i:05d}" for i in range(places)],
            "name": "",
            "country": "US",
            "latitude": latitude.ravel()[:places].round(4),
            "longitude": longitude.ravel()[:places].round(4),
            "elevation_m": 200.0,
        }
    )


if __name__ == "__main__":
    main()
