"""Archives of paired forecasts and observations, walked in rolling origin with the platform's own model."""
