"""How a deployment is, and telling people."""
