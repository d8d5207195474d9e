"""When an asset follows what lies above it, for Dagster's declarative automation.

Belongs here: the one condition that assets share, and how far back it reaches. Does not: which assets an
asset follows (its own module), or when the clock says so (schedules).

`AutomationCondition.eager()` is not used: it looks at the very latest partition only, so that a corrected
reply of yesterday changes nothing, and it asks for partitions whose upstream never was. Features and
predictions follow the forecasts of their own cycle and not the past that they learn from: a cycle that
was answered stays answered.
"""

from datetime import timedelta

import dagster as dg

# As far as a day's agreement with truth looks back. What is older is brought up to date by a backfill that
# somebody asks for, so that an import of years starts no years of work.
REACHES_BACK = timedelta(days=31)


def follows(
    *trigger: dg.AssetKey, needs: tuple[dg.AssetKey, ...] = (), some_of: tuple[dg.AssetKey, ...] = ()
) -> dg.AutomationCondition:
    """Make a partition of the last month when one that it maps to of `trigger` was made, every one of `needs`
    exists, and at least one of `some_of` where there are any.

    Nothing happens while those, or the partition itself, are being made. Whatever is not named - the
    past that is looked back on, other providers - neither starts a run nor holds one up.
    """
    condition = dg.AutomationCondition
    started = condition.any_deps_updated().allow(dg.AssetSelection.assets(*trigger)).since_last_handled()
    met = started & condition.in_latest_time_window(REACHES_BACK) & ~condition.in_progress()
    met &= ~condition.any_deps_in_progress().allow(dg.AssetSelection.assets(*trigger, *needs))
    if needs:
        met &= ~condition.any_deps_missing().allow(dg.AssetSelection.assets(*needs))
    if some_of:
        there = ~condition.missing() | condition.will_be_requested()
        met &= condition.any_deps_match(there).allow(dg.AssetSelection.assets(*some_of))
    return met.with_label("follows")
