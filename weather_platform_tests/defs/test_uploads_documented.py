"""What docs/uploads.md tells users to drop is dropped as it stands there, and becomes what it says."""

import re
from pathlib import Path

import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.core.observations.merge import merge
from weather_platform.core.partitions import DAY
from weather_platform.infra.platform import Platform
from weather_platform_tests.defs.dropped import Deployment
from weather_platform_tests.platform_fixtures import checks

PAGE = (Path(__file__).parents[2] / "docs" / "uploads.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^ *```\w+ (\S+\.\w+)\n(.*?)^ *```$", PAGE, re.DOTALL | re.MULTILINE))


def test_the_page_has_an_example_of_every_kind_of_table() -> None:
    assert {name.split("/")[0] for name in EXAMPLES} == {"farm", "home", "net", "forecasts", "replies"}
    assert len(EXAMPLES) >= 10


def test_documented_files_are_read_as_documented(deployment: Deployment) -> None:
    (deployment.settings.data_dir / "objects" / "drop_box" / "mapping.yaml").unlink()
    for name, text in EXAMPLES.items():
        deployment.put(name, re.sub(r"^  (?=time|20)", "", text, flags=re.MULTILINE))
    (read,) = deployment.settle()
    platform = Platform(deployment.settings)
    assert checks(read)["uploads:readable"] is True, deployment.rejected[["upload", "reason"]].to_dict(
        "records"
    )
    assert deployment.rejected["value"].tolist() == ["warm"], "one row is documented to be at fault"
    rows = platform.warehouse.read("uploads", UPLOADED_OBSERVATION)
    assert rows.groupby("source").size().to_dict() == {"farm": 2 + 2 + 1 + 1, "home": 9, "net": 1}
    hours = merge([], rows, DAY.start("2026-08-01"), DAY.end("2026-08-01"))
    farm = (hours["location_id"] == "denver") & (hours["source"] == "farm")
    (denver,) = hours[farm & (hours["time"] == pd.Timestamp("2026-08-01T00:00Z"))].to_dict("records")
    assert (denver["temperature_c"], denver["precipitation_mm"]) == (pytest.approx(20), pytest.approx(2.54))
    old = rows[rows["upload"].str.startswith("old.csv@")].iloc[0]
    assert old["time"] == pd.Timestamp("2026-08-02T00:00Z")
    assert (old["temperature_c"], old["precipitation_mm"]) == (pytest.approx(30), 0.4)
    home = rows[rows["source"] == "home"].sort_values(["time", "temperature_c"])
    assert home["time"].dt.hour.tolist() == [3, 4, 5, 7, 8, 8, 9, 20, 21]
    warmth = [19.8, 19.1, 18.6, 21.4, 17.8, 20.9, 17.2, 21.4, 22.0]
    assert home["temperature_c"].tolist() == pytest.approx(warmth, abs=0.03)
    net = rows[rows["source"] == "net"].iloc[0]
    assert (net["time"], net["precipitation_mm"]) == (pd.Timestamp("2026-08-02T01:00Z"), 0.2)
    uploaded = platform.warehouse.read("forecasts/uploaded", FORECAST, ["2026-08-03T00Z"])
    assert uploaded["feed"].tolist() == ["mine/v1"] * 2
    assert set(uploaded["reconstructed_from"]) == {"uploaded"}
    for provider, variable in (("open_meteo", 18.2), ("met_norway", 18.0)):
        said = platform.warehouse.read(f"forecasts/{provider}", FORECAST, ["2026-08-03T00Z"])
        assert said["temperature_c"].tolist()[0] == variable and set(said["location_id"]) == {"denver"}
