"""Files and buckets: objects by name, what is published, and how a file is replaced at once."""
