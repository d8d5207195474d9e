"""How good every feed, every baseline and our own forecast turned out to be."""
