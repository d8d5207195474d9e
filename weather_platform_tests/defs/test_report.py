"""The pages as assets: of a deployment that has scored nothing yet, and of one that has predicted."""

from pathlib import Path

import dagster as dg

from weather_platform.defs import outlook, report
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


def test_where_nothing_is_predicted_the_outlook_writes_nothing_and_fails_no_run(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    made = outlook.build(settings).assets or []
    done = dg.materialize(
        [asset for asset in made if isinstance(asset, dg.AssetsDefinition)],
        instance=dg.DagsterInstance.ephemeral(),
        resources={"platform": Platform(settings)},
    )
    (event,) = done.asset_materializations_for_node("outlook")
    assert event.metadata["places"].value == 0
    assert not (tmp_path / "report").exists()
