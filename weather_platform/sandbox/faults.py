"""The faults that a test or a curious user has switched on: who misbehaves, how, and for how long.

Belongs here: the switches. Does not: what each scenario does (sandbox.scenarios).
"""

from dataclasses import dataclass, field, replace
from typing import Any

from weather_platform.sandbox.feeds import PROVIDERS
from weather_platform.sandbox.scenarios import SCENARIOS, Scenario

_LONGEST_SECONDS = 600.0
_SOURCES = (*PROVIDERS, "stations")


@dataclass
class Fault:
    """A scenario of a provider; `times` replies remain with it, or without end where None."""

    kind: str
    scenario: Scenario
    times: int | None = None
    replies: int = 0

    def now(self) -> Scenario | None:
        """The scenario for the next reply, counting it; None where it is the turn of a good one."""
        self.replies += 1
        if self.scenario.run and ((self.replies - 1) // self.scenario.run) % 2:
            return None
        return self.scenario


@dataclass
class Faults:
    """The faults that are switched on, by provider."""

    active: dict[str, Fault] = field(default_factory=dict)

    def set(self, wanted: Any) -> None:
        """Switch a fault on, or off with kind `none`. Raises ValueError with what was expected."""
        if not isinstance(wanted, dict) or wanted.get("provider") not in _SOURCES:
            raise ValueError(f"provider must be one of {', '.join(_SOURCES)}")
        kind = wanted.get("kind")
        if kind != "none" and kind not in SCENARIOS:
            raise ValueError(f"kind must be one of {', '.join(SCENARIOS)}, none")
        seconds, times = wanted.get("seconds"), wanted.get("times")
        if seconds is not None and (
            not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST_SECONDS
        ):
            raise ValueError(f"seconds must be a number from 0 to {_LONGEST_SECONDS:g}, or absent")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise ValueError("times must be a whole number from 1, or absent")
        self.active.pop(wanted["provider"], None)
        if kind != "none":
            scenario = SCENARIOS[kind]
            chosen = scenario if seconds is None else replace(scenario, seconds=float(seconds))
            self.active[wanted["provider"]] = Fault(kind, chosen, times)

    def take(self, provider: str) -> Scenario | None:
        """How the provider misbehaves in its next reply, if at all, counting it as used once."""
        fault = self.active.get(provider)
        if fault is None:
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                del self.active[provider]
        return fault.now()


def named(text: str) -> dict[str, str]:
    """The switch that `SCENARIO` or `SCENARIO:PROVIDER` on a command line means; open_meteo where none is
    named.
    """
    kind, _, provider = text.partition(":")
    return {"kind": kind, "provider": provider or PROVIDERS[0]}
