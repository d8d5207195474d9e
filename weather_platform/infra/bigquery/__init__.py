"""The warehouse on BigQuery: native tables behind the interface that local Parquet files have."""
