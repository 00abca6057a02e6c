"""Preference pairs from judgments: which candidates to set against each other, and in which shapes to write them.

rules.py        which pairs a judged sample gives, and why it gives none
duplicates.py   candidates that say the same in almost the same words
rows.py         the shapes: TRL's preference and KTO rows, UltraFeedback's, the reference's
writing.py      JSON lines and Parquet, whole or not at all
tally.py        what was counted on the way       spread.py   distributions in constant memory
card.py         the data card beside the data     push.py     both onto the hub
"""
