"""A prompt and a response -> token ids, by the model's own chat template.

The template says which control tokens stand where, the first one included: nothing is added to it, so none is doubled.
Control tokens that a user or a candidate wrote are encoded as plain text: a response cannot close its turn.

One rule for what is too long: the oldest turns are left out first (a system message last), then the beginning of the
last turn; the response is never cut. What was left out is reported as a finding of the candidate, and a response that
does not fit alone is an error. The rule looks at one candidate at a time, so that its score does not depend on others.
"""

import asyncio
import bisect
import inspect
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from reward_agent.errors import ConfigError, SignalError
from reward_agent.types import Finding, Message

SANITIZE = "sanitize_control_tokens"


class TooLongError(SignalError):
    """A response alone is longer than the model reads."""

    kind = "too long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Token ids of a prompt and a response; the turns of the prompt they hold, and the finding that says what was left
    out, if anything."""

    ids: list[int]
    turns: Sequence[Message]
    response: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTemplate:
    """`tokenizer` is a transformers tokenizer, `limit` the most tokens the model reads.

    Raises ConfigError for a tokenizer without a chat template: any other would score something else.
    """

    tokenizer: Any
    limit: int
    source: str
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="tokens"), init=False, repr=False
    )

    def __post_init__(self) -> None:
        if getattr(self.tokenizer, "chat_template", None) is None:
            raise ConfigError(
                f"the tokenizer of {self.source!r} has no chat template, and a reward model scores only what is "
                "written as in its training. Add the template of its model card to the folder as chat_template.jinja"
            )

    async def conversations(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[Conversation]:
        """One conversation a response, made in a thread. Raises TooLongError, or SignalError where the template
        refuses the turns."""
        loop = asyncio.get_running_loop()
        # A tokenizer is not made for several threads at once, hence one of its own.
        return await loop.run_in_executor(self._thread, lambda: [self.conversation(prompt, text) for text in responses])

    def conversation(self, prompt: Sequence[Message], response: str) -> Conversation:
        """The conversation, fitted to the limit."""
        kept = list(prompt)
        ids = self.ids(kept, response)
        while len(kept) > 1 and len(ids) > self.limit:
            kept = _without_the_oldest(kept)
            ids = self.ids(kept, response)
        if len(ids) > self.limit:
            kept = [self._shortened(kept[0], response)]
            ids = self.ids(kept, response)
        findings = () if kept == list(prompt) else (_left_out(prompt, kept, self.limit),)
        return Conversation(ids=ids, turns=kept, response=response, findings=findings)

    def ids(self, prompt: Sequence[Message], response: str) -> list[int]:
        """The token ids, as long as they come."""
        return list(self._applied(_turns(prompt, response), return_dict=False, **self._plain_text()))

    def rendered(self, conversation: Conversation) -> str:
        """The conversation as text, for a server that makes the tokens itself. There a control token that somebody
        wrote cannot be told from the template's own, so a zero-width space is put into it."""
        turns = _turns(conversation.turns, conversation.response)
        for token in self._control_tokens():
            for turn in turns:
                turn["content"] = turn["content"].replace(token, f"{token[:1]}\u200b{token[1:]}")
        return str(self._applied(turns, tokenize=False))

    def _applied(self, turns: Sequence[Mapping[str, str]], **how: bool) -> Any:
        try:
            return self.tokenizer.apply_chat_template(turns, **how)
        except Exception as error:  # templates raise their own errors for turns they do not take
            raise SignalError(
                f"the chat template of {self.source!r} refuses these turns ({type(error).__name__}: {error})"
            ) from error

    def _control_tokens(self) -> Sequence[str]:
        return [token.content for token in self.tokenizer.added_tokens_decoder.values() if token.special]

    def _plain_text(self) -> dict[str, bool]:
        known = inspect.signature(self.tokenizer.apply_chat_template).parameters
        return {SANITIZE: True} if SANITIZE in known else {}

    def _shortened(self, turn: Message, response: str) -> Message:
        """The turn without as much of its beginning as must go."""

        def fits(cut: int) -> bool:
            return len(self.ids([replace(turn, content=turn.content[cut:])], response)) <= self.limit

        if not fits(len(turn.content)):
            raise TooLongError(
                f"the response alone does not fit into the {self.limit} tokens that {self.source!r} reads, and a "
                "response is never cut. Use a model that reads more, or raise max_tokens if the model allows it"
            )
        cut = bisect.bisect_left(range(len(turn.content)), True, key=fits)
        return replace(turn, content=turn.content[cut:])


def _turns(prompt: Sequence[Message], response: str) -> list[dict[str, str]]:
    turns = [{"role": message.role, "content": message.content} for message in prompt]
    return [*turns, {"role": "assistant", "content": response}]


def _without_the_oldest(turns: Sequence[Message]) -> list[Message]:
    """The turns without the oldest exchange: templates want a user's turn to come first."""
    system = [turn for turn in turns[:1] if turn.role == "system"]
    rest = list(turns[len(system) :])[1:]
    while len(rest) > 1 and rest[0].role != "user":
        rest = rest[1:]
    return [*system, *rest] if rest else [turns[-1]]


def _left_out(prompt: Sequence[Message], kept: Sequence[Message], limit: int) -> Finding:
    before, after = (sum(len(turn.content) for turn in turns) for turns in (prompt, kept))
    turns = len(prompt) - len(kept)
    return Finding(
        subject="prompt seen by the model",
        score=after / before if before else 1.0,
        reason=f"the model reads {limit} tokens: {turns} of {len(prompt)} turns and {before - after} of {before} "
        "characters, the oldest, were left out",
    )
