"""Google's side of the service, on loopback: certificates, signed tokens, what Cloud Run's front makes of
them, and a job API that really runs commands.

Belongs here: what Google would send or answer. Does not: any expectation.
"""

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from google.auth import crypt, jwt

from weather_platform_tests.certificates import self_signed
from weather_platform_tests.http_server import LoopbackServer

KEY_ID = "key-1"


@dataclass
class Google:
    """`answers`: statuses that the job API gives instead of running, first one first."""

    url: str
    signer: crypt.RSASigner
    certificate: str
    environment: dict[str, str]
    folder: Path
    answers: list[int] = field(default_factory=list)
    started: list[tuple[str, list[str]]] = field(default_factory=list)
    certificate_requests: int = 0
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def token(self, email: str, audience: str, **claims: Any) -> str:
        """A token as Google's Scheduler and Pub/Sub send it."""
        now = int(time.time())
        payload = {
            "iss": "https://accounts.google.com",
            "aud": audience,
            "email": email,
            "email_verified": True,
            "iat": now,
            "exp": now + 3600,
        }
        return str(jwt.encode(self.signer, payload | claims).decode())

    def forwarded(self, token: str) -> str:
        """A token as a container of Cloud Run gets it: the front has verified it and taken its signature."""
        jwt.decode(token, certs={KEY_ID: self.certificate})
        return f"{token.rpartition('.')[0]}.SIGNATURE_REMOVED_BY_GOOGLE"

    def start(self, job: str, args: list[str]) -> str:
        """Run a job's command, as Cloud Run would in a container of its own."""
        self.started.append((job, args))
        number = len(self.started)
        if self.environment:
            output = (self.folder / f"worker-{number}").open("wb")
            self.workers.append(
                subprocess.Popen(args, env=os.environ | self.environment, stdout=output, stderr=output)  # noqa: S603
            )
        return f"{job}/executions/run-{number}"

    def finished(self, within: float = 300) -> list[int]:
        """Exit codes of all workers, in the order of their starts."""
        return [worker.wait(within) for worker in self.workers]

    def output(self, number: int) -> str:
        """What a worker printed, counted from one."""
        return (self.folder / f"worker-{number}").read_text()


@contextmanager
def google(folder: Path, environment: dict[str, str] | None = None) -> Iterator[Google]:
    """Google on a free port. Without an environment, jobs are noted and not run."""
    signer, certificate = identity()
    server = LoopbackServer(("127.0.0.1", 0), _Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    server.google = Google(url, signer, certificate, environment or {}, folder)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.google  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        for worker in server.google.workers:  # type: ignore[attr-defined]
            worker.kill()
            worker.wait()


def identity() -> tuple[crypt.RSASigner, str]:
    """A key and its self-signed certificate, as Google publishes the latter."""
    key, certificate = self_signed()
    return crypt.RSASigner.from_string(key, KEY_ID), certificate.decode()


class _Handler(BaseHTTPRequestHandler):
    """GET /certs; POST /v2/projects/…/jobs/NAME:run."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        known: Google = self.server.google  # type: ignore[attr-defined]
        known.certificate_requests += 1
        self._answer(200, {KEY_ID: known.certificate}, {"Cache-Control": "public, max-age=3600"})

    def do_POST(self) -> None:
        known: Google = self.server.google  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if known.answers and (status := known.answers.pop(0)) != 200:
            return self._answer(status, {"error": {"code": status}})
        job, _, verb = self.path.removeprefix("/v2/").partition(":")
        if verb != "run" or "/jobs/" not in job:
            return self._answer(404, {"error": {"code": 404}})
        (container,) = body["overrides"]["containerOverrides"]
        execution = known.start(job, container["args"])
        return self._answer(200, {"name": "operations/1", "metadata": {"name": execution}})

    def _answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        encoded = json.dumps(body).encode()
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(encoded))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
