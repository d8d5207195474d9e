"""Fitting and forecasting leave the other cores to others."""

from typing import Any

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from weather_platform.core.model import expert, parts
from weather_platform_tests.core.synthetic import learned


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
