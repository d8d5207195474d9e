"""`weather-platform rollback`: take a bad champion back, and let the one before it serve again."""

import json
from datetime import UTC, datetime

import click

from weather_platform.cli.errors import CommandError
from weather_platform.cli.terminal import working
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.models.mlflow_client import RegistryDownError, RegistryOutdatedError
from weather_platform.infra.platform import Platform


@click.command()
@click.argument("variables", nargs=-1, type=click.Choice(list(KNOWN)), metavar="[VARIABLE]...")
@click.option("--why", default="no reason given", show_default=True, help="Kept in the history of champions.")
@click.option(
    "--to-blend", is_flag=True, help="Take the last champion back too; the bias-corrected blend serves then."
)
@click.option("--json", "as_json", is_flag=True, help="What was done as JSON on standard output.")
@click.pass_context
def rollback(ctx: click.Context, variables: tuple[str, ...], why: str, to_blend: bool, as_json: bool) -> None:
    """Withdraw the champion of each VARIABLE (all of them where none is named) and restore the one before.

    The withdrawn version serves no cycle again, and training never brings it back; the next challenger is
    judged against the restored one. Predictions that were made stay as they were issued: materialize
    `predictions` again for cycles that should be made anew. `champions` holds the history.

    Refused where a variable has no champion before the sitting one, unless --to-blend is given. Nothing is
    changed then.
    """
    settings = ctx.obj or read_settings()
    platform, now = Platform(settings), datetime.now(UTC)
    if not (settings.mlflow_tracking_uri or (settings.data_dir / "mlflow" / "mlflow.db").exists()):
        raise CommandError(
            f"no model was registered yet in {platform.home.where}: run `weather-platform run`"
        )
    with working("Asking the registry of models…"):
        try:
            chosen = {name: _sitting(platform, name, now, to_blend) for name in variables or settings.targets}
        except (RegistryDownError, RegistryOutdatedError) as error:
            raise CommandError(str(error)) from error
        done = [_withdraw(platform, name, version, now, why) for name, version in chosen.items() if version]
    if not done:
        raise CommandError("there is no champion to take back: the bias-corrected blend serves already")
    click.echo(json.dumps(done) if as_json else "\n".join(map(_said, done)))
    _tell_history(settings)


def _said(one: dict[str, str | None]) -> str:
    serves = f"version {one['restored']} serves again" if one["restored"] else "the blend serves now"
    return f"{one['variable']}: version {one['withdrawn']} is withdrawn, {serves}"


def _sitting(platform: Platform, variable: str, now: datetime, to_blend: bool) -> str | None:
    """The champion to take back; None without any. Raises CommandError where there would be none left."""
    promoted = [
        one for one in platform.models.promoted(variable) if one.withdrawn_at is None and one.readable
    ]
    if len({one.made_of for one in promoted}) == 1 and not to_blend:
        raise CommandError(
            f"{variable}: version {promoted[0].version} is the last that may serve; "
            "--to-blend takes it back too, and the bias-corrected blend serves until another is promoted"
        )
    return platform.models.champion_for(variable, now)


def _withdraw(
    platform: Platform, variable: str, version: str, now: datetime, why: str
) -> dict[str, str | None]:
    restored = platform.models.withdraw(variable, version, now, why)
    return {"variable": variable, "withdrawn": version, "restored": restored, "at": now.isoformat()}


def _tell_history(settings: Settings) -> None:
    """Materialize `champions`, so that table and UI say what was done. Raises CommandError."""
    from weather_platform.cli.flow import execute
    from weather_platform.cli.steps import Step
    from weather_platform.definitions import build
    from weather_platform.defs.champions import JOB
    from weather_platform.infra.instance.dagster_home import instance

    with instance(settings) as dagster_instance:
        try:
            execute(build(settings), dagster_instance, Step(JOB))
        except CommandError as error:
            raise CommandError(
                f"{error.message}\nThe rollback is done all the same: call it again and the next is "
                "withdrawn too. Mend the cause, then materialize `champions`, which tells the history."
            ) from error
