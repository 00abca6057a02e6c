"""Figures from comparisons, and how a person reads them."""
