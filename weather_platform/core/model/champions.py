"""Which version reigns when: the rule of serving, and the history that follows from it.

Belongs here: pure choice among versions. Does not: where versions are kept (see infra.models.registry), or
why one was promoted (see promotion).

A version may serve a cycle that begins at the time of its decision or after: no truth that it learned from or
was judged on is later. So a backfill of the past is served as the past would have been. A version that was
withdrawn serves nothing any more, past cycles included: what it would say is known to be wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from weather_platform.core.contracts.scores import CHAMPION
from weather_platform.core.tables.schema import conform


@dataclass(frozen=True)
class Promoted:
    """A version that was promoted; `withdrawn_at` and `withdrawn_why` where it was taken back. One
    that is not `readable` was stored by a release whose models have other parts. `judged_on` is the hash of
    the window, empty for a first model."""

    variable: str
    version: int
    trained_until: datetime
    decided_at: datetime
    why: str
    data_hash: str
    code_version: str
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""
    readable: bool = True
    judged_on: str = ""

    @property
    def made_of(self) -> tuple[object, ...]:
        """The same for versions that are one model, registered more than once."""
        return self.data_hash, self.code_version, self.judged_on, self.trained_until, self.decided_at


def champion_at(promoted: Sequence[Promoted], time: datetime) -> Promoted | None:
    """The version that may serve a cycle which begins at `time`: of those decided by then, readable and
    never withdrawn, the one decided last."""
    usable = [one for one in promoted if one.decided_at <= time and one.withdrawn_at is None and one.readable]
    return max(usable, key=lambda one: (one.decided_at, one.version), default=None)


def reigns(promoted: Sequence[Promoted]) -> pd.DataFrame:
    """History of one variable's champions as CHAMPION, in time order: who reigned, from when to when, and why
    it began. A withdrawal gives the throne back to whom it belonged before."""
    times = sorted(
        {one.decided_at for one in promoted} | {one.withdrawn_at for one in promoted if one.withdrawn_at}
    )
    rows: list[dict[str, object]] = []
    for time in times:
        reigning = _reigning(promoted, time)
        if rows and rows[-1]["reigns_until"] is None:
            if reigning is not None and rows[-1]["version"] == str(reigning.version):
                continue
            rows[-1]["reigns_until"] = time
        if reigning is not None:
            rows.append(_reign(reigning, time, promoted))
    return conform(pd.DataFrame(rows, columns=list(CHAMPION.column_names)), CHAMPION)


def _reigning(promoted: Sequence[Promoted], time: datetime) -> Promoted | None:
    """Who reigned at a time, as it was then: before a withdrawal, nobody knew of it."""
    there = [
        one
        for one in promoted
        if one.decided_at <= time and (one.withdrawn_at is None or one.withdrawn_at > time)
    ]
    return max(there, key=lambda one: (one.decided_at, one.version), default=None)


def _reign(one: Promoted, time: datetime, promoted: Sequence[Promoted]) -> dict[str, object]:
    withdrawn = [other for other in promoted if other.withdrawn_at == time]
    back = "; ".join(f"version {other.version} was withdrawn: {other.withdrawn_why}" for other in withdrawn)
    return {
        "variable": one.variable,
        "reigns_from": time,
        "reigns_until": None,
        "version": str(one.version),
        "why": one.why if time == one.decided_at else back,
        "withdrawn_at": one.withdrawn_at,
        "trained_until": one.trained_until,
        "data_hash": one.data_hash,
        "code_version": one.code_version,
    }
