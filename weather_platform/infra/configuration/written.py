"""How a setting is written: what around a value is none of it, and what a header or a mail can carry.

Belongs here: texts. Does not: which settings there are (settings), or what is said of wrong ones
(wrong_settings).
"""

import re
from collections.abc import Mapping

from pydantic import SecretStr

_AS_IT_STANDS = {"postgres_url"}  # Dagster reads the same variable, and would not find what we do
_MAILBOX = r"[^\s<>@,;]+(@[^\s<>@,;]+)?"  # of this machine's own users the name alone
_ADDRESS = rf"([^<>@,;\r\n]*<{_MAILBOX}>|{_MAILBOX})"
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+([/?#]\S*)?")
_ADDRESSES = re.compile(rf"{_ADDRESS}(\s*,\s*{_ADDRESS})*")


def as_meant(given: Mapping[str, object]) -> dict[str, object]:
    """Without white space around values, which is nobody's wish (a secret's file ends with a line). What is
    empty then is not set, as `VARIABLE=` before a command and compose's `${VARIABLE:-}` mean.
    """
    trimmed = {name: _trimmed(name, value) for name, value in given.items()}
    return {name: value for name, value in trimmed.items() if value != "" or name in _AS_IT_STANDS}


def _trimmed(name: str, value: object) -> object:
    return value.strip() if isinstance(value, str) and name not in _AS_IT_STANDS else value


def header(value: str) -> str:
    """The value itself. Raises ValueError where no HTTP header can carry it."""
    if not (value.isascii() and value.isprintable()):
        raise ValueError("a header of every request carries it: write it in one line of plain letters")
    return value


def web_address(value: SecretStr) -> SecretStr:
    """The value itself. Raises ValueError, without any part of it, where it is no address of the web."""
    text = value.get_secret_value()
    if not _WEB_ADDRESS.fullmatch(text):
        raise ValueError("should be an address like https://hooks.example.org/...")
    return value


def addresses(value: str) -> str:
    """The value itself. Raises ValueError where it is not one mail address, or several."""
    if not _ADDRESSES.fullmatch(value):
        raise ValueError("should be an address like you@example.org, or several joined by commas")
    return value
