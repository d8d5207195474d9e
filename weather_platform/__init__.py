"""Keeps every weather forecast as it was issued, blends and calibrates them, and proves how good each one
is.
"""
