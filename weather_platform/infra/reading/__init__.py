"""What is kept, read for a run: cycles, stations, archives, uploads, and what was spent."""
