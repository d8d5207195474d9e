"""What the sandbox answers: one raw ASGI app with every provider under a prefix of its own name.

    /open_meteo/…, /openweathermap/…, /weatherapi/…, /met_norway/…, /nws/…   as the real paths go on
    /open_meteo_previous_runs/v1/forecast, /open_meteo_archive/v1/archive   the past
    /stations/observations?date=YYYY-MM-DD     the station archive (wire/stations.py)
    /ideal?cycle=2026-08-01T06Z                what an ideal blender would say (wire/ideal.py)
    /clock     GET, or POST {"now": "2026-08-01T06:15:00Z"}: the time at which requests are answered
    /faults    GET, or POST {"provider": …, "kind": "down", "seconds": 5, "times": 3}; the kinds are those of
               sandbox.scenarios, and none
    /healthz   GET: 200 once the server answers

The header `X-Sandbox-Now: <ISO time>` sets the clock for one request, so that many cycles can be fetched at
once; without it the server's clock counts, which starts at 00:00 UTC of the day the server was started and
stands still.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson

from weather_platform.sandbox.faults import Faults
from weather_platform.sandbox.feeds import PROVIDERS
from weather_platform.sandbox.outages import is_down
from weather_platform.sandbox.scenarios import down
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire import (
    ideal,
    met_norway,
    nws,
    open_meteo,
    open_meteo_past,
    openweathermap,
    stations,
    weatherapi,
)
from weather_platform.sandbox.wire.ask import FIRST_YEAR, LAST_YEAR, Ask, Reply, json_reply

_LARGEST_BODY = 65_536
Respond = Callable[[Ask, Simulation], Reply]
WIRES: dict[str, Respond] = {
    "open_meteo": open_meteo.respond,
    "openweathermap": openweathermap.respond,
    "weatherapi": weatherapi.respond,
    "met_norway": met_norway.respond,
    "nws": nws.respond,
    "open_meteo_previous_runs": open_meteo_past.previous_runs,
    "open_meteo_archive": open_meteo_past.archive,
    "stations": stations.respond,
    "ideal": ideal.respond,
}


class App:
    """The ASGI app over one simulation; holds the clock and the faults that are switched on."""

    def __init__(self, simulation: Simulation, now: datetime) -> None:
        self.simulation, self.now = simulation, now
        self.faults = Faults()
        self._is_down = lru_cache(maxsize=4096)(is_down)

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Answer one request (ASGI 3, HTTP only)."""
        if scope["type"] != "http":
            raise RuntimeError(f"the sandbox speaks HTTP only, not {scope['type']}")
        prefix, slash, rest = scope["path"][1:].partition("/")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if prefix in WIRES:
            reply = await self._wire(prefix, slash + rest, scope["query_string"], headers)
        else:
            reply = self._control(prefix, scope["method"], await _body(receive))
        length = len(reply.body) + reply.padding_bytes
        fields = {"content-type": reply.content_type, "content-length": str(length)} | reply.headers
        raw = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await _send_body(reply, receive, send)

    async def _wire(self, prefix: str, path: str, query: bytes, headers: dict[str, str]) -> Reply:
        try:
            now = _instant(headers["x-sandbox-now"]) if "x-sandbox-now" in headers else self.now.timestamp()
        except ValueError as error:
            return json_reply({"error": f"header X-Sandbox-Now: {error}"}, 400)
        scenario = self.faults.take(prefix)
        if scenario is not None and not scenario.drips:
            await asyncio.sleep(scenario.seconds)
        if prefix in PROVIDERS and self._is_down(self.simulation.seed, prefix, now):
            return down()
        params = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
        ask = Ask(path, params, headers, now)
        reply = WIRES[prefix](scenario.ask(ask) if scenario and scenario.ask else ask, self.simulation)
        if scenario is None:
            return reply
        reply = scenario.spoil(prefix, reply) if scenario.spoil else reply
        return replace(reply, drip_seconds=scenario.seconds) if scenario.drips else reply

    def _control(self, name: str, method: str, body: bytes) -> Reply:
        try:
            if method == "POST" and name == "clock":
                self.now = datetime.fromtimestamp(_instant(_loads(body)["now"]), UTC)
            elif method == "POST" and name == "faults":
                self.faults.set(_loads(body))
            elif method != "GET" or name not in ("clock", "faults", "healthz"):
                return json_reply(
                    {"error": f"not found: /{name}", "served": [*WIRES, "clock", "faults", "healthz"]}, 404
                )
        except (ValueError, KeyError, TypeError) as error:
            return json_reply({"error": f"/{name}: {error}"}, 400)
        if name == "faults":
            return json_reply({provider: fault.kind for provider, fault in self.faults.active.items()})
        return json_reply({"now": f"{self.now:%Y-%m-%dT%H:%M:%SZ}", "simulated": True})


async def _send_body(
    reply: Reply, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    for piece in reply.pieces():
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if reply.drip_seconds and await _gone(receive, reply.drip_seconds):
            return
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Callable[[], Awaitable[Any]], seconds: float) -> bool:
    """Whether the client goes within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


async def _body(receive: Callable[[], Awaitable[Any]]) -> bytes:
    """The request's body, cut off past `_LARGEST_BODY`: nothing that the sandbox accepts is longer."""
    body = b""
    more = True
    while more and len(body) <= _LARGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body[:_LARGEST_BODY]


def _loads(body: bytes) -> Any:
    return orjson.loads(body)


@lru_cache(maxsize=4096)
def _instant(text: str) -> float:
    """Unix seconds of an ISO time with zone. Raises ValueError with the remedy."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; write it like 2026-08-01T06:15:00Z")
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise ValueError(f"{text!r} is outside the simulated world; use {FIRST_YEAR} to {LAST_YEAR}")
    return time.timestamp()
