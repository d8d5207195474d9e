"""How long the scale-to-zero service takes from nothing: whole processes, a real Postgres, the better of
several.
"""

import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from weather_platform_tests.postgres_fixtures import server
from weather_platform_tests.service.conftest import Caller, served
from weather_platform_tests.service.google import google

_RUNS = 3


def measure() -> dict[str, float]:
    """Seconds from the start of the process to its first answer, and to the first tick that started a job
    (certificates fetched, token verified, tables made, job API called); seconds of processor time of a
    process that answers once and ends, which a machine that others use too does not stretch.
    """
    answered, started, processor = [], [], []
    with server() as postgres, tempfile.TemporaryDirectory() as folder, google(Path(folder)) as known:
        for _ in range(_RUNS):
            began = time.perf_counter()
            with served(known, f"{postgres}/postgres") as url:
                answered.append(time.perf_counter() - began)
                reply = Caller(url, known).tick("fetch_cycle", datetime.now(UTC).isoformat())
                started.append(time.perf_counter() - began)
                assert reply.json()["status"] == "started"
            time.sleep(1.1)  # ticks are of different seconds
            before = _processor_seconds()
            with served(known, f"{postgres}/postgres"):
                pass
            processor.append(_processor_seconds() - before)
    return {
        "cold_start_seconds": min(answered),
        "cold_start_to_job_seconds": min(started),
        "cold_start_processor_seconds": min(processor),
    }


def _processor_seconds() -> float:
    """Of all children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
