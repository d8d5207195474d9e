"""Public archives of what happened, fetched by day: one file each, and one line in the registry."""
