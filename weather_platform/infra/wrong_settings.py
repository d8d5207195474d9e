"""What is said of settings that are wrong: a line for each, with the variable, what it is set to, and what it
may be.

Belongs here: the words. Does not: which values are right (settings, and the registries of what they name).
Imports nothing heavy, since the command line catches the error before it knows what it will run.
"""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

_LONGEST_VALUE = 80
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


def _line(one: "ErrorDetails", fields: "dict[str, FieldInfo]") -> str:
    if not one["loc"]:  # of several settings together; the validator names them
        return _reason(one, None)
    name = str(one["loc"][0])
    variable, field = f"WEATHER_{name.upper()}", fields[name]
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
