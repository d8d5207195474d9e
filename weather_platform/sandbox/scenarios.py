"""What a misbehaving provider can do, one line each: the scenarios of `weather-platform sandbox --scenario`.

Belongs here: the registry. Does not: which are switched on (sandbox.faults), or changes to JSON
(sandbox.spoil).
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from weather_platform.sandbox import spoil
from weather_platform.sandbox.spoil import Spoil
from weather_platform.sandbox.wire.ask import Ask, Reply

WRONG_PLACE_DEGREES = 20.0
_DAY_SECONDS = 86_400.0
_GIGABYTE = 1_000_000_000
_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>We will be back soon</h1></body></html>"
)


@dataclass(frozen=True)
class Scenario:
    """How a provider misbehaves; `does` completes "the provider …".

    `ask` changes what it believes to be asked, `spoil` what it would have answered. `seconds` it waits before
    the reply, or between the bytes of it where `drips`. After `run` bad replies come as many good ones.
    """

    does: str
    ask: Callable[[Ask], Ask] | None = None
    spoil: Spoil | None = None
    seconds: float = 0.0
    drips: bool = False
    run: int | None = None


def _answers(status: int, body: bytes, content_type: str = "application/json", **headers: str) -> Spoil:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _provider, _reply: Reply(status, body, content_type, fields)


def _half(_provider: str, reply: Reply) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _empty(_provider: str, reply: Reply) -> Reply:
    return replace(reply, body=b"")


def _huge(_provider: str, reply: Reply) -> Reply:
    return replace(reply, padding_bytes=_GIGABYTE)


def _bomb(_provider: str, reply: Reply) -> Reply:
    return replace(reply, body=_zeros(), headers={"content-encoding": "gzip"})


@lru_cache(maxsize=1)
def _zeros() -> bytes:
    """64 MB of zeros as 64 kB of gzip."""
    packer = zlib.compressobj(wbits=31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(64)), packer.flush()])


def _yesterday(ask: Ask) -> Ask:
    return replace(ask, now=ask.now - _DAY_SECONDS)


def _elsewhere(ask: Ask) -> Ask:
    return replace(ask, shift_degrees=WRONG_PLACE_DEGREES)


_DOWN = _answers(503, b'{"error":"Service Unavailable"}')
_TOO_MANY = b'{"error":"Too Many Requests"}'
_METADATA = "http://169.254.169.254/computeMetadata/v1/"

SCENARIOS: dict[str, Scenario] = {
    "down": Scenario("answers 503 to everything", spoil=_DOWN),
    "slow": Scenario("takes 30 s to answer", seconds=30),
    "drip": Scenario("sends its reply a few bytes at a time, without end", seconds=5, drips=True),
    "flapping": Scenario("fails three times, then answers three times, and so on", spoil=_DOWN, run=3),
    "error_500": Scenario("answers 500 to everything", spoil=_answers(500, b"Internal Server Error")),
    "too_many": Scenario("answers 429 and says no time to wait", spoil=_answers(429, _TOO_MANY)),
    "retry_after": Scenario(
        "answers 429 with Retry-After: 3600", spoil=_answers(429, _TOO_MANY, retry_after="3600")
    ),
    "refused": Scenario("answers 401: the key is no longer good", spoil=_answers(401, b'{"error":"key"}')),
    "redirect": Scenario(
        "redirects to a cloud's metadata address", spoil=_answers(302, b"", location=_METADATA)
    ),
    "html": Scenario("answers 200 with an HTML page", spoil=_answers(200, _PAGE, "text/html; charset=utf-8")),
    "empty": Scenario("answers 200 with nothing", spoil=_empty),
    "truncated": Scenario("answers 200 with half of the body", spoil=_half),
    "huge": Scenario("answers 200 with 1 GB", spoil=_huge),
    "bomb": Scenario("answers 200 with 64 kB of gzip that hold 64 MB", spoil=_bomb),
    "stale": Scenario("answers with what it said 24 hours ago", ask=_yesterday),
    "wrong_place": Scenario("answers 200 for another place", ask=_elsewhere),
    "new_keys": Scenario("adds keys to its schema", spoil=spoil.objects(spoil.with_new_keys)),
    "missing_keys": Scenario("drops the temperature", spoil=spoil.objects(spoil.without_temperature)),
    "renamed_keys": Scenario("renames the temperature", spoil=spoil.objects(spoil.with_temperature_renamed)),
    "text_numbers": Scenario("writes its numbers as strings", spoil=spoil.values(spoil.as_text)),
    "nulls": Scenario("has null for every value", spoil=spoil.values(spoil.as_null)),
    "swapped": Scenario("swaps temperature and humidity", spoil=spoil.objects(spoil.with_columns_swapped)),
    "units": Scenario(
        "turns to °F and knots overnight without saying so", spoil=spoil.values(spoil.in_other_units)
    ),
}


def down() -> Reply:
    """The reply of a provider in an outage."""
    return _DOWN("", Reply(200, b""))
