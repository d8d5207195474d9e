"""Files that users drop: which versions there were, what each of them is, and the rows in it."""
