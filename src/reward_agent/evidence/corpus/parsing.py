"""Inside the process that reads HTML and PDF (see `isolation.py`): paths come in, a JSON text a line, and JSON lines go
out: {"title"}, then {"text"} for each page (a PDF's with its "page"), {"fault"} for what cannot be read, {"end"}.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from reward_agent.evidence.corpus.html import file_text
from reward_agent.evidence.corpus.pdf import file_pages

MEMORY_BYTES = 4 << 30
MAX_CHARS = 64_000_000

Line = dict[str, object]


def main() -> None:
    """Reads until no path comes any more."""
    _bound_memory()
    for asked in sys.stdin:
        for line in _lines(Path(json.loads(asked))):
            _write(line)
        _write({"end": True})


def _lines(path: Path) -> Iterator[Line]:
    try:
        total = 0
        for line in file_pages(path) if path.suffix.lower() == ".pdf" else file_text(path):
            total += len(str(line.get("text", "")))
            if total > MAX_CHARS:
                yield {"fault": f"it holds more than {MAX_CHARS:,} characters of text; what stands before was read"}
                return
            yield line
    except Exception as error:  # noqa: BLE001  # the file is anybody's, and parsers fail on it in their own many ways
        yield {"fault": f"it cannot be read ({type(error).__name__}: {str(error)[:200]})"}


def _write(line: Line) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main()
