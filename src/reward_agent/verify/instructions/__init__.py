"""Instruction following: constraints found in the instruction, verified on every candidate."""
