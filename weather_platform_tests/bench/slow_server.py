"""A server that answers every path of the providers with a canned reply, after a fixed delay.

Run as a process of its own, so that the client measured has its own interpreter: prints `listening on URL`.
"""

import asyncio
import socket
import sys
from urllib.parse import parse_qs

import uvicorn

from weather_platform_tests import replies

_HOURS = 168


class App:
    """ASGI: `/<provider>/…`. A reply echoes the coordinates asked for, from bytes made beforehand."""

    def __init__(self, delay_seconds: float) -> None:
        self._delay = delay_seconds
        marked = {
            "openweathermap": replies.openweathermap(111.25, 112.5),
            "weatherapi": replies.weatherapi(111.25, 112.5, days=7),
            "met_norway": replies.met_norway(111.25, 112.5, hours=_HOURS, blocks=0),
            "brightsky": replies.brightsky(111.25, 112.5, hours=_HOURS),
            "smhi": replies.smhi(111.25, 112.5),
            "visualcrossing": replies.visualcrossing(111.25, 112.5, hours=_HOURS),
            "pirate_weather": replies.pirate_weather(111.25, 112.5, hours=_HOURS),
        }
        self._canned = {name: replies.encoded(reply) for name, reply in marked.items()}
        self._part = replies.encoded(replies.open_meteo(111.25, 112.5, _HOURS, models=("a", "b", "c")))
        self._grid = replies.encoded(replies.nws_gridpoint(hours=_HOURS))
        self._points = replies.encoded(replies.nws_points())

    async def __call__(self, scope: dict, _receive: object, send: object) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        await asyncio.sleep(self._delay)
        body = self._body(scope["path"], parse_qs(scope["query_string"].decode()))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _body(self, path: str, query: dict[str, list[str]]) -> bytes:
        provider = path.split("/")[1]
        if provider == "open_meteo":
            latitudes, longitudes = query["latitude"][0].split(","), query["longitude"][0].split(",")
            parts = [self._at(self._part, a, b) for a, b in zip(latitudes, longitudes, strict=True)]
            suffixes = zip(b"abc".decode(), query["models"][0].split(","), strict=True)
            body = b"[" + b",".join(parts) + b"]"
            for short, model in suffixes:
                body = body.replace(f'_{short}":'.encode(), f'_{model}":'.encode())
            return body
        if provider == "nws":
            return self._points if "/points/" in path else self._grid
        if provider == "smhi":
            *_, longitude, _, latitude, _ = path.split("/")
            return self._at(self._canned[provider], latitude, longitude)
        if provider in ("visualcrossing", "pirate_weather"):
            return self._at(self._canned[provider], *path.rpartition("/")[2].split(","))
        where = query["q"][0].split(",") if "q" in query else [query["lat"][0], query["lon"][0]]
        return self._at(self._canned[provider], *where)

    @staticmethod
    def _at(body: bytes, latitude: str, longitude: str) -> bytes:
        return body.replace(b"111.25", latitude.encode()).replace(b"112.5", longitude.encode())


def main() -> None:
    """Serve until ended."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # whoever reads the line may come at once, before uvicorn listens
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201 - read by the parent
    config = uvicorn.Config(App(float(sys.argv[1])), log_level="warning", access_log=False, lifespan="off")
    asyncio.run(uvicorn.Server(config).serve([listener]))


if __name__ == "__main__":
    main()
