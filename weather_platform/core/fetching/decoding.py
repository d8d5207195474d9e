"""The body of a reply as it is read: what it is decoded from, and how much of it.

Belongs here: which encodings are decoded, and when reading stops. Does not: what is asked, what status is a
good one, or what a failure is called (core.fetching.reply, core.history.crawl).
"""

import httpx

# Their decoders make a thousandfold of what comes in at most; those of zstd and br can fill the memory with
# one chunk, before its size can be looked at.
_ENCODINGS = ("identity", "gzip", "deflate")


class BodyError(Exception):
    """A body that is not read, or not to its end; the text says why, and quotes nothing but its encoding."""


async def read(response: httpx.Response, max_bytes: int) -> bytes:
    """The decoded body of an open reply. Raises BodyError where it is encoded as nobody asked for, before the
    first byte is decoded, and once it is larger than `max_bytes`.
    """
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding not in _ENCODINGS:
        raise BodyError(f"the reply is encoded as {encoding[:20]!r}, which was not asked for")
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > max_bytes:
            raise BodyError(f"the reply is larger than the {max_bytes} bytes allowed")
        chunks.append(chunk)
    return b"".join(chunks)
