"""A look at a deployment: facts from its stores, disk and quota, judged by core.health.

Belongs here: where each fact is. Does not: what each table has newest (infra.watch.newest), or what is well
and what is not (core.health.checks).
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.health import checks
from weather_platform.core.health.finding import Finding, Look
from weather_platform.core.health.soundness import soundness
from weather_platform.core.panel.places_file import places_of
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.spec import Provider
from weather_platform.core.providers.terms import LENGTH
from weather_platform.infra.configuration.wrong_settings import SettingsError
from weather_platform.infra.google.errors import MissingRoleError
from weather_platform.infra.models.files import ModelFileError
from weather_platform.infra.models.mlflow_client import RegistryOutdatedError
from weather_platform.infra.platform import Platform
from weather_platform.infra.reading.spending import spent
from weather_platform.infra.reading.unreadable_uploads import unreadable_uploads
from weather_platform.infra.watch.heartbeat import Untold, beat, last_beat
from weather_platform.infra.watch.newest import (
    forecast_keys,
    judged,
    newest_cycles,
    newest_hour,
    newest_prediction,
)


def look(
    platform: Platform,
    providers: Sequence[Provider],
    now: datetime,
    *,
    alive: bool = False,
    untold: Sequence[Untold] = (),
) -> Look:
    """Every finding; where the stores do not answer, only that, since all else lies in them. Who looks as
    the scheduler (`alive`) leaves its sign of life with it, and what of its alerts is `untold`.
    """
    stores = [*(_sign_of_life(platform, now, untold) if alive else ()), *_stores(platform)]
    if any(finding.level for finding in stores):
        return Look(tuple(stores), whole=False)
    time = _data_now(platform, providers, now)
    hour, prediction = newest_hour(platform), newest_prediction(platform)
    findings = (
        *stores,
        *disk(platform),
        *_scheduler(platform, now),
        *feeds(platform, providers, now),
        *soundness(judged(platform)),
        checks.predictions(prediction.at, time, longer=prediction.longer),
        checks.truth(hour.at, time, longer=hour.longer),
        checks.dropped(sorted(unreadable_uploads(platform)["file"])),
        checks.upload_records(list(platform.uploads.damaged().values())),
        *(_quota(platform, provider, now) for provider in providers),
        *(_champion(platform, variable, time) for variable in platform.settings.targets),
    )
    return Look(findings)


def feeds(platform: Platform, providers: Sequence[Provider], now: datetime) -> list[Finding]:
    """Freshness of every feed in use, by data time. Of places that were not read yet any may be covered."""
    time = _data_now(platform, providers, now)
    places = places_of(platform.warehouse.read("locations", LOCATIONS))
    found: list[Finding] = []
    for provider in providers:
        feeds = list(map(provider.feed, provider.models))
        if places and not any(map(provider.covers, places)):
            found += map(checks.uncovered, feeds)
        else:
            newest = newest_cycles(platform, provider)
            found += [checks.feed(feed, one.at, time, longer=one.longer) for feed, one in newest.items()]
    return found


def disk(platform: Platform) -> Iterable[Finding]:
    """The disk that tables and replies grow on; none where they lie elsewhere, and this machine's is some
    container's.
    """
    if (folder := platform.home.folder) is not None and folder.exists():
        yield checks.disk(str(folder.resolve()), shutil.disk_usage(folder).free)


def _data_now(platform: Platform, providers: Sequence[Provider], now: datetime) -> datetime:
    """The clock that data are late by: the simulator's weather ends with the newest cycle fetched from it."""
    if not platform.settings.simulated:
        return now
    ends = [CYCLE.end(key) for provider in providers for key in forecast_keys(platform, provider)[-1:]]
    return max(ends, default=now)


def _scheduler(platform: Platform, now: datetime) -> Iterator[Finding]:
    """The scheduler, and the channels by which it could not tell what it found."""
    if (last := last_beat(platform)) is None:
        yield checks.heartbeat(None, now)
        return
    yield checks.heartbeat(last.alive_at, now, last.interval)
    for one in last.untold:
        yield checks.channel(*one, now)


def _quota(platform: Platform, provider: Provider, now: datetime) -> Finding:
    if platform.settings.simulated:
        return checks.quota(provider.name, {})
    calls = spent(platform, provider, now)
    return checks.quota(
        provider.name,
        {
            limit.window: sum(w for time, w in calls if time > now - LENGTH[limit.window]) / limit.calls
            for limit in provider.terms.limits
        },
    )


def _champion(platform: Platform, variable: str, now: datetime) -> Finding:
    version = platform.models.champion_for(variable, now)
    if version is None:
        return checks.champion(variable, None, None, now)
    try:
        champion = platform.models.load(variable, version)
    except ModelFileError as error:
        return checks.unreadable_champion(variable, version, str(error))
    return checks.champion(variable, version, champion.trained_until, now)


def _sign_of_life(platform: Platform, now: datetime, untold: Sequence[Untold]) -> Iterator[Finding]:
    """Where it cannot be left, that is worth an alert, and no reason to send none."""
    yield checks.reached("published", _problem(lambda: beat(platform, now, untold)), _where(platform))


def _where(platform: Platform) -> str:
    return f"is {platform.home.where} there, and may this user read and write it?"


def _stores(platform: Platform) -> Iterator[Finding]:
    """Each store is asked the cheapest thing it can answer."""
    where = _where(platform)
    asked: list[tuple[str, Callable[[], object], str]] = [
        ("objects", lambda: next(iter(platform.raw.names("payloads/")), None), where),
        ("warehouse", lambda: platform.warehouse.keys("observations"), where),
        (
            "mlflow",
            lambda: platform.models.champion_for(platform.settings.targets[0], datetime.now(UTC)),
            "is WEATHER_MLFLOW_TRACKING_URI right, and its server up?",
        ),
    ]
    for name, ask, remedy in asked:
        yield checks.reached(name, _problem(ask), remedy)


def _problem(ask: Callable[[], object]) -> str | None:
    try:
        ask()
    except (RegistryOutdatedError, SettingsError, MissingRoleError) as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever a store's client raises is the finding
        return f"does not answer: {type(error).__name__}"
    return None
