"""A known key is taken out of a text in every form that is echoed, and nothing else is."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from weather_platform.infra.web.key_forms import without

# Its Base64 has a plus, a slash and padding; escapes of it have letters.
KEY = "a~>k?>/ ÿÿü"
ECHOES: list[Callable[[str], str]] = [
    str,
    str.upper,
    quote_plus,
    lambda key: quote(key, safe=""),
    lambda key: quote(key, safe="").lower(),
    lambda key: quote(quote(key, safe=""), safe=""),
    lambda key: quote_plus(quote_plus(key)),
    lambda key: b64encode(key.encode()).decode(),
    lambda key: b64encode(key.encode()).decode().rstrip("="),
    lambda key: quote(b64encode(key.encode()).decode(), safe=""),
    lambda key: urlsafe_b64encode(key.encode()).decode(),
    lambda key: urlsafe_b64encode(key.encode()).decode().rstrip("="),
]


@pytest.mark.parametrize("echo", ECHOES)
def test_no_form_of_the_key_stays(echo: Callable[[str], str]) -> None:
    said = without(KEY)(f"no: {echo(KEY)} is unknown")
    assert said in {"no: … is unknown", "no: …= is unknown", "no: …== is unknown"}


def test_a_key_that_is_base64_itself_is_known_in_the_alphabet_of_urls() -> None:
    assert without("ab+/cd==")("no: ab-_cd is unknown") == "no: … is unknown"


def test_what_is_no_key_stays() -> None:
    assert without(KEY)("no: a~>k? is unknown") == "no: a~>k? is unknown"
