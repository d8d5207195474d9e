"""What could be known when a cycle was fetched: one function builds it for training and for prediction
alike."""
