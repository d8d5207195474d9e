"""`python -m weather_platform_tests.bench [NAME ...]`: run every benchmark, or those named.

Prints the figures and writes them to bench.json.
"""

import argparse
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
    "days",
    "backfill",
    "uploads",
    "load",
    "cold_start",
    "google_cloud",
)


def main() -> None:
    """Measure one after the other, so that none disturbs another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODULES)}")
    names = parser.parse_args().names
    if unknown := set(names) - set(MODULES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    figures: dict[str, float] = {}
    for name in names or MODULES:
        module = importlib.import_module(f"weather_platform_tests.bench.{name}")
        for figure, value in module.measure().items():
            figures[figure] = round(value, 3)
            print(f"{figure:44} {value:14,.2f}", flush=True)  # noqa: T201 - this is its output
    Path("bench.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
