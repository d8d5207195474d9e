"""Google's clients by the settings: the real services, or a stand-in on plain HTTP without credentials.

Belongs here: endpoints and credentials. Does not: buckets' or tables' names in use.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.cloud import storage


def storage_client(project: str, endpoint: str | None) -> "storage.Client":
    """A client of GCS at that endpoint, Google's own where None."""
    from google.cloud import storage

    return storage.Client(project=project, **_how(endpoint))


def _how(endpoint: str | None) -> dict[str, Any]:
    """Arguments that reach an endpoint. Plain HTTP is a stand-in's: it is sent no credentials."""
    if endpoint is None:
        return {}
    options: dict[str, Any] = {"client_options": {"api_endpoint": endpoint}}
    if endpoint.startswith("http://"):
        from google.auth.credentials import AnonymousCredentials

        options["credentials"] = AnonymousCredentials()
    return options
