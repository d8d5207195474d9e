"""An archive's reader on files: observation rows by the contract."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from weather_platform.cli.errors import CommandError
from weather_platform.cli.files import read_file, stamp_of
from weather_platform.core.partitions import CYCLE, DAY

if TYPE_CHECKING:
    from weather_platform.core.history.spec import Archive
    from weather_platform.core.parse import Parsed
    from weather_platform.core.payloads import Meta

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_archive(
    archive: "Archive", files: Sequence[Path], fetched_at: datetime | None, params: dict[str, str]
) -> "tuple[Parsed, list[str]]":
    """Rows of the files that can be read, and what is wrong with the others."""
    import pandas as pd

    from weather_platform.core.contracts.forecast import QUARANTINE
    from weather_platform.core.contracts.truth import OBSERVATION
    from weather_platform.core.parse import Parsed
    from weather_platform.core.schema import conform, empty

    rows, aside, problems = [empty(OBSERVATION)], [empty(QUARANTINE)], []
    for path in files:
        try:
            body = read_file(path)
            found = archive.parse(_meta(archive, path, body, fetched_at, params), body)
        except CommandError as error:
            problems.append(error.message)
        else:
            rows.append(found.rows)
            aside.append(found.quarantine.assign(object=str(path)))
    return Parsed(
        conform(pd.concat(rows, ignore_index=True), OBSERVATION),
        conform(pd.concat(aside, ignore_index=True), QUARANTINE),
        dropped_past=0,
    ), problems


def _meta(
    archive: "Archive", path: Path, body: bytes, fetched_at: datetime | None, params: dict[str, str]
) -> "Meta":
    """What the archive's reader may know: above all the day that was asked for."""
    from weather_platform.core.payloads import Meta, digest
    from weather_platform.core.providers.reading import plain_name

    day = params.get("date") or (found[0] if (found := _DAY.search(path.name)) else None)
    if day is None:
        raise CommandError(
            f"{path}: of which day is it? The name has none like 2026-08-03; give --param date=…"
        )
    try:
        time = fetched_at or stamp_of(path) or DAY.end(day)
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from error
    return Meta(
        provider=archive.name,
        cycle=CYCLE.floor(time),
        request=plain_name(path.name),
        role="forecast",
        places=(),
        url=f"file:?{urlencode(params | {'date': day})}",
        status=200,
        fetched_at=time,
        quota_weight=0.0,
        **digest(body),
    )
