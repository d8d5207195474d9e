"""JSON, and what is none but is written for it: NaN and Infinity, as Python does, and numbers that no float
holds.

Belongs here: reading such a text. Does not: what its values mean. NaN is no value; the others become texts,
which are no numbers either, so that one of them costs its own row and not the whole text.
"""

import math
import re
from typing import Any

import orjson

# A text, which may lack its end so that none is searched from each of its quotes, or what may stand bare. All
# is possessive: ways back from each letter of a text without an end were a hundred times its size.
_BARE = re.compile(rb'(?s)"(?:[^"\\]++|\\.)*+"?+|NaN|-?Infinity|-?\d++(?:\.\d++)?+(?:[eE][+-]?\d++)?+')


def loads(text: bytes) -> Any:
    """The value of a text. Raises orjson.JSONDecodeError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if not (b"NaN" in text or b"Infinity" in text or "infinity" in error.msg):
            raise
        try:
            return orjson.loads(_BARE.sub(_plain, text))
        except orjson.JSONDecodeError:
            raise error from None


def _plain(found: re.Match[bytes]) -> bytes:
    bare = found[0]
    if bare == b"NaN":
        return b"null"
    return b'"' + bare + b'"' if not bare.startswith(b'"') and math.isinf(float(bare)) else bare
