"""WHEN: thin Dagster definitions, one module a stage, named as in core. Partitions, checks and automation
live here.

Every module offers `build(settings) -> Definitions`. Nothing heavy is imported at module level: the code
location must load in about the time that Dagster itself takes, so assets import what they run inside their
bodies.
"""
