"""What the providers' quotas bought: forecasts that stood beside a truth, for each call.

Belongs here: the figure. Does not: what a call weighs (core.providers), or where calls are recorded.
"""

from collections.abc import Mapping

import pandas as pd

from weather_platform.core.grid import Table, as_table, computed


def quota_yield(scores: Table, calls: Mapping[str, float]) -> pd.DataFrame:
    """A line per provider, the most useful first, as text: `provider`, `scored values`, `calls`, `per call`.

    A forecast is useful where it could be scored: it was on time, of a place, hour and variable that are
    predicted, and truth came. `scores` (SCORE) of the days looked at; `calls` by provider, weighted as its
    quota weighs them, of the cycles in those days. Providers without any call are left out.
    """
    scored = as_table(scores)
    counts = computed(scored.group_by("method").agg(n=scored.n.sum()))
    useful = counts.groupby(counts["method"].str.extract("^([^/]+)/", expand=False))["n"].sum()
    table = pd.DataFrame({"calls": pd.Series(dict(calls), dtype="float64")})
    table = table[table["calls"] > 0]
    table["useful"] = useful.reindex(table.index, fill_value=0)
    table["per_call"] = table["useful"] / table["calls"]
    table = table.sort_values("per_call", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "provider": table.index.astype(str),
            "scored values": table["useful"].map("{:,.0f}".format).to_numpy(),
            "calls": table["calls"].map("{:,.0f}".format).to_numpy(),
            "per call": table["per_call"].map("{:,.1f}".format).to_numpy(),
        },
        dtype=object,  # text also where there is no line
    )
