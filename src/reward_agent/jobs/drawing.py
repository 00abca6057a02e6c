"""Asking a chat model for the answers that are not yet there: in one request for all of a prompt's where the model
draws several at a time, else in a request for each.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from reward_agent.chat.errors import ChatError
from reward_agent.errors import SignalError
from reward_agent.jobs.answers import Answer, Request, Standing, runs_of
from reward_agent.jobs.folder import RunFolder
from reward_agent.jobs.journal import Journal, read_rows
from reward_agent.jobs.prompts import Prompt, PromptShape
from reward_agent.jobs.run import Tally, Watch, run_all
from reward_agent.presentation import on_one_line
from reward_agent.protocols import ChatModel
from reward_agent.types import ChatRequest, Completion, Failure, Message, Sampling, Usage

PURPOSE = "generate.answer"
MOST = 4_096
"""Answers a prompt, at most."""

_SEEDS = 2**31 - MOST
_LONGEST_ERROR = 500
_PROMPT: TypeAdapter[Prompt] = TypeAdapter(Prompt)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateJob:
    """What to draw. `generator` names the model in the output. `seed`: another one draws other answers. `system`: a
    system turn for prompts that bring none. `limit`: the first prompts alone. `engine_options`: what vLLM was told."""

    data: str
    generator: str
    n: int = 32
    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 2048
    seed: int = 0
    system: str | None = None
    shape: PromptShape = field(default_factory=PromptShape)
    limit: int | None = None
    engine: Literal["server", "vllm"] = "server"
    engine_options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Drawing:
    """A run, as far as it is. `many`: whether the model draws several answers at a request; False from the first
    time that it gave fewer than it was asked for."""

    job: GenerateJob
    standing: Standing
    watch: Watch
    many: bool = True
    usage: Usage = field(default_factory=Usage)
    kinds: Counter[str] = field(default_factory=Counter)
    example: dict[str, str] = field(default_factory=dict)
    tally: Tally = field(default_factory=lambda: Tally(total=0))

    def begin(self, ids: Sequence[str]) -> bool:
        """Counts what is there; whether anything is wanted."""
        there = sum(self.standing.count(id) for id in ids)
        self.tally = Tally(total=len(ids) * self.job.n, done=there, resumed=there)
        self.watch(self.tally)
        return self.tally.done < self.tally.total

    async def round(self, model: ChatModel, folder: RunFolder, journal: Journal[Request], concurrency: int) -> bool:
        """Asks once for everything that is wanted; whether there was anything. A model that gives fewer answers than
        it was asked for leaves the rest to the next round."""
        asked = 0

        def asks() -> Iterator[Ask]:
            nonlocal asked
            for prompt in read_rows(folder.samples_file, _PROMPT):
                for indices in self._split(self.standing.wanted(prompt.id)):
                    asked += 1
                    yield Ask(key=self.standing.new_key(prompt.id), prompt=prompt, indices=indices)

        async def work(ask: Ask) -> Request:
            return await self._answered(model, ask)

        await run_all(asks(), work, journal, key=lambda ask: ask.key, concurrency=concurrency, tick=self._tick)
        return asked > 0

    def _split(self, wanted: Sequence[int]) -> Iterator[tuple[int, ...]]:
        return runs_of(wanted) if self.many else ((index,) for index in wanted)

    async def _answered(self, model: ChatModel, ask: "Ask") -> Request:
        try:
            completion = await model.complete(ask.request(self.job))
        except SignalError as error:
            usage = error.usage if isinstance(error, ChatError) else Usage()
            return ask.failed(self._failure(error.kind, str(error)), usage)
        if not completion.answers:
            return ask.failed(self._failure("no answer", "the model replied without an answer"), completion.usage)
        if len(completion.answers) < len(ask.indices):
            self.many = False
        return ask.answered(completion, self._failure("refused", "the model or a filter would not answer"))

    def _failure(self, kind: str, error: str) -> Failure:
        return Failure(source=self.job.generator, kind=kind, error=on_one_line(error, _LONGEST_ERROR))

    def _tick(self, request: Request) -> None:
        self.standing.note(request)
        self.usage += request.usage
        if request.failure is not None:
            self.kinds[request.failure.kind] += len(request.missing)
            self.example.setdefault(request.failure.kind, request.failure.error)
        tally = self.tally
        tally.done += len(request.answers)
        tally.failures += len(request.missing)
        tally.calls += request.usage.calls
        tally.tokens += request.usage.tokens
        tally.cost += request.usage.cost
        self.watch(tally)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request: for these answers to this prompt, a run of indices without a gap."""

    key: str
    prompt: Prompt
    indices: tuple[int, ...]

    def request(self, job: GenerateJob) -> ChatRequest:
        messages = self.prompt.messages
        if job.system and messages[0].role != "system":
            messages = (Message(role="system", content=job.system), *messages)
        seed = first_seed(job.seed, self.prompt.id) + self.indices[0]
        return ChatRequest(
            messages=messages,
            temperature=job.temperature,
            max_tokens=job.max_tokens,
            purpose=PURPOSE,
            sampling=Sampling(n=len(self.indices), seed=seed, top_p=job.top_p),
        )

    def failed(self, failure: Failure, usage: Usage) -> Request:
        """None of them came."""
        return Request(key=self.key, sample_id=self.prompt.id, missing=self.indices, failure=failure, usage=usage)

    def answered(self, completion: Completion, refusal: Failure) -> Request:
        """What came; an answer that was refused is missing by the `refusal`."""
        drawn = list(zip(self.indices, completion.answers, strict=False))
        refused = tuple(index for index, answer in drawn if answer.refused)
        return Request(
            key=self.key,
            sample_id=self.prompt.id,
            answers=tuple(
                Answer(index=index, text=answer.text, finish=answer.finish)
                for index, answer in drawn
                if not answer.refused
            ),
            missing=refused,
            failure=refusal if refused else None,
            usage=completion.usage,
        )


def first_seed(seed: int, sample_id: str) -> int:
    """The seed of a prompt's answer 0, from the run's seed and the sample's id; answer k has it + k. Below 2**31."""
    digest = hashlib.sha256(f"{seed}:{sample_id}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % _SEEDS
