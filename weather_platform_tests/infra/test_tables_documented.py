"""docs/tables.md says what the contracts say, and its queries do what it says of them."""

import re
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli
from weather_platform.core.contracts.days import DAILY_PREDICTION
from weather_platform.core.contracts.dictionary import dictionary
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.verification.leaderboard import leaderboard
from weather_platform.infra.platform import Platform
from weather_platform.infra.tables import every
from weather_platform_tests.platform_fixtures import Lived

PAGE = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
_, NEWEST, DAYS, BY_LEAD, BOARD = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


def test_the_dictionary_is_what_the_contracts_say() -> None:
    told = PAGE.partition("## Dictionary\n\n")[2]
    assert told == dictionary(every()) + "\n", (
        "write what `weather-platform tables` prints below ## Dictionary"
    )


def test_the_command_prints_the_tables_named() -> None:
    printed = CliRunner().invoke(cli, ["tables", "predictions", "forecasts/nws"])
    assert printed.exit_code == 0
    headings = re.findall(r"^### (.*)", printed.stdout, re.M)
    assert headings == ["The weather variables", "`forecasts/<provider>`", "`predictions`"]
    assert "| `q05`, `q10` … `q95` | double | no |" in printed.stdout
    wrong = CliRunner().invoke(cli, ["tables", "forecast"])
    assert wrong.exit_code == 2 and "no table is called forecast; there are payloads/" in wrong.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("forecasts/nosuch", "no provider is called nosuch; there are open_meteo, openweathermap, "),
        ("forecasts/met_norwy", "no provider is called met_norwy; near it is met_norway"),
        ("daily/gosd", "no archive is called gosd; near it is gsod"),
        ("features/nws", "no table is called features/nws; features is one table"),
        ("forecasts/nws/x", "no provider is called nws/x"),
    ],
)
def test_a_table_of_nobody_is_refused(name: str, said: str) -> None:
    """Found by trying: `forecasts/nosuch` was told as if there were such a provider."""
    wrong = CliRunner().invoke(cli, ["tables", name])
    assert wrong.exit_code == 2 and said in " ".join(wrong.stderr.split())


@pytest.mark.parametrize(
    "name", ["forecasts/uploaded", "history/era5", "daily/<archive>", "quarantine/forecasts/nws", "payloads/"]
)
def test_a_table_is_called_as_its_asset_or_as_the_dictionary_has_it(name: str) -> None:
    assert CliRunner().invoke(cli, ["tables", name]).exit_code == 0


def test_every_stored_table_is_in_the_dictionary(lived: Lived) -> None:
    stored = {file.parent.relative_to(lived.warehouse) for file in lived.warehouse.rglob("*.parquet")}
    known = {name.split("/")[0] for name in every()}
    assert {table.parts[0] for table in stored} <= known


@pytest.fixture
def ask(lived: Lived) -> "Ask":
    return Ask(lived.warehouse)


class Ask:
    """What a documented query gives in a notebook, of the tables in `warehouse`."""

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse

    def __call__(self, query: str) -> pd.DataFrame:
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(query.replace("data/warehouse", str(self.warehouse))).df()


def test_the_newest_forecast_is_found(ask: Ask) -> None:
    newest = ask(NEWEST)
    assert newest["location_id"].nunique() > 1 and not newest.duplicated(["location_id", "valid_time"]).any()
    assert (newest["q10"] <= newest["temperature_c"]).all() and (
        newest["temperature_c"] <= newest["q90"]
    ).all()


def test_feeds_are_compared_on_their_own_rows(ask: Ask) -> None:
    rows = ask(BY_LEAD)
    assert {"open_meteo/ecmwf_ifs025", "met_norway/blend"} <= set(rows["feed"])
    assert rows.groupby("feed")["lead_day"].nunique().max() > 1 and (rows["ours"] > 0).all()


def test_the_leaderboard_by_hand_is_the_platforms(ask: Ask, lived: Lived) -> None:
    board = leaderboard(Platform(lived.settings).warehouse.read("verification", SCORE))
    board = board[board["lead_bucket"] == "all"]
    by_hand = ask(BOARD)
    both = board.merge(by_hand, on=["variable", "method"], how="outer", suffixes=("", "_by_hand"))
    assert len(both) == len(board) == len(by_hand) > 30
    for name in by_hand.columns.drop(["variable", "method"]):
        np.testing.assert_allclose(both[name], both[f"{name}_by_hand"], rtol=1e-9, atol=1e-12)


def test_the_query_of_days_is_of_the_newest_cycle_that_has_any(lived: Lived, ask: Ask) -> None:
    found, stored = ask(DAYS), Platform(lived.settings).warehouse.read("daily_predictions", DAILY_PREDICTION)
    newest = stored[stored["cycle"] == stored["cycle"].max()]
    assert sorted(found["q50"]) == sorted(newest["q50"])
    assert found["chance_of_1_mm"].notna().sum() == (newest["variable"] == "precipitation_mm_sum").sum() > 0
