"""2b. Human preference."""
