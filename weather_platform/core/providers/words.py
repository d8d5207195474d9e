"""What a provider says of a failure, made fit for logs and checks.

Belongs here: which fields of an error's JSON are believed, and that nothing in them can do harm. Does not:
reading the reply (core.fetching.reply).

Providers may echo the request, with its key: any run of characters that could be one is masked, and so is
whatever follows the name of one. Long words are lost by that as well. A key that is short, or has other
characters in it, is known only to whoever sent it (infra.web.key_forms).
"""

import re
from collections.abc import Callable

import orjson

MOST_BYTES = 4096  # of a body that are read for it
_MOST = 120
_FIELDS = ("message", "reason", "detail")
MASK = "…"
_NAMED = re.compile(r"((?:key|appid|token)\s*(?:=|%3D)\s*)\S+", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9_-]{12,}")
_MARKUP = str.maketrans("", "", "<>[]`*|\\")  # checks are shown as Markdown


def words(body: bytes, without_key: Callable[[str], str] = str) -> str:
    """A provider's own words in the body of an error, in one line; empty where it is no JSON or has none.

    They are `message`, `reason`, `detail` or `error.message`, after a whole number `code` beside it.
    `without_key` takes out the key that was sent, where that is known, whatever its shape.
    """
    try:
        said = orjson.loads(body) if len(body) <= MOST_BYTES else None
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(said, dict):
        return ""
    text, code = (
        next((said[name] for name in _FIELDS if isinstance(said.get(name), str)), ""),
        said.get("code"),
    )
    if not text and isinstance(error := said.get("error"), dict):
        text, code = error.get("message"), error.get("code")
    if not isinstance(text, str) or not text.strip():
        return ""
    text = without_key(text)
    return harmless(f"{code} {text}" if type(code) is int else text)


def without_keys(text: str) -> str:
    """A foreign text without what follows the name of a key, as in an address that it echoes."""
    return _NAMED.sub(rf"\1{MASK}", text)


def harmless(text: str) -> str:
    """A foreign text in one short line that is printable, no markup, and without what could be a key.

    It is masked before it is cut: a cut key would be too short to be seen as one.
    """
    line = " ".join(text.split()).translate(_MARKUP)
    line = "".join(character for character in line if character.isprintable())
    masked = _RUN.sub(MASK, without_keys(line))
    return masked if len(masked) <= _MOST else masked[: _MOST - 1] + "…"
