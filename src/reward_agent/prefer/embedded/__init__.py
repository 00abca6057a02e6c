"""A small preference model that ships with the package: plain text features, a weight and steps for each.

features.py   (prompt, response) -> numbers, each with a name
model.py      numbers -> a score; `weights.json` beside it
"""

from reward_agent.prefer.embedded.model import EmbeddedPreference, load_weights

__all__ = ["EmbeddedPreference", "load_weights"]
