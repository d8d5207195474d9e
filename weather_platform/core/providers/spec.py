"""What a provider is: a value that says how to ask and how to read, and nothing about when or where.

Belongs here: the types that every provider file fills. Does not: any provider's own ways, HTTP, storage,
settings. Kept free of pandas, so that the code location can list providers cheaply.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np

from weather_platform.core.places import Place
from weather_platform.core.providers.terms import Terms

JSON = b"{["  # how an object or a list begins, which is all that forecasts come as


class PayloadError(ValueError):
    """A body that is not what it should be: empty, HTML, an error object, cut short, or for the wrong
    place.
    """


@dataclass(frozen=True)
class Request:
    """One GET. `name` is unique within provider and cycle and names the stored object, so it is a plain
    file name.

    `role` is `lookup` for a reply that only leads to a next request (see `Provider.follow`) and holds no
    forecast; `leads_to` is then the name of that next request, so that what is stored already need not be
    looked up again. `dated` makes those params that only a cycle's start tells.
    """

    name: str
    path: str
    params: Mapping[str, str]
    places: tuple[Place, ...]
    role: Literal["forecast", "lookup"] = "forecast"
    quota_weight: float = 1.0
    leads_to: str = ""
    dated: Callable[[datetime], Mapping[str, str]] | None = None

    def of(self, cycle: datetime) -> "Request":
        """As it is made for the cycle that starts then."""
        return self if self.dated is None else replace(self, params={**self.params, **self.dated(cycle)})


@dataclass(frozen=True)
class Asked:
    """What a parser may know besides the bytes.

    `places` in request order; empty where nobody knows, and then the answered places are taken, under the
    location id `unplaced`. `models` and `params` as requested, empty where unknown. `fetched_at` is aware
    UTC.
    """

    places: tuple[Place, ...]
    fetched_at: datetime
    models: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    unplaced: str = "unplaced"


@dataclass(frozen=True)
class Fault:
    """A part of a body that cannot be used, and why; the other parts can."""

    reason: str


@dataclass
class Block:
    """Forecast rows of one feed and place, by column.

    `valid_time` is datetime64[s] in UTC, one per row. `values` maps a contract column to a sequence as
    long, which may hold None for missing and numbers as text; `scale` maps a column to (factor, offset)
    that turn the wire's unit into the contract's: contract = wire × factor + offset. `interval_hours` is
    one number or one per row.
    """

    place: Place
    model: str
    valid_time: np.ndarray
    values: Mapping[str, Sequence[Any] | np.ndarray]
    scale: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    interval_hours: int | np.ndarray = 1
    grid_latitude: float | None = None
    grid_longitude: float | None = None
    elevation_m: float | None = None
    issue_time: datetime | None = None


@dataclass(frozen=True)
class Auth:
    """Where the provider wants its key, which is the setting `<name>_key`; a header is used where it is
    allowed.
    """

    header: str | None = None
    query: str | None = None


@dataclass(frozen=True)
class Horizon:
    """What a cycle asks for: how far ahead, hours, and which models of a provider that serves several."""

    hours: int
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class PreviousRuns:
    """Where a provider's forecasts of the past can be had, at fixed leads of whole days.

    `of` is the provider whose feeds they are. `spans` plans the valid days from first to last, named by
    `core.providers.span_names.span_name`; `parse` reads a reply into blocks whose model is
    `<model>@<days of lead>`. `longest_days` is the longest lead served. The other fields are those of a
    Provider and of core.fetching.spans.
    """

    name: str
    of: str
    title: str
    base_url: str
    spans: Callable[[datetime, datetime, Sequence[Place]], list[Request]]
    parse: Callable[[bytes, Asked], list[Block | Fault]]
    longest_days: int
    span_days: int
    settled: timedelta = timedelta(0)
    follow: Callable[[Request, bytes], Request | None] | None = None
    auth: Auth | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 4
    timeout_seconds: float = 60.0
    max_bytes: int = 64_000_000
    begins: bytes = JSON
    also_retried: tuple[int, ...] = ()


@dataclass(frozen=True)
class Provider:
    """A source of forecasts. One file makes one of these; one line in the registry makes it known.

    `models` are those asked for by default; a provider with a single blend has one. `covers` says which
    places it serves. `requests` plans a cycle; `follow` turns a lookup's reply into the next request;
    `parse` reads a body and raises PayloadError. `max_bytes` bounds a reply, decompressed; `begins` are the
    bytes with one of which it begins after white space, none where it may be anything, even empty.
    `also_retried` are status codes that pass in a moment here, though they last elsewhere. `terms` are what
    it allows; calls count there by `Request.quota_weight`. `steps(hours)` is about how many rows it gives
    for a place and model when asked so far ahead, for planning. `in_sandbox` says whether the sandbox
    simulates it; no other is asked there, unless it is named.
    """

    name: str
    title: str
    base_url: str
    models: tuple[str, ...]
    requests: Callable[[Sequence[Place], Horizon], list[Request]]
    parse: Callable[[bytes, Asked], list[Block | Fault]]
    terms: Terms
    steps: Callable[[int], int]
    follow: Callable[[Request, bytes], Request | None] | None = None
    covers: Callable[[Place], bool] = lambda _place: True
    auth: Auth | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 4
    timeout_seconds: float = 20.0
    max_bytes: int = 32_000_000
    begins: bytes = JSON
    also_retried: tuple[int, ...] = ()
    in_sandbox: bool = True

    @property
    def attribution(self) -> str:
        """The words that its terms ask for wherever its data are shown."""
        return self.terms.attribution

    def feed(self, model: str) -> str:
        """Name of the feed that a model of this provider is."""
        return f"{self.name}/{model}"
