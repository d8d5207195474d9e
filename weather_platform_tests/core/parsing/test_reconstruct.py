"""Previous runs become forecasts of past cycles at the leads that they say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.fetching.payloads import Meta, digest
from weather_platform.core.grid import forecast_grid
from weather_platform.core.parsing.reconstruct import live_first, reconstruct, valid_days
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.open_meteo import PROVIDER
from weather_platform.core.providers.open_meteo_previous_runs import PREVIOUS_RUNS, parse, spans
from weather_platform.core.providers.spec import Asked, Block
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.schema import check, conform

FIRST = datetime(2026, 8, 10, tzinfo=UTC)
HERE = Place("here", 40.0, -3.75)


def reply(days: int = 12) -> tuple[Meta, bytes]:
    """A reply in which a value tells its own hour and lead: hour of the series + lead / 100."""
    (request,) = spans(FIRST, FIRST + timedelta(days=days - 1), [HERE])
    hours = [FIRST + timedelta(hours=h) for h in range(24 * days)]
    hourly: dict[str, object] = {"time": [f"{time:%Y-%m-%dT%H:%M}" for time in hours]}
    units = {"time": "iso8601"}
    for key in (
        f"{name}_{model}" for name in request.params["hourly"].split(",") for model in PROVIDER.models
    ):
        lead = int(key.split("_previous_day")[1][0])
        wet = key.startswith("precipitation")
        hourly[key] = [1.0 if wet else (h % 24) + lead / 100 for h in range(24 * days)]
        units[key] = "mm" if wet else "°C" if "temperature" in key or "dew" in key else "hPa"
        if key.startswith(("pressure", "cloud", "wind")):
            hourly[key], units[key] = [None] * (24 * days), "undefined"
        if lead > 5 and "gfs" in key:
            hourly[key] = [None] * (24 * days)
    body = orjson.dumps(
        {"latitude": 40.0, "longitude": -3.75, "elevation": 600.0, "utc_offset_seconds": 0,
         "hourly_units": units, "hourly": hourly}
    )  # fmt: skip
    query = "&".join(f"{name}={value}" for name, value in request.params.items())
    meta = Meta(
        provider=PREVIOUS_RUNS.name,
        cycle=FIRST + timedelta(days=days),
        request=request.name,
        role="forecast",
        places=(HERE,),
        url=f"https://example.org/v1/forecast?{query}",
        status=200,
        fetched_at=FIRST + timedelta(days=100),
        quota_weight=1.0,
        **digest(body),
    )
    return meta, body


def made(cycles: list[datetime], horizon: int = 168) -> pd.DataFrame:
    parsed = reconstruct(PREVIOUS_RUNS, PROVIDER, [reply()], cycles, horizon)
    assert parsed.quarantine.empty
    assert check(parsed.rows, FORECAST).bad.empty
    return parsed.rows


def test_rows_are_known_when_they_were_and_say_where_they_come_from() -> None:
    cycle = FIRST + timedelta(days=2, hours=6)
    rows = made([cycle])
    assert set(rows["feed"]) == {f"open_meteo/{model}" for model in PROVIDER.models}
    assert (rows["valid_time"] - rows["fetched_at"] == pd.to_timedelta(rows["lead_hours"], unit="h")).all()
    assert sorted(rows["lead_hours"].unique()) == [24.0 * lead for lead in range(1, 8)]
    assert rows["fetched_at"].min() == pd.Timestamp(cycle) - pd.Timedelta("2h")
    assert rows["fetched_at"].max() == pd.Timestamp(cycle) + pd.Timedelta("5h")
    assert set(rows["cycle"]) == {pd.Timestamp(cycle)}
    assert set(rows["reconstructed_from"]) == {"open_meteo_previous_runs"}
    told = rows["valid_time"].dt.hour + rows["lead_hours"] / 2400
    assert (rows["temperature_c"] - told).abs().max() < 1e-9
    assert rows.loc[rows["model"] == "gfs_seamless", "lead_hours"].max() == 120


def test_each_cycle_has_two_grid_times_a_day_of_lead_with_whole_sums() -> None:
    cycle = FIRST + timedelta(days=2, hours=6)
    grid = (
        forecast_grid(made([cycle], horizon=48), DEFAULT_TARGETS)
        .execute()
        .sort_values(["feed", "valid_time"])
    )
    whole = grid.dropna(subset=["precipitation_mm"]).drop_duplicates(["feed", "valid_time"])
    lead = (whole["valid_time"] - pd.Timestamp(cycle)) / pd.Timedelta("1h")
    assert sorted(lead.unique()) == [24.0, 27.0, 48.0, 51.0]
    assert set(whole["precipitation_mm"]) == {3.0}
    assert (whole["fetched_at"] >= pd.Timestamp(cycle)).all()


def test_a_range_is_its_cycles_one_by_one_and_what_was_fetched_in_time_goes_first() -> None:
    cycles = [FIRST + timedelta(days=2) + i * CYCLE.length for i in range(4)]
    whole = made(cycles)
    parts = pd.concat([made([cycle]) for cycle in cycles]).sort_values(list(FORECAST.key), ignore_index=True)
    pd.testing.assert_frame_equal(whole, parts)
    live = whole[whole["cycle"] == pd.Timestamp(cycles[1])].assign(reconstructed_from=None, temperature_c=0.0)
    both = live_first(conform(live, FORECAST).reset_index(drop=True), whole)
    assert len(both) == len(whole)
    assert set(both.loc[both["reconstructed_from"].isna(), "cycle"]) == {pd.Timestamp(cycles[1])}


def test_of_two_replies_about_a_row_the_one_fetched_last_counts_and_faults_are_told() -> None:
    (meta, body), cycles = reply(), [FIRST + timedelta(days=2)]
    said = orjson.loads(body)
    key = f"temperature_2m_previous_day1_{PROVIDER.models[0]}"
    said["hourly"][key] = [-40.0] * len(said["hourly"][key])
    said["hourly"][key][0] = "n/a"
    later = orjson.dumps(said)
    fetched_at, cycle = meta.fetched_at + timedelta(days=1), meta.cycle - CYCLE.length
    newer = replace(meta, fetched_at=fetched_at, cycle=cycle, **digest(later))
    for order in ([(meta, body), (newer, later)], [(newer, later), (meta, body)]):
        found = reconstruct(PREVIOUS_RUNS, PROVIDER, order, cycles, 24)
        told = found.rows[found.rows["model"] == PROVIDER.models[0]]
        assert set(told["temperature_c"]) == {-40.0}
        assert found.quarantine["value"].tolist() == ["n/a"]


@pytest.mark.parametrize("other", [{"feed": "open_meteo/x"}, {"location_id": "there"}, {"cycle": FIRST}])
def test_what_was_fetched_of_another_feed_place_or_cycle_takes_no_ones_place(
    other: dict[str, Any],
) -> None:
    past = made([FIRST + timedelta(days=2)])
    live = conform(past.assign(reconstructed_from=None, **other), FORECAST).reset_index(drop=True)
    live = live.drop_duplicates(list(FORECAST.key))
    pd.testing.assert_frame_equal(
        live_first(live, past), conform(pd.concat([live, past]), FORECAST).reset_index(drop=True)
    )
    assert live_first(past, past).equals(past)
    pd.testing.assert_frame_equal(live_first(past[:0], past), past)


def test_days_asked_for_reach_as_far_as_the_leads_and_not_into_the_future() -> None:
    days = valid_days(PREVIOUS_RUNS, [FIRST], until=FIRST + timedelta(days=5))
    assert days[0] == FIRST
    assert days[-1] == FIRST + timedelta(days=4)
    later = FIRST + timedelta(days=30)
    of_midnight, of_evening = (
        valid_days(PREVIOUS_RUNS, [FIRST + timedelta(hours=hour)], until=later) for hour in (0, 18)
    )
    # The first sum of the cycle of 00 has two hours of the day before.
    assert of_midnight == [FIRST + timedelta(days=lead) for lead in range(8)]
    assert of_evening == of_midnight[1:]


@pytest.mark.recorded
def test_a_recorded_reply_is_read_at_its_leads(recorded_data: Path) -> None:
    """AROME reaches 51 hours: its two-day lead is there and entirely null; HD has no snowfall."""
    path = recorded_data / "providers/open_meteo/minipirineu_previous_runs_arome_z1_20250201.json"
    blocks = parse(path.read_bytes(), Asked((), FIRST, unplaced="z1"))
    assert {block.model for block in blocks if isinstance(block, Block)} == {
        "meteofrance_arome_france_hd@1",
        "meteofrance_arome_france@1",
    }
    for block in blocks:
        assert isinstance(block, Block)
        assert {"temperature_c", "precipitation_mm"} <= set(block.values)
        assert all(value is not None for value in block.values["temperature_c"])
