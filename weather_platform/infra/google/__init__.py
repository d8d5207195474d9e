"""Google's clients, and what its services answer when they refuse."""
