"""The public archives that a deployment uses (`WEATHER_ARCHIVES`), and everything that follows from each.

Belongs here: which archives are in use. Does not: any asset (stations, listings, station_files,
station_hours, daily, era5).
None is used unless it is named: scraping somebody's site is for those who want it.
"""

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg

from weather_platform.core.history.registry import ARCHIVES, NONE
from weather_platform.core.history.registry import in_use as by_day_in_use
from weather_platform.core.history.scraped import Scraped
from weather_platform.core.history.scraped_archives import SCRAPED
from weather_platform.defs import daily, era5, history, listings, station_files, station_hours, stations
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.configuration.wrong_settings import SettingsError

KNOWN = (*SCRAPED, era5.NAME)
# Those that answer for days or spans of days are assets of defs.history.
BY_DAY = tuple(ARCHIVES)


def build(settings: Settings, known: Sequence[Scraped] | None = None) -> dg.Definitions:
    """Assets, jobs, sensors and schedules of the archives in use. `known` stands in for the registry."""
    archives = {each.name: each for each in known or SCRAPED.values()}
    used = [archives[name] for name in in_use(settings) if name in archives]
    models = [era5.asset(settings)] if era5.NAME in settings.archives else []
    if not used:
        return dg.Definitions(assets=models)
    hourly = [archive for archive in used if not archive.daily]
    assets = [
        *models,
        *stations.assets(used, settings),
        *(station_hours.asset(each, settings) for each in hourly),
    ]
    assets += [daily.asset(each, settings) for each in used if each.daily]
    job = dg.define_asset_job(
        "match_stations",
        dg.AssetSelection.assets(stations.KEY, stations.MATCHES_KEY),
        description="Reads the archives' lists of stations, and finds those near each place.",
    )
    return dg.Definitions.merge(
        dg.Definitions(assets=assets, jobs=[job]),
        *(stage.build(each, settings) for each in hourly for stage in (listings, station_files)),
    )


def in_use(settings: Settings) -> tuple[str, ...]:
    """Names of the public archives in use. Raises SettingsError for one that nobody knows, or in
    the sandbox.
    """
    if settings.archives == (NONE,):
        return ()
    known = (*KNOWN, *BY_DAY)
    if unknown := [name for name in settings.archives if name not in known]:
        raise SettingsError(f"WEATHER_ARCHIVES names {', '.join(unknown)}; known are {', '.join(known)}")
    names = tuple(name for name in settings.archives if name not in BY_DAY)
    if names and settings.simulated:
        raise SettingsError(
            "WEATHER_ARCHIVES is for WEATHER_PROFILE=live: the sandbox simulates its own stations"
        )
    return names


def settled(settings: Settings) -> dict[dg.AssetKey, timedelta]:
    """Of every asset with hourly truth, by day or by station: how long after its end a day of it is there."""
    from weather_platform.core.history import era5 as reanalysis

    by_day = by_day_in_use(settings.simulated, settings.archives)
    waits = {history.key(archive): archive.settled for archive in by_day}
    waits |= {key: SCRAPED[name].latency for name, key in measured(settings).items()}
    return waits | dict.fromkeys(modelled(settings).values(), reanalysis.LATENCY)


def attributions(settings: Settings) -> list[str]:
    """The lines that are owed for archives in use; none for what is simulated."""
    from weather_platform.core.history import era5 as reanalysis

    by_day = by_day_in_use(settings.simulated, settings.archives)
    owed = [archive.attribution for archive in by_day if not archive.simulated]
    owed += [SCRAPED[name].attribution for name in in_use(settings) if name in SCRAPED]
    return owed + [reanalysis.ATTRIBUTION for _ in modelled(settings)]


def measured(settings: Settings) -> dict[str, dg.AssetKey]:
    """Assets with hourly truth of instruments, by the archive's name."""
    used = [SCRAPED[name] for name in in_use(settings) if name in SCRAPED]
    return {archive.name: station_hours.key(archive) for archive in used if not archive.daily}


def modelled(settings: Settings) -> dict[str, dg.AssetKey]:
    """Assets with hourly truth of reanalyses, by the archive's name."""
    return {era5.NAME: era5.KEY} if era5.NAME in in_use(settings) else {}
