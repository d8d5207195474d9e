"""Files of replies that someone kept, read whatever their compression.

Belongs here: bytes. Does not: what they mean (core.parsing.parse), or what names tell (core.file_names).
"""

import gzip
import io
import zlib
from pathlib import Path
from typing import BinaryIO

import zstandard

from weather_platform.cli.errors import CommandError

MAX_BYTES = 64_000_000


def read_file(path: Path) -> bytes:
    """The content, decompressed where the name ends in .gz or .zst. Raises CommandError naming file and
    cause.
    """
    try:
        with path.open("rb") as file:
            content = _opened(file, path.suffix).read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise CommandError(f"{path}: cannot be read: {error}") from error
    if len(content) > MAX_BYTES:
        raise CommandError(f"{path}: holds more than {MAX_BYTES // 1_000_000} MB, as no reply does")
    return content


def _opened(file: BinaryIO, suffix: str) -> io.BufferedIOBase | BinaryIO:
    if suffix == ".gz":
        return gzip.GzipFile(fileobj=file)
    if suffix == ".zst":
        return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True))
    return file
