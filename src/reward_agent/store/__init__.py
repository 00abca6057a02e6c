"""A small store of bytes by namespace and key: what the cache, a record, admitted checkers and search results rest on.

    async with open_store(path) as store:
        await store.put("chat", key_of("model-a", question), reply.encode())
        value = await store.get("chat", key_of("model-a", question))      # the bytes, or None

    protocol.py   what a store is, so that another kind can take the place of the default
    sqlite.py     the default: one SQLite file, safe for many processes, read and written off the event loop
    opening.py    how its file is opened, made and recognised, and what its troubles mean
    redis.py      a Redis server, for many machines (`open_redis`; extra `redis`)
    batching.py   reads and writes that come together are served together
    keeping.py    a store that may break without harm      in_flight.py: what is asked at the same time is asked once
    record.py     a run's answers, and their failures, in a store
    keys.py       a key out of everything that must differ for the value to differ

A namespace is a short word ("chat", "search", "checkers"); namespaces in one file do not see each other. A value is
whole: JSON text is encoded by whoever puts it. Whoever puts under one key twice replaces the value. Does NOT promise
order, listing, expiry, or that what was put in the last moments outlives a power cut.
"""

from reward_agent.store.keys import key_of
from reward_agent.store.protocol import Store
from reward_agent.store.record import Record
from reward_agent.store.sqlite import SqliteStore, open_store

__all__ = ["Record", "SqliteStore", "Store", "key_of", "open_store"]
