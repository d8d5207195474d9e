"""WHAT: pure functions on data. No Dagster, no clock, no environment, no network but through a passed-in
client.
"""
