"""What a contract is in BigQuery: column types, partitioning, clustering, labels.

Belongs here: the one mapping, and how a stored table may grow into a changed contract. Does not: requests.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from weather_platform.core.tables.contract import Column, Contract, Kind
from weather_platform.core.tables.schema import ContractError
from weather_platform.infra.bigquery.names import column_id, quoted, text

if TYPE_CHECKING:
    from google.cloud.bigquery import SchemaField, Table

TYPES: dict[Kind, str] = {
    "text": "STRING",
    "float": "FLOAT",
    "int": "INTEGER",
    "time": "TIMESTAMP",
    "bool": "BOOLEAN",
}
_DDL_TYPES = TYPES | {"float": "FLOAT64", "int": "INT64", "bool": "BOOL"}
# Scans of these cost money: a query must say which days it wants.
_LARGE = {"forecasts", "forecast_errors", "features", "predictions", "observations"}
_CLUSTERED_BY = ("location_id", "feed", "variable", "source", "method", "place")
_MOST_CLUSTERED = 4


def fields(contract: Contract, extra: Iterable[str] = ()) -> "list[SchemaField]":
    """The contract's columns in order, then the extra ones by name, under the names that BigQuery takes."""
    return [_field(column) for column in all_columns(contract, extra)]


def all_columns(contract: Contract, extra: Iterable[str]) -> list[Column]:
    """The contract's columns and further float ones."""
    further = "Of a feed that is present"
    return [*contract.columns, *(Column(name, "float", further) for name in sorted(extra))]


def _field(column: Column) -> "SchemaField":
    from google.cloud.bigquery import SchemaField

    mode = "NULLABLE" if column.nullable else "REQUIRED"
    return SchemaField(column_id(column.name), TYPES[column.kind], mode, description=column.description)


def new_table(path: str, name: str, contract: Contract, extra: Iterable[str]) -> "Table":
    """The table as it is created: `path` is project.dataset.id, `name` the asset's.

    Days are the partitions also where the contract's are six hours: BigQuery allows 10 000 of them, which are
    27 years of days and not seven of cycles.
    """
    from google.cloud.bigquery import Table, TimePartitioning

    table = Table(path, schema=fields(contract, extra))
    if contract.grain is not None and contract.partition_column is not None:
        column = column_id(contract.partition_column)
        table.time_partitioning = TimePartitioning("DAY", field=column)
        table.require_partition_filter = contract.name in _LARGE
    table.clustering_fields = clustering(contract) or None
    table.description = f"{contract.description} Key: {', '.join(contract.key)}."
    table.labels = {"platform": "weather_platform", "contract": contract.name.lower()}
    table.friendly_name = name
    return table


def clustering(contract: Contract) -> list[str]:
    """Columns that rows of a partition are kept together by: the place and feed that people ask for."""
    named = [contract.partition_column] if contract.grain is None and contract.partition_column else []
    named += [name for name in _CLUSTERED_BY if name in contract.key and name not in named]
    return [column_id(name) for name in named[:_MOST_CLUSTERED]]


def growth(stored: "Sequence[SchemaField]", contract: Contract, extra: Iterable[str]) -> list[str]:
    """What makes the stored schema the contract's, as actions of ALTER TABLE; none where it is already.

    New columns are added, as NULLABLE: BigQuery adds no REQUIRED column to a table that has rows, and that a
    new one is never null in new rows is checked before they are written. Columns that may be null now are
    relaxed. Added one by one and only where missing, so that two writers may both do it. Raises
    ContractError, naming the column, for any other difference.
    """
    by_name = {field.name.lower(): field for field in stored}
    wanted = {column_id(column.name).lower(): column for column in all_columns(contract, extra)}
    _refuse(by_name, wanted, contract)
    actions = []
    for key, column in wanted.items():
        name = quoted(column_id(column.name))
        if key not in by_name:
            description = f"OPTIONS (description = {text(column.description)})"
            actions.append(f"ADD COLUMN IF NOT EXISTS {name} {_DDL_TYPES[column.kind]} {description}")
        elif column.nullable and by_name[key].mode == "REQUIRED":
            actions.append(f"ALTER COLUMN {name} DROP NOT NULL")
    return actions


def _refuse(stored: "dict[str, SchemaField]", wanted: dict[str, Column], contract: Contract) -> None:
    for key, column in wanted.items():
        field = stored.get(key)
        if field is not None and field.name != column_id(column.name):
            raise ContractError(
                f"{contract.name}.{column.name}: BigQuery takes it for the same as the stored {field.name}; "
                "rename one of them"
            )
        if field is not None and _plain(field.field_type) != TYPES[column.kind]:
            raise ContractError(
                f"{contract.name}.{column.name}: stored as {field.field_type}, the contract says "
                f"{TYPES[column.kind]}; give the column a new name, or copy the table and drop it"
            )
    for key, field in stored.items():
        if key not in wanted and field.mode == "REQUIRED":
            raise ContractError(
                f"{contract.name}: the stored column {field.name} is REQUIRED and no more in the contract; "
                f"relax it (ALTER COLUMN {field.name} DROP NOT NULL) or keep it"
            )


def _plain(field_type: str) -> str:
    """One of the two names that BigQuery has for a type."""
    return {"FLOAT64": "FLOAT", "INT64": "INTEGER", "BOOL": "BOOLEAN"}.get(field_type, field_type)
