"""Every archive the platform knows, one line each."""

from weather_platform.core.history import station_archive
from weather_platform.core.history.spec import Archive

ARCHIVES: dict[str, Archive] = {archive.name: archive for archive in (station_archive.ARCHIVE,)}


def in_use(simulated: bool) -> list[Archive]:
    """The archives of a profile: those of the sandbox, or those of the real world."""
    return [archive for archive in ARCHIVES.values() if archive.simulated == simulated]
