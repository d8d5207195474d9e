"""What is kept of what came in: replies, scraped files, uploads."""
