"""The tables as a data dictionary in Markdown: what a row is, its key, its file, and every column.

Belongs here: contracts as text. Does not: which tables there are (infra.tables), or how to read and join them
(docs/tables.md, whose dictionary is this one).
"""

from collections.abc import Iterator, Mapping, Sequence

from weather_platform.core.contracts.learned import QUANTILE_LEVELS, QUANTILES
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.variables import WEATHER
from weather_platform.core.tables.contract import Column, Contract, Kind

_TYPES: dict[Kind, str] = {
    "text": "text",
    "float": "double",
    "int": "bigint",
    "time": "timestamp, UTC",
    "bool": "boolean",
}
_WEATHER_TITLE = "weather variables"


def dictionary(tables: Mapping[str, Contract]) -> str:
    """Every table by name, after the columns that several of them share. `<…>` in a name stands for any."""
    sections = ["\n".join(_section(name, contract)) for name, contract in tables.items()]
    if any(set(WEATHER) <= set(contract.columns) for contract in tables.values()):
        sections.insert(0, "\n".join([f"### The {_WEATHER_TITLE}", "", *_table_of(WEATHER)]))
    return "\n\n".join(sections)


def _section(name: str, contract: Contract) -> Iterator[str]:
    yield from (f"### `{name}`", "", contract.description, "")
    yield f"Key: {', '.join(f'`{column}`' for column in contract.key)}. {_files(name, contract)}"
    if contract.extra_float is not None:
        yield f"Further columns, double or null, match `{contract.extra_float}`."
    yield ""
    yield from _table_of(contract.columns)


def _files(name: str, contract: Contract) -> str:
    if contract.partition_column is None:
        return f"One file, `{name}/_all.parquet`."
    if contract.grain is None:
        return f"A file for each `{contract.partition_column}`."
    example = "2026-08-01T06Z" if contract.grain is CYCLE else "2026-08-01"
    what = "cycle (6 h)" if contract.grain is CYCLE else contract.grain.name
    return f"A file a {what} of `{contract.partition_column}`, as `{name}/{example}.parquet`."


def _table_of(columns: Sequence[Column]) -> Iterator[str]:
    yield from ("| column | type | null | meaning |", "|---|---|---|---|")
    told_above = () if columns is WEATHER else WEATHER
    for column in columns:
        if column.name in QUANTILES:
            if column.name == QUANTILES[0]:
                yield _quantiles(column)
        elif column not in told_above:
            yield _line(f"`{column.name}`", column, f"{column.description}{_bounds(column)}")
        elif column.name == WEATHER[0].name:
            yield f"| *{len(WEATHER)} {_WEATHER_TITLE}* | double | yes | see there |"


def _quantiles(column: Column) -> str:
    names = f"`{QUANTILES[0]}`, `{QUANTILES[1]}` … `{QUANTILES[-1]}`"
    step = round(100 * (QUANTILE_LEVELS[1] - QUANTILE_LEVELS[0]))
    meaning = f"Quantiles of {column.name[1:].lstrip('0')} to {QUANTILES[-1][1:]} % in steps of {step} %"
    return _line(names, column, f"{meaning}, in the variable's unit; they never cross")


def _line(name: str, column: Column, meaning: str) -> str:
    return f"| {name} | {_TYPES[column.kind]} | {'yes' if column.nullable else 'no'} | {meaning} |"


def _bounds(column: Column) -> str:
    """What no stored value is beyond."""
    match column.ge, column.le:
        case None, None:
            return ""
        case low, None:
            return f" (≥ {low:g})"
        case None, high:
            return f" (≤ {high:g})"
        case low, high:
            return f" ({low:g} to {high:g})"
