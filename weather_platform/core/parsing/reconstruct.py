"""Forecasts of past cycles, made again from an archive of previous runs.

Belongs here: which cycle a reconstructed row belongs to and when it counts as known. Does not: wire formats
(core.providers), or asking (core.fetching.spans, core.fetching.fetch).

A value that was said of valid time V at a lead of N days counts as fetched at V − 24 N hours, and belongs
to the cycle of that time. So a cycle has, for each day of lead, six hours, and the two before them
without which the precipitation of the first three would have no sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.forecast import FORECAST, QUARANTINE
from weather_platform.core.fetching.payloads import Meta
from weather_platform.core.parsing.parse import Parsed, Source, assemble
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.providers.span_names import span_of
from weather_platform.core.providers.spec import PreviousRuns, Provider
from weather_platform.core.tables.schema import conform, empty

_BEFORE = timedelta(hours=2)
_HOUR_US, _BEFORE_US = 3_600_000_000, _BEFORE // timedelta(microseconds=1)
_CYCLE_US = CYCLE.length // timedelta(microseconds=1)


def valid_days(previous: PreviousRuns, cycles: Sequence[datetime], until: datetime) -> list[datetime]:
    """The days of valid time (their first instants, before `until`) that these cycles are made of."""
    days = {
        DAY.floor(cycle + timedelta(days=lead) + edge)
        for cycle in cycles
        for lead in range(1, previous.longest_days + 1)
        for edge in (-_BEFORE, CYCLE.length - timedelta(hours=1))
    }
    return sorted(day for day in days if day + DAY.length <= until)


def reconstruct(
    previous: PreviousRuns,
    provider: Provider,
    payloads: Iterable[tuple[Meta, bytes]],
    cycles: Sequence[datetime],
    horizon_hours: int,
) -> Parsed:
    """FORECAST rows of these cycles, up to `horizon_hours` of lead, from replies of `previous`.

    `provider` is the one whose feeds they are. Of several replies about a row the latest fetched counts.
    """
    reader = replace(provider, parse=previous.parse)
    rows, quarantine = [empty(FORECAST)], [empty(QUARANTINE)]
    for meta, body in sorted(payloads, key=lambda reply: (reply[0].fetched_at, reply[0].object)):
        parsed = assemble(reader, [_source(meta, body)])
        rows.append(_at_leads(parsed.rows, previous, cycles, horizon_hours))
        quarantine.append(parsed.quarantine)
    every = pd.concat(rows, ignore_index=True).drop_duplicates(list(FORECAST.key), keep="last")
    return Parsed(
        conform(every, FORECAST).reset_index(drop=True), pd.concat(quarantine, ignore_index=True), 0
    )


def live_first(live: pd.DataFrame, reconstructed: pd.DataFrame) -> pd.DataFrame:
    """What was fetched in time, and reconstructed rows of the feeds, places and cycles that it lacks."""
    if live.empty:
        return reconstructed
    key = ["feed", "location_id", "cycle"]
    series = pd.concat([live[key], reconstructed[key]]).groupby(key, sort=False).ngroup().to_numpy()
    lacking = ~np.isin(series[len(live) :], series[: len(live)])
    if not lacking.any():
        return live
    both = pd.concat([live, reconstructed[lacking]], ignore_index=True)
    return conform(both, FORECAST).reset_index(drop=True)


def _source(meta: Meta, body: bytes) -> Source:
    """The reply as if it had been fetched before all of its valid times: none of them is too late."""
    span = span_of(meta.request)
    if span is None:
        raise ValueError(f"object {meta.object!r} is not named by days; remove it to have it fetched again")
    return Source(meta.object, meta.cycle, replace(meta.asked(), fetched_at=span[0]), body)


def _at_leads(
    rows: pd.DataFrame, previous: PreviousRuns, cycles: Sequence[datetime], horizon_hours: int
) -> pd.DataFrame:
    """Rows of models named `<model>@<days>` as those of the cycles asked for, at their nominal leads."""
    named = rows["model"].str.split("@", n=1, expand=True)
    if rows.empty or named.shape[1] < 2:
        return empty(FORECAST)
    days = named[1].astype("int64").to_numpy()
    valid = rows["valid_time"].to_numpy("datetime64[us]").astype(np.int64)
    fetched = valid - days * 24 * _HOUR_US
    rows = rows.assign(
        model=named[0],
        feed=rows["provider"].str.cat(named[0], sep="/"),
        lead_hours=24.0 * days,
        fetched_at=_utc(fetched),
        reconstructed_from=previous.name,
    )
    own = fetched // _CYCLE_US * _CYCLE_US
    wanted = np.array([cycle.timestamp() * 1_000_000 for cycle in cycles], dtype=np.int64)
    # An hour counts in its own cycle, and the last two of a cycle in the next one too, for its first sum.
    parts = []
    for cycle in (own, np.where(own + _CYCLE_US - fetched <= _BEFORE_US, own + _CYCLE_US, -1)):
        keep = np.isin(cycle, wanted) & (days * 24 <= horizon_hours)
        parts.append(rows[keep].assign(cycle=_utc(cycle[keep])))
    return conform(pd.concat(parts, ignore_index=True), FORECAST)


def _utc(microseconds: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(microseconds.view("datetime64[us]")).tz_localize("UTC")
