"""`weather-platform cost`: what a month on Google Cloud would cost, by stage, before anything is set up.

Belongs here: options and the table. Does not: amounts or prices (core.cost).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click
from rich import box
from rich.table import Table

from weather_platform.cli.panel import panel_places
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.terminal import print_whole
from weather_platform.core.cost.amounts import Scanned, Used, monthly
from weather_platform.core.cost.prices import Price, bill, prices
from weather_platform.core.cost.volumes import volumes
from weather_platform.core.panel.plan import Plan, plan
from weather_platform.core.providers.spec import Horizon
from weather_platform.infra.configuration.named_providers import named
from weather_platform.infra.configuration.settings import Settings, read_settings

_CYCLES_PER_DAY = 4
_COLUMNS = {
    "queries\nTiB": ("bigquery_query",),
    "tables\nGiB": ("bigquery_storage",),
    "objects\nGiB": ("gcs_storage",),
    "calls\n1000": ("gcs_write", "gcs_read"),
    "vCPU\n1000 s": ("run_cpu",),
}


@click.command(short_help="What a month on Google Cloud would cost, by stage.")
@click.option(
    "--months",
    type=click.IntRange(1, 120),
    default=12,
    show_default=True,
    help="Of which month: so many months of data are stored by then.",
)
@click.option(
    "--dry-run",
    "ask",
    is_flag=True,
    help="Bytes of queries by BigQuery's dry runs on what is stored, for the gcp profile; nothing is billed.",
)
@click.option("--json", "as_json", is_flag=True, help="Amounts and dollars as JSON on standard output.")
def cost(months: int, ask: bool, as_json: bool) -> None:
    """Print the expected monthly bill by stage, and each provider's share of its quota.

    It is of scale to zero; the trio's services, which are always up, cost the same whatever the panel, and
    come on top (deploy/README.md, "What it costs").

    From the panel, providers and horizon of the settings, and list prices of one dated table; no account is
    asked. Scanned bytes are counted from above: every column of a row as if it were filled. With --dry-run
    BigQuery itself is asked what each query would scan, of the newest partitions of your tables. What a run
    really cost is in the metadata of each asset (bytes_billed, slot_ms).
    """
    settings = read_settings()
    places = panel_places(settings)
    plans = [
        plan(one, places, Horizon(settings.horizon_hours, one.models), _CYCLES_PER_DAY)
        for one in named(settings)
        if any(map(one.covers, places))
    ]
    used = monthly(
        plans,
        volumes(plans, len(places), settings.horizon_hours, settings.targets),
        horizon_hours=settings.horizon_hours,
        months_kept=months,
        variables=settings.targets,
        places=len(places),
        scanned=_dry_runs(settings) if ask else None,
    )
    totals, known = _totals(used), prices()
    if as_json:
        click.echo(json.dumps(_as_data(used, totals, known, plans), indent=2))
        return
    console = console_of()
    title = (
        f"{len(places)} places, {settings.horizon_hours} h ahead, {_CYCLES_PER_DAY} × a day, month {months}"
    )
    print_whole(console, _stages(used, known, title))
    free = sum(_full_price(stage, known) for stage in used) - sum(bill(totals, known).values())
    console.print(
        f"Free each month to a billing account that uses nothing else: {free:,.2f} USD of it, so that the "
        "bill is less than the sum above.\n"
    )
    print_whole(console, _bill(totals, known))
    console.print("List prices, as of the day before each address:")
    for line in _sources(totals, known):
        console.print(f"  {line}", soft_wrap=True, highlight=False)
    console.print()
    print_whole(console, _quota(plans))


def _dry_runs(settings: Settings) -> Scanned:
    if settings.profile != "gcp":
        raise click.UsageError("--dry-run asks BigQuery: set WEATHER_PROFILE=gcp")
    from weather_platform.infra.bigquery.open import open_warehouse
    from weather_platform.infra.bigquery.scanned import DryRuns

    return DryRuns(open_warehouse(settings))


def _totals(used: Sequence[Used]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for stage in used:
        for item, units in stage.amounts.items():
            totals[item] = totals.get(item, 0.0) + units
    return totals


def _full_price(stage: Used, known: Mapping[str, Price]) -> float:
    return sum(units * known[item].usd_per_unit for item, units in stage.amounts.items())


def _as_data(
    used: Sequence[Used], totals: Mapping[str, float], known: Mapping[str, Price], plans: Sequence[Plan]
) -> dict[str, object]:
    """The estimate for a machine."""
    dollars = bill(totals, known)
    return {
        "stages": [
            {"stage": s.stage, "amounts": s.amounts, "usd_without_free_tier": _full_price(s, known)}
            for s in used
        ],
        "items": [
            {
                "item": item,
                "unit": known[item].unit,
                "units": units,
                "usd": dollars[item],
                "as_of": known[item].as_of.isoformat(),
                "source": known[item].source,
            }
            for item, units in totals.items()
        ],
        "usd_a_month": sum(dollars.values()),
        "quota": {one.provider.name: one.binds.share if one.binds else None for one in plans},
    }


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=0)


def _stages(used: Sequence[Used], known: Mapping[str, Price], title: str) -> Table:
    table = _table(title)
    table.add_column("stage")
    for heading in (*_COLUMNS, "USD, nothing\nbeing free"):
        table.add_column(heading, justify="right")
    for stage in used:
        amounts = (sum(stage.amounts.get(item, 0.0) for item in items) for items in _COLUMNS.values())
        cells = (f"{amount:,.3f}" if amount else "-" for amount in amounts)
        table.add_row(stage.stage, *cells, f"{_full_price(stage, known):,.2f}")
    table.add_section()
    whole = sum(_full_price(stage, known) for stage in used)
    table.add_row("a month", *[""] * len(_COLUMNS), f"{whole:,.2f}", style="bold")
    return table


def _bill(totals: Mapping[str, float], known: Mapping[str, Price]) -> Table:
    dollars = bill(totals, known)
    table = _table("The bill")
    for heading in ("item", "unit", "used", "free", "USD a unit", "USD"):
        words = heading in {"item", "unit"}
        table.add_column(heading, justify="left" if words else "right", no_wrap=True)
    for item, units in totals.items():
        price = known[item]
        free = f"{price.free_units:g}" if price.free_units else "-"
        figures = (f"{units:,.3f}", free, f"{price.usd_per_unit:g}", f"{dollars[item]:,.2f}")
        table.add_row(item, price.unit, *figures)
    table.add_section()
    table.add_row("a month", "", "", "", "", f"{sum(dollars.values()):,.2f}", style="bold")
    return table


def _sources(items: Iterable[str], known: Mapping[str, Price]) -> Iterator[str]:
    """Where the prices of these items stand, each address whole and once."""
    for source, as_of in sorted({(known[item].source, known[item].as_of) for item in items}):
        yield f"{as_of} {source}"


def _quota(plans: Sequence[Plan]) -> Table:
    table = _table("The providers' quotas (weather-platform plan says more)")
    for heading in ("provider", "calls a cycle", "nearest limit", "used of it"):
        table.add_column(heading, justify="left" if heading == "provider" else "right")
    for one in plans:
        binds = one.binds
        used = (binds.window, f"{binds.share:.1%}") if binds else ("-", "-")
        table.add_row(one.provider.name, f"{one.calls:,}", *used)
    return table
