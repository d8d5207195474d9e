"""The check that our intervals hold what they say, of the scores of three months.

Belongs here: which scores are looked at, and how the check tells. Does not: the judgement
(core.verification.coverage).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.partitions import DAY
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.tables.contract import Contract
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

_NAME = "calibrated"
_JUDGED_BY = timedelta(days=92)  # a day's weather is too alike to judge by
_MAY_MEET_A_BOUND = [name for name, target in KNOWN.items() if not target.continuous]


def calibrated_check_spec(key: dg.AssetKey) -> dg.AssetCheckSpec:
    """Every table of our scores has this check."""
    return dg.AssetCheckSpec(
        _NAME,
        asset=key,
        description="The 80 % and 90 % intervals hold what they say, within 3 points. Not judged are "
        f"{', '.join(_MAY_MEET_A_BOUND)}: an interval that ends at a value which is often met, as 0 "
        "mm or a clear sky is, holds more.",
    )


def calibrated_check(
    platform: Platform, key: dg.AssetKey, contract: Contract, days: Sequence[str], scored: "pd.DataFrame"
) -> dg.AssetCheckResult:
    """Whether our intervals hold what they say in `scored`, of `days`, and in what was stored of the three
    months before; what they held is told where it passes, too."""
    import pandas as pd

    from weather_platform.core.grid import computed
    from weather_platform.core.verification.coverage import coverage
    from weather_platform.core.verification.leaderboard import leaderboard
    from weather_platform.core.verification.methods import OURS

    first = DAY.start(days[0])
    stored = platform.warehouse.expression(contract.name, contract, DAY.keys(first - _JUDGED_BY, first))
    before = computed(stored.filter(stored.method == OURS))
    ours = pd.concat([before, scored[scored["method"] == OURS]], ignore_index=True)
    found = coverage(leaderboard(ours))
    return dg.AssetCheckResult(
        check_name=_NAME,
        asset_key=key,
        passed=len(found.judged) > 0 and not found.off,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "intervals_off": found.off or "none",
            "coverage": found.judged,
            "coverage_not_judged": found.told,
        },
    )
