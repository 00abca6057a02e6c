"""What makes the clients fit to be copied: they need nothing but Python, and what they share is the same."""

import ast
import sys

import pytest

from tests.clients.conftest import FOLDER

CLIENTS = ("trl", "verl", "openrlhf")


def shared(name: str, title: str) -> str:
    """The text of a client between the line that begins with this title and the next line of dashes that ends it."""
    return (FOLDER / f"{name}.py").read_text().split(f"# ---- {title}", 1)[1].split("# ---- end of the same text", 1)[0]


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_imports_only_the_standard_library(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    imported += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

    assert imported
    assert not {module.split(".")[0] for module in imported} - sys.stdlib_module_names


def test_asking_the_service_is_the_same_text_in_all_three() -> None:
    texts = {shared(name, "asking the service") for name in CLIENTS}

    assert len(texts) == 1
    assert "class Service" in texts.pop()


def test_scoring_rollouts_is_the_same_text_in_both() -> None:
    texts = {shared(name, "scoring rollouts") for name in ("trl", "verl")}

    assert len(texts) == 1
    assert "def score_rollouts" in texts.pop()
