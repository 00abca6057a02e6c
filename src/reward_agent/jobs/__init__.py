"""Jobs: one loop that judges many samples into a journal, what prepares samples before it, and what reads after it."""
