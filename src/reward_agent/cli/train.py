def train_dpo() -> None:
    """Soon."""
