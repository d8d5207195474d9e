"""`weather-platform tables`: what every table holds, for whoever reads them from outside.

Belongs here: choosing tables. Does not: what is said of them (core.contracts.dictionary), or which there are
(infra.tables).
"""

import click


@click.command(short_help="What every table holds: key, files, columns with their units.")
@click.argument("names", nargs=-1, metavar="[TABLE]...")
def tables(names: tuple[str, ...]) -> None:
    """Print the data dictionary in Markdown: of each table its key, its files below `warehouse/`, and every
    column with type, unit and meaning. TABLE is as the asset is called, `forecasts/nws` or `forecasts`; all
    where none is named. docs/tables.md says how to read and join them.
    """
    from weather_platform.core.contracts.dictionary import dictionary
    from weather_platform.infra.tables import every

    known = every()
    wanted = {name.split("/")[0] for name in names}
    if missing := wanted - {name.split("/")[0] for name in known}:
        raise click.BadParameter(
            f"no table is called {', '.join(sorted(missing))}; there are {', '.join(known)}",
            param_hint="TABLE",
        )
    click.echo(
        dictionary({name: one for name, one in known.items() if not wanted or name.split("/")[0] in wanted})
    )
