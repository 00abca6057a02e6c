"""The bytes of a file, unpacked where they are gzipped, a bounded chunk at a time.

Whether a file is gzipped is told by its first two bytes: browsers unpack downloads and keep the name.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from reward_agent.errors import DataError
from reward_agent.types import Problem

CHUNK_BYTES: Final = 1 << 20
# What a gzip file may unpack to: a bomb of 10 MB unpacks to 10 GB.
MAX_UNPACKED_BYTES: Final = 2 << 30

_GZIP_MAGIC: Final = b"\x1f\x8b"


class Unpacked:
    """Iterates over the chunks of a file. `fault` says, afterwards, why a gzip file ended early.

    Raises DataError for a file that cannot be opened or read.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_UNPACKED_BYTES) -> None:
        self.fault: Problem | None = None
        self._path = path
        self._max_bytes = max_bytes
        try:
            self._file: IO[bytes] = path.open("rb")
        except OSError as error:
            raise self._unreadable(error) from None

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __iter__(self) -> Iterator[bytes]:
        try:
            packed = self._file.read(2) == _GZIP_MAGIC
            self._file.seek(0)
            if not packed:
                while chunk := self._file.read(CHUNK_BYTES):
                    yield chunk
                return
        except OSError as error:
            raise self._unreadable(error) from None
        yield from self._gunzipped()

    def _gunzipped(self) -> Iterator[bytes]:
        total = 0
        with gzip.GzipFile(fileobj=self._file, mode="rb") as unpacked:
            while True:
                try:
                    chunk = unpacked.read1(CHUNK_BYTES)
                except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                    self._end(f"the gzip file is damaged or cut off ({error})", "Download it again")
                    return
                except OSError as error:
                    raise self._unreadable(error) from None
                total += len(chunk)
                if not chunk:
                    return
                if total > self._max_bytes:
                    self._end(
                        f"the gzip file unpacks to more than {self._max_bytes:,} bytes",
                        "Unpack it and give the plain file if it is meant to be that large",
                    )
                    return
                yield chunk

    def _end(self, what: str, remedy: str) -> None:
        place = str(self._path)
        self.fault = Problem(place=place, what=f"{what}; what could be read before was kept", remedy=remedy)

    def _unreadable(self, error: OSError) -> DataError:
        return DataError(
            f"{self._path}: cannot be read ({error.strerror or error}). Check the file and its permissions"
        )
