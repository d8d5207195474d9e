"""What an archive of observations is: a value that says how to ask for a day and how to read it.

Belongs here: the type that every archive file fills. Does not: any archive's own ways, HTTP, storage. Kept
free of pandas, so that the code location can list archives cheaply.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from weather_platform.core.places import Place
from weather_platform.core.providers.spec import Auth, Request

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.fetching.payloads import Meta


@dataclass(frozen=True)
class DayRows:
    """`rows` by the OBSERVATION contract, `quarantine` by QUARANTINE."""

    rows: "pd.DataFrame"
    quarantine: "pd.DataFrame"


@dataclass(frozen=True)
class Archive:
    """A source of truth by day. One file makes one of these; one line in the registry makes it known.

    `requests(day)` plans one UTC day, given its first instant; every request is named uniquely within the
    archive. `parse(meta, body)` reads one reply, and sets aside what cannot be read instead of raising.
    `settled` is how long after its end a day does not change any more; it is asked for only then.
    `simulated` archives exist on the sandbox alone. A `reanalysis` is a model's word, taken where no
    instrument has one. `counted_with` names the provider of forecasts against whose limits its calls count,
    where there is one. Where a day costs as much as many, `spans(first, last, places)` plans up to
    `span_days` of them at once (see core.fetching.spans), and `requests` is not used; `lacks(body)` then says
    what a reply has not got yet, which is not kept. The other fields are those of a Provider, so that one
    HTTP client serves both.
    """

    name: str
    title: str
    base_url: str
    requests: Callable[[datetime], list[Request]]
    parse: Callable[["Meta", bytes], DayRows]
    attribution: str
    settled: timedelta
    simulated: bool = False
    reanalysis: bool = False
    counted_with: str = ""
    spans: Callable[[datetime, datetime, Sequence[Place]], list[Request]] | None = None
    span_days: int = 1
    lacks: Callable[[bytes], str] | None = None
    follow: Callable[[Request, bytes], Request | None] | None = None
    auth: Auth | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 4
    timeout_seconds: float = 30.0
    max_bytes: int = 64_000_000
    begins: bytes = b""
    also_retried: tuple[int, ...] = ()
