"""Text that went through a chat template -> the turns it was made of.

Trainers send what the model saw: turns between special tokens. A response is scored on what it says, so the tokens have
to go, and the instruction has to be found. These templates are known: ChatML (Qwen and others), Llama 3, Gemma, Zephyr
and Phi, Llama 2 and Mistral, DeepSeek.
"""

import re
from collections.abc import Sequence

from reward_agent.types import Message, Role

ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "model": "assistant",
    "gpt": "assistant",
    "tool": "tool",
    "ipython": "tool",
}
_HEADS = (
    re.compile(r"<\|im_start\|>(?P<role>\w{1,20})\n"),
    re.compile(r"<\|start_header_id\|>(?P<role>\w{1,20})<\|end_header_id\|>\n{0,2}"),
    re.compile(r"<start_of_turn>(?P<role>\w{1,20})\n"),
    re.compile(r"<\|(?P<role>system|user|assistant|tool)\|>\n?"),
    re.compile(r"<｜(?P<role>User|Assistant)｜>"),
)
_INSTRUCTION = re.compile(r"(?P<open>\[INST\] ?)|(?P<close> ?\[/INST\] ?)")
_SYSTEM = re.compile(r"<<SYS>>\n(?P<system>.*?)\n<</SYS>>\n{0,2}", re.DOTALL)
_SPECIAL = (
    "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>", "<end_of_turn>", "<eos>", "<bos>",
    "</s>", "<s>", "<pad>", "<|begin_of_text|>", "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>",
    "<|finetune_right_pad_id|>",
)  # fmt: skip


def turns_of(text: str) -> tuple[Message, ...] | None:
    """The turns in the text, an empty last one of the assistant (the header that asks for a reply) included; None where
    no known template made it."""
    for head in _HEADS:
        heads = list(head.finditer(text))
        if heads:
            ends = [*(match.start() for match in heads[1:]), len(text)]
            turns = [(match["role"].lower(), text[match.end() : end]) for match, end in zip(heads, ends, strict=True)]
            return _messages([("system", text[: heads[0].start()]), *turns])
    if _INSTRUCTION.search(text):
        return _messages(_bracketed(text))
    return None


def without_special(text: str) -> str:
    """The text without the special tokens around it; what stands inside it stays."""
    while True:
        text = text.strip("\n")
        for token in _SPECIAL:
            if text.startswith(token):
                text = text[len(token) :]
                break
            if text.endswith(token):
                text = text[: -len(token)]
                break
        else:
            return text


def prompt_of(text: str) -> tuple[Message, ...]:
    """A prompt alone: its turns without the header that asks for a reply, or the whole text as one user turn."""
    turns = turns_of(text) or ()
    if turns and turns[-1].role == "assistant" and not turns[-1].content:
        turns = turns[:-1]
    return turns or (Message(role="user", content=without_special(text)),)


def split_off(prompt: str, query: str) -> str | None:
    """The response in a query that is prompt and response; None where it does not begin with the prompt."""
    for start, whole in ((prompt, query), (without_special(prompt), without_special(query))):
        if start and whole.startswith(start):
            return without_special(whole[len(start) :])
    return None


def last_turn(text: str) -> tuple[tuple[Message, ...], str] | None:
    """Prompt and response of a whole conversation; None where it is none that ends with the assistant's turn."""
    turns = turns_of(text)
    if turns is None or len(turns) < 2 or turns[-1].role != "assistant":
        return None
    return turns[:-1], turns[-1].content


def _messages(turns: Sequence[tuple[str, str]]) -> tuple[Message, ...] | None:
    if any(role not in ROLES for role, _ in turns):
        return None
    told = [(ROLES[role], without_special(content)) for role, content in turns]
    kept = [pair for place, pair in enumerate(told) if pair[1] or place == len(told) - 1]
    return tuple(Message(role=role, content=content) for role, content in kept)


def _bracketed(text: str) -> list[tuple[str, str]]:
    """Llama 2's and Mistral's turns."""
    turns: list[tuple[str, str]] = []
    role, start = "assistant", 0
    for match in _INSTRUCTION.finditer(text):
        turns.append((role, text[start : match.start()]))
        role, start = ("user", match.end()) if match["open"] else ("assistant", match.end())
    turns.append((role, text[start:]))
    if len(turns) > 1 and (system := _SYSTEM.match(turns[1][1])):
        turns[1:2] = [("system", system["system"]), ("user", turns[1][1][system.end() :])]
    return turns
