"""What is said of settings that are wrong: a line for each, with the variable, what it is set to, and what it
may be; and of variables that look like a setting and are none.

Belongs here: the words. Does not: which values are right (settings, and the registries of what they name).
Imports nothing heavy, since the command line catches the error before it knows what it will run.
"""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

PREFIX = "WEATHER_"
_LONGEST_VALUE = 80
_NEAR = 0.85  # of difflib's ratio: a letter or two, and no word more
# By the beginning of pydantic's name of the error; other errors keep pydantic's own words.
_NUMBERS = ("int", "float", "finite", "greater", "less")
_EXPECTED = {
    "date": "a day like 2026-08-01",
    "time_delta": "a span of time like 00:15:00",
    "bool": "true or false",
}


class SettingsError(ValueError):
    """A setting of the environment is wrong; a line of the text for each says which, and what it may be."""


def lines(error: "ValidationError", fields: "dict[str, FieldInfo]") -> list[str]:
    """A line for each setting that pydantic refused; the value of a secret is in none."""
    return [_line(one, fields) for one in error.errors(include_url=False)]


def unknown(variables: Iterable[str], fields: Iterable[str]) -> list[str]:
    """Those of the environment's `variables` that begin as settings do and are none of `fields`; sorted."""
    known = {f"{PREFIX}{name.upper()}" for name in fields}
    return sorted(name for name in variables if name.upper().startswith(PREFIX) and name.upper() not in known)


def mistyped(variables: Iterable[str], fields: Iterable[str]) -> list[str]:
    """A line for each unknown variable that is nearly a setting. What is nothing like one is somebody else's:
    the prefix is a plain word."""
    known = [f"{PREFIX}{name.upper()}" for name in fields]
    near = {name: get_close_matches(name.upper(), known, 1, _NEAR) for name in unknown(variables, fields)}
    return [f"{name} is no setting; was {close[0]} meant?" for name, close in near.items() if close]


def _line(one: "ErrorDetails", fields: "dict[str, FieldInfo]") -> str:
    if not one["loc"]:  # of several settings together; the validator names them
        return _reason(one, None)
    name = str(one["loc"][0])
    variable, field = f"{PREFIX}{name.upper()}", fields[name]
    given = next((value for key, value in os.environ.items() if key.upper() == variable), None)
    if given is None or "Secret" in str(field.annotation):
        return f"{variable}: {_reason(one, field)}"
    return f"{variable}={given[:_LONGEST_VALUE]!r}: {_reason(one, field)}"


def _reason(one: "ErrorDetails", field: "FieldInfo | None") -> str:
    context: dict[str, Any] = one.get("ctx", {})
    if one["type"] == "value_error":
        return str(context["error"])
    if one["type"] == "literal_error":
        return f"should be {context['expected']}"
    if field is not None and one["type"].startswith(_NUMBERS):
        return f"should be a {'whole ' * (field.annotation is int)}number{_bounds(field)}"
    expected = next((text for start, text in _EXPECTED.items() if one["type"].startswith(start)), None)
    return f"should be {expected}" if expected else one["msg"].replace("Input should", "should")


def _bounds(field: "FieldInfo") -> str:
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    found = [
        (word, getattr(limit, name))
        for limit in field.metadata
        for name, word in words.items()
        if hasattr(limit, name)
    ]
    return "".join(f" {word} {limit}" for word, limit in found)
