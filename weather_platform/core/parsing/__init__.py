"""Replies that are kept, made into rows of forecasts, and what is set aside on the way."""
