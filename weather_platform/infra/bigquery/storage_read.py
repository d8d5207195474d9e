"""Rows as Arrow through BigQuery's Storage Read API: tens of times quicker than REST, and no query is billed.

Belongs here: asking it, and going without it once it was refused. Does not: queries (jobs).
"""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pyarrow as pa
    from google.api_core.retry import Retry
    from google.cloud.bigquery.table import RowIterator
    from google.cloud.bigquery_storage import BigQueryReadClient

_LOG = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


class StorageRead:
    """Tables and results of one project. `client` None has none of it: everything is read by other ways.

    Tables and results are refused apart: who may not open sessions on a table may still read results.
    """

    def __init__(self, client: "BigQueryReadClient | None", project: str, again: "Retry") -> None:
        self._tables = self._results = client
        self._project, self._again = project, again

    @property
    def has_results(self) -> bool:
        """Whether results may be had; they are, until they are refused once."""
        return self._results is not None

    def of_results(self, rows: "RowIterator") -> "pa.Table | None":
        """A query's rows; None where they must come over REST, from an iterator that has not begun."""
        client = self._results
        found = _unless_refused(
            lambda: rows.to_arrow(bqstorage_client=client), "results are read over REST: the Storage Read API"
        )
        if found is None:
            self._results = None
        return found

    def of_table(self, dataset: str, table: str, columns: Sequence[str], where: str) -> "pa.Table | None":
        """Columns of a table's rows; None where they must be read by a query."""
        client = self._tables
        if client is None:
            return None
        source = f"projects/{self._project}/datasets/{dataset}/tables/{table}"
        found = _unless_refused(
            lambda: self._again(self._session)(client, source, columns, where),
            "tables are read by queries: the Storage Read API",
        )
        if found is None:
            self._tables = None
        return found

    def _session(
        self, client: "BigQueryReadClient", source: str, columns: Sequence[str], where: str
    ) -> "pa.Table":
        import pyarrow as pa
        from google.cloud.bigquery_storage import types

        options = types.ReadSession.TableReadOptions(selected_fields=list(columns), row_restriction=where)
        wanted = types.ReadSession(table=source, data_format=types.DataFormat.ARROW, read_options=options)
        session = client.create_read_session(
            parent=f"projects/{self._project}", read_session=wanted, max_stream_count=1, retry=self._again
        )
        schema = pa.ipc.read_schema(pa.py_buffer(session.arrow_schema.serialized_schema))
        parts = [client.read_rows(stream.name).to_arrow(session) for stream in session.streams]
        # The order of the columns is the table's, not that of the request.
        return (pa.concat_tables(parts) if parts else schema.empty_table()).select(list(columns))


def _unless_refused(ask: Callable[[], _Answer], then: str) -> _Answer | None:
    """None, said once in the log, where the API is switched off or its role (readSessionUser) is missing."""
    from google.api_core import exceptions

    try:
        return ask()
    except (exceptions.NotFound, exceptions.PermissionDenied, exceptions.MethodNotImplemented) as error:
        _LOG.warning("%s says %s", then, str(error).partition("\n")[0][:200])
        return None
