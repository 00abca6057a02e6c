"""A store on a Redis server, which many machines share (extra `redis`).

    async with open_redis(Address(url="redis://cache.internal:6379/0", password=password)) as store:
        await store.put("chat", key_of("model-a", question), reply.encode())

Each value is one string under `PREFIX:VERSION:NAMESPACE:KEY`. Reads and writes are batched (batching.py), a batch one
pipeline on one connection. A connection that is lost is made again a few times; a server that stays away, takes longer
than `timeout_s`, is full or refuses the password is a StoreError, and what that means is the caller's business (see
keeping.py: the cache then keeps no more, and nothing else changes).

Nothing expires here. What a full server does is its own setting: with `maxmemory-policy noeviction` it refuses writes,
with `allkeys-lru` it forgets what was not asked for longest. It promises as much durability as it is set to
(`appendonly`). Equal questions in flight are asked once a process (in_flight.py), not once a cluster: two machines that
ask at the same moment both ask, each goes on with the reply it got, and the later one is kept. Both are replies that
the model gave to this question, so no judgment is wrong; at most the call is paid twice.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from reward_agent.errors import ConfigError, StoreError
from reward_agent.store.batching import Batches, Entry, Place

VERSION = 1
SCHEMES = ("redis", "rediss", "unix")
_PORT = 6379
_RECONNECTIONS = 5
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the server is: `redis://[USER@]HOST[:PORT][/DATABASE]`, `rediss://` for TLS, or
    `unix:///PATH/TO/SOCKET`. The password is no part of the URL. `ca_file`: certificates to trust beside the system's.
    `timeout_s`: for connecting, and for a reply. Raises ValueError for another URL, which it does not repeat, since a
    password may stand in it."""

    url: str
    password: str | None = field(default=None, repr=False)
    prefix: str = "reward-agent"
    ca_file: str | None = None
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.password is not None or parts.query or parts.fragment:
            raise ValueError(
                "a Redis URL has no password and no options in it: give the password in the environment variable that "
                "cache.password_env names"
            )
        if parts.scheme not in SCHEMES:
            raise ValueError(f"expected redis://HOST, rediss://HOST or unix:///PATH, got {parts.scheme!r} before ://")
        if not (parts.path if parts.scheme == "unix" else parts.hostname):
            raise ValueError("expected redis://HOST[:PORT][/DATABASE] or unix:///PATH, and there is no host or path")
        if parts.scheme != "unix" and not (parts.path.strip("/") or "0").isdecimal():
            raise ValueError("the database, which stands after the host and /, must be a number")
        _ = parts.port  # raises ValueError where it is none

    @property
    def options(self) -> dict[str, Any]:
        """The same as redis-py takes it."""
        parts = urlsplit(self.url)
        shared = {
            "username": None if parts.username is None else unquote(parts.username),
            "password": self.password,
            "socket_timeout": self.timeout_s,
            "socket_connect_timeout": self.timeout_s,
        }
        if parts.scheme == "unix":
            return {**shared, "unix_socket_path": unquote(parts.path)}
        place = {"host": parts.hostname, "port": parts.port or _PORT, "db": int(parts.path.strip("/") or 0)}
        if parts.scheme == "redis":
            return {**shared, **place}
        return {**shared, **place, "ssl": True, "ssl_cert_reqs": "required", "ssl_ca_certs": self.ca_file}


@asynccontextmanager
async def open_redis(address: Address) -> AsyncIterator["RedisStore"]:
    """Connects, and closes the connection in the end. Raises StoreError where the server does not answer as one, and
    ConfigError where the extra is missing."""
    try:
        import redis.asyncio as redis
        from redis.asyncio.retry import Retry
        from redis.backoff import ExponentialWithJitterBackoff
    except ImportError as error:
        raise ConfigError("cache.url needs the Redis client: pip install 'reward-agent[redis]'") from error
    waits = ExponentialWithJitterBackoff(base=_FIRST_WAIT_S, cap=_LONGEST_WAIT_S)
    retry = Retry(waits, _RECONNECTIONS, supported_errors=(redis.ConnectionError,))
    client: Any = redis.Redis(retry=retry, **address.options)
    try:
        with _told(address):
            await client.ping()
        store = RedisStore(address, client)
        try:
            yield store
        finally:
            await store.settle()
    finally:
        with contextlib.suppress(redis.RedisError, OSError):
            await client.aclose()


class RedisStore:
    """A `Store` on a server; see `open_redis`."""

    def __init__(self, address: Address, client: Any) -> None:
        self._address = address
        self._client = client
        self._batches = Batches(self._serve)

    async def get(self, namespace: str, key: str) -> bytes | None:
        return await self._batches.get(namespace, key)

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        await self._batches.put(namespace, key, value)

    async def settle(self) -> None:
        """Waits until everything that was asked of the store is done, also for callers that have given up."""
        await self._batches.settle()

    async def _serve(self, entries: Sequence[Entry], places: Sequence[Place]) -> Sequence[bytes | None]:
        with _told(self._address):
            async with self._client.pipeline(transaction=False) as pipeline:
                for namespace, key, value in entries:
                    pipeline.set(self._name(namespace, key), value)
                for namespace, key in places:
                    pipeline.get(self._name(namespace, key))
                replies: list[Any] = await pipeline.execute()
        return replies[len(entries) :]

    def _name(self, namespace: str, key: str) -> str:
        return f"{self._address.prefix}:{VERSION}:{quote(namespace, safe='')}:{key}"


@contextlib.contextmanager
def _told(address: Address) -> Iterator[None]:
    """What the server or the way to it does wrong is a StoreError that names the server and says what to do."""
    import redis

    try:
        yield
    except (redis.RedisError, OSError) as error:
        raise StoreError(f"{address.url} cannot be used ({_shown(error)}); {_remedy(error)}") from error


def _shown(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip(": ")[:300]


def _remedy(error: BaseException) -> str:
    import redis

    if isinstance(error, redis.exceptions.AuthenticationError | redis.exceptions.NoPermissionError):
        return "set the environment variable that cache.password_env names to its password"
    if isinstance(error, redis.exceptions.OutOfMemoryError):
        return "it is full: raise its maxmemory, or let it forget (maxmemory-policy allkeys-lru)"
    if isinstance(error, redis.exceptions.ReadOnlyError):
        return "it is a replica, which takes no writes: name the primary"
    if isinstance(error, redis.exceptions.ResponseError):
        return "see that it is a Redis server for this use, with a database and a prefix of its own"
    return "see that it runs and can be reached from here, or do without: cache.type=off"
