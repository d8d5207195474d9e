"""What a deployment on Google Cloud would cost, from the panel, the providers and one table of prices."""
