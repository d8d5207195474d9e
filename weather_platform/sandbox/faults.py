"""Faults that a test or a curious user can switch on: what it looks like when a provider misbehaves."""

from dataclasses import dataclass, field
from typing import Any

from weather_platform.sandbox.feeds import PROVIDERS
from weather_platform.sandbox.wire.ask import Reply

KINDS = ("down", "slow", "html", "truncated", "empty", "wrong_place", "none")
WRONG_PLACE_DEGREES = 20.0
_LONGEST_SECONDS = 600.0
_DOWN = b'{"error":"Service Unavailable"}'
_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>We will be back soon</h1></body></html>"
)


@dataclass
class Fault:
    """A fault of a provider; `times` replies remain with it, or without end where None."""

    kind: str
    seconds: float = 5.0
    times: int | None = None


@dataclass
class Faults:
    """The faults that are switched on, by provider."""

    active: dict[str, Fault] = field(default_factory=dict)

    def set(self, wanted: Any) -> None:
        """Switch a fault on, or off with kind `none`. Raises ValueError with what was expected."""
        if not isinstance(wanted, dict) or wanted.get("provider") not in (*PROVIDERS, "stations"):
            raise ValueError(f"provider must be one of {', '.join(PROVIDERS)}, stations")
        if wanted.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        seconds, times = wanted.get("seconds", 5.0), wanted.get("times")
        if not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST_SECONDS:
            raise ValueError(f"seconds must be a number from 0 to {_LONGEST_SECONDS:g}")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise ValueError("times must be a whole number from 1, or absent")
        self.active.pop(wanted["provider"], None)
        if wanted["kind"] != "none":
            self.active[wanted["provider"]] = Fault(wanted["kind"], float(seconds), times)

    def take(self, provider: str) -> Fault | None:
        """The provider's fault, if any, counting it as used once."""
        fault = self.active.get(provider)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                del self.active[provider]
        return fault


def down() -> Reply:
    """The reply of a provider in an outage."""
    return Reply(503, _DOWN)


def spoiled(reply: Reply, fault: Fault) -> Reply:
    """A good reply as the fault leaves it."""
    match fault.kind:
        case "down":
            return down()
        case "html":
            return Reply(200, _PAGE, "text/html; charset=utf-8")
        case "truncated":
            return Reply(reply.status, reply.body[: len(reply.body) * 2 // 3], reply.content_type)
        case "empty":
            return Reply(reply.status, b"", reply.content_type)
        case _:
            return reply
