"""Starts bqemulator with what it wrongly refuses permitted; run by the interpreter of its own environment.

What it gets wrong and a test must know: partition filters are not required, parameters do not reach scripts,
job ids are its own, num_bytes and bytes billed are always 0, a transaction that is rolled back may lose rows,
NULL in REQUIRED columns passes, and Storage Read serves tables but not results of queries.
"""

from bqemulator.api.routes import upload
from bqemulator.cli import main
from bqemulator.storage.engine import DuckDBEngine

# google-cloud-bigquery sends */* as the media type of a file.
upload._is_permitted_media_type = lambda _media_type: True
# Only for GEOGRAPHY, of which we have none, and it would be fetched from the network.
DuckDBEngine._load_spatial = lambda _self: None

if __name__ == "__main__":
    main()
