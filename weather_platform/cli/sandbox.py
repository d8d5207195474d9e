"""`weather-platform sandbox`: the simulated providers and stations, for as long as it runs."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click


def _listed() -> str:
    """The scenarios, for --help."""
    from weather_platform.sandbox.scenarios import SCENARIOS

    lines = (f"  {name:13} {scenario.does}" for name, scenario in SCENARIOS.items())
    return (
        "\b\nScenarios (docs/reliability.md says what the platform makes of each); the provider\n"
        + "\n".join(lines)
    )


@click.command(epilog=_listed())
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8600,
    show_default=True,
    help="Port to listen at; 0 takes a free one.",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen at. There is no access control."
)
@click.option(
    "--seed", default=7, show_default=True, help="Seed of the simulated world: same seed, same weather."
)
@click.option(
    "--now", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"]), help="The clock's first reading, UTC."
)
@click.option(
    "--places",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of places (location_id, latitude, longitude, elevation_m, country); default: built-in.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME[:PROVIDER]",
    help="Let a provider misbehave (open_meteo where none is named); may be given again.",
)
def sandbox(
    *, port: int, host: str, seed: int, now: datetime | None, places: Path | None, scenarios: tuple[str, ...]
) -> None:
    """Serve simulated weather providers and a station archive on loopback.

    EVERYTHING IT SERVES IS MADE UP: a random but weather-like world, and forecasts of it that are wrong in
    the way forecasts are wrong. Do not report skill found here as forecast quality.

    The providers speak their originals' formats below one prefix each (/open_meteo, /openweathermap,
    /weatherapi, /met_norway, /nws); any key is accepted, none is not. Its clock stands still until it is set,
    by `POST /clock {"now": "2026-08-01T06:15:00Z"}`, or for a single request by the header X-Sandbox-Now.

    \b
    weather-platform sandbox --now 2026-08-01T06:15 &
    curl 'http://127.0.0.1:8600/open_meteo/v1/forecast?latitude=52.52&longitude=13.41&hourly=temperature_2m'
    curl 'http://127.0.0.1:8600/stations/observations?date=2026-07-31'
    WEATHER_SANDBOX_URL=http://127.0.0.1:8600 make ui
    """
    from weather_platform.sandbox.panel import BUILT_IN, read_panel
    from weather_platform.sandbox.server import serve
    from weather_platform.sandbox.simulation import Simulation

    try:
        panel = read_panel(places or BUILT_IN)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    try:
        clock = now.replace(tzinfo=UTC) if now else None
        with suppress(KeyboardInterrupt):  # its ordinary end
            serve(Simulation(panel, seed), host, port, clock, scenarios=scenarios)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--scenario") from error
    except OSError as error:
        raise click.ClickException(
            f"cannot listen at {host}:{port}: {error.strerror}; choose another --port"
        ) from error
