"""A terminal's codes in names from outside are printed and not obeyed."""

import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.table import Table

from weather_platform.cli.main import cli
from weather_platform.cli.terminal import console

CODES = "\x1b]0;PWN\x07\x1b[2J\x9b31m\u202e"


def _printed(*arguments: str) -> str:
    """Both outputs, as a terminal would get them: where it is none, click itself takes out some codes."""
    return CliRunner().invoke(cli, arguments, color=True).output


def _harmless(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


def test_the_name_of_a_file(tmp_path: Path) -> None:
    name = tmp_path / f"20260720T090040Z_{CODES}.json"
    name.write_text("{")
    for command in (["import", "open_meteo"], ["parse", "open_meteo"]):
        printed = _printed(*command, str(name))
        assert r"\x1b]0;PWN\x07\x1b[2J\x9b31m\u202e" in printed
        assert _harmless(printed)


def test_a_name_within_a_zip(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{CODES}.txt", "")
    (tmp_path / "a.zip").write_bytes(packed.getvalue())
    printed = _printed("parse", "dwd", str(tmp_path / "a.zip"))
    assert r"\x1b]0;PWN" in printed
    assert _harmless(printed)


def test_a_cell_of_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(CODES, title=CODES)
    table.add_row(CODES)
    console().print(table, CODES)
    printed = capsys.readouterr().out
    assert printed.count("PWN") == 4
    assert _harmless(printed)
