"""What an entry of an archive names is there."""

import pytest

from weather_platform.core.contracts.truth import DAILY, STATION_REPORT
from weather_platform.core.history.format import named
from weather_platform.core.history.formats import FORMATS
from weather_platform.core.history.registry import ARCHIVES
from weather_platform.core.history.scraped_archives import SCRAPED
from weather_platform.defs import archives, era5


@pytest.mark.parametrize("name", SCRAPED)
def test_its_format_and_the_readers_of_files_and_stations_are_there(name: str) -> None:
    archive = SCRAPED[name]
    assert archive.form in FORMATS, f"{name}: add the format {archive.form!r} to core.history.formats"
    assert FORMATS[archive.form].contract in (DAILY, STATION_REPORT)
    assert callable(named(archive.stations.reader))


def test_a_name_is_of_one_archive() -> None:
    names = [*archives.KNOWN, *ARCHIVES]
    assert era5.NAME in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_its_reader(form: str) -> None:
    assert callable(named(FORMATS[form].reader))
