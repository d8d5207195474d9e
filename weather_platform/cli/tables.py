"""`weather-platform tables`: what every table holds, for whoever reads them from outside.

Belongs here: choosing tables. Does not: what is said of them (core.contracts.dictionary), or which there are
(infra.tables).
"""

from collections.abc import Iterable
from difflib import get_close_matches

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
    for name in names:
        if why := _unknown(name, known):
            raise click.BadParameter(why, param_hint="TABLE")
    wanted = {name.split("/")[0] for name in names}
    click.echo(
        dictionary({name: one for name, one in known.items() if not wanted or name.split("/")[0] in wanted})
    )


def _unknown(name: str, tables: Iterable[str]) -> str:
    """Why no table is called so; empty where one is. Of what was set aside any is taken: it stands beside
    every table.
    """
    from weather_platform.core.providers.registry import PROVIDERS
    from weather_platform.defs.archives import BY_DAY, KNOWN

    first, _, second = name.partition("/")
    of_each = {table.partition("/")[0]: table.partition("/")[2] for table in tables}
    if first not in of_each:
        return f"no table is called {first}; there are {', '.join(tables)}"
    if second in ("", of_each[first]) or first == "quarantine":
        return ""
    owner = of_each[first].strip("<>")
    if not owner:
        return f"no table is called {name}; {first} is one table"
    owners = [*PROVIDERS, "uploaded"] if owner == "provider" else [*BY_DAY, *KNOWN]
    if second in owners:
        return ""
    near = get_close_matches(second, owners)
    there = f"near it is {', '.join(near)}" if near else f"there are {', '.join(owners)}"
    return f"no {owner} is called {second}; {there}"
