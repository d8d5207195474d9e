"""Files on a command line as what the parser takes: their bytes, and how they were asked for."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weather_platform.cli.errors import CommandError
from weather_platform.cli.files import read_file
from weather_platform.cli.visible import echo
from weather_platform.core.file_names import YEARS, reply_place, stamp_of
from weather_platform.core.partitions import CYCLE

if TYPE_CHECKING:
    from weather_platform.core.parsing.parse import Source
    from weather_platform.core.places import Place
    from weather_platform.core.providers.spec import Provider


def read_sources(
    provider: "Provider",
    files: Iterable[Path],
    fetched_at: datetime | None,
    coordinates: tuple[float, float] | None,
    params: dict[str, str],
) -> "tuple[list[Source], list[str]]":
    """Readable files as sources, and what is wrong with the others."""
    from weather_platform.core.parsing.parse import Source
    from weather_platform.core.places import Place
    from weather_platform.core.providers.spec import Asked, PayloadError

    sources: list[Source] = []
    problems: list[str] = []
    for path in files:
        name = reply_place(path.name)
        places: tuple[Place, ...] = () if coordinates is None else (Place(name, *coordinates),)
        try:
            body = read_file(path)
            time = (
                fetched_at or stamp_of(path.name) or _first_valid_time(provider, body, path, places, params)
            )
        except CommandError as error:
            problems.append(error.message)
        except PayloadError as error:
            problems.append(f"{path}: {error}")
        else:
            sources.append(
                Source(str(path), CYCLE.floor(time), Asked(places, time, params=params, unplaced=name), body)
            )
    return sources, problems


def _first_valid_time(
    provider: "Provider", body: bytes, path: Path, places: "tuple[Place, ...]", params: dict[str, str]
) -> datetime:
    """Without any word of the fetch, no hour of the file can be called past."""
    from weather_platform.core.parsing.parse import read
    from weather_platform.core.partitions import EPOCH
    from weather_platform.core.providers.spec import Asked, Block, PayloadError

    blocks = [b for b in read(provider, body, Asked(places, EPOCH, params=params)) if isinstance(b, Block)]
    if not any(len(block.valid_time) for block in blocks):
        raise PayloadError("holds no forecast rows")
    first = min(block.valid_time.min() for block in blocks if len(block.valid_time))
    time = EPOCH + (first - type(first)(0, "s")).item()
    if time.year not in YEARS:
        raise PayloadError(
            f"holds an hour of the year {time.year}, which cannot be the fetch; give --fetched-at"
        )
    echo(
        f"{path}: no --fetched-at and no stamp in the name; taken as fetched at {time:%Y-%m-%dT%H:%MZ}",
        err=True,
    )
    return time
