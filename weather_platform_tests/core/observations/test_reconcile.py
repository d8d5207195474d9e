"""One row a place and hour, from the source that is preferred, with its gaps filled and said so."""

from itertools import permutations
from typing import Any

import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.core.grid import computed, truth_grid
from weather_platform.core.observations.reconcile import reconcile
from weather_platform.core.tables.schema import check
from weather_platform_tests.core.observations.test_checks import places, rows

DRIZZLE: dict[str, Any] = {"precipitation_mm": [0.0, 0.1, 0.2] * 8}


def source(name: str, hours: int = 24, **values: Any) -> pd.DataFrame:
    known = pd.Timestamp("2026-09-01", tz="UTC") if name == "slow" else None
    frame = rows(hours, source=name, **values)
    return frame if known is None else frame.assign(known_at=known)


def one(*frames: pd.DataFrame, preference: tuple[str, ...] = ("mine", "net", "model")) -> pd.DataFrame:
    for order in permutations(frames):
        found = reconcile(pd.concat(order, ignore_index=True), places(1), preference)
        assert check(found.rows, RECONCILED).bad.empty
    return found.rows


def test_the_preferred_source_stands_and_says_so() -> None:
    made = one(source("model", temperature_c=1.0), source("net"), source("mine", quality="good"))
    assert len(made) == 24
    assert set(made["source"]) == {"mine"}
    assert made["filled"].isna().all()
    assert set(one(source("a"), source("b", quality="good"), preference=())["source"]) == {"b"}
    near = one(source("a", distance_km=9.0), source("b", distance_km=2.0), preference=())
    assert set(near["source"]) == {"b"}
    own = one(source("a", distance_km=2.0), source("b", distance_km=None), preference=())
    assert set(own["source"]) == {"b"}, "the place's own, of which nobody says how far away it is"
    stated = one(source("a", quality="good"), source("z"), preference=("z",))
    assert set(stated["source"]) == {"z"}


def test_suspect_rows_stand_only_alone_and_fill_nothing() -> None:
    made = one(source("mine", quality="suspect"), source("net", 12))
    assert made["source"].tolist() == ["net"] * 12 + ["mine"] * 12
    gap = one(source("net", wind_speed_m_s=None, wind_gust_m_s=None), source("mine", quality="suspect"))
    assert gap["wind_speed_m_s"].isna().all()


def test_gaps_are_filled_wind_as_a_whole_and_known_when_the_last_part_is() -> None:
    made = one(source("mine", wind_speed_m_s=None, pressure_msl_hpa=None), source("slow"))
    assert made["pressure_msl_hpa"].notna().all()
    assert set(made["filled"]) == {"pressure_msl_hpa=slow"}  # mine has gusts: another wind is not mixed in
    assert made["wind_speed_m_s"].isna().all()
    assert (made["known_at"] == pd.Timestamp("2026-09-01", tz="UTC")).all()
    whole = one(source("mine", wind_speed_m_s=None, wind_gust_m_s=None), source("slow"))
    assert set(whole["filled"]) == {"wind_speed_m_s=slow"}


def test_an_amount_keeps_its_interval_and_one_without_an_amount_keeps_none_out() -> None:
    gauge, hourly = source("mine", interval_hours=3, precipitation_mm=None), source("net", **DRIZZLE)
    made = one(gauge, hourly)
    assert made["precipitation_mm"].tolist() == DRIZZLE["precipitation_mm"]
    assert set(made["interval_hours"]) == {1}
    assert set(made["source"]) == {"mine"} and set(made["filled"]) == {"precipitation_mm=net"}
    made = one(gauge.assign(precipitation_mm=[1.0, 2.0] * 12), hourly)
    assert set(made["precipitation_mm"]) == {1, 2} and set(made["interval_hours"]) == {3}


def test_rain_of_six_hours_gives_way_to_hours_which_can_be_compared() -> None:
    """As of ISD-Lite: an amount that nobody can use stood each sixth hour: no sum was whole."""
    sixth = pd.Series(range(24)) % 6 == 0
    gauge = source("mine", interval_hours=6 * sixth + 1 * ~sixth)
    gauge["precipitation_mm"] = (gauge["precipitation_mm"] + 5).where(sixth)
    truth = computed(truth_grid(one(gauge, source("net", **DRIZZLE)), ["precipitation_mm"]))
    assert truth["observed"].tolist() == pytest.approx([0.3] * 7), "03 to 21 UTC"
    alone = one(gauge, source("net", precipitation_mm=None))
    assert alone["precipitation_mm"].notna().tolist() == sixth.tolist()
    assert alone["interval_hours"].eq(6).tolist() == sixth.tolist()


def test_what_fails_a_check_is_set_aside_and_the_next_source_takes_its_place() -> None:
    bad = source("mine")
    bad.loc[10, "temperature_c"] = 70.0
    found = reconcile(pd.concat([bad, source("net", temperature_c=None)]), places(1), ("mine",))
    assert pd.isna(found.rows.loc[10, "temperature_c"])
    good = source("net")
    found = reconcile(pd.concat([bad, good]), places(1), ("mine",))
    assert found.rows.loc[10, "temperature_c"] == good.loc[10, "temperature_c"]
    assert found.rows.loc[10, "filled"] == "temperature_c=net"
    assert check(found.quarantine, QUARANTINE).bad.empty
    assert set(found.quarantine["source"]) == {"mine"}
    assert set(found.quarantine["value"]) == {"70"}
    assert found.quarantine["object"].unique().tolist() == ["p0 2026-08-01T10:00Z"]
    assert found.quarantine["cycle"].unique().tolist() == [pd.Timestamp("2026-08-01T06Z")]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_little_are_tables_of_the_contract(count: int) -> None:
    found = reconcile(rows(24).iloc[:count], places(1), ())
    assert len(found.rows) == count
    assert check(found.rows, RECONCILED).bad.empty
