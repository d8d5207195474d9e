"""A key as it may come back in what a provider says of a request.

Belongs here: the forms of a key that is known. Does not: what could be a key of anybody
(core.providers.words).
"""

import base64
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote, quote_plus

from weather_platform.core.providers.words import MASK


@lru_cache
def without(key: str) -> Callable[[str], str]:
    """Takes the key out of a text: as it is, escaped for URLs once or twice, and in Base64."""
    encoded = base64.b64encode(key.encode()).decode()
    quoted = [key, encoded, encoded.rstrip("="), quote(key, safe=""), quote_plus(key)]
    forms = {*quoted, *(quote(form, safe="") for form in quoted)}
    forms |= {form.translate(str.maketrans("+/", "-_")).rstrip("=") for form in (key, encoded)}
    # The longest first: without that, the rest of a longer form would stay. Escapes are in either case.
    pattern = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))), re.IGNORECASE)
    return lambda text: pattern.sub(MASK, text)
