"""A proxy on loopback that passes requests on to the sandbox and remembers what was asked."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Thread
from urllib.parse import urlsplit

from weather_platform_tests.http_server import LoopbackServer

_PASSED_ON = ("content-type", "retry-after")


@contextmanager
def recording(upstream: str) -> Iterator[tuple[str, list[str]]]:
    """The proxy's URL, and the paths asked so far, while the context lasts."""
    asked: list[str] = []
    target = urlsplit(upstream).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            connection = http.client.HTTPConnection(target, timeout=30)
            try:
                connection.request("GET", self.path, headers=dict(self.headers))
                reply = connection.getresponse()
                body = reply.read()
            finally:
                connection.close()
            self.send_response(reply.status)
            for name in _PASSED_ON:
                if (value := reply.getheader(name)) is not None:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = LoopbackServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
