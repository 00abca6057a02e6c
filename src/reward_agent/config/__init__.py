"""One tree of settings, with sections named as the folders.

    settings = load_settings(preset="offline", overrides=["judge.weights.instructions=0.5"])

    settings.py   the tree, and what must hold between sections       load.py   preset, file and --set, merged
    chat.py cache.py record.py evidence.py route.py instructions.py factuality.py prefer.py judge.py sandbox.py run.py
    serve.py      one section each
    train.py      another tree, for training on preference pairs

Unknown keys are refused. Secrets are named by environment variable and never stored.
"""

from reward_agent.config.load import load_settings, load_train_settings, presets
from reward_agent.config.settings import Settings
from reward_agent.config.train import TrainSettings

__all__ = ["Settings", "TrainSettings", "load_settings", "load_train_settings", "presets"]
