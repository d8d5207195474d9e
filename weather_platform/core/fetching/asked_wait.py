"""The time that a provider asks to be left alone for, as `Retry-After` says it.

Belongs here: reading it. Does not: keeping to it (core.fetching.breaker, infra.web.retries).
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from weather_platform.core.fetching.breaker import LONGEST_WAIT_ASKED

_DIGITS = 9  # as many as nobody means


def asked_wait(text: str, now: datetime) -> timedelta | None:
    """What is left of the wait at `now` (aware UTC), a day at most; None where the text, seconds or an HTTP
    date, says nothing that can be read.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        seconds = int(text) if len(text) <= _DIGITS else 10**_DIGITS
        return min(timedelta(seconds=seconds), LONGEST_WAIT_ASKED)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter of a zone too far away for a number of C's
        return None
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_WAIT_ASKED)
