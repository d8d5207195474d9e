"""`cost` is legible where people read it."""

import json

from click.testing import CliRunner

from weather_platform.cli.main import cli


def test_in_a_pipe_every_source_of_the_bill_is_whole() -> None:
    shown = CliRunner().invoke(cli, ["cost"]).stdout
    assert "…" not in shown
    bill = shown.partition("The bill")[2].partition("The providers'")[0].splitlines()
    last_column = next(line.index("where") for line in bill if "where" in line)
    where = "".join(line[last_column:].strip() for line in bill)  # folded lines joined
    items = json.loads(CliRunner().invoke(cli, ["cost", "--json"]).stdout)["items"]
    assert len(items) > 5
    for item in items:
        assert item["source"].removeprefix("https://") in where
