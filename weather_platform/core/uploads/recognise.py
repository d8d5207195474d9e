"""A table without a mapping, or with a part of one: what its columns' names say.

Belongs here: which column is which, for a whole file, and what is asked where names say too little. Does not:
the names themselves (core.uploads.synonyms). Nothing is guessed: where two answers are possible, the file is
refused with the line that settles it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pandas as pd

from weather_platform.core.observations.mapping import Time
from weather_platform.core.observations.table_spec import Opened
from weather_platform.core.observations.times import ZONELESS
from weather_platform.core.uploads.spec import UploadError
from weather_platform.core.uploads.synonyms import VARIABLES, example_unit, meanings

_MOST_ASKED = 5
_RAIN, _PRECIPITATION = "rain_mm", "precipitation_mm"


@dataclass(frozen=True)
class Columns:
    """Column and unit by what it means (a contract column, or one of synonyms.OTHERS); `asked` are meanings
    that names do not settle, with the lines of a mapping that would.
    """

    found: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def name(self, meaning: str) -> str | None:
        """The column that means it."""
        return self.found.get(meaning, (None, None))[0]

    @property
    def variables(self) -> dict[str, tuple[str, str]]:
        """Column and unit by weather variable."""
        return {
            name: (column, unit) for name, (column, unit) in self.found.items() if name in VARIABLES and unit
        }


def columns(opened: Opened, settled: Collection[str] = ()) -> Columns:
    """What a file's columns are. `settled` are meanings that a mapping gives, and columns that it names."""
    by_meaning: dict[str, list[tuple[str, str | None]]] = {}
    asked: list[tuple[str, str]] = []
    for name in opened.names:
        told = meanings(name, opened.units.get(name)) or meanings(
            opened.standard_names.get(name, ""), opened.units.get(name)
        )
        said = [meaning for meaning in told if meaning.column not in settled]
        if not said or name in settled:
            continue
        if len(said) > 1:
            asked.append((said[0].column, _which(name, [meaning.column for meaning in said])))
            continue
        by_meaning.setdefault(said[0].column, []).append((name, said[0].unit))
    if _RAIN in by_meaning and not _apart_from_snow(opened.names, {*by_meaning, *settled}):
        by_meaning[_PRECIPITATION] = by_meaning.pop(_RAIN)
    for column, candidates in by_meaning.items():
        asked += [(column, doubt) for doubt in _doubts(column, candidates)]
    return Columns({column: candidates[0] for column, candidates in by_meaning.items()}, asked)


def _apart_from_snow(names: Sequence[str], meant: Collection[str]) -> bool:
    """Whether rain is the liquid part of what falls: a file without anything else that falls has a gauge's
    rain, which is all that it measures, and the truth that precipitation is held against.
    """
    return _PRECIPITATION in meant or any("snow" in name.lower() for name in (*names, *meant))


def refuse(asked: Sequence[str], beside: str) -> None:
    """Raise UploadError where anything is asked; `beside` is the mapping that would answer."""
    if asked:
        more = f" (and {len(asked) - _MOST_ASKED} more)" * (len(asked) > _MOST_ASKED)
        raise UploadError(f"{'; '.join(asked[:_MOST_ASKED])}{more}. Write that into {beside}")


def refuse_zoneless(rows: pd.DataFrame, reasons: "pd.Series[str]", time: Time, beside: str) -> None:
    """Raise UploadError where no row is good since none has a zone: that is to be said once."""
    if rows.empty and reasons.eq(ZONELESS).any():
        raise UploadError(
            f"column {time.columns[0]!r}: its times have no UTC offset; write `time: {{zone: UTC}}`, or "
            f"their true zone, into {beside}"
        )


def _doubts(column: str, candidates: list[tuple[str, str | None]]) -> list[str]:
    names = [name for name, _ in candidates]
    if len(names) > 1:
        line = _line(column, names[0], candidates[0][1])
        return [f"columns {', '.join(map(repr, names))} are all {column}: choose one, as `{line}`"]
    if column in VARIABLES and candidates[0][1] is None:
        return [f"column {names[0]!r} is {column}, in which unit? As `{_line(column, names[0], None)}`"]
    return []


def _which(name: str, columns: list[str]) -> str:
    lines = " or ".join(f"`{_line(column, name, None)}`" for column in columns)
    return f"column {name!r} is {' or '.join(columns)}: say which, as {lines}"


def _line(column: str, name: str, unit: str | None) -> str:
    if column in VARIABLES:
        return f"variables: {{{column}: {{from: {name!r}, unit: {unit or example_unit(column)!r}}}}}"
    if column == "valid_time":
        return f"time: {{column: {name!r}}}"
    return f"stations: {{column: {name!r}}}" if column == "location_id" else f"{column}: {name!r}"
