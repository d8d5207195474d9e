"""Dagster's own instance: where it is, and what it need not keep."""
