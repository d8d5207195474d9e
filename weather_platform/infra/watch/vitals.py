"""A look at a deployment: facts from its stores, disk and quota, judged by core.health.

Belongs here: where each fact is. Does not: what each table has newest (infra.watch.newest), or what is well
and what is not (core.health.checks).
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

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
from weather_platform.infra.warehouse.parquet_file import DamagedFileError
from weather_platform.infra.watch.heartbeat import Untold, beat, last_beat
from weather_platform.infra.watch.newest import (
    forecast_keys,
    judged,
    newest_cycles,
    newest_hour,
    newest_prediction,
)

_UNREAD = "of this alone nothing is known until it can be read; mend or make again what is named"


def look(
    platform: Platform,
    providers: Sequence[Provider],
    now: datetime,
    *,
    alive: bool = False,
    untold: Sequence[Untold] = (),
) -> Look:
    """Every finding; where the stores do not answer, only that, since all else lies in them. What cannot be
    read of one table is a finding, and all else is looked at. Who looks as the scheduler (`alive`) leaves its
    sign of life with it, and what of its alerts is `untold`.
    """
    stores = [*(_sign_of_life(platform, now, untold) if alive else ()), *_stores(platform)]
    if any(finding.level for finding in stores):
        return Look(tuple(stores), whole=False)
    time = _data_now(platform, providers, now)
    parts: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        *((f"forecasts/{one.name}", partial(_feeds, platform, one, time)) for one in providers),
        ("feed_health", lambda: soundness(judged(platform))),
        ("predictions", lambda: _predictions(platform, time)),
        ("observations", lambda: _truth(platform, time)),
        ("uploads", lambda: _uploads(platform)),
        *((f"payloads/{one.name}", partial(_quota, platform, one, now)) for one in providers),
        *((f"model/{name}", partial(_champion, platform, name, time)) for name in platform.settings.targets),
    ]
    found = [*stores, *disk(platform), *_scheduler(platform, now)]
    unread = [one for name, find in parts if (one := _unread(name, find, found))]
    return Look((*found, *unread), whole=not unread)


def feeds(platform: Platform, providers: Sequence[Provider], now: datetime) -> list[Finding]:
    """Freshness of every feed in use, by data time. Of places that were not read yet any may be covered."""
    time = _data_now(platform, providers, now)
    return [one for provider in providers for one in _feeds(platform, provider, time)]


def _feeds(platform: Platform, provider: Provider, now: datetime) -> list[Finding]:
    places = places_of(platform.warehouse.read("locations", LOCATIONS))
    if places and not any(map(provider.covers, places)):
        return [checks.uncovered(provider.feed(model)) for model in provider.models]
    newest = newest_cycles(platform, provider)
    return [checks.feed(feed, one.at, now, longer=one.longer) for feed, one in newest.items()]


def _unread(name: str, find: Callable[[], Iterable[Finding]], found: list[Finding]) -> Finding | None:
    """Add what a part of the platform shows to `found`; where it cannot be read, that is the finding."""
    problem = _problem(lambda: found.extend(find()))
    return checks.reached(name, problem, _UNREAD) if problem else None


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


def _predictions(platform: Platform, now: datetime) -> Iterator[Finding]:
    newest = newest_prediction(platform)
    yield checks.predictions(newest.at, now, longer=newest.longer)


def _truth(platform: Platform, now: datetime) -> Iterator[Finding]:
    newest = newest_hour(platform)
    yield checks.truth(newest.at, now, longer=newest.longer)


def _uploads(platform: Platform) -> Iterator[Finding]:
    yield checks.dropped(sorted(unreadable_uploads(platform)["file"]))
    yield checks.upload_records(list(platform.uploads.damaged().values()))


def _quota(platform: Platform, provider: Provider, now: datetime) -> Iterator[Finding]:
    if platform.settings.simulated:
        yield checks.quota(provider.name, {})
        return
    calls = spent(platform, provider, now)
    yield checks.quota(
        provider.name,
        {
            limit.window: sum(w for time, w in calls if time > now - LENGTH[limit.window]) / limit.calls
            for limit in provider.terms.limits
        },
    )


def _champion(platform: Platform, variable: str, now: datetime) -> Iterator[Finding]:
    version = platform.models.champion_for(variable, now)
    if version is None:
        yield checks.champion(variable, None, None, now)
        return
    try:
        champion = platform.models.load(variable, version)
    except ModelFileError as error:
        yield checks.unreadable_champion(variable, version, str(error))
    else:
        yield checks.champion(variable, version, champion.trained_until, now)


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
    except (RegistryOutdatedError, SettingsError, MissingRoleError, DamagedFileError) as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever a store's client raises is the finding
        return f"does not answer: {type(error).__name__}"
    return None
