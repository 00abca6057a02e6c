"""A chat model behind an OpenAI-compatible API, by the `openai` SDK's async client.

    async with open_openai(model="gpt-4o-mini", base_url=URL, api_key=key) as chat:
        completion = await chat.complete(request)

One call is one try, or a few where the server has to be got to know (see `Dialect`): trying again is `retry.py`'s work.
The SDK carries the request (key, headers, connections, errors) over its aiohttp transport and hands back the reply's
bytes; its typed models are left out. That takes far less CPU than its usual way (benchmarks/chat_cost.py).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from reward_agent.chat.errors import AuthenticationError, BadCallError, CallTimeoutError, ChatError
from reward_agent.chat.refusals import explained
from reward_agent.chat.schemas import fits
from reward_agent.chat.wire import PURPOSE_HEADER, Dialect, Prices, body_of, read_answers, read_reply
from reward_agent.errors import ConfigError
from reward_agent.types import ChatRequest, Completion, Sampling

if TYPE_CHECKING:
    import openai

Structured = Literal["auto", "schema", "prompt"]
_NO_KEY = "none"  # the SDK insists on one; servers that need none ignore it


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIChat:
    """`timeout_s`: for one try. `structured`: where a schema goes; "auto" finds out what the server takes.
    `least_tokens`: raises a request's `max_tokens`, for models that think before they reply. `extra`: more keys for
    the request's body."""

    client: "openai.AsyncOpenAI"
    server: str
    model: str
    timeout_s: float = 120.0
    structured: Structured = "auto"
    least_tokens: int = 0
    prices: Prices = field(default_factory=Prices)
    extra: Mapping[str, Any] = field(default_factory=dict)
    dialect: Dialect = field(default_factory=Dialect)

    async def complete(self, request: ChatRequest) -> Completion:
        """The reply. Raises ChatError; and ConfigError where the server's first word is that it does not know the key
        or the model, for then no call would succeed."""
        if request.max_tokens < self.least_tokens:
            request = replace(request, max_tokens=self.least_tokens)
        if request.sampling is not None:
            return await self._draw(request, request.sampling)
        schemas = self.dialect.schemas is not False and request.schema not in self.dialect.refused_schemas
        if request.schema is None or self.structured != "auto" or not schemas:
            return await self._ask(request, with_schema=self.structured != "prompt" and schemas)
        try:
            completion = await self._ask(request, with_schema=True)
        except BadCallError as refusal:
            return await self._ask_without(request, request.schema, refusal)
        if self.dialect.schemas is None:
            return await self._show(request, request.schema, completion)
        return completion

    async def _draw(self, request: ChatRequest, sampling: Sampling) -> Completion:
        """The answers. A server that refuses to draw several at once is asked for one: the caller sees that fewer came
        than it asked for, and asks for the others one by one."""
        try:
            return await self._ask(request, with_schema=False)
        except BadCallError as refusal:
            if sampling.n == 1:
                raise
            try:
                return await self._ask(replace(request, sampling=replace(sampling, n=1)), with_schema=False)
            except ChatError:
                raise refusal from None

    async def _ask_without(self, request: ChatRequest, schema: str, refusal: BadCallError) -> Completion:
        """The same with the schema in the prompt. Where that is taken, the schema was what the server refused."""
        try:
            completion = await self._ask(request, with_schema=False)
        except ChatError:
            raise refusal from None
        if self.dialect.schemas:
            self.dialect.refused_schemas.add(schema)
        else:
            self.dialect.schemas = False
        return completion

    async def _show(self, request: ChatRequest, schema: str, completion: Completion) -> Completion:
        """The first replies show whether the server heeds a schema or silently drops it."""
        if fits(completion.text, schema):
            self.dialect.schemas = True
            return completion
        try:
            again = await self._ask(request, with_schema=False)
        except ChatError:
            return completion
        if fits(again.text, schema) and self.dialect.schemas is None:
            self.dialect.schemas = False
        return replace(again, usage=completion.usage + again.usage)

    async def _ask(self, request: ChatRequest, *, with_schema: bool) -> Completion:
        while True:
            body = body_of(request, self.model, self.dialect, with_schema=with_schema, extra=self.extra)
            try:
                return await self._try(request, body)
            except BadCallError as error:
                if not self._learns(error, body):
                    raise

    def _learns(self, error: BadCallError, body: Mapping[str, Any]) -> bool:
        """Whether the refusal tells how to ask so that it will not be repeated."""
        if "max_tokens" in body and "max_tokens" not in self.extra and "max_completion_tokens" in str(error):
            self.dialect.tokens_key = "max_completion_tokens"
            return True
        if "temperature" in body and "temperature" not in self.extra and error.parameter == "temperature":
            self.dialect.temperature = False
            return True
        if "seed" in body and "seed" not in self.extra and error.parameter == "seed":
            self.dialect.seeds = False
            return True
        return False

    async def _try(self, request: ChatRequest, body: Mapping[str, Any]) -> Completion:
        import httpx2
        import openai

        started = time.perf_counter()
        try:
            async with asyncio.timeout(self.timeout_s):
                response = await self.client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    body=body,
                    options={"headers": {PURPOSE_HEADER: request.purpose}},
                )
        except TimeoutError:
            raise CallTimeoutError(
                f"no reply from {self.server} within {self.timeout_s:g} s; raise chat.NAME.timeout_s, or lower "
                "chat.NAME.in_flight if the server is overloaded"
            ) from None
        except openai.APIError as error:
            raise self._explained(error) from None
        self.dialect.keys_accepted = True
        seconds = time.perf_counter() - started
        if request.sampling is not None:
            answers, usage = read_answers(response.content, prices=self.prices, seconds=seconds, n=request.sampling.n)
            return Completion(text=answers[0].text, usage=usage, answers=answers)
        text, usage = read_reply(response.content, prices=self.prices, seconds=seconds, max_tokens=request.max_tokens)
        return Completion(text=text, usage=usage)

    def _explained(self, error: "openai.APIError") -> ChatError | ConfigError:
        found = explained(error, server=self.server, model=self.model, key=self.client.api_key)
        if self.dialect.keys_accepted:
            return found
        if isinstance(found, AuthenticationError):
            return ConfigError(f"{found}: set the environment variable that chat.NAME.api_key_env names to a valid key")
        if isinstance(found, BadCallError) and found.parameter == "model":
            return ConfigError(f"{found}: see chat.NAME.model and chat.NAME.base_url")
        return found


@asynccontextmanager
async def open_openai(
    *,
    model: str,
    base_url: str,
    api_key: str | None,
    headers: Mapping[str, str] | None = None,
    connections: int = 256,
    timeout_s: float = 120.0,
    structured: Structured = "auto",
    least_tokens: int = 0,
    prices: Prices | None = None,
    extra: Mapping[str, Any] | None = None,
) -> AsyncIterator[OpenAIChat]:
    """Opens a client for the server; nothing is sent yet. `headers` go with every call."""
    import httpx2
    import openai

    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    client = openai.AsyncOpenAI(
        api_key=api_key or _NO_KEY,
        base_url=base_url,
        max_retries=0,
        timeout=None,  # ours runs over the whole call
        default_headers=headers,
        http_client=openai.DefaultAioHttpClient(limits=limits, timeout=None),
    )
    async with client:
        yield OpenAIChat(
            client=client,
            server=base_url,
            model=model,
            timeout_s=timeout_s,
            structured=structured,
            least_tokens=least_tokens,
            prices=prices or Prices(),
            extra=extra or {},
        )
