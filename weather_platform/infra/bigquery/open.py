"""The BigQuery warehouse that the settings name.

Belongs here: which clients it is given. Does not: anything it does.
"""

from weather_platform.infra.bigquery.jobs import BigQuery
from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.google.clients import bigquery_client, read_client


def open_warehouse(settings: Settings) -> BigQueryWarehouse:
    """A warehouse over `settings.dataset`, which is made with the first table where it does not exist."""
    stand_in = (settings.bigquery_endpoint or "").startswith("http://")
    return BigQueryWarehouse(
        BigQuery(
            bigquery_client(str(settings.gcp_project), settings.gcp_location, settings.bigquery_endpoint),
            settings.dataset,
            storage=read_client(settings.bigquery_storage_endpoint, stand_in=stand_in),
            max_bytes_billed=settings.max_bytes_billed,
        )
    )
