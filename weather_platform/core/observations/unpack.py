"""Bytes of a file that may be compressed, within bounds.

Belongs here: gzip and zstd, and telling a bomb or a torn file. Does not: what the bytes mean.
"""

import gzip
import io
import zlib

import zstandard

_CHUNK = 1 << 20
_LARGEST_WINDOW = 1 << 27
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class UnpackError(ValueError):
    """A compressed file that is damaged, cut short, or too large; the message says which."""


def unpack(data: bytes, allowed: int) -> bytes:
    """The file's bytes, decompressed where it is gzip or zstd (several members or frames are joined).

    Raises UnpackError where that would be more than `allowed` bytes, or cannot be done.
    """
    try:
        if data.startswith(GZIP):
            return _gunzip(data, allowed)
        return _unzstd(data, allowed) if data.startswith(ZSTD) else data
    except (EOFError, OSError, zlib.error, zstandard.ZstdError) as error:
        raise UnpackError(f"cannot be decompressed ({error}); the file is damaged or cut short") from error


def _gunzip(data: bytes, allowed: int) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        text = file.read(allowed + 1)
    if len(text) > allowed:
        raise _too_large(data, allowed)
    return text


def _unzstd(data: bytes, allowed: int) -> bytes:
    """The size is measured first, in small memory: of zstandard's ways only the reader can be stopped in the
    middle, and only the object, which cannot, tells a frame that was cut short."""
    decompressor, size, rest, parts = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW), 0, data, []
    with decompressor.stream_reader(data, read_across_frames=True) as reader:
        while size <= allowed and (part := reader.read(_CHUNK)):
            size += len(part)
    if size > allowed:
        raise _too_large(data, allowed)
    while rest:
        frame = decompressor.decompressobj()
        parts.append(frame.decompress(rest))
        if not frame.eof:
            raise zstandard.ZstdError("it ends in the middle")
        rest = frame.unused_data
    return b"".join(parts)


def _too_large(data: bytes, allowed: int) -> UnpackError:
    return UnpackError(
        f"decompresses to more than the {allowed} bytes allowed for {len(data)}; split the file"
    )
