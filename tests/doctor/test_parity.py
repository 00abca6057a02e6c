"""A server compared with the same model in this process."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reward_agent.config import load_settings
from reward_agent.doctor import Finding, examined
from reward_agent.doctor.prefer import preference_models
from reward_agent.testing.checkpoints import tiny_classifier
from reward_agent.testing.reward_server import RewardServer, serving

pytestmark = pytest.mark.extras

torch: Any = pytest.importorskip("torch")
transformers: Any = pytest.importorskip("transformers")


def holding(folder: Path) -> RewardServer:
    """A server that holds the checkpoint and scores each text alone."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()

    def ids(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False))

    def score(text: str) -> float:
        with torch.inference_mode():
            return float(model(input_ids=torch.tensor([ids(text)])).logits[0, 0])

    return RewardServer(score=score, tokens=lambda text: len(ids(text)))


def examined_with(tmp_path: Path, local: Path, url: str) -> list[Finding]:
    file = tmp_path / "config.toml"
    file.write_text(
        "judge = { normalize = false }\n"
        f'[[prefer]]\ntype = "classifier"\nname = "here"\nmodel = "{local}"\n'
        f'[[prefer]]\ntype = "server"\nname = "there"\ndialect = "vllm"\nurls = ["{url}"]\nmodel = "tiny"\n'
        f'tokenizer = "{local}"\n'
    )

    async def collect() -> list[Finding]:
        return [finding async for finding in examined(load_settings(config=file), [preference_models])]

    return asyncio.run(collect())


def test_a_server_that_holds_the_same_model_is_found_to_score_alike(tmp_path: Path) -> None:
    folder = tiny_classifier(tmp_path / "model")
    with serving(holding(folder)) as server:
        findings = examined_with(tmp_path, folder, server.url)
    assert [(finding.state, finding.subject) for finding in findings[2:]] == [("ok", "there against here")]
    assert {finding.state for finding in findings} == {"ok"}


def test_a_server_that_holds_another_model_is_found(tmp_path: Path) -> None:
    folder, other = tiny_classifier(tmp_path / "model"), tiny_classifier(tmp_path / "other", seed=1)
    with serving(holding(other)) as server:
        findings = examined_with(tmp_path, folder, server.url)
    assert findings[-1].state == "failed"
    assert "another model" in findings[-1].remedy


def test_a_server_that_doubles_the_first_token_of_a_real_tokenizer_is_found(tmp_path: Path) -> None:
    folder = tiny_classifier(tmp_path / "model")
    server = holding(folder)
    server.double_bos = True
    with serving(server):
        findings = examined_with(tmp_path, folder, server.url)
    assert "one token more" in findings[-1].what
