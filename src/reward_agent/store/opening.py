"""How the file of a store is opened, made where it is missing, and recognised; and what its troubles mean."""

import os
import sqlite3
import time
from pathlib import Path

from reward_agent.errors import StoreError

BUSY_S = 30.0  # how long one process waits for another
_APPLICATION = 0x52574147  # "RWAG", in the file's header: this file is ours
_VERSION = 1
_OPENINGS = 20  # tries at an opening that meets another process's

_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
    namespace TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, written_at INTEGER NOT NULL,
    UNIQUE (namespace, key)
)
"""


def opened(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection to the store in the file, which is made where it is missing (not with `read_only`).

    It belongs to the thread that opens it. Raises StoreError with what to do.
    """
    try:
        return _open_to_read(path) if read_only else _open_to_write(path)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(explained(path, error)) from error


def _open_to_read(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StoreError(f"there is no file {path}; name one that an earlier run has written")
    if not path.stat().st_size:
        raise StoreError(f"{path} is empty; name one that an earlier run has written")
    for mode in ("mode=ro", "mode=ro&immutable=1"):  # the second where the folder cannot be written either
        connection = _connected(f"{path.absolute().as_uri()}?{mode}")
        try:
            _check_ours(path, connection)
        except sqlite3.OperationalError:
            connection.close()
            if mode != "mode=ro":
                raise
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise AssertionError("unreachable")


def _open_to_write(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # for this user alone, and so the files beside it
    for attempt in range(1, _OPENINGS + 1):
        connection = _connected(path.absolute().as_uri())
        try:
            _prepare(path, connection)
        except BaseException as error:
            connection.close()
            if not _meets_another(error) or attempt == _OPENINGS:
                raise
            time.sleep(0.01 * attempt)  # to switch to write-ahead logging is the one step that does not wait by itself
        else:
            return connection
    raise AssertionError("unreachable")


def _connected(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)


def _prepare(path: Path, connection: sqlite3.Connection) -> None:
    made = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not made:
        _check_ours(path, connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    if made:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")


def _check_ours(path: Path, connection: sqlite3.Connection) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != _APPLICATION:
        raise StoreError(f"{path} is a database, but not one that RewardAgent has made; name another file")
    if version != _VERSION:
        raise StoreError(
            f"{path} has format {version}, and this version of RewardAgent reads format {_VERSION}; name another file, "
            "or use the version that has made it"
        )


def _meets_another(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error))


def explained(path: Path, error: sqlite3.Error | OSError) -> str:
    """What went wrong with the file, and what to do."""
    if isinstance(error, OSError):
        return f"{path} cannot be used ({error.strerror or error}); name a file in a folder that you can write"
    text = str(error)
    if "locked" in text:
        return f"{path} is held by another process for more than {BUSY_S:g} s; wait for it, or name another file"
    if "full" in text:
        return f"{path} cannot grow: the disk is full; make room, or name a file on another disk"
    if "not a database" in text or "malformed" in text:
        beside = f"{path.name}-wal and {path.name}-shm"
        return f"{path} is damaged or no store ({text}); move it away, with {beside} if they are there, and run again"
    return f"{path} cannot be used ({text}); name a file on a local disk, in a folder that you can write"
