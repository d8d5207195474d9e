"""HTTP as it really goes out: guarded, repeated where that helps, and silent of secrets."""
