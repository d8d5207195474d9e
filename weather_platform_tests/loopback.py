"""A real HTTP/1.1 server on loopback within a test's event loop, answered by a function."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """What the server sends. `cut` ends the connection in the middle of the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    cut: bool = False


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire."""

    target: str
    headers: dict[str, str]
    body: bytes = b""


@asynccontextmanager
async def serve(answer: Callable[[Seen], Answer]) -> AsyncIterator[str]:
    """The base URL of a server that asks `answer` for each reply."""
    opened: set[asyncio.StreamWriter] = set()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().strip().split("\r\n")
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                said = answer(Seen(first.split(" ")[1], headers, body))
                await asyncio.sleep(said.delay_seconds)
                extra = "".join(f"{name}: {value}\r\n" for name, value in said.headers.items())
                writer.write(
                    f"HTTP/1.1 {said.status} X\r\ncontent-length: {len(said.body)}\r\n{extra}\r\n".encode()
                )
                writer.write(said.body[: len(said.body) // 2] if said.cut else said.body)
                await writer.drain()
                if said.cut:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client has gone
        finally:
            opened.discard(writer)
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    async with server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            # From Python 3.12 on a server is closed when its last connection is, and clients keep theirs.
            for writer in opened:
                writer.close()
