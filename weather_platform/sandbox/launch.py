"""Start the sandbox as a process of its own, and stop it again."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weather_platform.sandbox.panel import BUILT_IN

_STARTED_WITHIN_SECONDS = 30.0
_STOPPED_WITHIN_SECONDS = 5.0
# An office's proxy, which HTTP_PROXY or macOS names, knows nothing of our loopback.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: where it listens, and its process."""

    url: str
    process: subprocess.Popen[str]


@contextmanager
def start(places_csv: Path = BUILT_IN, seed: int = 7, port: int = 0) -> Iterator[Sandbox]:
    """Run a sandbox for a CSV of places while the context lasts. RuntimeError if it does not come up."""
    command = [sys.executable, "-m", "weather_platform.sandbox", "--places", str(places_csv)]
    process = subprocess.Popen(  # noqa: S603 - our own module, no shell
        [*command, "--seed", str(seed), "--port", str(port), "--until-stdin-closes"],
        stdin=subprocess.PIPE,  # closes with us, however we end: no server is left behind
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a terminal's Ctrl-C reaches us alone, and we end it in order
    )
    try:
        yield Sandbox(_when_up(process), process)
    finally:
        process.terminate()
        try:
            process.wait(_STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _when_up(process: subprocess.Popen[str]) -> str:
    """The URL, once the server answers there."""
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line.startswith("listening on "):
        raise RuntimeError(
            f"the sandbox did not start (exit code {process.poll()}); its own message is above"
        )
    url = line.removeprefix("listening on ").strip()
    deadline = time.monotonic() + _STARTED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            with _DIRECT.open(f"{url}/healthz", timeout=1):
                return url
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError(f"the sandbox at {url} did not answer within {_STARTED_WITHIN_SECONDS:g} s")
