"""Models in MLflow and as files."""
