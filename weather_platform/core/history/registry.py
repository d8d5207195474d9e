"""Every archive the platform knows, one line each."""

from collections.abc import Sequence

from weather_platform.core.history import open_meteo_archive, station_archive
from weather_platform.core.history.spec import Archive

ARCHIVES: dict[str, Archive] = {
    archive.name: archive for archive in (station_archive.ARCHIVE, open_meteo_archive.ARCHIVE)
}

# Said where an archive's name goes: no archive, since all truth is uploaded.
NONE = "none"
# Asked where none is named. Any further archive is for those who name it: a line above downloads nothing for
# whoever upgrades.
_USUAL = {True: station_archive.ARCHIVE.name, False: open_meteo_archive.ARCHIVE.name}


def in_use(simulated: bool, names: Sequence[str] = ()) -> list[Archive]:
    """Those of the names that are here; where none is given, the usual one, of sandbox or real world."""
    # `none` is the name of no archive, so nothing is left.
    return [ARCHIVES[name] for name in names or (_USUAL[simulated],) if name in ARCHIVES]
