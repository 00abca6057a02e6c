"""Evidence: where passages that bear on a claim come from."""
