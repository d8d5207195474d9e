"""DuckDB in memory, as every local query of the platform has it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis


def connect() -> "ibis.backends.duckdb.Backend":
    """A new connection."""
    import ibis

    connection = ibis.duckdb.connect()
    # Otherwise instants are cut into days and hours by the zone of the machine.
    connection.raw_sql("SET TimeZone = 'UTC'")
    # It would draw over our own progress, and into logs.
    connection.raw_sql("SET enable_progress_bar = false")
    return connection
