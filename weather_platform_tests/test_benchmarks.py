"""Benchmarks that reach into the platform still run, on next to nothing: no figure is looked at here."""

import math
from types import ModuleType

import pytest

from weather_platform_tests.bench import archives, days, features, ingest, model, parse, storage


@pytest.mark.parametrize(
    ("benchmark", "sizes"),
    [
        (parse, {"REPLIES": 3}),
        (archives, {"STATIONS": 2, "HOURS": 500, "REPORTS": 500}),
        (ingest, {"PLACES": 3, "DELAY_SECONDS": 0.0}),
        (storage, {"CYCLES": 3, "OBJECTS": 10}),
        (features, {"LONG": 12, "SHORT": 6, "ROUNDS": 1}),
        (days, {"PLACES": 3, "ROUNDS": 1}),
        (model, {"PLACES": 10, "ROWS": 8_000}),  # ten days
    ],
    ids=lambda value: value.__name__.rpartition(".")[2] if isinstance(value, ModuleType) else "",
)
def test_it_runs(benchmark: ModuleType, sizes: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in sizes.items():
        monkeypatch.setattr(benchmark, name, size)
    # Within this process, which alone has these sizes.
    figures = model.measured() if benchmark is model else benchmark.measure()
    assert figures
    assert all(math.isfinite(value) and value > 0 for value in figures.values())
