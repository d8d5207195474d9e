"""The body of a reply as it is read: what it is decoded from, how much of it, and whether it is whole.

Belongs here: which encodings are decoded, and when reading stops. Does not: what is asked, what status is a
good one, or what a failure is called (core.fetching.reply, core.history.crawl).

httpx's own decoders take what was cut short for the whole, and leave out what follows a first gzip member.
"""

import zlib
from collections.abc import Iterator

import httpx

# Their decoders make a thousandfold of what comes in at most, and a chunk at a time; those of zstd and br can
# fill the memory with one chunk, before its size can be looked at. `x-gzip` is gzip's other name (RFC 9110).
_GZIP, _ZLIB, _BARE_DEFLATE = 31, 15, -15
_WINDOW_BITS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20


class BodyError(Exception):
    """A body that is not read, or not to its end; the text says why, and quotes nothing but its encoding."""


async def read(response: httpx.Response, max_bytes: int) -> bytes:
    """The decoded body of an open reply. Raises BodyError where it is encoded as nobody asked for, before the
    first byte is decoded, once it is larger than `max_bytes`, and where it is damaged or cut short.
    """
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding != "identity" and encoding not in _WINDOW_BITS:
        raise BodyError(f"the reply is encoded as {encoding[:20]!r}, which was not asked for")
    decoder = _Decoder(_WINDOW_BITS[encoding]) if encoding in _WINDOW_BITS else None
    chunks: list[bytes] = []
    size = 0
    async for raw in response.aiter_raw():
        for chunk in (raw,) if decoder is None else decoder.decoded(raw):
            size += len(chunk)
            if size > max_bytes:
                raise BodyError(f"the reply is larger than the {max_bytes} bytes allowed")
            chunks.append(chunk)
    if decoder is not None and not decoder.at_end:
        raise BodyError(f"the reply is cut short: its {encoding} does not end")
    return b"".join(chunks)


class _Decoder:
    """Decompresses a stream of chunks; `at_end` tells whether it may end here."""

    def __init__(self, window_bits: int) -> None:
        self._bits = window_bits
        self._inner = zlib.decompressobj(window_bits)
        self._begun = False

    @property
    def at_end(self) -> bool:
        return self._inner.eof or not self._begun

    def decoded(self, raw: bytes) -> Iterator[bytes]:
        """What a chunk gives, in parts of a bounded size. Raises BodyError for what is no such stream."""
        if raw and not self._begun and self._bits == _ZLIB and not _is_zlib(raw):
            self._inner = zlib.decompressobj(_BARE_DEFLATE)  # as some servers understand `deflate`
        self._begun |= bool(raw)
        part = b""
        while raw or len(part) == _CHUNK:
            if self._inner.eof:
                if not raw or self._bits != _GZIP or not raw.startswith(_GZIP_MAGIC[: len(raw)]):
                    return  # nothing follows, or padding
                self._inner = zlib.decompressobj(_GZIP)
            try:
                part = self._inner.decompress(raw, _CHUNK)
            except zlib.error:
                raise BodyError("the reply is damaged: it is not compressed as it says") from None
            yield part
            raw = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail


def _is_zlib(raw: bytes) -> bool:
    """Whether it begins as RFC 1950 has it, and as no bare deflate does."""
    return raw[0] & 0x0F == 8
