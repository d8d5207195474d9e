"""`weather-platform import PROVIDER FILES…`: raw replies that were kept elsewhere, stored as if fetched
then.
"""

import csv
import json
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from weather_platform.cli.errors import CommandError
from weather_platform.cli.files import read_file
from weather_platform.cli.options import UTC_TIME
from weather_platform.cli.terminal import tracked
from weather_platform.cli.visible import echo
from weather_platform.core.file_names import parsed_time, reply_place, stamp_of
from weather_platform.infra.configuration.settings import read_settings

if TYPE_CHECKING:
    from weather_platform.core.fetching.payloads import Meta
    from weather_platform.core.places import Place
    from weather_platform.core.providers.spec import Provider


class Entry(NamedTuple):
    """What is known of a file: when it was fetched, and for which place."""

    fetched_at: datetime
    location_id: str


def import_of(provider: str) -> click.Command:
    """The command `import PROVIDER`: one for all, which knows by its name whose the replies are."""
    from weather_platform.core.providers.registry import PROVIDERS

    command = copy(_import)
    command.name = provider
    command.short_help = f"Raw replies of {PROVIDERS[provider].title} that were kept elsewhere."
    return command


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE...",
)
@click.option("--fetched-at", type=UTC_TIME, help="When all of the files were fetched (ISO 8601 with zone).")
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV with the columns file,fetched_at,location_id; `file` is a name, or a path relative to the CSV.",
)
@click.option(
    "--locations",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV of places, for the coordinates that were asked for. [default: those that the reply answers]",
)
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON.")
@click.pass_context
def _import(
    ctx: click.Context,
    *,
    files: tuple[Path, ...],
    fetched_at: datetime | None,
    manifest: Path | None,
    locations: Path | None,
    as_json: bool,
) -> None:
    """Store FILES (.json, also compressed) as replies of the provider, fetched when they were, in the cycle
    of that time.

    The fetch time is taken from --manifest, or --fetched-at, or the stamp in the file name; the location id
    from --manifest, or what follows the stamp (20260720T090040Z_pier.json.gz). Nothing is fetched.
    Importing the same files again changes nothing. A file that cannot be used is named with the cause,
    nothing of it is stored, and the exit code is 1.
    """
    from weather_platform.core.providers.registry import PROVIDERS
    from weather_platform.infra.platform import Platform
    from weather_platform.infra.stores.payload_store import OtherReplyError

    provider, settings = PROVIDERS[str(ctx.command.name)], ctx.obj or read_settings()
    store = Platform(settings).payloads
    entries = _read_manifest(manifest) if manifest else None
    places = _places(locations)
    new, problems, early = 0, [], []
    for path in tracked(files, "import"):
        try:
            entry = _entry(path, entries, fetched_at)
            body = read_file(path)
            meta = _meta(provider, path, body, entry, places, strict=locations is not None)
            new += store.keep(meta, body)
            early += [meta.cycle.date()] if meta.cycle.date() < settings.first_day else []
        except CommandError as error:
            problems.append(error.message)
        except OtherReplyError as error:
            problems.append(f"{path}: {error}")
    stored = {"stored": new, "there_already": len(files) - new - len(problems), "files_not_used": problems}
    text = "{stored} replies stored, {there_already} there already".format(**stored)
    click.echo(json.dumps(stored) if as_json else text)
    if early:
        echo(
            f"{len(early)} replies are from before WEATHER_FIRST_DAY ({settings.first_day}): set it to "
            f"{min(early)} or earlier to have them used",
            err=True,
        )
    if problems:
        raise CommandError("\n".join(problems))


def _read_manifest(path: Path) -> dict[Path, Entry]:
    """Entries by resolved path. Raises CommandError naming line and remedy."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            try:
                return _entries(path, reader)
            except csv.Error as error:
                raise CommandError(f"{path}: line {reader.line_num + 1}: no CSV: {error}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: no text in UTF-8 ({error}); save it as CSV in UTF-8") from error


def _entries(path: Path, reader: "csv.DictReader[str]") -> dict[Path, Entry]:
    if missing := {"file", "fetched_at", "location_id"} - set(reader.fieldnames or ()):
        raise CommandError(f"{path}: line 1: no column {', '.join(sorted(missing))} in the header")
    entries = {}
    for line in reader:
        where = f"{path}: line {reader.line_num}"
        if lacking := [name for name in ("file", "fetched_at", "location_id") if not line[name]]:
            raise CommandError(f"{where}: nothing in {', '.join(lacking)}; fill it in, with commas between")
        try:
            entry = Entry(parsed_time(line["fetched_at"].strip()), line["location_id"].strip())
        except ValueError as error:
            raise CommandError(f"{where}: fetched_at: {error}") from error
        entries[(path.parent / line["file"].strip()).resolve()] = entry
    return entries


def _entry(path: Path, entries: dict[Path, Entry] | None, fetched_at: datetime | None) -> Entry:
    if entries is not None:
        if path.resolve() not in entries:
            raise CommandError(f"{path}: the manifest has no line for it")
        return entries[path.resolve()]
    time = fetched_at or stamp_of(path.name)
    if time is None:
        raise CommandError(
            f"{path}: when was it fetched? The name has no stamp like 20260720T090040Z; "
            "give --fetched-at, or --manifest with a line per file"
        )
    return Entry(time, reply_place(path.name))


def _places(locations: Path | None) -> "dict[str, Place]":
    from weather_platform.core.panel.places_file import PanelError, places_of, read_panel

    try:
        return {place.location_id: place for place in places_of(read_panel(locations))} if locations else {}
    except PanelError as error:
        raise CommandError(str(error)) from error


def _meta(
    provider: "Provider", path: Path, body: bytes, entry: Entry, places: "dict[str, Place]", *, strict: bool
) -> "Meta":
    """The header of a file's payload. Raises CommandError where the file is no forecast of its place."""
    from weather_platform.core.parsing.replies import kept_reply
    from weather_platform.core.providers.spec import PayloadError

    if strict and entry.location_id not in places:
        raise CommandError(
            f"{path}: the place {entry.location_id!r} is not in the file of locations; add it there"
        )
    asked = (places[entry.location_id],) if strict else ()
    try:
        return kept_reply(
            provider, path.name, body, entry.fetched_at, asked=asked, location_id=entry.location_id
        )
    except PayloadError as error:
        raise CommandError(f"{path}: {error}") from error
