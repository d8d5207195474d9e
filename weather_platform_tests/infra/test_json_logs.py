"""Log lines carry run, asset and partition, as a real instance writes them."""

import json
import logging
import sys

import dagster as dg
import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import dagster_home, instance
from weather_platform.infra.json_logs import JsonFormatter

KEY = dg.AssetKey(["payloads", "somewhere"])


@dg.asset(key=KEY, partitions_def=dg.StaticPartitionsDefinition(["2026-08-01T00Z"]))
def somewhere(context: dg.AssetExecutionContext) -> None:
    context.log.warning("two requests failed")


def lines(fresh: Settings, capfd: pytest.CaptureFixture[str], wanted: bool) -> list[dict[str, str]]:
    with instance(fresh.model_copy(update={"log_format": "json" if wanted else "text"})) as opened:
        assert dg.materialize([somewhere], instance=opened, partition_key="2026-08-01T00Z").success
    # Other threads of the process write to the same descriptor, now and then into the same line.
    shown, begin = capfd.readouterr().err.splitlines(), '{"time": '
    return [json.JSONDecoder().raw_decode(line, line.index(begin))[0] for line in shown if begin in line]


def test_a_line_says_which_run_step_asset_and_partition(
    fresh: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    found = lines(fresh, capfd, wanted=True)
    (warned,) = [line for line in found if line["message"] == "two requests failed"]
    assert warned["severity"] == "WARNING"
    assert warned["step_key"] == "payloads__somewhere"
    assert warned["partition"] == "2026-08-01T00Z"
    (made,) = [line for line in found if line.get("event") == "ASSET_MATERIALIZATION"]
    assert made["asset"] == "payloads/somewhere"
    assert made["run_id"] == warned["run_id"]


def test_a_terminal_is_spared(fresh: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert lines(fresh, capfd, wanted=True)
    assert lines(fresh, capfd, wanted=False) == []


def test_a_configuration_that_someone_wrote_is_kept(fresh: Settings) -> None:
    config = dagster_home(fresh.data_dir) / "dagster.yaml"
    config.write_text("telemetry: {enabled: false}\n")
    dagster_home(fresh.data_dir, json_logs=True)
    assert config.read_text() == "telemetry: {enabled: false}\n"


def test_an_exception_is_one_line_too() -> None:
    try:
        raise ValueError("bad\nthing")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "f", 1, "it %s", ("broke",), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "it broke"
    assert "ValueError: bad" in json.loads(line)["exception"]


def test_a_message_is_cut_where_lines_would_grow_without_end() -> None:
    record = logging.LogRecord("a", logging.INFO, "f", 1, "x" * 8_001, (), None)
    assert json.loads(JsonFormatter().format(record))["message"] == "x" * 8_000
