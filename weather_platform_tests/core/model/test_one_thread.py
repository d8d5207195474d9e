"""Fitting and forecasting leave the other cores to others."""

from threading import Barrier, Event
from typing import Any

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from weather_platform.core.model import expert, parts
from weather_platform_tests.core.synthetic import learned, long_lived, trained


def _threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info()}


def test_a_model_is_fitted_and_asked_in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = learned().pairs
    rows = rows[
        (rows["variable"] == "temperature_c") & rows["expected_error"].notna() & rows["observed"].notna()
    ]
    seen = []

    def watched(function: Any) -> Any:
        return lambda *args, **kwargs: (seen.append(_threads()), function(*args, **kwargs))[1]

    monkeypatch.setattr(expert, "fit_emos", watched(expert.fit_emos))
    monkeypatch.setattr(parts, "size_matrix", watched(parts.size_matrix))
    with threadpool_limits(limits=2):
        fitted = expert.fit_expert(rows, rows["observed"].to_numpy(), "temperature_c", False)
        in_the_fit = len(seen)
        parts.raw(fitted, rows)
        assert _threads() == {2}
    assert 0 < in_the_fit < len(seen)
    assert all(threads == {1} for threads in seen)


def test_parts_of_a_forecast_that_work_side_by_side_give_no_other_back_its_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found: the first chunk to be done gave BLAS both cores, while the other still worked in one, and what
    was done last left it one core for ever."""
    rows = long_lived().features
    rows = rows[(rows["variable"] == "temperature_c") & (rows["feeds_present"] > 0)].head(80)
    done, begun, seen = Event(), Barrier(2, timeout=30), []
    sizes, said = parts.size_matrix, parts.raw

    def slow_second(*args: Any) -> Any:
        if begun.wait() == 0:
            done.wait(30)
        seen.append(_threads())
        return sizes(*args)

    def told(*args: Any) -> Any:
        made = said(*args)
        done.set()
        return made

    model = trained("temperature_c")
    monkeypatch.setattr("weather_platform.core.model.trained._CHUNK_ROWS", 40)
    monkeypatch.setattr("weather_platform.core.model.trained.raw", told)
    monkeypatch.setattr(parts, "size_matrix", slow_second)
    with threadpool_limits(limits=2):
        model.forecast(rows)
        assert _threads() == {2}
    assert seen == [{1}, {1}]
