"""Bytes to validated rows, over what orjson alone takes for the same bytes."""

import gc
import time
from collections.abc import Callable
from datetime import timedelta

import orjson

from weather_platform.core.parsing.parse import Source, assemble
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked
from weather_platform_tests.replies import START, encoded, open_meteo

REPLIES = 500
HOURS = 168
_RUNS = 7


def measure() -> dict[str, float]:
    """`parse_over_orjson`: 500 Open-Meteo replies of 168 h × 12 variables; the better of several runs of
    each.
    """
    fetched = START - timedelta(minutes=5)
    bodies = [encoded(open_meteo(hours=HOURS, seed=i)) for i in range(REPLIES)]
    places = [Place(f"place-{i:03d}", 46.5, 7.0) for i in range(REPLIES)]
    sources = [
        Source(str(i), CYCLE.floor(fetched), Asked((place,), fetched), body)
        for i, (place, body) in enumerate(zip(places, bodies, strict=True))
    ]
    rows = len(assemble(PROVIDERS["open_meteo"], sources).rows)
    if rows != REPLIES * HOURS:
        raise AssertionError(f"{rows} rows instead of {REPLIES * HOURS}")
    alone = _best(lambda: [orjson.loads(body) for body in bodies])
    parsed = _best(lambda: assemble(PROVIDERS["open_meteo"], sources))
    return {"parse_over_orjson": parsed / alone, "parse_rows_per_s": rows / parsed}


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_RUNS):
        gc.collect()
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
