"""Factuality: what candidates state as fact, held against evidence.

verifier.py    the verifier, which judges in one of two ways
grouped.py     the claims on which candidates differ, each looked up and decided once
pairwise.py    the paper's way: pairs of candidates, their differences, a rating of each
"""
