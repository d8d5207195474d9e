"""Scores of all places together, day by day: what every leaderboard is made of.

Belongs here: which SCORE rows count, and their sums, made where they lie: a year of a hundred places is seven
million rows, of which a report needs a hundredth. Does not: means, ranks or significance (see leaderboard).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import pandas as pd

from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.grid import Table, as_table, computed
from weather_platform.core.model.predictions import FALLBACK
from weather_platform.core.scoring.slices import ALL_LEADS
from weather_platform.core.verification.methods import OURS, OURS_WITHOUT_FEEDS

SUMS = ["n", *(column.name for column in SCORE.columns if column.name.endswith("_sum")), "near"]
_DAY_AT_PLACE = ["variable", "location_id", "day"]


def of_all_leads(scores: Table, by: Sequence[str] = (), only_models: bool = True) -> pd.DataFrame:
    """SUMS of `scores` (SCORE) by day, variable, `by`, method and model version, in the lead bucket `all`.

    `near`: how many rows we predicted of the same place, day, lead bucket and version. `only_models`: see
    `_by_model`.
    """
    rows, _ = _beside_ours(as_table(scores), only_models)
    return _summed(rows.mutate(lead_bucket=ibis.literal(ALL_LEADS)), by)


def by_lead(scores: Table, by: Sequence[str] = (), only_models: bool = True) -> pd.DataFrame:
    """As `of_all_leads`, of each lead bucket the rows of common days (`_common_days`)."""
    rows, ours = _beside_ours(as_table(scores), only_models)
    return _summed(rows.semi_join(_common_days(ours), _DAY_AT_PLACE), by)


def ranked(scores: Table) -> ibis.Table:
    """Of SCORE rows, those that the leaderboard stands on."""
    table = as_table(scores)
    return table.filter(_by_model(table))


@dataclass(frozen=True)
class Span:
    """Of what scores are: the first and the last day, and how many places."""

    first: datetime
    last: datetime
    places: int


def span(scores: Table) -> Span | None:
    """The days and places of SCORE rows; None without any."""
    table = as_table(scores)
    told = table.agg(first=table.day.min(), last=table.day.max(), places=table.location_id.nunique())
    row = computed(told).iloc[0]
    return (
        Span(row["first"].to_pydatetime(), row["last"].to_pydatetime(), int(row["places"]))
        if row["places"]
        else None
    )


def _beside_ours(table: ibis.Table, only_models: bool) -> tuple[ibis.Table, ibis.Table]:
    """Rows that count with `near`, and how many ours are in each cell. By filters of each one's own: what
    branches share is made whole in memory."""
    counts = _by_model(table) if only_models else ibis.literal(True)
    cell = [name for name in SCORE.key if name != "method"]
    ours = table.filter(counts, table.method == OURS).select(*cell, near="n")
    return table.filter(counts).left_join(ours, cell).select(table, "near"), ours


def _summed(rows: ibis.Table, by: Sequence[str]) -> pd.DataFrame:
    group = ["day", "variable", *by, "lead_bucket", "method", "model_version"]
    return computed(rows.group_by(group).agg(**{name: rows[name].sum() for name in SUMS}), group)


def _by_model(table: ibis.Table) -> ibis.Value:
    """Whether a row was predicted by a model, for variables that have one. No model predicts without feeds,
    so `ours_without_feeds` stands whatever there is."""
    by_model = table.model_version != FALLBACK
    modelled = computed(table.filter(by_model).select("variable").distinct())["variable"].tolist()
    without = table.variable.notin(modelled)
    return by_model | without | (table.method == OURS_WITHOUT_FEEDS)


def calibration_of_ranked(calibration: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Of CALIBRATION rows, those of the variables' model versions that `sums` (as `by_lead`) are of."""
    judged = sums.loc[sums["method"] == OURS, ["variable", "model_version"]].drop_duplicates()
    return calibration.merge(judged, on=["variable", "model_version"])


def _common_days(ours: ibis.Table) -> ibis.Table:
    """Days, by variable and place, on which we were scored at as many leads as on any day of that place.

    The first days of a record have short leads only and the weather of those days would count for them alone.
    A place whose feeds never reach as far as another's is no less judged at the leads that it has.
    """
    leads = ours.group_by(_DAY_AT_PLACE).agg(buckets=ours.lead_bucket.nunique())
    of_place = ibis.window(group_by=["variable", "location_id"])
    leads = leads.mutate(most=leads.buckets.max().over(of_place))
    return leads.filter(leads.buckets == leads.most).select(*_DAY_AT_PLACE)
