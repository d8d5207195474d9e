"""What a table is held to: contracts, kinds, the strict casts into them, and the rows that break them."""
