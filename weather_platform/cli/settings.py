"""`weather-platform settings`: every setting, what it is set to, and by whom.

Belongs here: the list. Does not: what settings there are (infra.configuration.settings), or whether they are
right, which whoever reads them says. A secret is a row of stars.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import click
from click.formatting import wrap_text

from weather_platform.cli.visible import echo
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Provider
from weather_platform.infra.configuration.provider_keys import setting_of, variable_of
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.configuration.wrong_settings import PREFIX, unknown

_COLUMNS = 100


@dataclass(frozen=True)
class Setting:
    """One setting as it is in effect: `value` as one would write it, None where it is not set."""

    variable: str
    value: str | None
    given: bool
    what: str


@click.command(short_help="Every setting, what it is set to, and what it is for.")
@click.option("--given", "only_given", is_flag=True, help="Only those that the environment sets.")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON on standard output.")
def settings(*, only_given: bool, as_json: bool) -> None:
    """Print all settings, as one writes them into the environment. A dot marks those that are set there; the
    others have their defaults."""
    found = [one for one in _listed(read_settings()) if one.given or not only_given]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for one in found:
        echo(f"{'•' if one.given else ' '} {one.variable}={one.value or ''}")
        echo(wrap_text(one.what, _COLUMNS, " " * 6, " " * 6))
    if others := unknown(os.environ, [*Settings.model_fields, *map(setting_of, _keyed())]):
        echo(f"In the environment, and no settings of the platform: {', '.join(others)}")


def _listed(now: Settings) -> Iterator[Setting]:
    for name, field in Settings.model_fields.items():
        value = getattr(now, name)
        given = name in now.model_fields_set
        yield Setting(f"{PREFIX}{name.upper()}", _written(value), given, field.description or "")
    for name, provider in _keyed().items():
        key = now.key_of(provider)
        yield Setting(variable_of(name), _written(key), key is not None, f"With a key {provider.title} joins")


def _keyed() -> dict[str, Provider]:
    return {name: provider for name, provider in PROVIDERS.items() if provider.auth is not None}


def _written(value: Any) -> str | None:
    """As it is written in the environment."""
    if isinstance(value, tuple):
        return ",".join(value) or None
    if isinstance(value, dict):
        return ",".join(f"{key}={days}" for key, days in value.items()) or None
    if isinstance(value, timedelta):
        return f"{value!s:0>8}"
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
