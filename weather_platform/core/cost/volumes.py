"""How large each table grows: rows of a month, and logical bytes of a row.

Belongs here: arithmetic from the panel and the contracts. Does not: what is read or written
(core.cost.amounts).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from weather_platform.core.contract import Contract
from weather_platform.core.contracts.forecast import FORECAST, MANIFEST
from weather_platform.core.contracts.learned import ERROR_SUM, FEATURES, FORECAST_ERROR, PREDICTION, SCORE
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.grid import STEP_HOURS
from weather_platform.core.plan import Plan
from weather_platform.core.variables import TARGETS

DAYS_A_MONTH = 365.25 / 12
# Ids, feeds, versions: 2 bytes and about as many letters as they have here.
_TEXT_BYTES = 16
_BYTES = {"text": _TEXT_BYTES, "float": 8, "int": 8, "time": 8, "bool": 1}
_METHODS_BESIDE_FEEDS = 6  # persistence, climatology, equal weight, bias corrected, EMOS, ours


@dataclass(frozen=True)
class Volume:
    """A table's growth. `further` counts float columns beyond the contract's."""

    stage: str
    contract: Contract
    rows_a_day: float
    further: int = 0

    @property
    def row_bytes(self) -> int:
        """Logical bytes of a row, nothing null."""
        return sum(_BYTES[column.kind] for column in self.contract.columns) + 8 * self.further

    @property
    def bytes_a_day(self) -> float:
        """Logical bytes that a day adds."""
        return self.rows_a_day * self.row_bytes

    def share_of(self, columns: Iterable[str]) -> float:
        """Part of a row's bytes that these columns are: BigQuery bills a query for the columns it names."""
        chosen = set(columns)
        named = sum(_BYTES[column.kind] for column in self.contract.columns if column.name in chosen)
        return named / self.row_bytes


def volumes(plans: Sequence[Plan], places: int, horizon_hours: int) -> dict[str, Volume]:
    """Every table that grows, by stage."""
    feeds = sum(len(one.provider.models) for one in plans if one.places)
    pairs = sum(one.places * len(one.provider.models) for one in plans)  # place and feed
    cycles = max((one.cycles_per_day for one in plans), default=4)
    days_ahead = -(-horizon_hours // 24)
    grid = cycles * len(TARGETS) * horizon_hours / STEP_HOURS
    growing = [
        Volume("payloads", MANIFEST, sum(one.calls * one.cycles_per_day for one in plans)),
        Volume("forecasts", FORECAST, sum(one.rows_per_day for one in plans)),
        Volume("observations", OBSERVATION, 2 * 24 * places),  # an archive's rows, and those of the truth
        Volume("forecast_errors", FORECAST_ERROR, pairs * grid),
        Volume("forecast_error_sums", ERROR_SUM, pairs * len(TARGETS) * days_ahead * 4),
        Volume("features", FEATURES, places * grid, further=3 * feeds),
        Volume("predictions", PREDICTION, places * grid),
        Volume(
            "verification",
            SCORE,
            places * (feeds + _METHODS_BESIDE_FEEDS) * len(TARGETS) * (days_ahead + 1),
        ),
    ]
    return {volume.stage: volume for volume in growing}
