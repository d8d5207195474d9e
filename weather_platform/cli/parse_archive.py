"""Readers of archives on files: observation rows by the contract.

Belongs here: what a file on the command line tells its reader. Does not: the readers (core.history).
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from weather_platform.cli.errors import CommandError
from weather_platform.cli.files import read_file
from weather_platform.core.file_names import stamp_of
from weather_platform.core.partitions import CYCLE, DAY

if TYPE_CHECKING:
    from weather_platform.core.fetching.payloads import Meta
    from weather_platform.core.history.format import Format
    from weather_platform.core.history.spec import Archive
    from weather_platform.core.parsing.parse import Parsed

_MAX_BYTES = 1_000_000_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_archive(
    archive: "Archive", files: Sequence[Path], fetched_at: datetime | None, params: dict[str, str]
) -> "tuple[Parsed, list[str]]":
    """Rows of the files that can be read, and what is wrong with the others."""
    import pandas as pd

    from weather_platform.core.contracts.forecast import QUARANTINE
    from weather_platform.core.contracts.truth import OBSERVATION
    from weather_platform.core.parsing.parse import Parsed
    from weather_platform.core.tables.schema import conform, empty

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


def parse_files(
    form: "Format", files: Sequence[Path], params: dict[str, str]
) -> "tuple[Parsed, list[str], dict[str, Any]]":
    """Rows of the files that can be read, what is wrong with the others, and a count of everything read."""
    import pandas as pd

    from weather_platform.core.contracts.forecast import QUARANTINE
    from weather_platform.core.history.format import File
    from weather_platform.core.observations.table import ObservationFileError
    from weather_platform.core.parsing.parse import Parsed
    from weather_platform.core.tables.schema import empty

    rows, aside, problems = [empty(form.contract)], [empty(QUARANTINE)], []
    totals: Counter[str] = Counter(read=0, kept=0)
    left_out: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for path in files:
        try:
            found = form.read(File(_bytes(path), path.name, params.get("station")))
        except (CommandError, ObservationFileError) as error:
            problems.append(f"{path}: {error}")
        else:
            rows.append(found.rows)
            aside.append(found.quarantine.assign(object=str(path)))
            totals.update(read=found.read, kept=found.kept)
            left_out.update(found.left_out)
            refused.update(found.refused)
    counts = {**totals, "left_out": dict(left_out), "values_marked_wrong": dict(refused)}
    parsed = Parsed(pd.concat(rows, ignore_index=True), pd.concat(aside, ignore_index=True), dropped_past=0)
    return parsed, problems, counts


def _bytes(path: Path) -> bytes:
    """As they are: formats decompress by themselves, within bounds."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"cannot be read: {error}") from error
    if len(data) > _MAX_BYTES:
        raise CommandError(f"larger than {_MAX_BYTES // 1_000_000} MB; split the file")
    return data


def _meta(
    archive: "Archive", path: Path, body: bytes, fetched_at: datetime | None, params: dict[str, str]
) -> "Meta":
    """What the archive's reader may know: above all the day that was asked for."""
    from weather_platform.core.fetching.payloads import Meta, digest
    from weather_platform.core.providers.reading import plain_name

    day = params.get("date") or (found[0] if (found := _DAY.search(path.name)) else None)
    if day is None:
        raise CommandError(
            f"{path}: of which day is it? The name has none like 2026-08-03; give --param date=…"
        )
    try:
        time = fetched_at or stamp_of(path.name) or DAY.end(day)
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
