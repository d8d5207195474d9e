"""Tests of core.uploads."""
