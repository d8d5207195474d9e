"""The speed figures: one module each, every one with `measure() -> dict[str, float]`; `make bench` runs
them all.
"""
