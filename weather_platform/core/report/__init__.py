"""The leaderboard and the forecasts as people read them: pictures, Markdown for the Dagster UI, one HTML
page."""
