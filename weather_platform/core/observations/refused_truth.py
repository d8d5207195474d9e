"""What is said of a truth that is not held against a feed: why, and of which days.

Belongs here: words. Does not: the test (see suspicion), or where they are shown.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

_DAY = "%Y-%m-%d"
_GROUP = ["location_id", "variable", "feed", "truth_source"]


def reason(found: Mapping[Hashable, Any]) -> str:
    """Why a truth is refused for a feed. `found`: the feed, place, variable and source, by which `rule` it is
    refused, with the shares and limits that the rule looked at (see suspicion.refusals)."""
    feed, what = found["feed"], f"{found['pairs']:,} values of {found['variable']}"
    if found["rule"] == "natural":
        within = f"{found['close_share']:.0%} of {what} are within {found['natural']:g} of {feed}"
        why = f"{within}, nearer than point and area are"
    elif found["rule"] == "others":
        others = f"by {found['others']:.2g} or more from other feeds"
        why = f"{what} differ by {found['mean']:.2g} from {feed}, and {others}"
    else:
        step, steps = found["step"], found["steps"]
        within = f"{found['exact_share']:.0%} of {what} are within {step:g} of {feed}"
        why = f"{within}, and only {found['near_share']:.0%} are off by {step:g} to {steps:g}, as measured"
        why += " values would be more often"
    return (
        f"{found['location_id']}: {why}: this truth ({found['truth_source']}) seems to be that feed's own "
        "output, in part at least, and is not held against it; give measurements instead"
    )


def refused_lines(agreement: pd.DataFrame) -> list[str]:
    """One line for each place, variable, feed and source of TRUTH_AGREEMENT that is refused on any day: the
    newest reason, and all days that are left out."""
    refused = agreement[agreement["refused"]].sort_values([*_GROUP, "day"])
    return [
        f"{group['reason'].iloc[-1]}. Left out: {_spans(group['day'])}"
        for _, group in refused.groupby(_GROUP, sort=True, observed=True)
    ]


def _spans(days: "pd.Series[pd.Timestamp]") -> str:
    """Sorted days as spans of days on end."""
    apart = (days.diff() != pd.Timedelta(days=1)).cumsum()
    ends = days.groupby(apart).agg(["min", "max"])
    spans = [
        first.strftime(_DAY) + (f" to {last.strftime(_DAY)}" if last > first else "")
        for first, last in ends.itertuples(index=False)
    ]
    return ", ".join(spans)
