"""The platform's parsers read the served bytes back as the simulated truth and a forecast's error.

A unit, a sign, an hour or a place that either side gets wrong would show as an error far beyond a forecast's.
"""

from datetime import UTC, datetime

import httpx
import numpy as np
import pandas as pd
import pytest

from weather_platform.core.fetching.payloads import Meta
from weather_platform.core.history.station_archive import ARCHIVE
from weather_platform.core.panel.places_file import places_of, read_panel
from weather_platform.core.parsing.parse import Source, assemble
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked, Horizon, Request
from weather_platform.sandbox.feeds import PROVIDERS as SIMULATED
from weather_platform.sandbox.simulation import Simulation
from weather_platform_tests.sandbox.conftest import NOW, Get

HOURS_AHEAD = 48
# Largest mean absolute difference from truth over two days, contract units; a little above the worst feed's.
BOUNDS = {
    "temperature_c": 2.2,
    "dew_point_c": 3.5,
    "relative_humidity": 0.12,
    "pressure_msl_hpa": 1.5,
    "surface_pressure_hpa": 1.5,
    "cloud_cover": 0.22,
    "wind_speed_m_s": 2.2,
    "wind_gust_m_s": 3.5,
}


def forecasts(get: Get, name: str) -> pd.DataFrame:
    """Rows of a provider's forecasts for the built-in panel, asked and read as the platform does."""
    provider = PROVIDERS[name]
    places = [place for place in places_of(read_panel()) if provider.covers(place)]
    sources = []

    def ask(request: Request) -> None:
        key = {provider.auth.query: "test"} if provider.auth and provider.auth.query else {}
        reply = get(f"/{name}{request.path}", **request.params, **key)
        assert reply.status_code == 200, (request.path, reply.text[:200])
        if request.role == "lookup":
            assert provider.follow is not None
            following = provider.follow(request, reply.content)
            assert following is not None
            ask(following)
            return
        asked = Asked(
            request.places,
            NOW,
            tuple(filter(None, request.params.get("models", "").split(","))),
            request.params,
        )
        sources.append(Source(request.name, CYCLE.floor(NOW), asked, reply.content))

    for request in provider.requests(places, Horizon(120, provider.models)):
        ask(request)
    parsed = assemble(provider, sources)
    assert parsed.quarantine.empty, parsed.quarantine
    return parsed.rows


def truth_beside(simulation: Simulation, rows: pd.DataFrame, column: str) -> np.ndarray:
    """Truth at the places and valid times of rows; amounts summed over the row's interval."""
    place = pd.Index(simulation.panel.location_ids).get_indexer(pd.Index(rows["location_id"]))
    hour = rows["valid_time"].to_numpy("datetime64[h]").astype(int)
    start = int(hour.min()) - 24
    values = simulation.world.weather(start, int(hour.max()) - start + 1)[column]
    if column != "precipitation_mm":
        return values[hour - start, place]
    total = np.concatenate([np.zeros((1, values.shape[1])), values.cumsum(axis=0)])
    return total[hour - start + 1, place] - total[hour - start + 1 - rows["interval_hours"].to_numpy(), place]


def test_providers_say_rightly_whether_they_are_simulated() -> None:
    assert {name for name, provider in PROVIDERS.items() if provider.in_sandbox} == set(SIMULATED)


@pytest.mark.parametrize("name", SIMULATED)
def test_forecasts_read_back_as_truth_and_a_small_error(get: Get, simulation: Simulation, name: str) -> None:
    rows = forecasts(get, name)
    near = rows[rows["lead_hours"] <= HOURS_AHEAD]
    assert set(near["feed"]) == {PROVIDERS[name].feed(model) for model in PROVIDERS[name].models}
    compared = 0
    for (feed,), of_feed in near.groupby(["feed"]):
        assert len(of_feed) >= 5 * 15
        for column, bound in BOUNDS.items():
            error = (of_feed[column] - truth_beside(simulation, of_feed, column)).abs().dropna()
            compared += len(error)
            assert error.empty or error.mean() < bound, (feed, column, error.mean())
    assert compared > 1000


@pytest.mark.parametrize("name", SIMULATED)
def test_amounts_belong_to_the_hours_before(get: Get, simulation: Simulation, name: str) -> None:
    """Shifted by an hour or three either way, forecast rain fits the true rain worse."""
    rows = forecasts(get, name)
    rows = rows[(rows["lead_hours"] <= 72) & rows["precipitation_mm"].notna()]
    fits = {}
    for shift in (-6, 0, 6):
        moved = rows.assign(valid_time=rows["valid_time"] + pd.Timedelta(hours=shift))
        fits[shift] = np.corrcoef(
            np.sqrt(rows["precipitation_mm"]), np.sqrt(truth_beside(simulation, moved, "precipitation_mm"))
        )[0, 1]
    assert fits[0] > 0.35
    assert fits[0] > max(fits[-6], fits[6])


def test_the_leads_reach_the_horizon(get: Get) -> None:
    for name, least in (
        ("open_meteo", 119),
        ("openweathermap", 117),
        ("weatherapi", 100),
        ("met_norway", 110),
        ("nws", 110),
    ):
        assert forecasts(get, name)["lead_hours"].max() >= least, name


def test_station_rows_read_back_as_truth_with_instrument_noise(get: Get, simulation: Simulation) -> None:
    day = datetime(2026, 8, 9, tzinfo=UTC)
    reply: httpx.Response = get("/stations/observations", date="2026-08-09")
    url = "http://sandbox/stations/observations?date=2026-08-09"
    about = ("stations", DAY.floor(day), "2026-08-09.csv", "forecast", (), url, 200, NOW)
    meta = Meta(*about, "0" * 64, len(reply.content), 1.0)
    found = ARCHIVE.parse(meta, reply.content)
    assert found.quarantine.empty, found.quarantine
    rows = found.rows.rename(columns={"time": "valid_time"})
    good = rows[rows["quality"] == "good"]
    assert len(good) > 400
    for column, noise in (("temperature_c", 0.25), ("wind_speed_m_s", 0.4), ("pressure_msl_hpa", 0.2)):
        error = (good[column] - truth_beside(simulation, good, column)).dropna()
        assert 0.85 * noise < error.std() < 1.15 * noise, column
    assert (good["known_at"] > good["valid_time"]).all()
    rain = (good["precipitation_mm"] - truth_beside(simulation, good, "precipitation_mm")).dropna()
    assert rain.abs().max() <= 0.0501
    suspect = rows[rows["quality"] == "suspect"]
    excess = (suspect["temperature_c"] - truth_beside(simulation, suspect, "temperature_c")).dropna()
    assert len(excess)
    assert (excess > 10).all()
