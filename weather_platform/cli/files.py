"""Files of replies that someone kept: read whatever their compression, and what their names tell.

Belongs here: bytes and names. Does not: what the bytes mean (core.parse).
"""

import gzip
import io
import re
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import zstandard

from weather_platform.cli.errors import CommandError

MAX_BYTES = 64_000_000
_STAMP = re.compile(r"(\d{8}T\d{6})Z")
_STAMP_FORMAT = "%Y%m%dT%H%M%S"
_SUFFIXES = (".json", ".gz", ".zst")


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


def stamp_of(path: Path) -> datetime | None:
    """The UTC time that stands in a file name, as in `20260720T090040Z_pier.json.gz`, or None."""
    found = _STAMP.search(path.name)
    return datetime.strptime(found[1], _STAMP_FORMAT).replace(tzinfo=UTC) if found else None


def stem_of(path: Path) -> str:
    """The file name without `.json`, `.gz` and `.zst`."""
    name = path.name
    while (suffix := Path(name).suffix) in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def location_of(path: Path) -> str:
    """The location id that a file name ends with: what follows its stamp, or all of it where there is no
    stamp.
    """
    stem = stem_of(path)
    found = _STAMP.search(stem)
    return stem[found.end() :].lstrip("_-") if found and stem[found.end() :].strip("_-") else stem


def parsed_time(text: str) -> datetime:
    """An ISO 8601 time with its zone, as UTC. Raises ValueError that says what to write."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text!r} has no zone; write for instance {text}Z")
    return time.astimezone(UTC)
