"""`python -m weather_platform_tests.bench`: run every benchmark, print the figures, write them to
bench.json.
"""

import importlib
import json
from pathlib import Path

MODULES = (
    "parse",
    "archives",
    "ingest",
    "storage",
    "features",
    "model",
    "backfill",
    "uploads",
    "load",
    "cold_start",
    "google_cloud",
)


def main() -> None:
    """Measure one after the other, so that none disturbs another."""
    figures: dict[str, float] = {}
    for name in MODULES:
        module = importlib.import_module(f"weather_platform_tests.bench.{name}")
        for figure, value in module.measure().items():
            figures[figure] = round(value, 3)
            print(f"{figure:44} {value:14,.2f}", flush=True)  # noqa: T201 - this is its output
    Path("bench.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
