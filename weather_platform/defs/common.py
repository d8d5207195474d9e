"""What assets share: how they are described in the UI, and the checks that rows are by the contract and all
there.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from weather_platform.core.tables.contract import Column, Contract
from weather_platform.infra.configuration.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

OWNER = "team:weather-platform"
IO_MANAGER = "warehouse"
_MOST_LISTED = 40
_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in "\\|`*_[]<>!#~&"})
_ARROW_NAMES = {
    "text": "string",
    "float": "double",
    "int": "int64",
    "time": "timestamp[us, UTC]",
    "bool": "bool",
}


def described(contract: Contract, settings: Settings, *, group: str, kinds: set[str]) -> dict[str, Any]:
    """Arguments of `@dg.asset` that follow from the contract: group, owner, kinds, column schema, storage."""
    return {
        "group_name": group,
        "owners": [OWNER],
        "kinds": kinds,
        "tags": simulated_tag(settings),
        "io_manager_key": IO_MANAGER,
        "metadata": {
            "dagster/column_schema": dg.TableSchema(
                [_described_column(c, c.name in contract.key) for c in contract.columns]
            ),
            "key": ", ".join(contract.key),
        },
    }


def simulated_tag(settings: Settings) -> dict[str, str]:
    """The tag that marks, in the UI, assets whose content was made up."""
    return {"simulated": "true"} if settings.simulated else {}


def _described_column(column: Column, in_key: bool) -> dg.TableColumn:
    limits = {">=": column.ge, "<=": column.le}
    other = [f"{sign} {limit:g}" for sign, limit in limits.items() if limit is not None]
    constraints = dg.TableColumnConstraints(
        nullable=column.nullable, other=other + ["part of the key"] * in_key
    )
    return dg.TableColumn(column.name, _ARROW_NAMES[column.kind], column.description, constraints)


def contract_check_spec(key: dg.AssetKey) -> dg.AssetCheckSpec:
    """Every table has this check; it blocks nothing by itself, since bad rows are set aside before."""
    return dg.AssetCheckSpec(
        "contract", asset=key, description="Every stored row is by the table's contract."
    )


def contract_check(key: dg.AssetKey, frame: "pd.DataFrame", contract: Contract) -> dg.AssetCheckResult:
    """Validate what is about to be stored against the contract."""
    from weather_platform.core.tables.schema import check

    bad = check(frame, contract).bad
    metadata: dict[str, Any] = {
        "rows": len(frame),
        "rows_at_fault": int(bad["row"].nunique()) if len(bad) else 0,
    }
    if len(bad):
        metadata["examples"] = in_markdown(bad.head(20))
    said = f"{metadata['rows_at_fault']:,} of {len(frame):,} rows are not by the contract"
    return dg.AssetCheckResult(
        check_name="contract",
        asset_key=key,
        passed=bad.empty,
        metadata=metadata,
        description=said if len(bad) else f"all {len(frame):,} rows are by the contract",
    )


def complete_check_spec(key: dg.AssetKey, description: str) -> dg.AssetCheckSpec:
    """Whatever asks others for its rows has this check, with what it means for it to have all of them."""
    return dg.AssetCheckSpec("complete", asset=key, description=description)


def complete_check(
    key: dg.AssetKey, reasons: Sequence[str], said: str = "", **metadata: int
) -> dg.AssetCheckResult:
    """What is missing and why, after what is `said` of the whole. A warning, not an error: what was answered
    is kept, and the next run asks for the rest only.
    """
    shown = {"reasons": dg.MarkdownMetadataValue(as_list(reasons))} if reasons else {}
    return dg.AssetCheckResult(
        check_name="complete",
        asset_key=key,
        passed=not reasons,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={**metadata, **shown},
        description=": ".join(filter(None, (said, first_of(reasons))))
        if reasons
        else "all that was asked for is there",
    )


def first_of(reasons: Sequence[str]) -> str:
    """What a description shows of them, since whatever else there is takes a click."""
    return reasons[0] + f" (and {len(reasons) - 1} more)" * (len(reasons) > 1)


def knowable_check(key: dg.AssetKey, early: "pd.DataFrame", of: int) -> dg.AssetCheckResult:
    """Of `of` rows, those that say what could not be known yet."""
    return dg.AssetCheckResult(
        check_name="knowable",
        asset_key=key,
        passed=early.empty,
        metadata={"rows_at_fault": len(early)},
        description=f"{len(early):,} of {of:,} rows are of what could not be known yet",
    )


def table_of_reasons(reasons: "pd.DataFrame", most: int = 20) -> dict[str, dg.MetadataValue]:
    """Metadata `reasons`, the first `most`; none where there are none: an empty table says nothing."""
    return {"reasons": in_markdown(reasons.head(most))} if len(reasons) else {}


def in_markdown(table: "pd.DataFrame", floats: str = "g") -> dg.MarkdownMetadataValue:
    """A table for people, without its index; `floats` is the format of numbers. What is missing is empty: NaN
    and NaT say nothing to whom the table is for. Text is shown as it is, whatever it would mean in Markdown.
    """
    shown = table.astype(object).where(table.notna(), "").rename(columns=_plain)
    shown = shown.map(lambda cell: _plain(cell) if isinstance(cell, str) else cell)
    text = shown.to_markdown(index=False, tablefmt="github", floatfmt=floats)
    return dg.MarkdownMetadataValue(text)


def as_list(lines: Sequence[str]) -> str:
    """A list in Markdown, of bounded length, with its lines shown as they are."""
    more = [f"and {len(lines) - _MOST_LISTED} more"] * (len(lines) > _MOST_LISTED)
    return "\n".join(f"- {_plain(line)}" for line in [*lines[:_MOST_LISTED], *more])


def without_markdown(text: str) -> str:
    """What `as_list` made, for a terminal."""
    return re.sub(r"\\(.)", r"\1", text)


def _plain(text: str) -> str:
    """Outside text, as of a file's name, that Markdown shows as it is and in one line."""
    return " ".join(text.split()).translate(_ESCAPED)
