"""2a. Checkable correctness, one folder a verifier."""
