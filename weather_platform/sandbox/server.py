"""The sandbox's HTTP server: a socket on loopback and the process that serves on it.

Belongs here: starting to serve, saying where, and ending. Does not: any answer (see app).
"""

import os
import socket
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import uvicorn

from weather_platform.core import garbage
from weather_platform.sandbox.app import App
from weather_platform.sandbox.faults import named
from weather_platform.sandbox.simulation import Simulation


def serve(
    simulation: Simulation,
    host: str = "127.0.0.1",
    port: int = 0,
    now: datetime | None = None,
    *,
    scenarios: Sequence[str] = (),
    until_stdin_closes: bool = False,
) -> None:
    """Serve until interrupted. Prints `listening on URL` as the first line; port 0 takes a free one.

    `scenarios` (`NAME` or `NAME:PROVIDER`) are switched on from the start. `until_stdin_closes` ends it also
    when whoever started it is gone. Raises ValueError for a scenario that there is not, OSError where it
    cannot listen.
    """
    start = now or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    listener = socket.create_server((host, port), backlog=2048)
    # asyncio leaves Nagle's algorithm on for a socket made without a protocol number; a reply's second write
    # would wait 40 ms for the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app = App(simulation, start)
    for scenario in scenarios:
        app.faults.set(named(scenario))
    quiet: dict[str, Any] = {"access_log": False, "log_level": "warning", "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config(app, http="httptools", loop="asyncio", **quiet))
    if until_stdin_closes:
        threading.Thread(target=_stop_after, args=(sys.stdin.fileno(), server), daemon=True).start()
    url = f"http://{host}:{listener.getsockname()[1]}"
    try:
        print(f"listening on {url}", flush=True)  # noqa: T201 - the launcher reads it
    except BrokenPipeError:  # it was stopped while it started us
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would try again at its end
        return
    with garbage.rarely_looked_for():
        server.run(sockets=[listener])


def _stop_after(stream: int, server: uvicorn.Server) -> None:
    """Unbuffered, since a thread inside a buffered read aborts the interpreter as it shuts down."""
    while os.read(stream, 4096):
        pass
    server.should_exit = True
