"""`cost` is legible where people read it."""

import json
import re

import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli


def test_in_a_pipe_every_source_of_the_bill_is_whole() -> None:
    shown = CliRunner().invoke(cli, ["cost"]).stdout
    assert "…" not in shown
    items = json.loads(CliRunner().invoke(cli, ["cost", "--json"]).stdout)["items"]
    assert len(items) > 5
    addresses = [line.split()[-1] for line in shown.splitlines() if "https://" in line]
    assert sorted(addresses) == sorted({item["source"] for item in items})


def test_what_stages_cost_less_what_is_free_is_the_bill() -> None:
    shown = CliRunner().invoke(cli, ["cost"]).stdout
    known = json.loads(CliRunner().invoke(cli, ["cost", "--json"]).stdout)
    whole, paid = (float(line.split()[-1]) for line in shown.splitlines() if line.startswith(" a month"))
    free = float(re.search(r"nothing else: ([\d.]+) USD", " ".join(shown.split()))[1])
    assert whole == pytest.approx(sum(stage["usd_without_free_tier"] for stage in known["stages"]), abs=0.01)
    assert whole - free == pytest.approx(paid, abs=0.02)
    assert paid == pytest.approx(known["usd_a_month"], abs=0.01)
