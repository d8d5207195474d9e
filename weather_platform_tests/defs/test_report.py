"""The pages as assets: of a deployment that has scored nothing yet, and of one that has predicted."""

from pathlib import Path

import dagster as dg

from weather_platform.defs import report
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform


def test_every_archive_that_is_used_gets_the_line_that_its_terms_ask_for(tmp_path: Path) -> None:
    """Found by reading: those that are read off a site and ERA5 had none, though DWD's and Copernicus' terms
    ask for one."""
    settings = Settings(
        profile="live",
        data_dir=tmp_path,
        providers=("nws",),
        archives=("open_meteo_archive", "dwd", "gsod", "era5"),
    )
    made = report.build(settings).assets or []
    dg.materialize(
        [asset for asset in made if isinstance(asset, dg.AssetsDefinition)],
        instance=dg.DagsterInstance.ephemeral(),
        resources={"platform": Platform(settings)},
    )
    page = (tmp_path / "report" / "index.html").read_text()
    sources = page[page.index('id="sources"') :]
    for owed in (
        "National Weather Service",
        "Open-Meteo.com",
        "Deutscher Wetterdienst",
        "NOAA",
        "ERA5 by ECMWF",
    ):
        assert owed in sources
