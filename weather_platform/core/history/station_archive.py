"""The sandbox's own station archive: hourly measurements of every place, as CSV.

Belongs here: what is asked. Does not: how a reply is read (station_rows, which needs pandas).
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from weather_platform.core.history.spec import Archive, DayRows
from weather_platform.core.providers.spec import Request

if TYPE_CHECKING:
    from weather_platform.core.fetching.payloads import Meta

_SETTLED = timedelta(minutes=90)


def requests(day: datetime) -> list[Request]:
    """One request has all stations of a UTC day."""
    date = f"{day:%Y-%m-%d}"
    return [Request(name=f"{date}.csv", path="observations", params={"date": date}, places=())]


def parse(meta: "Meta", body: bytes) -> DayRows:
    """See station_rows.parse_rows."""
    from weather_platform.core.history.station_rows import parse_rows  # noqa: PLC0415 - pandas, only where rows are

    return parse_rows(meta, body, _SETTLED)


ARCHIVE = Archive(
    name="stations",
    title="Simulated stations",
    base_url="",
    requests=requests,
    parse=parse,
    attribution="Simulated by weather_platform.sandbox; no real measurements.",
    settled=_SETTLED,
    simulated=True,
)
