"""3. Signals -> scores."""
