"""Declarative automation, evaluated by Dagster itself: what follows is asked for, what cannot be is not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.definitions.asset_daemon_cursor import AssetDaemonCursor

from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
NOW = datetime(2026, 8, 10, 12, 30, tzinfo=UTC)
C = CYCLE.keys(FIRST, NOW)
D = DAY.keys(FIRST, NOW)
TRUTH: tuple[str, ...] = ("observations", "forecast_errors", "truth_agreement", "forecast_error_sums")
TRUTH += ("verification", "calibration", "error_memory", "daily_verification", "drift")
SAID = ("predictions", "daily_predictions")
WHOLE = "report"  # has no partitions


class World:
    """The deployment's definitions with an instance on which partitions are said to have been made."""

    def __init__(self, instance: dg.DagsterInstance, first: datetime = FIRST) -> None:
        self.instance = instance
        self.definitions = build(Settings(first_day=first.date(), providers=("open_meteo", "met_norway")))
        self.cursor: AssetDaemonCursor | None = None
        assert self.asked() == {}

    def made(self, asset: str, *keys: str) -> None:
        for key in keys:
            self.instance.report_runless_asset_event(
                dg.AssetMaterialization(dg.AssetKey(asset.split("/")), partition=key)
            )

    def asked(self, *made: tuple[str, list[str]]) -> dict[str, list[str | None]]:
        """What automation asks for once these were made."""
        for asset, keys in made:
            self.made(asset, *keys)
        result = dg.evaluate_automation_conditions(
            self.definitions, self.instance, cursor=self.cursor, evaluation_time=NOW
        )
        self.cursor = result.cursor
        assets = self.definitions.resolve_asset_graph().get_all_asset_keys()
        found = {
            key.to_user_string(): sorted(result.get_requested_partitions(key), key=str) for key in assets
        }
        return {name: partitions for name, partitions in found.items() if partitions}


@pytest.fixture
def world() -> Iterator[World]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield World(instance)


def test_a_reply_is_parsed_featured_and_predicted_whatever_cycle_it_is_of(world: World) -> None:
    for cycle in (C[-1], C[5]):
        assert world.asked(("payloads/met_norway", [cycle])) == {
            "forecasts/met_norway": [cycle],
            "feed_health": [cycle],
            "features": [cycle],
            "predictions": [cycle],
            "daily_predictions": [cycle],
        }
        assert world.asked() == {}


def test_a_dropped_forecast_is_featured_and_predicted_as_a_reply_is(world: World) -> None:
    for name in ("payloads/met_norway", "forecasts/met_norway", "feed_health", "features", *SAID):
        world.made(name, C[-1])
    world.asked()
    asked = world.asked(("forecasts/uploaded", [C[-1]]))
    assert asked == {name: [C[-1]] for name in ("feed_health", "features", *SAID)}


def test_truth_brings_its_whole_day_up_to_date(world: World) -> None:
    assert world.asked(("history/stations", [D[0]])) == {name: [D[0]] for name in TRUTH}
    for name in TRUTH:
        world.made(name, D[0])
    assert world.asked() == {WHOLE: [None]}
    assert world.asked() == {}
    assert world.asked(("history/stations", [D[1]])) == {name: [D[1]] for name in TRUTH}


def test_nothing_is_made_of_a_day_whose_truth_or_eve_does_not_exist(world: World) -> None:
    """`eager` would look at the newest day only, and make it of nothing."""
    assert world.asked(("history/stations", [D[4]])) == {}
    assert world.asked(("history/stations", [D[3]])) == {"observations": [D[4]]}
    assert "forecast_errors" not in world.asked(("forecasts/open_meteo", C[:4]))


def test_a_corrected_reply_of_the_past_reaches_its_scores_and_no_other_answer(world: World) -> None:
    for name in ("history/stations", *TRUTH):
        world.made(name, *D)
    for name in ("payloads/open_meteo", "forecasts/open_meteo", "features", *SAID):
        world.made(name, *C)
    world.asked()
    assert world.asked() == {}
    answered = ("forecasts/open_meteo", "features", *SAID)
    # A provider's health is judged by what it said the day before.
    asked = world.asked(("payloads/open_meteo", [C[8]]))
    assert asked == {name: [C[8]] for name in answered} | {"feed_health": C[8:13]}
    # Days follow in the next tick, when the cycle is there: those within five days of horizon, and the later
    # ones whose month of agreement holds them.
    asked = world.asked(*((name, [C[8]]) for name in answered), ("feed_health", C[8:13]))
    assert asked["forecast_errors"] == D[2:8]
    assert asked["verification"] == D[2:]
    assert set(asked) == set(TRUTH) - {"observations"} | {"outlook"}
    assert asked["outlook"] == [None]  # no partition: whichever cycle was predicted, it shows the newest


def test_a_year_that_is_not_there_and_an_import_of_it_start_nothing() -> None:
    first = NOW - timedelta(days=365)
    old, young = DAY.keys(first, NOW - timedelta(days=40)), DAY.keys(NOW - timedelta(days=3), NOW)
    with dg.DagsterInstance.ephemeral() as instance:
        year = World(instance, first)
        assert year.asked(("history/stations", old)) == {}
        assert year.asked(("payloads/open_meteo", CYCLE.keys(first, first + timedelta(days=20)))) == {}
        asked = year.asked(("history/stations", young))
        # The first lacks its eve, and so does the errors' first, and the agreement's before days are scored.
        others = {"observations": young[1:], "daily_verification": young[3:]}
        assert asked == dict.fromkeys(TRUTH, young[2:]) | others
        assert year.asked() == {}
