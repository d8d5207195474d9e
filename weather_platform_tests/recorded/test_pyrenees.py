"""The recorded Pyrenees: our mapping files read real half-hourly truth, and the truth fits real forecasts
as it should.

The forecasts are read here by hand, not by the platform's own parser, so that both cannot share a mistake.
"""

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.core.observations.mapping_file import read_mapping
from weather_platform.core.observations.suspicion import suspicious_truth
from weather_platform.core.observations.upload import ParsedUpload, parse_upload
from weather_platform.core.panel.places_file import read_panel
from weather_platform.core.tables.schema import check

pytestmark = pytest.mark.recorded
RECIPE = Path(__file__).parents[2] / "weather_platform" / "recipes" / "pyrenees"
MODELS = ("meteofrance_arome_france", "meteofrance_arome_france_hd")


@pytest.fixture(scope="module")
def folder(recorded_data: Path) -> Path:
    found = recorded_data / "forecast_archives" / "openmeteo_raw_pyrenees"
    if not found.is_dir():
        pytest.skip(f"{found} is not there")
    return found


def observe(folder: Path, mapping_text: str) -> ParsedUpload:
    data = (folder / "xema_opendata_obs.csv.gz").read_bytes()
    return parse_upload(data, read_mapping(mapping_text, "m"), "xema", read_panel(RECIPE / "locations.csv"))


@pytest.fixture(scope="module")
def mapping_text() -> str:
    return (RECIPE / "observations.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def truth(folder: Path, mapping_text: str) -> ParsedUpload:
    return observe(folder, mapping_text)


@pytest.fixture(scope="module")
def forecasts(folder: Path) -> pd.DataFrame:
    """Temperature of the first fetch of every day: location_id, model, fetched_at, time, forecast."""
    parts = []
    for day in sorted((folder / "openmeteo_raw").iterdir()):
        first = min(path.name[:16] for path in day.iterdir())
        for path in sorted(day.glob(f"{first}_*.json.gz")):
            hourly = json.loads(gzip.decompress(path.read_bytes()))["hourly"]
            time = (
                pd.to_datetime(pd.Series(hourly["time"])).dt.tz_localize("Europe/Madrid").dt.tz_convert("UTC")
            )
            place = re.fullmatch(r"\w+Z_(.+)\.json\.gz", path.name)
            assert place is not None
            frame = pd.DataFrame({"location_id": place[1], "time": time, "fetched_at": pd.Timestamp(first)})
            parts += [
                frame.assign(feed=model, forecast=np.array(hourly[f"temperature_2m_{model}"], float))
                for model in MODELS
            ]
    forecast = pd.concat(parts)
    return forecast[(forecast["time"] > forecast["fetched_at"]) & forecast["forecast"].notna()]


def paired(forecasts: pd.DataFrame, rows: pd.DataFrame, later_hours: int = 0) -> pd.DataFrame:
    observed = (
        rows[["location_id", "time", "temperature_c"]].rename(columns={"temperature_c": "observed"}).dropna()
    )
    observed = observed.assign(time=observed["time"] + pd.Timedelta(hours=later_hours))
    pairs = forecasts.merge(observed, on=["location_id", "time"])
    return pairs.assign(error=pairs["forecast"] - pairs["observed"], variable="temperature_c")


def spread(pairs: pd.DataFrame) -> float:
    """Standard deviation of the error about each feed's bias at each place."""
    return float((pairs["error"] - pairs.groupby(["location_id", "feed"])["error"].transform("mean")).std())


def test_every_row_is_accounted_for(truth: ParsedUpload) -> None:
    assert check(truth.rows, UPLOADED_OBSERVATION).bad.empty
    assert truth.quarantine.empty
    assert truth.summary.rows_read == 46_442
    assert set(truth.summary.unknown_stations) == {"DP", "YN"}
    assert set(truth.summary.unmapped_codes) == {"36", "38"}  # radiation and snow depth
    assert set(truth.rows["location_id"]) == {
        "baqueira_2000",
        "baqueira_2600",
        "la-molina_2100",
        "la-molina_2500",
    }


def test_stations_stand_where_the_recipe_says(truth: ParsedUpload) -> None:
    distance = truth.rows.groupby("location_id")["distance_km"].first()
    assert distance["baqueira_2000"] == pytest.approx(7.2, abs=0.1)
    assert distance["la-molina_2100"] == pytest.approx(19.8, abs=0.1)
    assert truth.rows.groupby("location_id")["temperature_c"].count().min() > 680


def test_truth_fits_real_forecasts_as_measurements_do(truth: ParsedUpload, forecasts: pd.DataFrame) -> None:
    pairs = paired(forecasts, truth.rows)
    assert len(pairs) > 5000
    assert 1.5 < pairs["error"].abs().mean() < 4
    near = pairs[pairs["location_id"].isin(["baqueira_2000", "la-molina_2100", "la-molina_2500"])]
    assert near.groupby("location_id")["error"].mean().abs().max() < 2
    assert np.corrcoef(pairs["forecast"], pairs["observed"])[0, 1] > 0.7
    assert suspicious_truth(pairs).empty


def test_half_hours_are_labelled_by_their_start(
    folder: Path, mapping_text: str, forecasts: pd.DataFrame
) -> None:
    """The label is proven by the lag at which truth fits forecasts best: on the hour, and nearer to it than
    otherwise.
    """
    fits = {
        lag: spread(paired(forecasts, observe(folder, mapping_text).rows, lag)) for lag in (-2, -1, 0, 1, 2)
    }
    assert min(fits, key=lambda lag: fits[lag]) == 0
    by_end = observe(folder, mapping_text.replace("label: start", "label: end")).rows
    assert fits[0] < spread(paired(forecasts, by_end))


def test_a_forecast_given_as_truth_is_found(forecasts: pd.DataFrame) -> None:
    own = forecasts[forecasts["feed"] == MODELS[0]].drop_duplicates(["location_id", "time"], keep="last")
    fake = own.rename(columns={"forecast": "temperature_c"})[["location_id", "time", "temperature_c"]]
    for truth in (fake, fake.round({"temperature_c": 0})):
        found = suspicious_truth(paired(own, truth))
        assert set(found["feed"]) == {MODELS[0]}
        assert set(found["location_id"]) == set(own["location_id"])
