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
from weather_platform.core.scoring.slices import ALL_LEADS, LEAD_BUCKETS
from weather_platform.core.tables.exact_sum import exact_sum
from weather_platform.core.verification.methods import OURS, OURS_WITHOUT_FEEDS

SUMS = ["n", *(column.name for column in SCORE.columns if column.name.endswith("_sum")), "near"]
_AT_PLACE = ["variable", "location_id"]
_DAY_AT_PLACE = [*_AT_PLACE, "day"]
_USUAL_DAYS = 28  # that tell which leads a place is forecast for now
_BITS = [(name, 1 << position) for position, name in enumerate(LEAD_BUCKETS)]


def of_all_leads(scores: Table, by: Sequence[str] = ()) -> pd.DataFrame:
    """SUMS of `scores` (`ranked`) by day, variable, `by`, method and model version, in the lead bucket `all`.

    `near`: how many rows we predicted of the same place, day, lead bucket and version.
    """
    rows, _ = _beside_ours(as_table(scores))
    return _summed(rows.mutate(lead_bucket=ibis.literal(ALL_LEADS)), by)


def by_lead(scores: Table, by: Sequence[str] = ()) -> pd.DataFrame:
    """As `of_all_leads`, of each usual lead bucket the rows of common days (`_common`)."""
    rows, ours = _beside_ours(as_table(scores))
    return _summed(rows.semi_join(_common(ours), [*_DAY_AT_PLACE, "lead_bucket"]), by)


def ranked(scores: Table) -> ibis.Table:
    """Of SCORE rows, those that the leaderboard stands on: a model's, of variables that have any, since what
    it had not seen is what it is judged on. No model predicts without feeds, so `ours_without_feeds` stands
    whatever there is."""
    table = as_table(scores)
    by_model = table.model_version != FALLBACK
    modelled = computed(table.filter(by_model).select("variable").distinct())["variable"].tolist()
    without = table.variable.notin(modelled)
    return table.filter(by_model | without | (table.method == OURS_WITHOUT_FEEDS))


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


def _beside_ours(table: ibis.Table) -> tuple[ibis.Table, ibis.Table]:
    """Rows with `near`, and how many ours are in each cell."""
    cell = [name for name in SCORE.key if name != "method"]
    ours = table.filter(table.method == OURS).select(*cell, near="n")
    return table.left_join(ours, cell).select(table, "near"), ours


def _summed(rows: ibis.Table, by: Sequence[str]) -> pd.DataFrame:
    group = ["day", "variable", *by, "lead_bucket", "method", "model_version"]
    return computed(rows.group_by(group).agg(**{name: exact_sum(rows[name]) for name in SUMS}), group)


def calibration_of_ranked(calibration: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Of CALIBRATION rows, those of the variables' model versions that `sums` (as `by_lead`) are of."""
    judged = sums.loc[sums["method"] == OURS, ["variable", "model_version"]].drop_duplicates()
    return calibration.merge(judged, on=["variable", "model_version"])


def _common(ours: ibis.Table) -> ibis.Table:
    """Variable, place, day and lead bucket: the usual leads of days on which we were scored at all of them.

    The first days of a record have short leads only and the weather of those days would count for them alone.
    Usual are the leads that were there together on most of a place's newest days: one whose feeds never reach
    as far as another's is no less judged at those it has, and a few days of other leads, as there are where a
    past that was made up later meets the days since, are not all that counts for a year.
    """
    leads = ours.select(*_DAY_AT_PLACE, "lead_bucket").distinct()
    days = leads.group_by(_DAY_AT_PLACE).agg(said=_bit(leads).sum().cast("int64"))
    back = ibis.row_number().over(ibis.window(group_by=_AT_PLACE, order_by=days.day.desc()))
    newest = days.mutate(back=back)
    newest = newest.filter(newest.back < _USUAL_DAYS)
    often = newest.group_by(*_AT_PLACE, usual=newest.said).agg(often=newest.count())
    order = ibis.window(group_by=_AT_PLACE, order_by=[often.often.desc(), often.usual.desc()])
    often = often.mutate(rank=ibis.row_number().over(order))
    usual = often.filter(often["rank"] == 0).select(*_AT_PLACE, "usual")
    both = days.inner_join(usual, _AT_PLACE)
    common = leads.inner_join(both.filter((both.said & both.usual) == both.usual), _DAY_AT_PLACE)
    return common.filter((common.usual & _bit(common)) > 0).select(*_DAY_AT_PLACE, "lead_bucket")


def _bit(rows: ibis.Table) -> ibis.Value:
    """The lead bucket's place in a set of them."""
    return ibis.cases(*((rows.lead_bucket == name, bit) for name, bit in _BITS))
