"""Tests of core.preprocess."""
