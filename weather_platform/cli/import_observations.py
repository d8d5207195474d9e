"""`weather-platform import observations`: take in measurements of one's own."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weather_platform.cli.errors import CommandError
from weather_platform.cli.visible import echo
from weather_platform.core.utf16 import as_utf8
from weather_platform.infra.configuration.settings import Settings, read_settings

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.observations.upload import ParsedUpload
    from weather_platform.infra.stores.upload_store import UploadStore

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("observations")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option(
    "--mapping", "mapping_file", required=True, type=_FILE, help="YAML that says what the columns mean."
)
@click.option("--locations", type=_FILE, help="CSV of places, for distances. [default: the deployment's]")
@click.option("--json", "as_json", is_flag=True, help="Print what became of each file as JSON, one per line.")
@click.pass_obj
def import_observations(
    settings: Settings | None,
    files: tuple[Path, ...],
    mapping_file: Path,
    locations: Path | None,
    as_json: bool,
) -> None:
    """Take in observations from FILES: CSV (plain, gzip or zstd) or Parquet, one reading or one time per row.

    Each file is read by the mapping first; rows that cannot be read are counted and set aside with their
    reason, and a file without one good row is refused. A file that is good is kept as it came and becomes a
    partition of the `uploads` asset. The same file with the same mapping again changes nothing; another
    content of the file replaces the rows of the one before.

    \b
    A mapping for hourly rows with a column per variable:
      source: my-stations
      format: wide
      time: {column: time, zone: Europe/Berlin}
      stations: {column: location_id}
      variables:
        temperature_c: {from: temp, unit: °C}
        precipitation_mm: {from: rain, unit: mm}

    Exit code 1 if any file was refused; the others are taken in.
    """
    from weather_platform.core.panel.places_file import PanelError, read_panel
    from weather_platform.core.uploads.too_early import too_early
    from weather_platform.infra.platform import Platform

    settings = settings or read_settings()
    mapping_text = _read_text(mapping_file)
    try:
        panel = read_panel(locations or settings.locations_file)
    except PanelError as error:
        raise CommandError(str(error)) from error
    store = Platform(settings).uploads
    refused = []
    for file in files:
        try:
            key, new, parsed = _take_in(file, mapping_file, mapping_text, panel, store)
        except CommandError as error:
            refused.append(error.message)
        else:
            echo(_as_json(file, key, new, parsed) if as_json else _as_text(file, key, new, parsed))
            if note := too_early(parsed.rows["time"], settings.first_day):
                echo(f"{file}: of the rows {note}", err=True)
    if refused:
        raise CommandError("\n".join(refused))


def _read_text(path: Path) -> str:
    try:
        return as_utf8(path.read_bytes()).decode()
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: not UTF-8 text: {error}") from error


def _take_in(
    file: Path, mapping_file: Path, mapping_text: str, panel: "pd.DataFrame", store: "UploadStore"
) -> "tuple[str, bool, ParsedUpload]":
    """Read a file, and keep it if any row is good. Raises CommandError naming file and cause."""
    from weather_platform.core.observations.mapping_file import MappingError, read_mapping
    from weather_platform.core.observations.table import ObservationFileError
    from weather_platform.core.observations.upload import parse_upload
    from weather_platform.infra.stores.upload_store import MAX_FILE_BYTES

    if file.stat().st_size > MAX_FILE_BYTES:
        raise CommandError(f"{file}: larger than {MAX_FILE_BYTES // 1_000_000} MB; split the file")
    data = file.read_bytes()
    try:
        parsed = parse_upload(data, read_mapping(mapping_text, str(mapping_file)), file.name, panel)
    except MappingError as error:
        raise CommandError(str(error)) from error
    except ObservationFileError as error:
        raise CommandError(f"{file}: {error}") from error
    if parsed.rows.empty:
        raise CommandError(f"{file}: no good row in it. {_why(parsed)}")
    key, new = store.add(f"import{file.resolve()}", data, mapping_text.encode())
    return key, new, parsed


def _why(parsed: "ParsedUpload") -> str:
    """What kept most rows out."""
    summary = parsed.summary
    reasons = [
        f"{n} rows: {reason}" for reason, n in parsed.quarantine["reason"].value_counts().head(3).items()
    ]
    if summary.unknown_stations:
        stations = ", ".join(list(summary.unknown_stations)[:5])
        rows = sum(summary.unknown_stations.values())
        reasons.append(f"{rows} rows of stations that the mapping does not name: {stations}")
    if summary.hours_incomplete:
        reasons.append(f"{summary.hours_incomplete} hours with a part missing; see interval in the mapping")
    return "; ".join(reasons) or f"{summary.rows_read} rows, none with a value that the mapping names"


def _as_json(file: Path, key: str, new: bool, parsed: "ParsedUpload") -> str:
    what: dict[str, Any] = {"file": str(file), "upload": key, "new": new, **asdict(parsed.summary)}
    return json.dumps(what, ensure_ascii=False)


def _as_text(file: Path, key: str, new: bool, parsed: "ParsedUpload") -> str:
    summary = parsed.summary
    lines = [
        f"{file}: {'taken in' if new else 'here already'} as {key}",
        f"  {summary.rows_out} rows of {parsed.rows['location_id'].nunique()} places, "
        f"{summary.first} to {summary.last}",
        f"  {summary.rows_read} rows read, {summary.rows_quarantined} set aside, "
        f"{summary.readings_rejected} readings rejected by quality, {summary.readings_repeated} repeated, "
        f"{summary.readings_between} between steps, "
        f"{summary.hours_incomplete} hours incomplete",
    ]
    if len(parsed.quarantine):
        lines += [f"  set aside: {_why(parsed)}"]
    if summary.unknown_stations:
        lines += [f"  stations not in the mapping: {_listed(summary.unknown_stations)}"]
    if summary.unmapped_codes:
        lines += [f"  codes not in the mapping: {_listed(summary.unmapped_codes)}"]
    if summary.places_outside_panel:
        lines += [f"  places that are not in the panel: {_listed(summary.places_outside_panel)}"]
    return "\n".join(lines)


def _listed(counts: dict[str, int]) -> str:
    shown = [f"{name or 'empty'} ({rows} rows)" for name, rows in list(counts.items())[:10]]
    return ", ".join(shown) + f" and {len(counts) - 10} more" * (len(counts) > 10)
