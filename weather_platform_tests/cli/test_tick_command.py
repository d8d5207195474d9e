"""`weather-platform tick` says what it did, and nothing of how its stores were opened."""

from pathlib import Path

from weather_platform_tests.cli.test_main import weather_platform


def test_of_a_name_that_nobody_has_the_usage_and_the_names_are_told_and_the_folder(tmp_path: Path) -> None:
    done = weather_platform("tick", "nonsense", WEATHER_DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 2
    new_folder, usage, _help, _blank, error = done.stderr.splitlines()
    assert new_folder.startswith(
        f"{tmp_path / 'data'} did not exist and is made now, empty; WEATHER_DATA_DIR"
    )
    assert usage.startswith("Usage: weather-platform tick")
    assert error.startswith("Error: no schedule or sensor is named 'nonsense'; there are ")
