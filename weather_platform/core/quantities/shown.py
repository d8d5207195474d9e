"""In which units people read weather: the contract's, kilometres an hour, or those of the United States.

Belongs here: which unit stands for which, and with how many digits. Does not: conversion (see units), or
anything that is stored: tables keep the contract's units, which their columns' names say.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from weather_platform.core.quantities.targets import FRACTION, KNOWN
from weather_platform.core.quantities.units import Affine, between, unit_of

if TYPE_CHECKING:
    import pandas as pd

System = Literal["si", "metric", "us"]
_INSTEAD: dict[System, dict[str, str]] = {
    "si": {},
    "metric": {"m/s": "km/h"},
    "us": {"°C": "°F", "m/s": "mph", "mm": "in", "hPa": "inHg"},
}
SYSTEMS: tuple[System, ...] = tuple(_INSTEAD)
_DIGITS = {"in": 2, "inHg": 2}
Values = TypeVar("Values", float, "pd.Series")


@dataclass(frozen=True)
class Shown:
    """What a target is called, its `unit`, and how values in the contract's become that."""

    name: str
    unit: str
    _reading: Affine
    _digits: int

    def of(self, values: Values) -> Values:
        """Values of the contract's unit in this one."""
        return values * self._reading.factor + self._reading.offset

    def written(self, value: float) -> str:
        """A value of the contract's unit, in this one, without the unit."""
        return f"{self.of(value):z.{self._digits}f}"


def shown(target: str, system: System) -> Shown:
    """How a target is read in a system."""
    name, unit = KNOWN[target].label.rsplit(", ", 1)
    stored = unit_of(target)
    instead = _INSTEAD[system].get(stored, stored)
    digits = 2 if KNOWN[target].range == FRACTION else _DIGITS.get(instead, 1)
    return Shown(name, unit if instead == stored else instead, between(stored, instead), digits)
