"""A reward model behind a server: vLLM, SGLang or OpenRLHF (`dialects.py`), at one address or several.

    [[prefer]]
    type = "server"
    name = "skywork"
    dialect = "vllm"
    urls = ["http://gpu1:8000", "http://gpu2:8000"]
    model = "Skywork/Skywork-Reward-V2-Llama-3.1-8B"
    tokenizer = "Skywork/Skywork-Reward-V2-Llama-3.1-8B"     # optional with vllm: then its own template is used

At the start a few fixed conversations are scored at every address, so that an activation that was left on, a token that
was doubled or a wrong model is found before a run and not after it (`probe.py`).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from reward_agent.errors import ConfigError, SignalError
from reward_agent.prefer.addresses import Addresses
from reward_agent.prefer.dialects import Dialect, VllmClassify, tokens_read
from reward_agent.prefer.local.template import ChatTemplate, Conversation
from reward_agent.types import Message, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Scores with what the server and the template here count as their tokens (None: not known)."""

    scores: Sequence[float]
    tokens_there: int | None = None
    tokens_here: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPreference:
    """Asks for one score a response. Without a `template` the server applies its own (vLLM only)."""

    name: str
    dialect: Dialect
    addresses: Addresses
    model: str = ""
    template: ChatTemplate | None = None
    unit_scores: bool = False

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        """See `PreferenceModel`."""
        return [verdict.score for verdict in await self.judge(prompt, responses) if verdict.score is not None]

    async def judge(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[Verdict]:
        """See `ExplainedPreference`. Raises the SignalErrors of `addresses.py`, and TooLongError."""
        if self.template is None:
            answers = await asyncio.gather(*(self._chat(prompt, response) for response in responses))
            return [Verdict(score=answer.scores[0]) for answer in answers]
        conversations = await self.template.conversations(prompt, responses)
        answer = await self._texts(self.template, prompt, conversations)
        pairs = zip(answer.scores, conversations, strict=True)
        return [Verdict(score=score, findings=conversation.findings) for score, conversation in pairs]

    async def answer_of(self, url: str, prompt: Sequence[Message], responses: Sequence[str]) -> Answer:
        """What one address says, for a probe."""
        if self.template is None:
            answers = [await self._chat(prompt, response, only=url) for response in responses]
            return Answer(scores=[answer.scores[0] for answer in answers])
        return await self._texts(self.template, prompt, await self.template.conversations(prompt, responses), only=url)

    async def _texts(
        self,
        template: ChatTemplate,
        prompt: Sequence[Message],
        conversations: Sequence[Conversation],
        only: str | None = None,
    ) -> Answer:
        texts = [template.rendered(conversation) for conversation in conversations]
        question = self.dialect.question(self.model, texts, prompt[-1].content)
        reply = await self.addresses.post(self.dialect.path, question, only=only)
        return Answer(
            scores=self.dialect.scores(reply, len(texts)),
            tokens_there=tokens_read(reply),
            tokens_here=sum(len(conversation.ids) for conversation in conversations),
        )

    async def _chat(self, prompt: Sequence[Message], response: str, only: str | None = None) -> Answer:
        if not isinstance(self.dialect, VllmClassify):
            raise ConfigError("this dialect takes text that went through a chat template: give prefer.tokenizer")
        turns = [{"role": message.role, "content": message.content} for message in prompt]
        question = self.dialect.chat(self.model, [*turns, {"role": "assistant", "content": response}])
        reply = await self.addresses.post(self.dialect.path, question, only=only)
        return Answer(scores=self.dialect.scores(reply, 1), tokens_there=tokens_read(reply))


@asynccontextmanager
async def open_server(server: ServerPreference) -> AsyncIterator[ServerPreference]:
    """The server, connected and probed. Raises ConfigError where it cannot be asked, or scores something else."""
    from reward_agent.prefer.probe import doubts

    async with server.addresses:
        try:
            found = await doubts(server)
        except SignalError as error:
            raise ConfigError(f"the preference model {server.name!r} cannot be asked: {error}") from error
        if found:
            raise ConfigError(f"the preference model {server.name!r} would give wrong scores: " + "; ".join(found))
        yield server
