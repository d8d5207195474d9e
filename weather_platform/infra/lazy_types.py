"""Names for type annotations of assets that cost no import: `DataFrame` and `IbisTable`.

Dagster reads annotations when definitions load, and pandas and Ibis cost two seconds there. At run time these
are marker classes whose `isinstance` looks at the real class; nothing can be an instance of a class whose
library was never imported, so not even the check imports it. A type checker sees the real classes.
"""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis import Table as IbisTable
    from pandas import DataFrame
else:

    class _Named(type):
        """A class that stands for another, named by `module` and `attribute`."""

        def __instancecheck__(cls, value: object) -> bool:
            module = sys.modules.get(cls.module)
            return module is not None and isinstance(value, getattr(module, cls.attribute))

    class DataFrame(metaclass=_Named):
        """A pandas DataFrame."""

        module, attribute = "pandas", "DataFrame"

    class IbisTable(metaclass=_Named):
        """A lazy Ibis table of the warehouse's own connection."""

        module, attribute = "ibis", "Table"


__all__ = ["DataFrame", "IbisTable"]
