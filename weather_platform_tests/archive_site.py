"""A site on loopback that serves files and Apache's directory listings of them, as NCEI does.

Belongs here: a real HTTP server in a thread of its own, with conditional requests, robots.txt and faults on
demand. Does not: any file's content.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import Any

from weather_platform_tests.http_server import LoopbackServer

FIRST = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
_ROW = (
    '<tr><td><a href="{name}">{name}</a></td><td align="right">{modified:%Y-%m-%d %H:%M}  </td>'
    '<td align="right">{size}</td><td>&nbsp;</td></tr>\n'
)
_PAGE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html><head><title>Index of {folder}</title></head><body><h1>Index of {folder}</h1><table>
<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
<tr><td><a href="../">Parent Directory</a></td><td>&nbsp;</td><td align="right">  - </td></tr>
{rows}</table></body></html>"""


@dataclass
class Site:
    """Files by path (without a leading slash), when they changed, and paths that answer with a status."""

    url: str
    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    robots: str | None = None
    faults: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    def put(self, path: str, body: bytes, modified: datetime = FIRST) -> None:
        """Add or replace a file."""
        self.files[path] = (body, modified)

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        if path in self.faults:
            return self.faults[path], b"busy"
        if path == "robots.txt":
            return (404, b"") if self.robots is None else (200, self.robots.encode())
        if path in self.files:
            return 200, self.files[path][0]
        within = {
            name[len(path) :]: file for name, file in sorted(self.files.items()) if name.startswith(path)
        }
        if not path.endswith("/") or not within:
            return 404, b"<html>Not Found</html>"
        rows = [
            _ROW.format(name=name, modified=modified, size=f"{max(1, len(body) // 1024)}K")
            for name, (body, modified) in within.items()
            if "/" not in name
        ]
        return 200, _PAGE.format(folder=f"/{path}", rows="".join(rows)).encode()


@contextmanager
def serve() -> Iterator[Site]:
    """A site without files."""
    site = Site("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0].lstrip("/")
            site.asked.append(path)
            status, body = site.answer(path)
            etag = f'"{sha256(body).hexdigest()[:16]}"'
            if status == 200 and self.headers.get("If-None-Match") == etag:
                site.unchanged.append(path)
                status, body = 304, b""
            self.send_response(status)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = LoopbackServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
