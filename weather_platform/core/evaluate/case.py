"""What is walked of an archive's variable: its rows in the target's unit, and which of them are held out.

Belongs here: what is decided once for all rows, and from what was known when the first of those was forecast.
Does not: what each method says of them (see score).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from weather_platform.core.evaluate.archive import (
    KEY,
    ArchiveError,
    forecasts_of,
    usual_delay_hours,
    wide,
)
from weather_platform.core.evaluate.codes import several_in
from weather_platform.core.evaluate.kinds import kind_in
from weather_platform.core.evaluate.members import members, without_repeats
from weather_platform.core.evaluate.one_unit import in_one_unit
from weather_platform.core.evaluate.truth import refused_truth
from weather_platform.core.evaluate.unit import Unit, of_usual_size, unit_in
from weather_platform.core.quantities.targets import KNOWN, Range

_LEAD_MAY_BE_OFF_HOURS = 24.0


@dataclass(frozen=True)
class Case:
    """What is walked: `rows` and `sources` as core.evaluate.archive.wide, without what is `refused`, in the
    target's unit (the archive's is `written`; `notes` are of it); valid times from `cut` on are `held_out`,
    the first of them forecast at `begin`, and of these are the quantiles of `members`.
    """

    kind: str
    rows: pd.DataFrame
    sources: list[str]
    refused: pd.DataFrame
    written: str
    notes: list[str]
    unit: Unit
    bounds: Range
    delay: float
    cut: pd.Timestamp
    begin: pd.Timestamp
    held_out: np.ndarray
    members: dict[str, np.ndarray]


def case_of(
    archive: pd.DataFrame, variable: str, test_from: pd.Timestamp | None, delay_hours: float | None
) -> Case:
    """Of one variable of a checked archive. Raises ArchiveError where nothing can be held out.

    All that is decided here once for all rows rests on what was known at `begin`; but see docs/decisions.md
    of what is `refused`.
    """
    archive, repeats = without_repeats(archive, variable)
    archive, notes = in_one_unit(archive, variable)
    notes = [*repeats, *notes]
    asked = forecasts_of(archive, variable)
    delay = usual_delay_hours(asked) if delay_hours is None else delay_hours
    archive, over = _without_over(archive, variable, delay)
    if over:
        asked, notes = forecasts_of(archive, variable), [*notes, *over]
    notes = [*notes, *several_in(archive, variable), *_unlike_times(asked, variable)]
    times = asked.drop_duplicates(KEY)["valid_time"]
    cut = pd.Timestamp(times.quantile(2 / 3)) if test_from is None else test_from
    begin = asked["init_time"][asked["valid_time"] >= cut].min()
    known = _known_at(asked, begin, delay)
    written, kind = unit_in(archive, variable), kind_in(known, variable)
    refused, unit = refused_truth(archive, variable, kind), of_usual_size(known, kind, written)
    rows, sources = wide(archive, variable, refused)
    rows = unit.inward(rows, [*sources, "observed"], ["member_sd"])
    held_out = ((rows["valid_time"] >= cut) & rows["observed"].notna()).to_numpy()
    if not held_out.any():
        last = rows["valid_time"][rows["observed"].notna()].max()
        there = "no row has any" if pd.isna(last) else f"the last is valid at {last:%Y-%m-%d %H:%M}"
        raise ArchiveError(
            f"{variable}: no row with an observation is valid from {cut:%Y-%m-%d %H:%M} on; {there}"
        )
    bounds = KNOWN[kind].range
    ensembles = members(archive, variable, rows[held_out], sources)
    ensembles = {name: q * unit.affine.factor + unit.affine.offset for name, q in ensembles.items()}
    return Case(
        kind, rows, sources, refused, written, notes, unit, bounds, delay, cut, begin, held_out, ensembles
    )


def _without_over(archive: pd.DataFrame, variable: str, delay_hours: float) -> tuple[pd.DataFrame, list[str]]:
    """The archive without rows whose own observation was known when they were issued, and what to tell of
    them: every method would learn that observation and be praised for it."""
    over = archive["valid_time"] <= archive["init_time"] - pd.Timedelta(hours=delay_hours)
    if not over.any():
        return archive, []
    told = (
        f"{variable}: {int(over.sum()):,} rows are left out, valid {delay_hours:g} h or more before their "
        "init_time, when their observation was known: they are no forecasts"
    )
    if over.all():
        raise ArchiveError(f"{told}; is init_time the time of issue, and the truth delay right?")
    return archive[~over], [told]


def _unlike_times(rows: pd.DataFrame, variable: str) -> list[str]:
    """What to tell of a lead that the times do not have. By less than a day it may differ: a day's maximum is
    of some hour of it."""
    hours = (rows["valid_time"] - rows["init_time"]).dt.total_seconds() / 3600
    off = float((rows["lead_hours"] - hours).abs().median())
    if off <= _LEAD_MAY_BE_OFF_HOURS:
        return []
    return [
        f"{variable}: lead_hours is mostly {off:,.0f} h off the time from init_time to valid_time, and is "
        "used as it stands: is it in hours?"
    ]


def _known_at(rows: pd.DataFrame, time: pd.Timestamp, delay_hours: float) -> pd.DataFrame:
    """`rows` with only the forecasts and the observations that were known then."""
    issued = rows["init_time"] <= time
    observed = rows["valid_time"] <= time - pd.Timedelta(hours=delay_hours)
    return rows.assign(
        forecast=rows["forecast"].where(issued), observation=rows["observation"].where(observed)
    )
