"""Politeness over real HTTP: robots.txt, pace, what has not changed, bounds."""

import asyncio
import gzip
import tracemalloc
import zlib
from contextlib import suppress

import httpx
import pytest

from weather_platform.core.fetching import decoding
from weather_platform.core.history.crawl import Crawler, CrawlError, Page
from weather_platform_tests.loopback import Answer, Seen, serve

TEXT = b"".join(b"%d," % number for number in range(200))
GZIPPED = gzip.compress(TEXT)
AGENT = {"User-Agent": "weather-platform/0.1 test"}


class Clock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def ask(
    answer: dict[str, Answer], *paths: str, max_bytes: int = 1000, limit_seconds: float = 5.0, **sent: str
) -> tuple[list, list, Clock]:
    clock, seen = Clock(), []

    def say(request: Seen) -> Answer:
        seen.append(request)
        return answer.get(request.target, Answer(status=404))

    async with serve(say) as url, httpx.AsyncClient(base_url=url, headers=AGENT) as client:
        site = Crawler(
            client,
            per_minute=60,
            max_bytes=max_bytes,
            limit_seconds=limit_seconds,
            clock=clock,
            sleep=clock.sleep,
        )
        pages: list[Page | CrawlError] = []
        for path in paths:
            try:
                pages.append(await site.get(path, **sent))
            except CrawlError as error:
                pages.append(error)
    return pages, seen, clock


def robots(text: str) -> dict[str, Answer]:
    return {"/robots.txt": Answer(text.encode()), "/a": Answer(b"page"), "/b": Answer(b"page")}


async def test_a_site_without_robots_is_read_at_our_pace() -> None:
    pages, seen, clock = await ask({"/a": Answer(b"1"), "/b": Answer(b"2")}, "a", "b")
    assert [page.body for page in pages] == [b"1", b"2"]
    assert [request.target for request in seen] == ["/robots.txt", "/a", "/b"]
    assert clock.slept == [0.0, 1.0, 1.0]


async def test_what_robots_forbids_is_not_asked_for() -> None:
    pages, seen, _ = await ask(robots("User-agent: *\nDisallow: /a\n"), "a", "b")
    assert "robots.txt forbids" in str(pages[0]) and pages[1].body == b"page"
    assert "/a" not in [request.target for request in seen]


async def test_a_longer_crawl_delay_is_kept() -> None:
    _, _, clock = await ask(robots("User-agent: *\nCrawl-delay: 7\n"), "a", "b")
    assert clock.slept[-1] == 7.0


async def test_a_site_that_wants_to_be_asked_less_than_once_a_minute_is_not_asked() -> None:
    pages, seen, clock = await ask(robots("User-agent: *\nCrawl-delay: 999999999\n"), "a", "b")
    assert all("between requests" in str(page) for page in pages)
    assert [request.target for request in seen] == ["/robots.txt"]
    assert max(clock.slept) <= 60.0


async def test_robots_that_cannot_be_had_forbid_everything() -> None:
    pages, seen, _ = await ask({"/robots.txt": Answer(status=503), "/a": Answer(b"1")}, "a")
    assert "nothing may be asked for" in str(pages[0])
    assert len(seen) == 1


async def test_a_page_that_did_not_change_has_no_body() -> None:
    (page,), seen, _ = await ask(
        {"/a": Answer(status=304)}, "a", etag='"x"', modified="Fri, 01 Mar 2024 12:00:00 GMT"
    )
    assert page.body is None
    assert seen[-1].headers["if-none-match"] == '"x"'
    assert seen[-1].headers["if-modified-since"] == "Fri, 01 Mar 2024 12:00:00 GMT"


async def test_validators_of_a_page_come_back() -> None:
    (page,), _, _ = await ask({"/a": Answer(b"1", headers={"ETag": '"y"', "Last-Modified": "then"})}, "a")
    assert (page.etag, page.modified) == ('"y"', "then")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(b"x" * 2000), "larger than"),
        (Answer(gzip.compress(bytes(100_000)), headers={"Content-Encoding": "gzip"}), "larger than"),
        (Answer(GZIPPED[:-9], headers={"Content-Encoding": "gzip"}), "its gzip does not end"),
        (Answer(GZIPPED[:5], headers={"Content-Encoding": "gzip"}), "its gzip does not end"),
        (
            Answer(zlib.compress(TEXT)[:-5], headers={"Content-Encoding": "deflate"}),
            "its deflate does not end",
        ),
        (Answer(b"small", headers={"Content-Encoding": "gzip"}), "not compressed as it says"),
        (Answer(b"small", headers={"Content-Encoding": "zstd"}), "encoded as 'zstd'"),
        (Answer(b"small", headers={"Content-Encoding": "gzip, gzip"}), "encoded as 'gzip, gzip'"),
        (Answer(b"small", 404, {"Content-Encoding": "br"}), "status 404"),
        (Answer(status=500), "status 500"),
        (Answer(b"x" * 500, cut=True), "Error"),
    ],
)
async def test_what_cannot_be_had_says_why(answer: Answer, says: str) -> None:
    (error,), _, _ = await ask({"/a": answer}, "a")
    assert says in str(error)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", GZIPPED),
        ("x-gzip", GZIPPED),
        ("GZIP", GZIPPED + bytes(8)),
        ("gzip", gzip.compress(TEXT[:300]) + gzip.compress(TEXT[300:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("identity", TEXT),
    ],
)
@pytest.mark.parametrize("part_bytes", [7, len(TEXT), 1 << 20])
async def test_a_body_is_decoded_to_its_end(
    monkeypatch: pytest.MonkeyPatch, part_bytes: int, encoding: str, body: bytes
) -> None:
    """Found by reading: what a first gzip member holds, and what was cut short, passed for the whole."""
    monkeypatch.setattr(decoding, "_CHUNK", part_bytes)
    (page,), _, _ = await ask({"/a": Answer(body, headers={"Content-Encoding": encoding})}, "a")
    assert page.body == TEXT
    (nothing,), _, _ = await ask({"/a": Answer(b"", headers={"Content-Encoding": encoding})}, "a")
    assert nothing.body == b""


async def test_what_stands_behind_the_last_byte_that_came_in_is_decoded_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = b"bbbaaa" + b"0" * 388  # of which a bare deflate ends in the middle of what it repeats
    monkeypatch.setattr(decoding, "_CHUNK", 7)
    answer = Answer(zlib.compress(text)[2:-4], headers={"Content-Encoding": "deflate"})
    (page,), _, _ = await ask({"/a": answer}, "a")
    assert page.body == text


async def test_of_a_bomb_no_more_is_unpacked_than_is_looked_at() -> None:
    bomb = Answer(gzip.compress(bytes(60_000_000), 1), headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    (error,), _, _ = await ask({"/a": bomb}, "a")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than" in str(error)
    assert peak < 10_000_000


async def test_robots_in_an_encoding_that_nobody_asked_for_are_not_read() -> None:
    bomb = Answer(b"small", headers={"Content-Encoding": "zstd"})
    (error,), seen, _ = await ask({"/robots.txt": bomb, "/a": Answer(b"1")}, "a")
    assert "/robots.txt: the reply is encoded as 'zstd'" in str(error)
    assert len(seen) == 1


async def test_a_page_that_trickles_in_is_not_waited_for() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n")
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, httpx.AsyncClient(base_url=url, headers=AGENT, timeout=0.2) as client:
        site = Crawler(client, per_minute=60, max_bytes=1000, limit_seconds=0.3)
        with pytest.raises(CrawlError, match=r"no whole reply within 0\.3 s"):
            await site.get("a")
