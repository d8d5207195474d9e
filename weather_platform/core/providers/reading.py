"""What every provider's reader needs: bytes to JSON with a reason, and the check that the right place was
answered.

Belongs here: what is the same for all. Does not: any provider's names of fields.
"""

import hashlib
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from weather_platform.core import bare_json
from weather_platform.core.places import Place
from weather_platform.core.providers.spec import Asked, PayloadError
from weather_platform.core.providers.words import without_keys
from weather_platform.core.sphere import great_circle_km

_QUOTED = 160
_NOTHING: dict[str, Any] = {}
_LATEST_EPOCH_S = 7_258_118_400  # 2200-01-01


def read_json(body: bytes) -> Any:
    """The JSON value of a body. Raises PayloadError that says what the body is instead."""
    body = body.removeprefix(b"\xef\xbb\xbf")  # a mark of UTF-8 that some programs write into files
    start = body[:64].lstrip().lower()
    if not start:
        raise PayloadError("the body is empty")
    if start.startswith(b"<"):
        raise PayloadError(f"the body is HTML or XML, not JSON: {quoted(body)}")
    try:
        return bare_json.loads(body)
    except orjson.JSONDecodeError as error:
        cut = error.pos >= len(body.decode("utf-8", "replace")) - 1
        what = "JSON that was cut short" if cut and start[:1] in b"{[" else "not JSON"
        raise PayloadError(
            f"the body is {what} ({len(body)} bytes): {error.msg}; it begins {quoted(body)}"
        ) from None


def read_object(body: bytes) -> dict[str, Any]:
    """Like `read_json`, for a body that must be a JSON object."""
    value = read_json(body)
    if not isinstance(value, dict):
        raise PayloadError(f"the body is a JSON {type(value).__name__}, not an object: {quoted(body)}")
    return value


def quoted(value: object) -> str:
    """The beginning of a foreign text, made safe to print in one line; keys that it may echo are left out."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = without_keys(text[: 4 * _QUOTED])
    return repr(text[:_QUOTED]) + ("…" if len(text) > _QUOTED else "")


def answered_place(asked: Asked, index: int, latitude: Any, longitude: Any, tolerance_km: float) -> Place:
    """The place that part `index` of a reply is about.

    Raises PayloadError where the reply is for another place than asked: further away than the provider's
    grid explains.
    """
    at = number(latitude), number(longitude)
    if not abs(at[0]) <= 90 or not abs(at[1]) <= 180:
        raise PayloadError(
            f"the reply says no usable coordinates: latitude {latitude!r}, longitude {longitude!r}"
        )
    if not asked.places:
        location_id = asked.unplaced if index == 0 else f"{asked.unplaced}-{index}"
        return Place(location_id, *at)
    place = asked.places[index]
    away = _km_between(place.latitude, place.longitude, *at)
    if away > tolerance_km:
        raise PayloadError(
            f"wrong place: {place.location_id} was asked at {place.latitude}, {place.longitude}, "
            f"but the reply is for {latitude}, {longitude}, {away:.0f} km away"
        )
    return place


@lru_cache(maxsize=4096)  # the same places are answered for in every cycle
def _km_between(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    return float(great_circle_km(latitude, longitude, to_latitude, to_longitude))


def number(value: Any) -> float:
    """A number, be it written as text; NaN for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def utc_times(texts: Sequence[str]) -> np.ndarray:
    """ISO 8601 texts with `Z` or a numeric offset as datetime64[s] in UTC. Raises PayloadError for any
    other.
    """
    try:
        if all(text.endswith("Z") for text in texts) and _of_no_other_zone("".join(texts), len(texts)):
            return np.array([text[:-1] for text in texts], dtype="datetime64[s]")
        return np.array([utc_time(text).replace(tzinfo=None) for text in texts], dtype="datetime64[s]")
    except (ValueError, AttributeError) as error:
        raise PayloadError(f"a time is not ISO 8601: {error}") from None


def _of_no_other_zone(joined: str, times: int) -> bool:
    """Whether no text before its `Z` names a zone too, which NumPy would follow, with a warning."""
    return joined.count("Z") == times and joined.count("-") == 2 * times and "+" not in joined


def utc_time(text: Any) -> datetime:
    """One ISO 8601 text with its zone as aware UTC. Raises PayloadError for any other."""
    try:
        time = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise PayloadError(f"a time is not ISO 8601: {error}") from None
    if time.tzinfo is None:
        raise PayloadError(f"the time {quoted(text)} has no zone")
    return time.astimezone(UTC)


def epoch_times(seconds: Sequence[Any]) -> np.ndarray:
    """Seconds since 1970, numbers or numbers as text, as datetime64[s]. Raises PayloadError where any is not
    a whole number within 1900-2200.
    """
    if any(type(value) is not int for value in seconds):
        seconds = [number(value) for value in seconds]
    if not all(abs(value) <= _LATEST_EPOCH_S and value % 1 == 0 for value in seconds):
        raise PayloadError("times are not all whole seconds since 1970")
    return np.array(seconds, dtype="int64").astype("datetime64[s]")


def plain_name(text: str) -> str:
    """A file name that stands for `text`: the same where it is one, else with a hash, so that no two are
    alike.
    """
    plain = re.sub(r"[^A-Za-z0-9._=@-]", "_", text).lstrip(".")[:80]
    return plain if plain == text else f"{plain}+{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def pluck(rows: Sequence[dict[str, Any]], name: str) -> list[Any]:
    """One field of each row; None where it is absent."""
    return [row.get(name) for row in rows]


def nested(rows: Sequence[dict[str, Any]], *path: str) -> list[dict[str, Any]]:
    """The object at a path of each row; an empty one where any step of the path is absent or no object."""
    for name in path:
        rows = [value if isinstance(value := row.get(name), dict) else _NOTHING for row in rows]
    return list(rows)
