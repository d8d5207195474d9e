"""A mapping that lacks something, completed by what the file's columns are called.

Belongs here: which fields a mapping must have, and what stands in for those that it lacks. Does not: names
(core.uploads.recognise), or what fields mean (core.observations.mapping).
"""

import re
from typing import Any

from weather_platform.core.observations.table_spec import Opened
from weather_platform.core.uploads.naming import folders_of
from weather_platform.core.uploads.recognise import Columns, columns, refuse
from weather_platform.core.uploads.spec import File
from weather_platform.core.uploads.synonyms import OTHERS, VARIABLES

_WHOLE = {"source", "format", "time", "stations", "variables"}
_RELEVANT = {*VARIABLES, "valid_time", "location_id", "latitude", "longitude"}
INTERVAL = "interval_hours"
_MOST_NAMED = 12
Fields = dict[str, Any]


def is_whole(fields: Fields) -> bool:
    """Whether the mapping says everything by itself: then names mean nothing."""
    return fields.keys() >= _WHOLE or fields.get("format", "wide") != "wide"


def beside(file: File) -> str:
    """Name of the mapping that would lie beside the file."""
    return f"{file.name.rpartition('/')[2]}.yaml"


def settled(given: Fields) -> set[str]:
    """What a mapping gives already: meanings, and the columns that it names."""
    variables, time, stations = _table(given, "variables"), _table(given, "time"), _table(given, "stations")
    names = {str(_table(variables, name).get("from")) for name in variables}
    names |= {str(value) for value in stations.values() if isinstance(value, str)}
    if "column" in time:
        column = time["column"]
        names |= {"valid_time", *(column if isinstance(column, list) else [str(column)])}
    if stations.keys() & {"column", "table", "latitude"}:
        names |= {"location_id", "latitude", "longitude"}
    return names | set(variables)


def completed(file: File, opened: Opened, given: Fields) -> Fields:
    """The mapping's fields, what lacks taken from names. Raises UploadError where they are not enough."""
    found = columns(opened, settled(given))
    asked = [line for meaning, line in found.asked if meaning in _RELEVANT]
    fields = {
        **given,
        "source": given.get("source") or _source(file),
        "format": "wide",
        "time": time(opened, found, given, asked),
        "stations": stations(file, opened, found, given, asked),
        "variables": variables(found, given, asked),
        **_interval(opened, given, asked),
    }
    refuse(asked, beside(file))
    return fields


def stations(file: File, opened: Opened, found: Columns, given: Fields, asked: list[str]) -> Fields:
    """Whose rows they are: a column of places' ids, or positions."""
    told = _table(given, "stations")
    if told.keys() & {"column", "table", "latitude"}:
        return told
    by_id, latitude, longitude = (found.name(name) for name in ("location_id", "latitude", "longitude"))
    if by_id is not None:
        ids = opened.read([by_id]).columns[by_id].cast("string").unique().to_pylist()
        strangers = [str(one).strip() for one in ids if one is not None]
        if not strangers or not set(strangers).isdisjoint(file.panel["location_id"]):
            return {**told, "column": by_id}
        if latitude is None or longitude is None:
            asked.append(
                f"column {by_id!r}: none of {', '.join(map(repr, strangers[:5]))} is a place of the panel; "
                f"say which are, as `stations: {{column: {by_id!r}, table: {{{strangers[0]!r}: "
                "{locations: […]}}}`"
            )
            return told
    if latitude is not None and longitude is not None:
        return {**told, "latitude": latitude, "longitude": longitude}
    here = next(iter(file.panel["location_id"]), "PLACE")
    asked.append(
        f"no column is called as places are ({_few('location_id')}, or latitude and longitude): say where it "
        f"is, as `stations: {{table: {{here: {{locations: [{here}]}}}}}}`"
    )
    return told


def time(opened: Opened, found: Columns, given: Fields, asked: list[str]) -> Fields:
    """Which column is the time, and in what zone."""
    told = _table(given, "time")
    if "column" in told:
        return told
    name, unit = found.found.get("valid_time", (None, None))
    if name is None:
        names = (
            f"{', '.join(map(repr, opened.names[:_MOST_NAMED]))}{', …' * (len(opened.names) > _MOST_NAMED)}"
        )
        asked.append(
            f"no column is called as times are ({_few('valid_time')}): say which of {names:.300} is, as "
            "`time: {column: …}`, or of which two it is made, as `time: {column: [Date, Time], format: "
            "'%d.%m.%Y %H:%M'}`"
        )
    zone = {"zone": "UTC"} if unit == "utc" else {}
    return {**zone, **told, "column": name or ""}


def variables(found: Columns, given: Fields, asked: list[str]) -> Fields:
    """Which columns are weather, and in what units."""
    named = {name: {"from": column, "unit": unit} for name, (column, unit) in found.variables.items()}
    every = {**named, **_table(given, "variables")}
    if not every and not asked:
        asked.append(
            "no column has the name of a weather variable: say which is, as `variables: {temperature_c: "
            "{from: …, unit: °C}}`"
        )
    return every


def _interval(opened: Opened, given: Fields, asked: list[str]) -> Fields:
    """The interval that a column of the contract's name states, where the mapping states none."""
    if "interval" in given or INTERVAL not in opened.names:
        return {}
    stated = opened.read([INTERVAL]).columns[INTERVAL].cast("string").unique().drop_null().to_pylist()
    hours = sorted({re.sub(r"\.0*$", "", one.strip()) for one in stated})
    if len(hours) == 1:
        return {"interval": f"{hours[0]}h"}
    asked.append(f"column {INTERVAL!r} states {', '.join(hours[:5]) or 'nothing'}: drop a file for each")
    return {}


def _source(file: File) -> str:
    """The folder that the file lies in, as the name of a truth."""
    folder = next(iter(folders_of(file.name)), "")
    return re.sub(r"[^a-z0-9_.-]+", "_", folder.lower()).strip("_.-")[:60] or "uploads"


def _few(meaning: str) -> str:
    return f"{', '.join(OTHERS[meaning].split()[:4])}, …"


def _table(fields: Fields, name: str) -> Fields:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}
