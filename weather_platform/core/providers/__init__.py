"""Sources of forecasts: one file each, one line in the registry."""
