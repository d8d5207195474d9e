"""Benchmarks that reach into the platform still run, on next to nothing: no figure is looked at here."""

import math

import pytest

from weather_platform_tests.bench import archives, features, ingest, model, parse, storage


def _runs(figures: dict[str, float]) -> bool:
    return bool(figures) and all(math.isfinite(value) and value > 0 for value in figures.values())


def test_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "REPLIES", 3)
    assert _runs(parse.measure())


def test_archives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "STATIONS", 2)
    monkeypatch.setattr(archives, "HOURS", 500)
    monkeypatch.setattr(archives, "REPORTS", 500)
    assert _runs(archives.measure())


def test_fetching_from_every_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "PLACES", 3)
    monkeypatch.setattr(ingest, "DELAY_SECONDS", 0.0)
    assert _runs(ingest.measure())


def test_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "CYCLES", 3)
    monkeypatch.setattr(storage, "OBJECTS", 10)
    assert _runs(storage.measure())


def test_features(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "LONG", 12)
    monkeypatch.setattr(features, "SHORT", 6)
    monkeypatch.setattr(features, "ROUNDS", 1)
    assert _runs(features.measure())


def test_learning_every_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten places over ten days."""
    monkeypatch.setattr(model, "PLACES", 10)
    monkeypatch.setattr(model, "ROWS", 8_000)
    assert _runs(model.measured())
