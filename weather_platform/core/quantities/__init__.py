"""What is measured and forecast: variables, units, and what the platform knows of each beforehand."""
