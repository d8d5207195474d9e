"""What a deployment is told: settings from the environment, and what is said where they are wrong."""
