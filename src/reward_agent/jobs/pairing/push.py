"""Pairs and their card onto the hub: `--push hf:OWNER/NAME`, in one commit, private unless asked otherwise.

The token comes from the environment variable HF_TOKEN and from nowhere else. Needs huggingface_hub (the extra `hub`).
"""

import importlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from reward_agent.errors import ConfigError, RunError

TOKEN_ENV = "HF_TOKEN"  # noqa: S105  # the variable's name
_ADDRESS = re.compile(r"hf:([\w.-]{1,96}/[\w.-]{1,96})")
MESSAGE = "Preference pairs by reward-agent"


class Hub(Protocol):
    """Where data sets are kept."""

    def upload(self, repository: str, files: Mapping[str, Path], *, private: bool) -> str:
        """Puts the files, by their names there, into the data set, which is made where it is not there yet; returns
        its address. Raises RunError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HuggingFaceHub:
    """The hub, through huggingface_hub. `api` is its HfApi."""

    api: Any

    @classmethod
    def from_environment(cls, *, endpoint: str | None = None) -> Self:
        """`endpoint`: another server than the one huggingface_hub takes. Raises ConfigError without the library or the
        token."""
        try:
            library = importlib.import_module("huggingface_hub")
        except ImportError:
            raise ConfigError(
                "--push needs huggingface_hub. Install it with: pip install 'reward-agent[hub]'"
            ) from None
        token = os.environ.get(TOKEN_ENV)
        if not token:
            raise ConfigError(
                f"--push needs a token that may write: set the environment variable {TOKEN_ENV} (see "
                "https://huggingface.co/settings/tokens)"
            )
        return cls(api=library.HfApi(endpoint=endpoint, token=token, library_name="reward-agent"))

    def upload(self, repository: str, files: Mapping[str, Path], *, private: bool) -> str:
        library: Any = importlib.import_module("huggingface_hub")
        errors: Any = importlib.import_module("huggingface_hub.errors")
        added = [
            library.CommitOperationAdd(path_in_repo=name, path_or_fileobj=str(path)) for name, path in files.items()
        ]
        try:
            made = self.api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True)
            self.api.create_commit(repository, added, commit_message=MESSAGE, repo_type="dataset")
        except (OSError, ValueError, errors.HfHubHTTPError) as error:
            first_line = (str(error) or type(error).__name__).split("\n", 1)[0]
            raise RunError(
                f"hf:{repository}: the upload failed ({first_line[:300]}). The data are in the --out folder; check the "
                f"name, that the token in {TOKEN_ENV} may write there, and the network, and run the same command again."
            ) from None
        return str(made)


def repository_of(address: str) -> str:
    """OWNER/NAME of hf:OWNER/NAME. Raises ConfigError."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ConfigError(f"--push takes hf:OWNER/NAME, such as hf:me/river-pairs, got {address[:200]!r}")
    return match[1]
