"""Google's clients by the settings: the real services, or a stand-in on plain HTTP without credentials.

Belongs here: endpoints and credentials. Does not: buckets' or tables' names in use.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.cloud import bigquery, storage
    from google.cloud.bigquery_storage import BigQueryReadClient


def storage_client(project: str, endpoint: str | None) -> "storage.Client":
    """A client of GCS at that endpoint, Google's own where None."""
    from google.cloud import storage

    return storage.Client(project=project, **_how(endpoint))


def bigquery_client(project: str, location: str, endpoint: str | None) -> "bigquery.Client":
    """A client of BigQuery whose jobs run in that location."""
    from google.cloud import bigquery

    return bigquery.Client(project=project, location=location, **_how(endpoint))


def read_client(endpoint: str | None, *, stand_in: bool) -> "BigQueryReadClient | None":
    """A client of the Storage Read API; None where its package (the extra `gcp`) is not installed.

    A stand-in's endpoint is host:port of plain gRPC; without one, a stand-in is read over REST.
    """
    try:
        from google.cloud.bigquery_storage import BigQueryReadClient
    except ImportError:
        return None
    if not stand_in:
        return BigQueryReadClient(client_options={"api_endpoint": endpoint} if endpoint else None)
    if endpoint is None:
        return None
    import grpc
    from google.cloud.bigquery_storage_v1.services.big_query_read import transports

    channel = grpc.insecure_channel(endpoint, options=[("grpc.max_receive_message_length", -1)])
    return BigQueryReadClient(transport=transports.BigQueryReadGrpcTransport(channel=channel))


def _how(endpoint: str | None) -> dict[str, Any]:
    """Arguments that reach an endpoint. Plain HTTP is a stand-in's: it is sent no credentials."""
    if endpoint is None:
        return {}
    options: dict[str, Any] = {"client_options": {"api_endpoint": endpoint}}
    if endpoint.startswith("http://"):
        from google.auth.credentials import AnonymousCredentials

        options["credentials"] = AnonymousCredentials()
    return options
