"""How the service says no: one error with a status, a stable word and words for a person, in one shape everywhere.

400 unreadable   401 token missing or wrong   404 no such endpoint   408 body too slow   413 body too large
421 another host's name   422 not what the endpoint takes, or nothing to score   429 too much at once (Retry-After)
500 a bug   503 nothing is known since something failed, or stopping (Retry-After)   504 nothing was done in time
"""

from collections.abc import Mapping, Sequence

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from reward_agent.service.wire import ErrorReply, FailureOut

SHOWN_PROBLEMS = 8


class Refusal(HTTPException):
    """An answer that is no result. `kind` is for programs, `detail` for people."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        failures: Sequence[FailureOut] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers=headers)
        self.kind = kind
        self.failures = tuple(failures)

    def response(self) -> Response:
        """The refusal as it is sent."""
        reply = ErrorReply(detail=str(self.detail), kind=self.kind, failures=list(self.failures))
        body = reply.model_dump_json().encode()
        return Response(body, self.status_code, media_type="application/json", headers=self.headers)


def too_much(detail: str, retry_after_s: float) -> Refusal:
    """429, with when to come again."""
    return Refusal(429, "too much at once", detail, headers={"Retry-After": str(max(1, round(retry_after_s)))})


def stopping() -> Refusal:
    """503: another server, or the next one here, will take it."""
    headers = {"Retry-After": "2", "Connection": "close"}
    return Refusal(503, "stopping", "the service is shutting down and takes nothing new", headers=headers)


def unfit(detail: str) -> Refusal:
    """422: the request can be read, and is not what the endpoint takes."""
    return Refusal(422, "invalid request", detail)


KINDS = {400: "unreadable", 404: "no such endpoint", 405: "no such method", 413: "too large"}


async def refused(request: Request, error: Exception) -> Response:
    """For every HTTPException, ours and the framework's."""
    if isinstance(error, Refusal):
        return error.response()
    assert isinstance(error, HTTPException)
    kind = KINDS.get(error.status_code, "refused")
    return Refusal(error.status_code, kind, str(error.detail), headers=error.headers).response()


async def invalid(request: Request, error: Exception) -> Response:
    """For a body that does not fit its model: where, and what was expected; never what came, which may be a secret."""
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    lines = [
        f"{'.'.join(str(part)[:40] for part in problem['loc'][:8])}: {problem['msg'][:200]}"
        for problem in problems[:SHOWN_PROBLEMS]
    ]
    more = f"; and {len(problems) - SHOWN_PROBLEMS} more" if len(problems) > SHOWN_PROBLEMS else ""
    return unfit(safe("; ".join(lines)) + more).response()


def safe(text: str) -> str:
    """Without half characters, which no reply can hold."""
    return text.encode("utf-8", "replace").decode()


async def bug(request: Request, error: Exception) -> Response:
    """500; the log says where, and this says nothing of it."""
    return Refusal(500, "bug", "the service met a bug; its log says where").response()
