"""Which kind of judges the settings want."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from reward_agent.config import Settings
from reward_agent.errors import ConfigError
from reward_agent.service.judges.processes import open_processes
from reward_agent.service.judges.thread import open_thread
from reward_agent.service.judges.work import Judges
from reward_agent.service.judges.worker import open_desk


def open_judges(settings: Settings, *, workers: int, say: Callable[[str], None]) -> AbstractAsyncContextManager[Judges]:
    """For `async with`. Raises ConfigError, here or on entering."""
    if settings.serve.where == "process":
        return open_processes(settings, workers=workers, say=say)
    if workers > 1:
        raise ConfigError("serve.where = thread has one worker; take --workers 1, or serve.where = process")
    in_flight = settings.serve.in_flight or settings.run.concurrency
    return open_thread(lambda: open_desk(settings, say), in_flight=in_flight, say=say)
