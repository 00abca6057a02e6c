"""PDF -> one page a page, through pypdf (the extra `pdf`).

A PDF is a program's worth of structure, and a bad one can make a reader loop or fill the memory; so each file is read
by a process of its own (`pdf_process.py`) with bounds on its time and memory, and costs nothing but itself.
Does NOT promise text from pictures: a scanned page has none, and is reported.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from reward_agent.errors import ConfigError
from reward_agent.evidence.corpus.page import Page
from reward_agent.types import Problem

TIME_S = 120.0
MAX_TEXT_BYTES = 64 << 20


def read_pdf(path: Path) -> Iterator[Page | Problem]:
    """The pages that hold text. Raises ConfigError where pypdf is not installed."""
    if importlib.util.find_spec("pypdf") is None:
        raise ConfigError(f"{path}: reading PDF needs pypdf. Install it with: pip install 'reward-agent[pdf]'")
    command = [sys.executable, "-I", "-m", "reward_agent.evidence.corpus.pdf_process", str(path), str(MAX_TEXT_BYTES)]
    try:
        done = subprocess.run(  # noqa: S603  # our own module, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIME_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield _problem(path, f"its text could not be had in {TIME_S:g} s")
        return
    empty = 0
    title = path.stem
    *lines, _ = done.stdout.split(b"\n")
    for line in lines:
        found = json.loads(line)
        if "title" in found:
            title = found["title"] or title
        elif "fault" in found:
            yield _problem(path, found["fault"])
        elif found["text"].strip():
            yield Page(text=found["text"], title=title, source=f"{path}, page {found['page']}")
        else:
            empty += 1
    if done.returncode:
        yield _problem(path, f"reading it broke off after {len(lines)} parts (exit code {done.returncode})")
    if empty:
        yield Problem(
            place=str(path),
            what=f"{empty} of its pages hold no text",
            remedy="If they are scans, run text recognition on the file first",
            set_aside=False,
        )


def _problem(path: Path, what: str) -> Problem:
    return Problem(place=str(path), what=what, remedy="Convert it to text, or write the PDF again with another program")
