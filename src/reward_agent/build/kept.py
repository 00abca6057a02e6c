"""Where replies are kept: the cache, in a file or on a server, and a run's record, a file."""

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from reward_agent.build.say import Say
from reward_agent.config import Settings
from reward_agent.config.cache import FileCache, RedisCache
from reward_agent.config.section import Off
from reward_agent.errors import ConfigError, StoreError
from reward_agent.evidence.record import NAMESPACE, RecordingEvidence, ReplayedEvidence
from reward_agent.protocols import EvidenceSource
from reward_agent.store import Record, Store, open_store
from reward_agent.store.redis import Address, open_redis


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is open: the cache's store, or the record's, which `replays` or is written."""

    cache: Store | None = None
    record: Store | None = None
    replays: bool = False
    file: str = ""

    def replayed(self, *, identity: str) -> EvidenceSource | None:
        """What stands in the place of a source where a record is replayed; else None."""
        if self.record is None or not self.replays:
            return None
        return ReplayedEvidence(record=self._of_searches(self.record), identity=identity)

    def recorded(self, source: EvidenceSource, *, identity: str) -> EvidenceSource:
        """The source, recorded where the settings want it."""
        if self.record is None:
            return source
        return RecordingEvidence(source=source, record=self._of_searches(self.record), identity=identity)

    def _of_searches(self, store: Store) -> Record:
        return Record(store=store, namespace=NAMESPACE, file=self.file)


@asynccontextmanager
async def open_kept(settings: Settings, *, say: Say, asks: bool = False) -> AsyncIterator[Kept]:
    """Opens the record that the settings name, and the cache where something `asks` that it could keep. A cache that
    cannot be opened is said and done without; a record that cannot be raises StoreError. Raises ConfigError where the
    cache needs a password or an extra that is not there."""
    record, replays = settings.record.path, settings.record.mode == "replay"
    asks = asks or bool(settings.asked) or not isinstance(settings.evidence, Off)
    async with AsyncExitStack() as stack:
        kept = None
        if asks and not isinstance(settings.cache, Off) and not replays:
            try:
                kept = await stack.enter_async_context(open_cache(settings.cache))
            except StoreError as error:
                say(f"warning: no cache: {error}")
        if record is None:
            yield Kept(cache=kept)
        else:
            opened = await stack.enter_async_context(open_store(record, read_only=replays))
            yield Kept(cache=kept, record=opened, replays=replays, file=str(record))


def open_cache(settings: FileCache | RedisCache) -> AbstractAsyncContextManager[Store]:
    """The cache's store, for `async with`. Raises ConfigError, and on entering StoreError."""
    if isinstance(settings, FileCache):
        return open_store(settings.path)
    return open_redis(
        Address(
            url=settings.url,
            password=_password(settings.password_env),
            prefix=settings.prefix,
            ca_file=settings.ca_file,
            timeout_s=settings.timeout_s,
        )
    )


def _password(variable: str | None) -> str | None:
    if variable is None:
        return None
    if not (password := os.environ.get(variable)):
        raise ConfigError(f"the environment variable {variable} is not set, and cache.password_env names it")
    return password
