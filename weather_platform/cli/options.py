"""Types of command line options that more than one command takes."""

from datetime import datetime
from typing import Any

import click

from weather_platform.core.file_names import parsed_time
from weather_platform.core.history.formats import FORMATS
from weather_platform.core.history.registry import ARCHIVES
from weather_platform.core.providers.registry import PROVIDERS

PROVIDER_NAMES = sorted(PROVIDERS)
SOURCE_NAMES = sorted([*PROVIDERS, *ARCHIVES, *FORMATS])
LATITUDE = click.FloatRange(-90, 90)
LONGITUDE = click.FloatRange(-180, 180)


class _UtcTime(click.ParamType):
    """An ISO 8601 time with its zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parsed_time(value)
        except ValueError as error:
            self.fail(f"{error}; write a time like 2026-07-20T09:00:40Z", param, ctx)


class Param(click.ParamType):
    """A KEY=VALUE pair."""

    name = "param"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        key, equals, rest = str(value).partition("=")
        if not key or not equals:
            self.fail(f"{value!r} is not of the form KEY=VALUE", param, ctx)
        return key, rest


UTC_TIME = _UtcTime()
