"""The panel of places as users keep it: a CSV with the columns of the LOCATIONS contract.

Belongs here: reading and checking that file, and turning its rows into places. Does not: which file a
deployment uses (settings), or when it is read (defs.locations).

    location_id,name,country,latitude,longitude,elevation_m

`location_id`, `latitude` and `longitude` are required; the other columns, and their fields, may be left out.
"""

from pathlib import Path
from typing import cast

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.places import Place
from weather_platform.core.tables.contract import Column
from weather_platform.core.tables.dtypes import TEXT
from weather_platform.core.tables.schema import conform

BUILT_IN = Path(__file__).with_name("panel.csv")
_MAX_BYTES = 64_000_000
_MAX_FAULTS_SHOWN = 5
# An id stands in object names, file names and URLs, and is joined by commas in the manifest.
_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"


class PanelError(ValueError):
    """A file of places that cannot be used; the message names file, line, column and remedy."""


def read_panel(path: Path | None = None, setting: str = "WEATHER_LOCATIONS_FILE") -> pd.DataFrame:
    """Places of a CSV file (the built-in panel where `path` is None) as LOCATIONS rows, sorted by id.
    `setting` is what names the file.

    Raises PanelError naming the file and, for each fault up to five, line, column and what to write instead.
    """
    file = path or BUILT_IN
    text = _read_text(file, setting)
    _check_header(text, file)
    frame = pd.DataFrame({name: _column(text, name) for name in LOCATIONS.column_names})
    numbers = {
        c.name: pd.to_numeric(frame[c.name], errors="coerce") for c in LOCATIONS.columns if c.kind == "float"
    }
    if faults := _faults(frame, numbers, _line_of_rows(file)):
        more = f"\n  and {len(faults) - _MAX_FAULTS_SHOWN} more" * (len(faults) > _MAX_FAULTS_SHOWN)
        lines = "\n".join(f"  line {line}, {what}" for line, what in sorted(faults)[:_MAX_FAULTS_SHOWN])
        raise PanelError(f"{file}: not a usable file of places:\n{lines}{more}")
    return conform(frame.assign(**numbers), LOCATIONS).reset_index(drop=True)


def panel(own: Path | None, lattice: Path | None) -> pd.DataFrame:
    """The panel of a deployment: its own places (the built-in ones where `own` is None), and a lattice's if
    there is one. Raises PanelError.
    """
    frame = read_panel(own)
    return frame if lattice is None else joined(frame, read_panel(lattice, "WEATHER_LATTICE_FILE"))


def joined(own: pd.DataFrame, lattice: pd.DataFrame) -> pd.DataFrame:
    """Both panels as one. Raises PanelError naming ids that stand in both."""
    if len(twice := own.loc[own["location_id"].isin(lattice["location_id"]), "location_id"]):
        raise PanelError(
            f"location_id {', '.join(twice.head(_MAX_FAULTS_SHOWN))} stands in both WEATHER_LOCATIONS_FILE "
            "and WEATHER_LATTICE_FILE; remove it from one"
        )
    return conform(pd.concat([own, lattice], ignore_index=True), LOCATIONS).reset_index(drop=True)


def places_of(panel: pd.DataFrame) -> list[Place]:
    """The rows of a LOCATIONS frame as places, in their order."""
    columns = {
        name: [
            None if missing else value for value, missing in zip(panel[name], panel[name].isna(), strict=True)
        ]
        for name in LOCATIONS.column_names
    }
    return [
        Place(location_id=i, latitude=lat, longitude=lon, elevation_m=height, country=country, name=name)
        for i, lat, lon, height, country, name in zip(
            *(columns[c] for c in ("location_id", "latitude", "longitude", "elevation_m", "country", "name")),
            strict=True,
        )
    ]


def _read_text(file: Path, setting: str) -> pa.Table:
    """Every field as text, so that a bad number is told by its line and not by a parser's complaint."""
    if not file.is_file():
        raise PanelError(f"{file}: no such file; {setting} must name a CSV of places, or be unset")
    if file.stat().st_size > _MAX_BYTES:
        raise PanelError(f"{file}: larger than {_MAX_BYTES // 1_000_000} MB; split it")
    convert = pacsv.ConvertOptions(
        column_types=dict.fromkeys(LOCATIONS.column_names, pa.string()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        null_values=[""],
    )
    try:
        return pacsv.read_csv(file, pacsv.ReadOptions(use_threads=False), convert_options=convert)
    except pa.ArrowInvalid as error:
        raise PanelError(f"{file}: cannot be read as comma-separated UTF-8 text: {error}") from error


def _check_header(text: pa.Table, file: Path) -> None:
    required = [column.name for column in LOCATIONS.columns if not column.nullable]
    if missing := [name for name in required if name not in text.column_names]:
        raise PanelError(
            f"{file}: line 1: no column {', '.join(missing)} in the header {','.join(text.column_names)}; "
            f"it must name {', '.join(required)}"
        )
    if unknown := [name for name in text.column_names if name not in LOCATIONS.by_name]:
        raise PanelError(
            f"{file}: line 1: unknown column {', '.join(map(repr, unknown))}; "
            f"known: {', '.join(LOCATIONS.column_names)}"
        )
    if len(set(text.column_names)) < len(text.column_names):
        raise PanelError(
            f"{file}: line 1: a column stands twice in {','.join(text.column_names)}; remove one"
        )
    if not len(text):
        raise PanelError(f"{file}: holds a header and no place; add at least one line")


def _column(text: pa.Table, name: str) -> pd.Series:
    if name not in text.column_names:
        return pd.Series(pd.NA, index=range(len(text)), dtype=TEXT)
    return pd.Series(text[name].to_pandas(types_mapper=lambda _: TEXT)).str.strip()


def _line_of_rows(file: Path) -> list[int]:
    """Arrow passes over empty lines, which count for whoever looks for one."""
    return [number for number, line in enumerate(file.read_bytes().splitlines(), start=1) if line][1:]


def _faults(frame: pd.DataFrame, numbers: dict[str, pd.Series], lines: list[int]) -> list[tuple[int, str]]:
    """(line, what is wrong and what to write) for every fault."""
    ids, country = frame["location_id"], frame["country"]
    first = pd.Series(lines[: len(frame)], index=frame.index).groupby(ids).transform("min")
    found = [(row, "location_id: missing; give each place an id") for row in _where(ids.isna())]
    found += [
        (row, f"location_id: {ids[row]!r}: write letters, digits, and . _ - only, at most 100 of them")
        for row in _where(ids.notna() & ~ids.str.fullmatch(_ID))
    ]
    found += [
        (row, f"location_id: {ids[row]!r} stands in line {first[row]:.0f} already; ids are unique")
        for row in _where(ids.notna() & ids.duplicated())
    ]
    found += [
        (row, f"country: {country[row]!r}: write the two capital letters of ISO 3166-1, or nothing")
        for row in _where(country.notna() & ~country.str.fullmatch("[A-Z]{2}"))
    ]
    for column in (c for c in LOCATIONS.columns if c.kind == "float"):
        found += _out_of_bounds(column, frame[column.name], numbers[column.name])
    return [(lines[row], what) for row, what in found]


def _out_of_bounds(column: Column, text: pd.Series, number: pd.Series) -> list[tuple[int, str]]:
    low, high = cast(float, column.ge), cast(float, column.le)
    wrong = (text.notna() | (not column.nullable)) & ~number.between(low, high).fillna(value=False)
    shown = text.fillna("")
    return [
        (row, f"{column.name}: {shown[row]!r}: write a number from {low:g} to {high:g}")
        for row in _where(wrong)
    ]


def _where(mask: pd.Series) -> list[int]:
    return [int(row) for row in mask.fillna(value=False).to_numpy(dtype=bool).nonzero()[0]]
