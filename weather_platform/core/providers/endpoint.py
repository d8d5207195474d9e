"""What fetching needs to know of whoever is asked, be it a provider of forecasts or an archive of
observations.

Belongs here: the fields that the client and the fetcher read. Does not: what is asked, or how replies are
read.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from weather_platform.core.providers.spec import Auth, Request


class Endpoint(Protocol):
    """See `Provider`, which is one, for the fields' meaning."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def auth(self) -> Auth | None: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def concurrency(self) -> int: ...
    @property
    def timeout_seconds(self) -> float: ...
    @property
    def max_bytes(self) -> int: ...
    @property
    def begins(self) -> bytes: ...
    @property
    def also_retried(self) -> tuple[int, ...]: ...
    @property
    def follow(self) -> Callable[[Request, bytes], Request | None] | None: ...
