"""A small preference model that ships with the package: plain text features, a weight and steps for each.

vocabulary.py   the words it looks for
features.py     (prompt, response) -> numbers, each with a name
order.py        whether the words stand in an order at all
model.py        numbers -> a score, by `weights.json` or `length_neutral.json`
"""

from reward_agent.prefer.embedded.model import EmbeddedPreference, load_weights

__all__ = ["EmbeddedPreference", "load_weights"]
