"""Where a deployment keeps all that it has, by profile."""
