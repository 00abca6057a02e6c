"""The application: endpoints over open judges, behind the door.

async with open_judges(settings, workers=4, say=print) as judges:
    service = create_service(judges, settings.serve, tokens=[...])
    service.door        # the ASGI application
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.routing import Route

from reward_agent.config.serve import ServeSettings
from reward_agent.service import refusals
from reward_agent.service.counter import Counter
from reward_agent.service.dialects.evaluate import evaluate_routes
from reward_agent.service.dialects.nemo_gym import nemo_gym_routes
from reward_agent.service.dialects.openrlhf import openrlhf_routes
from reward_agent.service.dialects.vllm import vllm_routes
from reward_agent.service.door import Door
from reward_agent.service.endpoints import own_routes
from reward_agent.service.judges import Judges
from reward_agent.service.pages.dashboard import dashboard
from reward_agent.service.pages.docs import docs
from reward_agent.service.reception import Phase, Reception
from reward_agent.service.telemetry import Telemetry
from reward_agent.service.wire import ErrorReply

ROUTES = (own_routes, evaluate_routes, openrlhf_routes, nemo_gym_routes, vllm_routes)
STATUSES: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReply, "description": description}
    for status, description in {
        400: "not JSON",
        401: "no token, or a wrong one",
        408: "the body came too slowly",
        413: "the body is too large",
        421: "asked under another host's name",
        422: "not what the endpoint takes, or nothing in it can be scored",
        429: "too much at once; Retry-After says when to come again",
        503: "nothing is known, since something failed, or the service is stopping",
        504: "nothing was done when the request's time was up",
    }.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`door`: what a server serves. `reception`: to be stopped in order. `app`: without the door, for its OpenAPI."""

    door: Door
    reception: Reception
    app: FastAPI


def create_service(
    judges: Judges,
    settings: ServeSettings,
    *,
    tokens: Sequence[str] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Service:
    """The service over judges that stay open while it is served. Without `tokens` it answers to localhost alone."""
    telemetry = Telemetry(first_hour_s=settings.first_hour_s, clock=clock)
    telemetry.watch(judges)
    reception = Reception(judges=judges, settings=settings, telemetry=telemetry)
    app = FastAPI(
        title="RewardAgent",
        version=version("reward-agent"),
        docs_url=None,
        redoc_url=None,
        responses=STATUSES,
        exception_handlers={
            HTTPException: refusals.refused,
            RequestValidationError: refusals.invalid,
        },
    )
    _add_watching(app, reception)
    paths = {route.path for route in app.routes if isinstance(route, Route)}
    for routes in ROUTES:
        router = routes(Counter(reception=reception))
        paths |= {route.path for route in router.routes if isinstance(route, Route)}
        app.include_router(router)
    door = Door(
        app=app,
        settings=settings,
        telemetry=telemetry,
        paths=frozenset(paths),
        tokens=tuple(tokens),
        leaving=lambda: reception.phase != Phase.READY,
    )
    return Service(door=door, reception=reception, app=app)


def _add_watching(app: FastAPI, reception: Reception) -> None:
    """Whether it lives, whether it is ready, and what it sees."""

    @app.get("/healthz", tags=["watching"])
    async def healthz() -> dict[str, str]:
        """200 as long as the process answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["watching"])
    async def readyz() -> Response:
        """200 where requests should be sent here; 503 while it stops, or no worker is there."""
        status = "no worker" if reception.phase == "ready" and not reception.judges.alive else str(reception.phase)
        return JSONResponse({"status": status}, status_code=200 if reception.ready else 503)

    @app.get("/metrics", tags=["watching"], response_class=Response)
    async def metrics() -> Response:
        """For Prometheus."""
        return Response(generate_latest(reception.telemetry.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    @app.get("/dashboard", include_in_schema=False)
    async def shown_dashboard() -> Response:
        return dashboard(reception)

    @app.get("/docs", include_in_schema=False)
    async def shown_docs() -> Response:
        return docs(app.openapi())
