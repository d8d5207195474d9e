"""Whole days in a finished deployment: predicted of each cycle's hours by what was known then, and scored."""

import json
from pathlib import Path

import pandas as pd
from click.testing import CliRunner

from weather_platform.cli.main import cli
from weather_platform.core.contracts.days import DAILY_PREDICTION, DAILY_SCORE, ERROR_MEMORY
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.days.daily import of_cycles
from weather_platform.core.days.statistics import dailies
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.schema import check, empty
from weather_platform.infra.platform import Platform
from weather_platform_tests.platform_fixtures import PERIOD, Lived, run_assets

SAID = {one.name for one in dailies(DEFAULT_TARGETS)}
CYCLES = CYCLE.keys(PERIOD.train_until, PERIOD.end)


def test_every_cycle_that_reaches_whole_days_says_what_they_will_be(lived: Lived) -> None:
    warehouse = Platform(lived.settings).warehouse
    rows = warehouse.read("daily_predictions", DAILY_PREDICTION)
    hours = warehouse.read("predictions", PREDICTION)
    places = warehouse.read("locations", LOCATIONS)
    assert check(rows, DAILY_PREDICTION).bad.empty and set(rows["variable"]) == SAID
    made = of_cycles(map(CYCLE.start, CYCLES), hours, places, empty(ERROR_MEMORY), DEFAULT_TARGETS)
    pd.testing.assert_frame_equal(rows, made)  # four days tell nothing yet of how long errors last


def test_a_later_cycle_takes_how_long_errors_were_known_to_last(lived: Lived, tmp_path: Path) -> None:
    settings = lived.copied_to(tmp_path)
    warehouse = Platform(settings).warehouse
    known = warehouse.read("error_memory", ERROR_MEMORY)
    assert check(known, ERROR_MEMORY).bad.empty and set(known["variable"]) == set(DEFAULT_TARGETS)
    first = known["day"].min()
    shifts = [pd.Timedelta(days=days) for days in range(-9, 0)]
    past = pd.concat(
        [
            known[known["day"] == first].assign(day=first + by, known_at=known["known_at"].min() + by)
            for by in shifts
        ]
    )
    longest = past["memory_hours"] == 192.0
    past = past.assign(crps_sum=past["crps_sum"].where(~longest, 0.0))
    warehouse.replace("error_memory", ERROR_MEMORY, past, DAY.keys(past["day"].min(), first))
    run_assets(settings, ["daily_predictions"], CYCLES[-1:])
    rows = warehouse.read("daily_predictions", DAILY_PREDICTION, CYCLES)
    used = rows.groupby("cycle")["memory_hours"].unique().map(list)
    assert used[CYCLE.start(CYCLES[-1])] == [192.0]
    assert used[rows["cycle"].min()] == [12.0]


def test_days_are_scored_beside_every_feed_on_the_day_of_their_last_value(lived: Lived) -> None:
    rows = Platform(lived.settings).warehouse.read("daily_verification", DAILY_SCORE)
    assert check(rows, DAILY_SCORE).bad.empty and set(rows["variable"]) == SAID
    methods = rows.groupby("variable")["method"].agg(set)
    for name in SAID:
        assert {"ours", "equal_weight", "met_norway/blend"} <= methods[name], name


def test_the_command_line_ranks_days_and_tells_them(lived: Lived) -> None:
    def said(*arguments: str) -> str:
        result = CliRunner().invoke(cli, arguments, obj=lived.settings)
        assert result.exit_code == 0, result.output
        return result.stdout

    board = json.loads(said("leaderboard", "--days", "--json", "--variable", "temperature_c"))
    assert {row["variable"] for row in board} == {
        "temperature_c_min", "temperature_c_max", "temperature_c_mean"
    }  # fmt: skip
    newest = json.loads(said("forecast", "--days", "--json"))
    assert {row["variable"] for row in newest} <= SAID and newest
    assert {row["place"] for row in newest} <= {"Denver", "Miami", "Kathmandu"}
