"""How large each table grows: rows of a day, and logical bytes of a row.

Belongs here: arithmetic from the panel and the contracts. Does not: what is read (core.cost.reads) or what
that is billed as (core.cost.amounts).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from weather_platform.core.contracts.days import DAILY_PREDICTION, DAILY_SCORE, ERROR_MEMORY
from weather_platform.core.contracts.errors import ERROR_SUM, FORECAST_ERROR, TRUTH_AGREEMENT
from weather_platform.core.contracts.forecast import FORECAST, MANIFEST
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.contracts.learned import FEATURES, PREDICTION, QUANTILES
from weather_platform.core.contracts.scores import CALIBRATION, DRIFT, SCORE
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.days.lengths import MEMORIES_HOURS
from weather_platform.core.days.statistics import dailies
from weather_platform.core.panel.plan import Plan
from weather_platform.core.quantities.targets import judged
from weather_platform.core.quantities.variables import STEP_HOURS
from weather_platform.core.tables.contract import Contract

DAYS_A_MONTH = 365.25 / 12
# Ids, feeds, versions: 2 bytes and about as many letters as they have here.
_TEXT_BYTES = 16
_BYTES = {"text": _TEXT_BYTES, "float": 8, "int": 8, "time": 8, "bool": 1}
_METHODS_BESIDE_FEEDS = 6  # persistence, climatology, equal weight, bias corrected, EMOS, ours
_SIGNALS_BESIDE_FEEDS = 12  # of drift, a variable


@dataclass(frozen=True)
class Volume:
    """A table's growth, or that of all tables of a kind (`forecasts/<provider>`): `names` are theirs.

    `further` counts float columns beyond the contract's.
    """

    names: tuple[str, ...]
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

    def share_of(self, columns: Iterable[str] | None) -> float:
        """Part of a row's bytes that these columns are: BigQuery bills a query for the columns it names."""
        if columns is None:
            return 1.0
        chosen = set(columns)
        named = sum(_BYTES[column.kind] for column in self.contract.columns if column.name in chosen)
        return named / self.row_bytes


def volumes(
    plans: Sequence[Plan], places: int, horizon_hours: int, variables: Sequence[str]
) -> dict[str, Volume]:
    """Every table that grows, by stage, where `variables` are forecast."""
    asked = [one for one in plans if one.places]
    feeds = sum(len(one.provider.models) for one in asked)
    pairs = sum(one.places * len(one.provider.models) for one in asked)  # place and feed
    cycles = max((one.cycles_per_day for one in asked), default=4)
    days_ahead = -(-horizon_hours // 24)
    targets, grid = len(variables), cycles * len(variables) * horizon_hours / STEP_HOURS
    methods, said = feeds + _METHODS_BESIDE_FEEDS, len(dailies(variables))
    calls = sum(one.calls * one.cycles_per_day for one in asked)

    def per_provider(prefix: str) -> tuple[str, ...]:
        return tuple(f"{prefix}/{one.provider.name}" for one in asked)

    return {
        "payloads": Volume(per_provider("payloads"), MANIFEST, calls),
        "forecasts": Volume(per_provider("forecasts"), FORECAST, sum(one.rows_per_day for one in asked)),
        "feed_health": Volume(("feed_health",), FEED_HEALTH, cycles * feeds * len(judged(variables))),
        # An archive's rows, and those of the truth.
        "observations": Volume(("observations",), OBSERVATION, 2 * 24 * places),
        "forecast_errors": Volume(("forecast_errors",), FORECAST_ERROR, pairs * grid),
        "truth_agreement": Volume(("truth_agreement",), TRUTH_AGREEMENT, pairs * targets),
        "forecast_error_sums": Volume(
            ("forecast_error_sums",), ERROR_SUM, pairs * targets * days_ahead * cycles
        ),
        "features": Volume(("features",), FEATURES, places * grid, further=3 * feeds),
        "predictions": Volume(("predictions",), PREDICTION, places * grid),
        "error_memory": Volume(("error_memory",), ERROR_MEMORY, targets * len(MEMORIES_HOURS)),
        "daily_predictions": Volume(
            ("daily_predictions",), DAILY_PREDICTION, places * cycles * said * horizon_hours / 24
        ),
        "verification": Volume(("verification",), SCORE, places * methods * targets * (days_ahead + 1)),
        "calibration": Volume(
            ("calibration",), CALIBRATION, targets * (days_ahead + 1) * (len(QUANTILES) + 1)
        ),
        "daily_verification": Volume(
            ("daily_verification",), DAILY_SCORE, places * (methods - 1) * said * (days_ahead + 1)
        ),
        "drift": Volume(("drift",), DRIFT, targets * (feeds + _SIGNALS_BESIDE_FEEDS)),
    }
