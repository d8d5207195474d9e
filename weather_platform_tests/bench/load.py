"""How long the code location takes to load, over a bare `import dagster`: whole processes, the better of
several.
"""

import subprocess
import sys
import time

_RUNS = 5


def measure() -> dict[str, float]:
    """`load_over_dagster_import`: ratio of the two minima, taken in turn so that both see the same
    machine.
    """
    bare, location = [], []
    for _ in range(_RUNS):
        bare.append(_seconds("import dagster"))
        location.append(
            _seconds(
                "import weather_platform.definitions as d; d.defs.get_repository_def().load_all_definitions()"
            )
        )
    return {"load_over_dagster_import": min(location) / min(bare), "load_seconds": min(location)}


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603 - our own interpreter
    return time.perf_counter() - began


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
