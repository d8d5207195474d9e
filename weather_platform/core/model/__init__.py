"""Our own forecast of a variable: EMOS, boosted trees on what it leaves, and calibration on forecasts out
of fold."""
