"""Scores of forecasts, what they are cut by, and whom a model must beat."""
