"""Targets as an operator names them, and what is said of a name that is none."""

import pytest
from pydantic import ValidationError

from weather_platform.core.targets import DEFAULT_TARGETS, KNOWN
from weather_platform.infra.settings import Settings


def _targets(monkeypatch: pytest.MonkeyPatch, text: str) -> tuple[str, ...]:
    monkeypatch.setenv("WEATHER_TARGETS", text)
    return Settings().targets


def test_without_a_word_the_three_are_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEATHER_TARGETS", raising=False)
    assert Settings().targets == DEFAULT_TARGETS
    assert _targets(monkeypatch, " ") == DEFAULT_TARGETS


def test_the_order_and_how_often_a_target_is_named_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    named = _targets(monkeypatch, "wind_gust_m_s, temperature_c,wind_gust_m_s")
    assert named == ("temperature_c", "wind_gust_m_s")
    assert _targets(monkeypatch, ",".join(reversed(KNOWN))) == tuple(KNOWN)


def test_an_unknown_target_is_named_with_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        ValidationError, match=r"no such target: wind_gust, snow; name some of temperature_c,"
    ):
        _targets(monkeypatch, "temperature_c,wind_gust,snow")
