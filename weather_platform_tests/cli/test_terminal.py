"""Commands that load libraries and ask stores for seconds show at once that they work, to people alone."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli
from weather_platform.infra.configuration.settings import Settings


@pytest.mark.parametrize(
    ("command", "sign"),
    [("leaderboard", "Ranking what was verified…"), ("prune", "Looking through the history of runs…")],
)
def test_a_terminal_shows_what_is_done_and_a_log_does_not(tmp_path: Path, command: str, sign: str) -> None:
    settings = Settings(data_dir=tmp_path)
    on_terminal = CliRunner(env={"FORCE_COLOR": "1"}).invoke(cli, [command], obj=settings)
    assert sign in on_terminal.stderr
    assert sign not in on_terminal.stdout
    assert sign not in CliRunner().invoke(cli, [command], obj=settings).output
