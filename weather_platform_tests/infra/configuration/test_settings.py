"""Settings do what they say: targets as an operator names them, and none that nobody reads."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from weather_platform.core.providers import weatherapi
from weather_platform.core.quantities.targets import DEFAULT_TARGETS, KNOWN
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.configuration.wrong_settings import SettingsError
from weather_platform_tests.deploy.homes import DEPLOY


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


def test_a_provider_that_nobody_knows_yet_has_its_key_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    new = replace(weatherapi.PROVIDER, name="brand_new", title="New")
    assert Settings(profile="live").unusable(new) == "New needs a key: set WEATHER_BRAND_NEW_KEY"
    monkeypatch.setenv("weather_brand_new_key", "hush")
    settings = Settings(profile="live")
    key = settings.key_of(new)
    assert settings.unusable(new) is None and key is not None and key.get_secret_value() == "hush"
    assert "hush" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize("key", ["", " \n"])
def test_a_key_that_is_empty_is_none(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_WEATHERAPI_KEY", key)
    assert "set WEATHER_WEATHERAPI_KEY" in str(Settings(profile="live").unusable(weatherapi.PROVIDER))


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - {"postgres_url"}))
def test_a_variable_that_is_empty_is_not_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by setting each: an empty data folder was the present one, and an empty webhook a dead one."""
    variable = f"WEATHER_{name.upper()}"
    monkeypatch.delenv(variable, raising=False)
    unset = Settings()
    monkeypatch.setenv(variable, "")
    assert getattr(Settings(), name) == getattr(unset, name)
    assert name not in Settings().model_fields_set


def test_white_space_around_a_value_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that was read from a file ends with a line: its provider answered 401 to `key%0A`."""
    for name, value in {
        "WEATHER_WEATHERAPI_KEY": "hush\n",
        "WEATHER_ALERT_WEBHOOK": " https://h/hush\n",
        "WEATHER_PROFILE": "live\r\n",
        "WEATHER_GSOD_PROJECT": " \n",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    key, webhook = settings.key_of(weatherapi.PROVIDER), settings.alert_webhook
    assert key is not None and webhook is not None
    assert (key.get_secret_value(), webhook.get_secret_value()) == ("hush", "https://h/hush")
    assert (settings.profile, settings.gsod_project) == ("live", None)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("contact", "Jürgen <j@example.org>", "a header of every request carries it: write it in one line"),
        ("contact", "a@example.org\nX-Of: mine", "a header of every request carries it"),
        ("alert_email", "a@example.org;b@example.org", "should be an address like you@example.org, or"),
        ("alert_email", "a@example.org\nBcc: b@example.org", "should be an address like"),
        ("smtp_from", "<a@example.org", "should be an address like"),
        ("smtp_from", "@", "should be an address like"),
    ],
)
def test_what_no_header_can_carry_is_refused_when_settings_are_read(name: str, value: Any, says: str) -> None:
    """Found by trying: with an umlaut in the contact no provider was asked, for an error of codecs; a mail
    to somebody behind a semicolon was never sent, and a line's end ended every look of `watch`.
    """
    with pytest.raises(ValidationError, match=says):
        Settings(**{name: value})


@pytest.mark.parametrize("hook", ["hooks.example.org/hush", "https:///hush", "mailto:hush@example.org"])
def test_a_webhook_that_is_no_address_is_refused_without_being_told(
    hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by trying: only the log of `watch` told of it, at each look, and nobody was ever told."""
    monkeypatch.setenv("WEATHER_ALERT_WEBHOOK", hook)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert (
        str(refused.value) == "WEATHER_ALERT_WEBHOOK: should be an address like https://hooks.example.org/..."
    )


@pytest.mark.parametrize("value", ["root", "a@b.org", "Weather Ops <a@b.org>,b@b.org , <c@b.org>"])
def test_addresses_are_one_or_several_with_names_or_without(value: str) -> None:
    assert Settings(alert_email=value, smtp_from=value).alert_email == value


@pytest.mark.parametrize("name", ["providers", "archives", "truth_preference"])
def test_a_name_that_is_given_twice_is_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by trying: a provider's calls were counted twice, and no code location was made at all."""
    monkeypatch.setenv(f"WEATHER_{name.upper()}", "b, a,b")
    assert getattr(Settings(), name) == ("b", "a")


def test_every_setting_is_read_by_something() -> None:
    sources = (Path(__file__).parents[3] / "weather_platform").rglob("*.py")
    # Dagster reads some itself, by the names that its configuration of a deployment gives.
    dagster = "".join(path.read_text() for path in DEPLOY.rglob("dagster.yaml"))
    read = {name.lower() for name in re.findall(r"env: WEATHER_(\w+)", dagster)}
    read |= set(re.findall(r"\.([a-z0-9_]+)\b", "\n".join(path.read_text() for path in sources)))
    assert set(Settings.model_fields) - read == set()
