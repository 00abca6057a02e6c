"""Requests read strictly: JSON as the standard has it, without NaN, half characters, or depth without end."""

from collections.abc import Callable, Coroutine
from typing import Any

import pydantic_core
from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from reward_agent.service.refusals import Refusal
from reward_agent.service.turns import next_turn


class StrictRequest(Request):
    """Raises Refusal, 400, for what is no JSON. Whatever the content type says."""

    async def json(self) -> Any:
        body = await self.body()
        await next_turn()  # reading it, checking it and making samples of it goes on without a pause
        try:
            return pydantic_core.from_json(body, allow_inf_nan=False, cache_strings=False)
        except ValueError as error:
            raise Refusal(400, "unreadable", f"the body is not JSON: {str(error)[:200]}") from None


class StrictRoute(APIRoute):
    """A route whose requests are read strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return strict


def json_reply(model: BaseModel) -> Response:
    """The model as it is, not checked a second time."""
    return Response(model.model_dump_json().encode(), media_type="application/json")
