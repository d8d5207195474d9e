"""Names of requests for spans of days, from which it follows what a kept reply covers.

Belongs here: names. Does not: planning (core.fetching.spans). Kept apart from it, since the code location
loads this.
"""

import re
from datetime import UTC, datetime

_NAME = re.compile(r"(\d{8})-(\d{8})-([0-9a-f]{12})")


def span_name(first: datetime, last: datetime, what: str) -> str:
    """Name of a request for the days `first` to `last`; `what` is 12 hex digits of what is asked of them."""
    return f"{first:%Y%m%d}-{last:%Y%m%d}-{what}"


def span_of(name: str) -> tuple[datetime, datetime, str] | None:
    """First day, last day and what of a request's name; None for any other name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    first, last = (datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC) for text in found.groups()[:2])
    return first, last, found[3]
