"""What differs between two versions of a table's rows, by key.

Belongs here: comparing. Does not: where the versions come from, or how they are shown.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from weather_platform.core.tables.contract import Contract


@dataclass(frozen=True)
class RowDiff:
    """`added` and `removed` are keys; `changed` has the key, `column`, and the values `before` and `after` as
    text, one line per value that differs. `same` counts rows that are alike in all columns."""

    added: pd.DataFrame
    removed: pd.DataFrame
    changed: pd.DataFrame
    same: int

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return self.added.empty and self.removed.empty and self.changed.empty


def row_diff(before: pd.DataFrame, after: pd.DataFrame, contract: Contract) -> RowDiff:
    """Compare rows of a contract, whose keys are unique in each. Values are compared exactly; nulls
    are alike."""
    key = list(contract.key)
    both = before[key].merge(after[key], on=key, how="outer", indicator="side")
    side = both.pop("side")
    common = both[side == "both"]
    old = common.merge(before, on=key, how="left")
    new = common.merge(after, on=key, how="left")
    parts, differs = [], np.zeros(len(common), dtype=bool)
    for column in [name for name in contract.column_names if name not in key]:
        unlike = _unlike(old[column], new[column])
        differs |= unlike
        if unlike.any():
            lines = old.loc[unlike, key].assign(
                column=column, before=_text(old.loc[unlike, column]), after=_text(new.loc[unlike, column])
            )
            parts.append(lines)
    changed = (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=[*key, "column", "before", "after"])
    )
    return RowDiff(
        added=both[side == "right_only"].reset_index(drop=True),
        removed=both[side == "left_only"].reset_index(drop=True),
        changed=changed,
        same=int((~differs).sum()),
    )


def _unlike(old: pd.Series, new: pd.Series) -> np.ndarray:
    neither = (old.isna() & new.isna()).to_numpy(bool)
    alike = (old == new).fillna(False).to_numpy(bool)
    return ~(alike | neither)


def _text(values: pd.Series) -> pd.Series:
    return values.astype(object).where(values.notna(), "null").astype(str)
