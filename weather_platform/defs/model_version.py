"""The version of a model that a history makes.

Belongs here: what history a training reads, which champion it meets, and what was made or withdrawn before.
Does not: training or judging (core.model), or where versions are kept (infra.models.registry).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.model.trained import Trained
    from weather_platform.infra.models.tags import Identity

# Older history than this costs time and says little of today's feeds.
_HISTORY = timedelta(days=180)


def version_of(
    platform: Platform, variable: str, until: datetime, warn: Callable[[str], None]
) -> "tuple[str, Trained]":
    """The version that this history makes: the registered one where the same data, code and time made it
    before. Raises TooFewDataError where there is too little to learn from, or to judge on, and where what was
    withdrawn would be made again.
    """
    from weather_platform.core.model.train import training_rows
    from weather_platform.infra.models.files import ModelFileError

    rows = training_rows(_history(platform, variable, until), variable, until)
    # Before `until`: who was decided then was made by this very training, on the same or on less truth.
    sitting = platform.models.champion_for(variable, until - timedelta(microseconds=1))
    if sitting is None:
        return _first(platform, rows, variable, until)
    try:
        champion = platform.models.load(variable, sitting)
    except ModelFileError as error:
        warn(f"{variable}: version {sitting} counts as none, since it cannot be read: {error}")
        return _first(platform, rows, variable, until)
    return _challenger(platform, rows, sitting, champion, until)


def _first(platform: Platform, rows: "pd.DataFrame", variable: str, until: datetime) -> "tuple[str, Trained]":
    """A model that learned from all rows, judged out of fold: there is no champion to beat."""
    from weather_platform.core.model.promotion import after_withdrawal, first, truth_until
    from weather_platform.core.model.train import train
    from weather_platform.core.model.trained import code_version, data_hash
    from weather_platform.infra.models.tags import Identity

    if (
        known := _known(platform, Identity(variable, data_hash(rows), code_version(), until, until))
    ) is not None:
        return known
    if (since := _last_withdrawal(platform, variable)) is not None:
        after_withdrawal(since, truth_until(rows, until))
    trained, decision = first(train(rows, variable, until))
    return platform.models.register(trained, decision), trained


def _last_withdrawal(platform: Platform, variable: str) -> datetime | None:
    """When a version was last taken back. Simulated data have no clock in common with who does so: there, it
    is when that version was decided."""
    simulated = platform.settings.simulated
    versions = platform.models.promoted(variable)
    times = [one.decided_at if simulated else one.withdrawn_at for one in versions if one.withdrawn_at]
    return max(filter(None, times), default=None)


def _known(platform: Platform, same: "Identity") -> "tuple[str, Trained] | None":
    """The version that was made of the same before. Raises TooFewDataError where it was withdrawn."""
    from weather_platform.core.model.train import TooFewDataError

    if (version := platform.models.find(same)) is None:
        return None
    for one in platform.models.promoted(same.variable):
        if str(one.version) == version and one.withdrawn_at is not None:
            raise TooFewDataError(
                f"{same.variable}: these data make version {version} again, which was withdrawn "
                f"({one.withdrawn_why}) and does not serve: train again when more truth is known"
            )
    return version, platform.models.load(same.variable, version)


def _challenger(
    platform: Platform, rows: "pd.DataFrame", sitting: str, champion: "Trained", until: datetime
) -> "tuple[str, Trained]":
    """A model that learned until the window's start, judged on the window beside the champion."""
    from weather_platform.core.model.promotion import decided, in_window, truth_until, window_start
    from weather_platform.core.model.train import train, training_rows
    from weather_platform.core.model.trained import code_version, data_hash
    from weather_platform.infra.models.tags import Identity

    variable, start = champion.variable, window_start(champion.trained_until, truth_until(rows, until))
    learned, window = training_rows(rows, variable, start), in_window(rows, start)
    same = Identity(variable, data_hash(learned), code_version(), start, until, data_hash(window))
    if (known := _known(platform, same)) is not None:
        return known
    trained, decision = decided(train(learned, variable, start), champion, sitting, window, until)
    return platform.models.register(trained, decision), trained


def _history(platform: Platform, variable: str, until: datetime) -> "pd.DataFrame":
    """Features of the variable for cycles before `until`, beside what then happened; an even share of them
    where they are more than memory holds."""
    from weather_platform.core.contracts.learned import FEATURES
    from weather_platform.core.contracts.truth import RECONCILED
    from weather_platform.core.features.target import with_target
    from weather_platform.core.grid import computed
    from weather_platform.core.model.sample import sampled
    from weather_platform.core.tables.schema import conform

    warehouse = platform.warehouse
    rows = warehouse.expression("features", FEATURES, CYCLE.keys(until - _HISTORY, until))
    known = warehouse.expression("observations", RECONCILED, DAY.keys(until - _HISTORY, until))
    learned = sampled(rows.filter(rows.variable == variable))
    return with_target(conform(computed(learned), FEATURES), known, (variable,))
