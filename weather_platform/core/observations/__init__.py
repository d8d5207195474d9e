"""Truth that users bring: files of observations read by a mapping, and the one table made of every source."""
