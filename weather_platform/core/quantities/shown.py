"""In which units people read weather: the contract's, kilometres an hour, or those of the United States.

Belongs here: which unit stands for which, and with how many digits. Does not: conversion (see units), or
anything that is stored: tables keep the contract's units, which their columns' names say.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from weather_platform.core.quantities.units import between, unit_of

System = Literal["si", "metric", "us"]
_INSTEAD: dict[System, dict[str, str]] = {
    "si": {},
    "metric": {"m/s": "km/h"},
    "us": {"°C": "°F", "m/s": "mph", "mm": "in", "hPa": "inHg", "m": "ft"},
}
SYSTEMS: tuple[System, ...] = tuple(_INSTEAD)
_DIGITS = {"1": 2, "in": 2, "inHg": 2}


class Shown(NamedTuple):
    """A `unit`, and how a value in the contract's is written in it."""

    unit: str
    write: Callable[[float], str]


def shown(column: str, system: System) -> Shown:
    """How a value of a contract column is read in a system."""
    stored = unit_of(column)
    unit = _INSTEAD[system].get(stored, stored)
    factor, offset = between(stored, unit)
    digits = _DIGITS.get(unit, 1)
    return Shown(unit, lambda value: f"{value * factor + offset:z.{digits}f}")
