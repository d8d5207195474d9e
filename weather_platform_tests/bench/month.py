"""Days lived one after the other in one process, as the daemon lives them: what grows?

    python -m weather_platform_tests.bench.month [--places 1000] [--days 30] [--cycles 4] [--retention-days 3]

Not part of `make bench`: 1,000 places over 30 days are 90 million forecast rows. Every cycle is fetched,
parsed and predicted, every day is scored and the history of runs is pruned; after each day this process's
memory, its open files, Dagster's folder and the rows of its event log are counted. Runs carry the wall
clock's time, so pruning is told of a time at which only the runs of the last `retention-days` simulated days
are young.
"""

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as db
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

from weather_platform.cli.flow import execute
from weather_platform.cli.steps import Step
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.retention import Retention
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.instance.pruning import prune
from weather_platform.sandbox.launch import start
from weather_platform_tests.bench.full_day import MOST_SIMULATED, american

START = datetime(2026, 8, 1, tzinfo=UTC)
_ONE_DAY = timedelta(days=1)


def main() -> None:
    """Live through it and print each day's counts, and all of them as JSON at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=1000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--cycles", type=int, default=4, help="a day, one to four")
    parser.add_argument("--retention-days", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lived = measure(given.places, given.days, given.cycles, given.retention_days, Path(folder))
        print(json.dumps(lived, indent=2))  # noqa: T201


def measure(places: int, days: int, cycles: int, retention_days: int, folder: Path) -> list[dict[str, Any]]:
    """A line of counts for each day."""
    panel, simulated = folder / "places.csv", folder / "simulated.csv"
    american(places).to_csv(panel, index=False)
    american(min(places, MOST_SIMULATED)).to_csv(simulated, index=False)
    lines, ended = [], [datetime.now(UTC)]
    with start(simulated) as sandbox, instance(Settings(data_dir=folder / "data")) as opened:
        settings = Settings(
            data_dir=folder / "data", locations_file=panel, sandbox_url=sandbox.url, first_day=START.date()
        )
        definitions = build(settings)
        execute(definitions, opened, Step("read_locations"))
        for number in range(days):
            began = time.monotonic()
            _live(definitions, opened, START + number * _ONE_DAY, cycles)
            ended.append(datetime.now(UTC))
            young = ended[max(0, len(ended) - 1 - retention_days)]
            gone = prune(opened, Retention(1), young + _ONE_DAY)
            lines.append({"day": number + 1, "seconds": round(time.monotonic() - began, 1)})
            lines[-1] |= _counts(opened, folder / "data" / "dagster") | {"runs_pruned": gone["runs"]}
            print(json.dumps(lines[-1]), flush=True)  # noqa: T201
    return lines


def _live(definitions: dg.Definitions, opened: dg.DagsterInstance, day: datetime, cycles: int) -> None:
    """A day's cycles, then its scores; a run each, as schedules ask for them."""
    for cycle in range(cycles):
        at = day + cycle * CYCLE.length
        execute(definitions, opened, Step("cycle", CYCLE, at, at + CYCLE.length))
    execute(definitions, opened, Step("day", DAY, day, day + _ONE_DAY))


def _counts(opened: dg.DagsterInstance, home: Path) -> dict[str, float]:
    storage = opened.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    with storage.index_connection() as connection:
        rows = db.select(db.func.count()).select_from(SqlEventLogStorageTable)
        events = int(connection.execute(rows).scalar_one())
    files = [path for path in home.rglob("*") if path.is_file()]
    resident = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in line)
    return {
        "resident_mb": round(int(resident.split()[1]) / 1024),
        "open_files": len(list(Path("/proc/self/fd").iterdir())),
        "dagster_files": len(files),
        "dagster_mb": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "events": events,
        "runs": opened.get_runs_count(),
    }


if __name__ == "__main__":
    main()
