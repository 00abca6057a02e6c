"""Answers drawn in this process by vLLM (the extra `vllm`): no server, one engine on this machine's GPUs.

    async with open_vllm("meta-llama/Meta-Llama-3-8B-Instruct", {"max_model_len": 8192}) as chat:
        completion = await chat.complete(request)          # a request with `sampling`

What is asked at the same time goes to the engine as one batch, which vLLM works on with its continuous batching; what
is asked meanwhile waits for the next. The chat template is the model's own, by `LLM.chat`.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from reward_agent.chat.errors import BadCallError
from reward_agent.errors import ConfigError
from reward_agent.presentation import on_one_line, storable
from reward_agent.types import ChatRequest, Completion, Drawn, Sampling, Usage

COLLECT_S = 0.02
"""How long a batch waits for those who were just answered and ask again."""

_QUOTED = 300


class Engine(Protocol):
    """What answers a batch."""

    def answer(self, requests: Sequence[ChatRequest]) -> Sequence[Completion]:
        """A completion for each. Raises ValueError for a batch with a request that the model cannot take, such as one
        longer than its context."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmEngine:
    """`llm`: a `vllm.LLM`. `params`: the class `vllm.SamplingParams`."""

    llm: Any
    params: Any

    def answer(self, requests: Sequence[ChatRequest]) -> Sequence[Completion]:
        """By one call of `LLM.chat`."""
        started = time.perf_counter()
        conversations = [
            [{"role": turn.role, "content": storable(turn.content)} for turn in request.messages]
            for request in requests
        ]
        outputs = self.llm.chat(conversations, [self._sampled(request) for request in requests], use_tqdm=False)
        seconds = (time.perf_counter() - started) / len(requests)
        return [_completion(output, seconds) for output in outputs]

    def _sampled(self, request: ChatRequest) -> Any:
        sampling = request.sampling or Sampling()
        return self.params(
            n=sampling.n if request.temperature > 0 else 1,  # vLLM refuses several of what would be the same
            temperature=request.temperature,
            top_p=sampling.top_p,
            max_tokens=request.max_tokens,
            seed=sampling.seed,
        )


def _completion(output: Any, seconds: float) -> Completion:
    answers = tuple(
        Drawn(text=storable(drawn.text), finish=str(drawn.finish_reason or "unknown")) for drawn in output.outputs
    )
    written = sum(len(drawn.token_ids) for drawn in output.outputs)
    usage = Usage(
        calls=1, tokens=len(output.prompt_token_ids or ()) + written, completion_tokens=written, seconds=seconds
    )
    return Completion(text=answers[0].text, usage=usage, answers=answers)


@dataclass(slots=True, kw_only=True, eq=False)
class InProcessChat:
    """A queue before an engine, which works in a thread of its own. Use it as an async context manager."""

    engine: Engine
    collect_s: float = COLLECT_S
    _waiting: "list[_Asked]" = field(default_factory=list)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def complete(self, request: ChatRequest) -> Completion:
        """The engine's answers. Raises BadCallError for a request that the model cannot take; what breaks the engine
        is raised as it is."""
        asked = _Asked(request=request, answer=asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        self._arrived.set()
        return await asked.answer

    @asynccontextmanager
    async def serving(self) -> "AsyncIterator[InProcessChat]":
        """Works until the block ends."""
        with ThreadPoolExecutor(1, thread_name_prefix="vllm") as thread:
            task = asyncio.create_task(self._serve(thread))
            try:
                yield self
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _serve(self, thread: ThreadPoolExecutor) -> None:
        while True:
            await self._arrived.wait()
            await asyncio.sleep(self.collect_s)
            batch = [asked for asked in self._waiting if not asked.answer.cancelled()]
            self._waiting.clear()
            self._arrived.clear()
            if batch:
                await self._answer(batch, thread)

    async def _answer(self, batch: "Sequence[_Asked]", thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        try:
            completions = await loop.run_in_executor(thread, self.engine.answer, [asked.request for asked in batch])
        except ValueError as error:
            if len(batch) == 1:
                said = on_one_line(str(error), _QUOTED)
                batch[0].fail(BadCallError(f"the model cannot take this prompt ({said}); shorten it or leave it out"))
            for alone in batch if len(batch) > 1 else ():  # one of them spoilt it for all
                await self._answer([alone], thread)
        except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to those who asked
            for asked in batch:
                asked.fail(error)
        else:
            for asked, completion in zip(batch, completions, strict=True):
                if not asked.answer.done():
                    asked.answer.set_result(completion)


@dataclass(slots=True, kw_only=True, eq=False)
class _Asked:
    request: ChatRequest
    answer: "asyncio.Future[Completion]"

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


@asynccontextmanager
async def open_vllm(model: str, options: Mapping[str, Any]) -> AsyncIterator[InProcessChat]:
    """Loads the model, a hub id or a folder, with vLLM; `options` are more arguments of `vllm.LLM`.

    Raises ConfigError where vLLM is not installed, or cannot load the model with these options.
    """
    try:
        import vllm
    except ImportError:
        raise ConfigError(
            "drawing answers in this process needs vLLM. Install it with: pip install 'reward-agent[vllm]', or name a "
            "server by --base-url"
        ) from None
    try:
        llm = vllm.LLM(model=model, **options)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        said = on_one_line(str(error), _QUOTED)
        raise ConfigError(
            f"vLLM cannot load {model!r} ({said}). See the model's name and the --vllm options"
        ) from error
    async with InProcessChat(engine=VllmEngine(llm=llm, params=vllm.SamplingParams)).serving() as chat:
        yield chat
