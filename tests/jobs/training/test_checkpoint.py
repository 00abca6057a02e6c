from pathlib import Path

import pytest

from reward_agent.errors import ConfigError
from reward_agent.jobs.training.checkpoint import last_whole, need_template, token_lengths
from reward_agent.jobs.training.pairs import TrainingPair


class Tokenizer:
    """A character a token; a turn is written as <role>content."""

    chat_template: str | None = "{{ messages }}"

    def __call__(self, text: str, add_special_tokens: bool = True) -> dict[str, list[int]]:
        return {"input_ids": [0] * (len(text) + add_special_tokens)}

    def apply_chat_template(self, turns: list[dict[str, str]], tokenize: bool, add_generation_prompt: bool) -> str:
        assert not tokenize
        written = "".join(f"<{turn['role']}>{turn['content']}" for turn in turns)
        return written + ("<assistant>" if add_generation_prompt else "")


def saved(folder: Path, step: int, state: str | None = "{}") -> Path:
    path = folder / f"checkpoint-{step}"
    path.mkdir(parents=True)
    if state is not None:
        (path / "trainer_state.json").write_text(state)
    return path


def test_the_last_whole_state_is_taken_by_its_number(tmp_path: Path) -> None:
    saved(tmp_path, 90)
    assert last_whole(tmp_path) == tmp_path / "checkpoint-90"
    saved(tmp_path, 100)
    assert last_whole(tmp_path) == tmp_path / "checkpoint-100"


@pytest.mark.parametrize("state", [None, "", '{"global_step": 1'])
def test_a_state_that_a_kill_tore_is_removed(tmp_path: Path, state: str | None) -> None:
    whole = saved(tmp_path, 5)
    torn = saved(tmp_path, 10, state)
    assert last_whole(tmp_path) == whole
    assert not torn.exists()


def test_without_a_state_a_run_begins_anew(tmp_path: Path) -> None:
    assert last_whole(tmp_path / "none") is None


def test_lengths_are_those_of_what_the_trainer_reads() -> None:
    lengths = token_lengths(Tokenizer())
    assert lengths(TrainingPair(prompt="ab", chosen="c", rejected="def")) == (3, 4, 6)
    turns = {
        name: [{"role": role, "content": text}]
        for name, role, text in (("prompt", "user", "a"), ("chosen", "assistant", "b"), ("rejected", "assistant", ""))
    }
    assert lengths(TrainingPair(**turns)) == (len("<user>a<assistant>"), len("<user>a<assistant>b"), 18)


def test_conversations_need_a_chat_template() -> None:
    tokenizer = Tokenizer()
    need_template(tokenizer, "m")
    tokenizer.chat_template = None
    with pytest.raises(ConfigError, match=r"no chat template, .* --format plain"):
        need_template(tokenizer, "m")
