"""Adapters for trainers, one file each on the standard library, to be copied or imported: trl.py, verl.py, openrlhf.py.

They import nothing of this package and nothing of each other, since a trainer pins its own torch, Ray and pydantic.
docs/rl.md shows how each is used.
"""
