"""Which contract an asset's table has, by the asset's key.

Belongs here: the one list of tables. Does not: contracts themselves, or assets that are no tables (models).
"""

from dagster import AssetKey

from weather_platform.core.contracts.archives import FILE_QUARANTINE, LISTING, STATION, STATION_MATCH
from weather_platform.core.contracts.days import DAILY_PREDICTION, DAILY_SCORE, ERROR_MEMORY
from weather_platform.core.contracts.errors import ERROR_SUM, FORECAST_ERROR, TRUTH_AGREEMENT
from weather_platform.core.contracts.forecast import FORECAST, MANIFEST, QUARANTINE
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.contracts.learned import FEATURES, PREDICTION
from weather_platform.core.contracts.scores import CALIBRATION, CHAMPION, DRIFT, SCORE
from weather_platform.core.contracts.truth import (
    DAILY,
    LOCATIONS,
    OBSERVATION,
    RECONCILED,
    STATION_REPORT,
    UPLOADED_OBSERVATION,
)
from weather_platform.core.contracts.uploads import FEATURE, REJECTED, UPLOADED_FORECAST
from weather_platform.core.tables.contract import Contract

_BY_NAME = {
    contract.name: contract
    for contract in (
        LOCATIONS,
        STATION,
        STATION_MATCH,
        UPLOADED_OBSERVATION,
        UPLOADED_FORECAST,
        FEATURE,
        RECONCILED,
        FEED_HEALTH,
        FORECAST_ERROR,
        TRUTH_AGREEMENT,
        ERROR_SUM,
        FEATURES,
        PREDICTION,
        ERROR_MEMORY,
        DAILY_PREDICTION,
        SCORE,
        DAILY_SCORE,
        CALIBRATION,
        CHAMPION,
        DRIFT,
    )
}
# One table per provider, archive or source, named by the second part of the key.
_BY_PREFIX = {
    "payloads": MANIFEST,
    "forecasts": FORECAST,
    "reconstructed": FORECAST,
    "listings": LISTING,
    "station_files": STATION_REPORT,
    "history": OBSERVATION,
    "daily": DAILY,
    "quarantine": QUARANTINE,
}
# What was set aside stands beside the table that it was kept out of, and is no asset's.
_SET_ASIDE = {
    "quarantine/<table>": QUARANTINE,
    "quarantine/daily/<archive>, quarantine/station_files/<archive>": FILE_QUARANTINE,
    "quarantine/uploads": REJECTED,
}


def every() -> dict[str, Contract]:
    """Contracts of all tables by name; `<…>` stands for each provider, archive or table."""
    of_each = {
        f"{name}/<{'provider' if contract in (MANIFEST, FORECAST) else 'archive'}>": contract
        for name, contract in _BY_PREFIX.items()
        if contract is not QUARANTINE
    }
    return of_each | _BY_NAME | _SET_ASIDE


def contract_for(key: AssetKey) -> Contract:
    """The contract of the asset's table. Raises KeyError, naming the key, where it has none."""
    match key.path:
        case [name] if name in _BY_NAME:
            return _BY_NAME[name]
        case [prefix, _] if prefix in _BY_PREFIX:
            return _BY_PREFIX[prefix]
    raise KeyError(
        f"asset {key.to_user_string()} has no table contract; add it to weather_platform.infra.tables"
    )


def table_of(key: AssetKey) -> str:
    """The table's name in the warehouse."""
    return "/".join(key.path)
