"""One module per served wire format; each turns what the sandbox simulates into the bytes its original would send."""
