"""A proxy on loopback that passes requests on to a stand-in and, where told to, fails in between."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Thread
from urllib.parse import urlsplit

from weather_platform_tests.http_server import LoopbackServer

_NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length", "host"}
_JSON = {"Content-Type": "application/json"}


@dataclass
class Faults:
    """What goes wrong: `say(method, path)` names the fault of a request, None where it is passed on.

    A fault is an HTTP status with Google's reason, as `(429, "rateLimitExceeded")`; `"lost"` passes the
    request on and breaks the connection instead of answering; bytes are answered, with status 200, in the
    place of what was asked. `edit(path, body)` changes answers that are passed back. `asked` are the requests
    so far, as `METHOD path`, and `sent` their bodies, that of the one in question included.
    """

    url: str = ""
    say: Callable[[str, str], "tuple[int, str] | str | bytes | None"] = lambda _method, _path: None
    edit: Callable[[str, bytes], bytes] = lambda _path, body: body
    asked: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def first(self, count: int, fault: "tuple[int, str] | str", method: str, part: str) -> None:
        """Let the first requests of that method whose path has that part fail."""
        left = count

        def say(asked: str, path: str) -> "tuple[int, str] | str | None":
            nonlocal left
            if left and asked == method and part in path:
                left -= 1
                return fault
            return None

        self.say = say


@contextmanager
def faulty(upstream: str) -> Iterator[Faults]:
    """The proxy, while the context lasts."""
    faults = Faults()
    target = urlsplit(upstream).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            faults.asked.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            faults.sent.append(body)
            fault = faults.say(self.command, self.path)
            if isinstance(fault, tuple):
                self._answer(fault[0], _JSON, _google_error(*fault))
                return
            if isinstance(fault, bytes):
                self._answer(200, _JSON, fault)
                return
            status, headers, reply = self._ask(body)
            if fault == "lost":
                self.close_connection = True
                self.connection.close()
                return
            self._answer(status, headers, faults.edit(self.path, reply))

        def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection(target, timeout=60)
            try:
                headers = {k: v for k, v in self.headers.items() if k.lower() not in _NOT_PASSED_ON}
                connection.request(self.command, self.path, body=body, headers=headers)
                reply = connection.getresponse()
                return reply.status, dict(reply.getheaders()), reply.read()
            finally:
                connection.close()

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in _NOT_PASSED_ON:
                    # An upload goes on where it is told to: here.
                    self.send_header(name, value.replace(upstream, faults.url))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = LoopbackServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    faults.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield faults
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _google_error(status: int, reason: str) -> bytes:
    errors = [{"reason": reason, "domain": "global", "message": reason}]
    return json.dumps({"error": {"code": status, "message": reason, "errors": errors}}).encode()
