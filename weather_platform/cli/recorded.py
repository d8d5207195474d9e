"""The main job on recorded material: a recipe says which files are replies, which are truth, and where the
places are.

Belongs here: reading a recipe and calling the public import commands with it. Does not: parsing of any
kind.
"""

from contextlib import redirect_stdout
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from rich.console import Console

from weather_platform.cli.alone import alone
from weather_platform.cli.errors import CommandError
from weather_platform.cli.flow import run_flow
from weather_platform.cli.main import cli
from weather_platform.cli.steps import Period
from weather_platform.core.history.registry import NONE
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform


class Replies(BaseModel):
    """Raw replies of one provider; file names carry the fetch time and the place."""

    model_config = ConfigDict(extra="forbid")
    provider: str
    files: str


class Truth(BaseModel):
    """Observation files and the mapping that reads them, relative to the recipe."""

    model_config = ConfigDict(extra="forbid")
    files: str
    mapping: Path


class Recipe(BaseModel):
    """What a folder of recorded material holds. Paths of files are patterns below that folder."""

    model_config = ConfigDict(extra="forbid")
    title: str
    locations: Path
    payloads: list[Replies]
    observations: list[Truth]
    train_share: float = 0.6


def run_recorded(
    settings: Settings, folder: Path, recipe_file: Path | None, console: Console
) -> tuple[Settings, timedelta]:
    """Import everything the recipe names, then run every asset over the period that the replies cover.
    Raises CommandError for material that no recipe fits, and for steps that failed.
    """
    path = recipe_file or _find(folder)
    recipe = _read(path)
    settings = settings.model_copy(
        update={
            "profile": "live",
            "data_dir": settings.data_dir / "recorded" / path.parent.name,
            "locations_file": path.parent / recipe.locations,
            "providers": tuple(dict.fromkeys(part.provider for part in recipe.payloads)),
            "archives": (NONE,),  # its truth is in the folder: nothing is asked of anyone
        }
    )
    with alone(settings):
        console.print(
            f"[bold]{recipe.title}[/]: recorded in the real world, read from {folder}", soft_wrap=True
        )
        with redirect_stdout(console.file):  # standard output may be wanted for JSON alone
            _import_all(settings, recipe, folder, path.parent)
        first, end = _span(settings)
        settings = settings.model_copy(update={"first_day": first.date()})
        train_until = CYCLE.floor(first + (end - first) * recipe.train_share)
        return settings, run_flow(settings, Period(DAY.floor(first), train_until, end), console)


def _find(folder: Path) -> Path:
    """The recipe shipped with the package whose every pattern finds a file in the folder."""
    known = sorted(Path(str(resources.files("weather_platform"))).glob("recipes/*/recipe.yaml"))
    for path in known:
        recipe = _read(path)
        patterns = [replies.files for replies in recipe.payloads] + [
            truth.files for truth in recipe.observations
        ]
        if all(next(folder.glob(pattern), None) for pattern in patterns):
            return path
    raise CommandError(
        f"{folder}: no recipe fits this folder (known: {', '.join(path.parent.name for path in known)}); "
        "write one and give it with --recipe"
    )


def _read(path: Path) -> Recipe:
    try:
        return Recipe.model_validate(yaml.safe_load(path.read_bytes()))
    except (ValidationError, yaml.YAMLError) as error:
        raise CommandError(f"{path}: not a recipe: {error}") from error


def _import_all(settings: Settings, recipe: Recipe, folder: Path, beside: Path) -> None:
    """Call the public commands, as a user would."""
    for part in recipe.payloads:
        files = [str(path) for path in sorted(folder.glob(part.files))]
        _call(settings, ["import", part.provider, *files, "--locations", str(settings.locations_file)])
    for truth in recipe.observations:
        files = [str(path) for path in sorted(folder.glob(truth.files))]
        _call(settings, ["import", "observations", *files, "--mapping", str(beside / truth.mapping)])


def _call(settings: Settings, arguments: list[str]) -> None:
    cli.main(arguments, prog_name="weather-platform", standalone_mode=False, obj=settings)


def _span(settings: Settings) -> tuple[datetime, datetime]:
    """First cycle with a reply, and the end of the last."""
    keys = sorted(key for name in settings.providers for key in Platform(settings).payloads.cycles(name))
    if not keys:
        raise CommandError("the recipe's files held no reply that could be imported")
    return CYCLE.start(keys[0]), CYCLE.end(keys[-1])
