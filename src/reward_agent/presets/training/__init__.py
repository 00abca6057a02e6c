"""Presets of train-dpo."""
