"""Jobs by stage, for backfills, schedules and the command line.

Belongs here: what runs together. Does not: when (see schedules), or any asset.
"""

import dagster as dg

from weather_platform.core.providers.registry import PREVIOUS_RUNS
from weather_platform.defs import (
    daily_predictions,
    features,
    feed_health,
    forecast_errors,
    locations,
    observations,
    outlook,
    payloads,
    predictions,
    reconstructed,
)
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.roles import INGEST, ROLE_TAG, SERVE, TRAIN, TRUTH

_PAYLOADS = dg.AssetSelection.key_prefixes("payloads")
_FORECASTS = dg.AssetSelection.key_prefixes("forecasts") | dg.AssetSelection.assets(feed_health.KEY)
_TRUTH = dg.AssetSelection.key_prefixes("history") | dg.AssetSelection.assets(
    observations.KEY, forecast_errors.KEY, forecast_errors.AGREEMENT_KEY, forecast_errors.SUMS_KEY
)
_MODELS = dg.AssetSelection.key_prefixes("model")
_CHAMPIONS = dg.AssetSelection.assets("champions")
_VERIFICATION = dg.AssetSelection.assets(
    "verification", "calibration", "error_memory", "daily_verification", "drift", "report"
)


def build(settings: Settings) -> dg.Definitions:
    """Jobs `read_locations`, `fetch`, `reconstruct`, `parse`, `truth`, `build_features`, `train`, `predict`,
    `verify`, `cycle`, `answer`, `day`. No job has the name of an asset: Dagster refuses to load that.

    A job's role says whose account its runs act under. `cycle` has none: it is `fetch` and `answer`, which
    have different ones, in one run, for where there are no accounts.
    """
    side_by_side = dg.multiprocess_executor  # one provider's waits are no other's
    shown = dg.AssetSelection.assets(predictions.KEY, daily_predictions.KEY, outlook.KEY)
    ahead = dg.AssetSelection.assets(features.KEY) | shown
    # An account that trains may write no table; who answers may, and reads models.
    models = _MODELS if settings.separate_roles else _MODELS | _CHAMPIONS
    jobs = [
        _job("read_locations", dg.AssetSelection.assets(locations.KEY), "Reads the list of places anew."),
        _job("fetch", _PAYLOADS, "Asks every provider and keeps its replies.", INGEST, side_by_side),
        *_reconstruct(settings),
        _job("parse", _FORECASTS, "Makes rows of kept replies; asks nobody."),
        _job("truth", _TRUTH, "Reads what was measured, and holds forecasts against it."),
        _job("build_features", dg.AssetSelection.assets(features.KEY), "Makes what models are fed."),
        _job("train", models, "Trains every model; a version serves if it beats the champion.", TRAIN),
        _job("predict", shown, "Predicts with the champions, and shows what."),
        _job("verify", _VERIFICATION, "Scores predictions and feeds, and writes the report."),
        _job(
            "cycle",
            _PAYLOADS | _FORECASTS | ahead,
            "One six-hourly cycle from end to end: asks every provider, parses the replies, predicts.",
            executor=side_by_side,
        ),
        _job(
            "answer",
            _FORECASTS | ahead | _CHAMPIONS,
            "The second half of a cycle: parses the replies that are kept, and predicts from them.",
            SERVE,
        ),
        _job(
            "day",
            _TRUTH | _VERIFICATION,
            "One day of valid times: its truth, errors, and scores of its forecasts; then the report.",
            TRUTH,
        ),
    ]
    return dg.Definitions(jobs=jobs)


def _reconstruct(settings: Settings) -> "list[dg.UnresolvedAssetJobDefinition]":
    """The job `reconstruct`, where a provider in use keeps its previous runs."""
    kept = [reconstructed.key(one) for one in payloads.in_use(settings) if one.name in PREVIOUS_RUNS]
    selection = dg.AssetSelection.assets(*kept)
    said = "Asks providers that keep them for what they forecast of days past."
    return [_job("reconstruct", selection, said, INGEST)] if kept else []


def _job(
    name: str,
    selection: dg.AssetSelection,
    description: str,
    role: str | None = None,
    executor: dg.ExecutorDefinition | None = None,
) -> "dg.UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        name,
        selection,
        description=description,
        tags={ROLE_TAG: role} if role else None,
        executor_def=executor,
    )
