"""Which feeds and truths can be believed, by what the others say."""
