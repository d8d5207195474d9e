"""What a provider's terms allow, as data: how many calls in which window, and what may become of replies.

Belongs here: the types that a provider file fills. Does not: keeping to them (core.fetching.quota), or the
providers' own figures (their files).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Window = Literal["minute", "hour", "day", "month"]

# Rolling, so that it fits whichever way a provider cuts its hours, days and months.
LENGTH: dict[Window, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=31),
}


@dataclass(frozen=True)
class Limit:
    """At most `calls` (weighted) in any stretch of time as long as `window`."""

    window: Window
    calls: float


@dataclass(frozen=True)
class Terms:
    """What a provider allows, as known to us on `as_of`; `url` is where to read it. No legal advice.

    `limits` are of its free tier, or our own restraint where it publishes none. `attribution` must stand
    wherever its data are shown. `storage` says whether replies may be kept: `forbidden` takes the provider
    out of use, since everything here depends on what was kept; `conditional` (on who keeps them, or on the
    plan) and `unstated` mean that the user should read the terms first.
    """

    licence: str
    attribution: str
    url: str
    as_of: date
    commercial: bool
    storage: Literal["allowed", "conditional", "forbidden", "unstated"]
    limits: tuple[Limit, ...] = ()
