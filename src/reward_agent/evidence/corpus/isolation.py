"""Reads files of formats whose parsers a bad file can stall, crash or fill with memory: in a process of its own.

    with IsolatedReader() as reader:
        for page in reader.pages(Path("report.pdf")): ...      # a Page, or a Problem

The process (`parsing.py`) reads one file after the other. One that takes too long, or dies of a file, costs that file:
the next gets a new process.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import IO, Any, Self

from reward_agent.evidence.corpus.page import Page
from reward_agent.types import Problem

TIME_S = 60.0
_AHEAD = 16  # lines that the process may be ahead of us
_NEEDED = ("PATH", "LANG", "SYSTEMROOT", "TMPDIR")  # of the environment; no key goes in


class IsolatedReader:
    """Use as a context manager. `time_s` is for one file."""

    def __init__(self, *, time_s: float = TIME_S) -> None:
        self._time_s = time_s
        self._process: _Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()

    def pages(self, path: Path) -> Iterator[Page | Problem]:
        """The file's pages that hold text; a Problem for what cannot be read."""
        title, empty = path.stem, 0
        for line in self._lines(path):
            if "fault" in line:
                yield _problem(path, line["fault"])
            elif "title" in line:
                title = line["title"] or title
            elif not line["text"].strip():
                empty += 1
            else:
                source = f"{path}, page {line['page']}" if "page" in line else str(path)
                yield Page(text=line["text"], title=title, source=source)
        if empty:
            yield Problem(
                place=str(path),
                what=f"{empty} pages of it hold no text",
                remedy="If they are pictures of text, run text recognition on the file first",
                set_aside=False,
            )

    def _lines(self, path: Path) -> Iterator[Mapping[str, Any]]:
        process = self._process = self._process or _Process()
        process.ask(path)
        deadline = time.monotonic() + self._time_s
        while True:
            line = process.line(max(0.0, deadline - time.monotonic()))
            if line is None:
                code = self._stop()
                late = time.monotonic() >= deadline
                yield {"fault": f"its text could not be had in {self._time_s:g} s" if late else _died(code)}
                return
            if "end" in line:
                return
            yield line

    def _stop(self) -> int:
        process, self._process = self._process, None
        return 0 if process is None else process.stop()


class _Process:
    """One process, and the thread that listens to it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # our own module, no shell
            [sys.executable, "-I", "-m", "reward_agent.evidence.corpus.parsing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _NEEDED if name in os.environ},
        )
        self._heard: Queue[bytes | None] = Queue(_AHEAD)
        self._listener = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._listener.start()

    def ask(self, path: Path) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(str(path)).encode() + b"\n")
            self._process.stdin.flush()

    def line(self, wait_s: float) -> Mapping[str, Any] | None:
        """The next line; None where none comes in time, or the process has ended."""
        try:
            heard = self._heard.get(timeout=wait_s)
        except Empty:
            return None
        line: Mapping[str, Any] | None = None if heard is None else json.loads(heard)
        return line

    def stop(self) -> int:
        """Ends the process; its exit code."""
        self._process.kill()
        while self._listener.is_alive():  # it may be waiting for room
            try:
                self._heard.get(timeout=0.05)
            except Empty:
                continue
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        return self._process.wait()

    def _listen(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._heard.put(line)
        self._heard.put(None)


def _died(code: int) -> str:
    return f"the process that read it died (exit code {code})"


def _problem(path: Path, what: str) -> Problem:
    return Problem(place=str(path), what=what, remedy="Convert it to text, or write it again with another program")
