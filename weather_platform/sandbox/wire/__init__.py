"""One module per served wire format: it turns what is simulated into the bytes its original would send."""
